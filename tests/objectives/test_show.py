"""Objectives for a person, and for programs."""

from __future__ import annotations

import io

from bastide.objectives.show import as_json, controls_of, described, listing, rows_of
from bastide.report.lines import Lines, Plain
from tests.loop import Workload


def printed(show: object, *arguments: object) -> str:
    out = io.StringIO()
    lines = Lines(Plain(out))
    show(lines, *arguments)  # type: ignore[operator]
    lines.flush()
    return out.getvalue()


def test_a_line_an_objective_by_area_and_a_summary(workload: Workload) -> None:
    workload.change("BlockPublicAcls: true", "BlockPublicAcls: false")
    with workload.whole() as whole:
        rows = rows_of(whole.known)
        text = printed(listing, rows)
    lines = text.splitlines()
    assert lines[0] == "Identity and access"
    (line,) = [line for line in lines if " data.no-public-storage " in line]
    assert line.split()[0] == "broken"
    assert "Stored data is public nowhere" in line
    assert " verdicts fail, since 2" in line
    assert f"Summary   {len(rows)} objectives: " in text
    assert "no live account was scanned here" in text


def test_rows_can_be_narrowed(workload: Workload) -> None:
    with workload.whole() as whole:
        assert [row["id"] for row in rows_of(whole.known, ["secrets.rotate"])] == ["secrets.rotate"]
        assert {row["status"] for row in rows_of(whole.known, status="holds")} == {"holds"}


def test_one_objective_with_where_it_comes_from_and_what_breaks_it(workload: Workload) -> None:
    workload.change("BlockPublicAcls: true", "BlockPublicAcls: false")
    with workload.whole() as whole:
        (row,) = rows_of(whole.known, ["data.no-public-storage"])
        text = printed(described, row, whole.known)
    assert "well-architected/SEC03-BP07  find public and cross-account access" in text
    assert "effectiveness " in text
    assert "by nobody: `bastide attest data.no-public-storage`" in text
    assert "  T-" in text
    (line,) = [line for line in text.splitlines() if line.startswith("  fail ") and "blocks-public-access" in line]
    assert line.split()[1:4] == ["high", "s3.bucket-blocks-public-access", "Orders"]
    assert "  s3.bucket-blocks-public-access  1 failed  preventive, detective, responsive" in text


def test_hostile_names_are_shown_and_do_nothing(workload: Workload) -> None:
    workload.write("evil.tf", 'resource "aws_sqs_queue" "q" {\n  for_each = toset(["\\u001b[31m##vso[task]"])\n}\n')
    with workload.whole() as whole:
        (row,) = rows_of(whole.known, ["availability.redundant"])
        text = printed(described, row, whole.known)
    assert "aws_sqs_queue.q" in text
    assert "\x1b" not in text
    assert "##vso" not in text


def test_programs_get_controls_with_their_kinds(workload: Workload) -> None:
    with workload.whole() as whole:
        found = as_json(rows_of(whole.known, ["data.encrypted-at-rest"]), whole.known)
        assert found["version"] == 1
        (one,) = found["objectives"]
        controls = {each["id"]: each for each in one["controls"]}
        assert controls.keys() == set(controls_of(whole.known, "data.encrypted-at-rest"))
        assert controls["sqs.queue-encrypts-messages"]["passed"] == 1
        assert controls["sqs.queue-encrypts-messages"]["kinds"] == ["preventive", "detective", "responsive"]
        assert one["share"] == 1.0
