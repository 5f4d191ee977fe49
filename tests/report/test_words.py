"""Phrases say what the rows hold."""

from types import SimpleNamespace

import pytest

from bastide.report import words
from bastide.report.view import EvidenceRow, ExemptionRow, ProblemRow, SummaryRow, View


def summary(**status: int) -> SummaryRow:
    counts = {"pass": 0, "fail": 0, "unknown": 0, "exempt": 0} | status
    failures = {"critical": 0, "high": counts["fail"], "medium": 0, "low": 0, "info": 0}
    return SummaryRow(sum(counts.values()), counts, failures, counts["fail"])


def test_counted() -> None:
    assert words.counted(1, "failure") == "1 failure"
    assert words.counted(2000, "failure") == "2,000 failures"
    assert words.counted(0, "entry", "entries") == "0 entries"


@pytest.mark.parametrize(
    ("row", "text"),
    [
        (("Acl", '"public-read"', ""), 'Acl = "public-read"'),
        (("Acl", '"x"', "the default"), 'Acl = "x" (the default)'),
        (("Acl", None, "not set"), "Acl: not set"),
        (("no related keys", None, ""), "no related keys"),
        (("Acl", None, "var.acl: variable without a value"), "Acl: var.acl: variable without a value"),
        (("", None, "all of it is unknown"), "all of it is unknown"),
    ],
)
def test_evidence(row: tuple[str, str | None, str], text: str) -> None:
    assert words.evidence(EvidenceRow(*row, "main.tf", 1)) == text


def test_more_evidence_is_counted(make: SimpleNamespace) -> None:
    pieces = tuple(make.evidence(f"P{number}") for number in range(5))
    (row,) = View(make.report([make.verdict(evidence=pieces)])).verdicts()
    assert words.evidences(row) == 'P0 = "public-read"; P1 = "public-read"; P2 = "public-read"; 2 more'


def test_place() -> None:
    assert words.place("main.tf", 3) == "main.tf:3"
    assert words.place("main.tf", 0) == "main.tf"


def test_exemption() -> None:
    held = ExemptionRow("ana", "2027-03-01", "web site", "main.tf:1", expired=False)
    assert words.exemption(held) == "until 2027-03-01 by ana: web site"
    ended = ExemptionRow("", "2020-03-01", "web site", "main.tf:1", expired=True)
    assert words.exemption(ended) == "ended 2020-03-01: web site"


def test_units_and_lists(make: SimpleNamespace) -> None:
    coverage = View(make.sample()).coverage()
    assert words.units(coverage) == "1 CloudFormation template, 2 Terraform root modules"
    assert words.listed({"A": 3, "B": 1, "C": 1, "D": 1}, limit=2) == "A (3), B, 2 more types"


def test_headline() -> None:
    assert words.headline(summary()) == "nothing to judge"
    assert words.headline(summary(**{"pass": 3})) == "no failures, 3 passed"
    assert words.headline(summary(fail=1, unknown=2, exempt=3)) == "1 failure (1 high), 2 unknown, 3 exempt, 0 passed"


def test_escape() -> None:
    assert words.escape("""<a href="x" b='y'>&amp;""") == "&lt;a href=&quot;x&quot; b=&#39;y&#39;&gt;&amp;amp;"


def test_what_several_accounts_lack_is_told_once() -> None:
    def row(path: str, message: str = "denied") -> ProblemRow:
        return ProblemRow("partial", path, 0, message, 1)

    found = words.together(
        [row("aws:1/eu-west-1"), row("a.tf"), row("aws:2/us-east-1"), row("b.tf"), row("aws:1", "x")]
    )
    assert [(item.path, item.message) for item in found] == [
        ("aws: 2 accounts, 2 regions", "denied"),
        ("a.tf", "denied"),
        ("b.tf", "denied"),
        ("aws:1", "x"),
    ]
    assert words.together([row("aws:1/eu-west-1"), row("aws:1/us-east-1")])[0].path == "aws: 1, 2 regions"
