"""Frameworks for people: terminal, Markdown, CSV."""

from __future__ import annotations

import csv
import datetime as dt
import io

from bastide.controls.frameworks import framework
from bastide.objectives.attest import attest
from bastide.objectives.comply import Assessed, assess, chosen
from bastide.objectives.complyshow import as_csv, as_markdown, counts_text, detail, overview
from bastide.posture.whole import open_whole
from tests.loop import Workload
from tests.objectives.test_show import printed

LATER = (dt.datetime.now(dt.UTC).date() + dt.timedelta(days=30)).isoformat()


def test_the_overview_counts(workload: Workload) -> None:
    with workload.whole() as whole:
        found = assess(whole.known, chosen(whole.known))
        text = printed(overview, found)
    (line,) = [line for line in text.splitlines() if " soc-2 " in line]
    soc: Assessed = next(one for one in found if one.framework.id == "soc-2")
    assert [int(word) for word in line.split()[1:3]] == [len(soc.standings), soc.counts["not-met"]]
    assert "names no framework that the workload must meet" in text


def test_requirements_stand_by_group_with_the_worst_of_what_does_not_pass(workload: Workload) -> None:
    workload.change("BlockPublicAcls: true", "BlockPublicAcls: false")
    with workload.whole() as whole:
        (found,) = assess(whole.known, [framework("cis-aws-5.0")])
        text = printed(detail, whole.known, found)
        only = printed(detail, whole.known, found, "not-met")
    assert text.startswith("CIS Amazon Web Services Foundations Benchmark 5.0.0  ")
    assert counts_text(found) in text
    lines = text.splitlines()
    at = next(number for number, line in enumerate(lines) if line.startswith("  not-met        2.1.4"))
    assert lines[at + 1].split()[:3] == ["fail", "high", "s3.bucket-blocks-public-access"]
    assert "unknown  " in text
    assert "  unknown " not in only
    assert "  not-met        2.1.4" in only


def test_csv_has_a_row_a_requirement_and_no_formula(workload: Workload) -> None:
    subject = "cis-aws-5.0/2.1.3"
    with workload.whole() as whole:
        attest(whole.state, "root", subject, by="=cmd|' /C calc'!A0", until=LATER, statement="So")
    with open_whole() as whole:
        (found,) = assess(whole.known, [framework("cis-aws-5.0")])
        rows = list(csv.DictReader(io.StringIO(as_csv(whole.known, found))))
    assert [row["id"] for row in rows] == list(framework("cis-aws-5.0").requirements)
    (row,) = [row for row in rows if row["id"] == "2.1.3"]
    assert row["attested_by"] == "'=cmd|' /C calc'!A0"
    assert not any(cell.startswith(("=", "+", "@", "-")) for one in rows for cell in one.values())


def test_markdown_has_no_mark_up_of_others(workload: Workload) -> None:
    workload.write("evil.tf", 'resource "aws_sqs_queue" "q" {\n  for_each = toset(["|<script>[x](http://e)@all"])\n}\n')
    with workload.whole() as whole:
        (found,) = assess(whole.known, [framework("well-architected")])
        text = as_markdown(whole.known, found)
    (line,) = [line for line in text.splitlines() if line.startswith("| **SEC04-BP01**")]
    assert "queue.q&#91;&#34;&#124;&#60;script&#62;&#91;x&#93;" in line
    assert "<script>" not in text
    assert line.count("|") == 5
