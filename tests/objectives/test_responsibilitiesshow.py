"""Shared responsibility for people and programs."""

from __future__ import annotations

import pytest
from lxml import html

from bastide.errors import UsageError
from bastide.objectives.responsibilities import cells, load_matrix
from bastide.objectives.responsibilitiesshow import as_html, as_json, described, matrix, of_services
from tests.loop import Workload
from tests.objectives.test_show import printed


def test_a_row_a_service_and_a_column_a_layer(workload: Workload) -> None:
    workload.change("BlockPublicAcls: true", "BlockPublicAcls: false")
    with workload.whole() as whole:
        text = printed(matrix, cells(whole.known))
    lines = text.splitlines()
    assert lines[0].split() == [layer.id for layer in load_matrix().layers]
    (line,) = [line for line in lines if line.startswith("Amazon S3 ")]
    at = lines[0].index("identity")
    assert line[at : at + 5] == "us NO"
    assert "2 services, " in text


def test_one_service_in_words(workload: Workload) -> None:
    workload.change("BlockPublicAcls: true", "BlockPublicAcls: false")
    with workload.whole() as whole:
        found = cells(whole.known)
        text = printed(described, of_services(found, ["s3"]))
        with pytest.raises(UsageError, match="uses no `rds`"):
            of_services(found, ["rds"])
    assert text.startswith("Amazon S3  1 resource; serverless: AWS runs everything below the settings")
    assert "our part is broken (" in text
    assert "Amazon SQS" not in text


def test_html_says_in_words_what_a_cell_means(workload: Workload) -> None:
    with workload.whole() as whole:
        found = cells(whole.known)
    table = html.fromstring(as_html(found))
    rows = table.xpath("//tbody/tr")
    assert len(rows) == 2
    assert [len(row.xpath("td")) for row in rows] == [len(load_matrix().layers)] * 2
    assert "holds" in rows[0].text_content()
    assert not table.xpath("//script | //@onclick")


def test_programs_get_every_cell(workload: Workload) -> None:
    with workload.whole() as whole:
        found = cells(whole.known)
    rows = as_json(found)["responsibilities"]
    assert len(rows) == len(found) == 2 * len(load_matrix().layers)
    assert all((row["aws"] is None) == (row["who"] not in ("aws", "shared")) for row in rows)
    assert all((row["status"] is None) == (row["who"] in ("aws", "none")) for row in rows)
