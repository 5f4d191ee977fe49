"""What a pipeline is told, and why."""

from __future__ import annotations

from typing import Any

import pytest

from bastide.controls.gate import decide
from bastide.controls.verdict import Coverage, Report, Verdict
from bastide.resources.model import Problem
from tests.controls.conftest import control, resource

FOUND = [("fail", "high", True), ("fail", "low", True), ("fail", "low", False), ("unknown", "high", True)]


def report(verdicts: list[tuple[str, str, bool]] = FOUND, problem: str = "", **settings: Any) -> Report:
    coverage = Coverage(problems=[Problem(problem, "a.tf", 1, "")] if problem else [])  # type: ignore[arg-type]
    made = [Verdict(control("A", severity=s), status, resource({}), new=new) for status, s, new in verdicts]  # type: ignore[arg-type]
    return Report("1", 0.0, 0.0, (".",), made, coverage, [], {}, settings)


@pytest.mark.parametrize(
    ("settings", "code", "reason"),
    [
        ({"fail_on": "low"}, 1, "2 failures at or over low (--fail-on)"),
        ({"fail_on": "low", "baseline": "b"}, 1, "2 new failures at or over low (--fail-on)"),
        ({"fail_on": "high"}, 1, "1 failure at or over high (--fail-on)"),
        ({"fail_on": "critical"}, 0, "nothing at or over critical"),
        ({"fail_on": "critical", "baseline": "b"}, 0, "nothing new at or over critical"),
        ({"fail_on": "critical", "problem": "partial"}, 3, "incomplete: not everything could be judged"),
        ({"fail_on": "critical", "problem": "note"}, 0, "nothing at or over critical"),
        ({"fail_on": "high", "problem": "partial"}, 1, "1 failure at or over high (--fail-on)"),
        ({"fail_on": "never"}, 0, "--fail-on never"),
        ({"fail_on": "never", "fail_on_unknown": True}, 0, "--fail-on never"),
        (
            {"fail_on": "high", "fail_on_unknown": True},
            1,
            "1 failure and 1 unknown at or over high (--fail-on --fail-on-unknown)",
        ),
        ({"fail_on": "critical", "fail_on_unknown": True}, 0, "nothing at or over critical"),
    ],
)
def test_the_decision(settings: dict[str, Any], code: int, reason: str) -> None:
    assert decide(report(**settings)) == (code, reason)


def test_unknown_alone_fails_when_asked_to() -> None:
    unknown = [("unknown", "high", True)]
    assert decide(report(unknown, fail_on="low")).code == 0
    assert decide(report(unknown, fail_on="low", fail_on_unknown=True)) == (
        1,
        "1 unknown at or over low (--fail-on-unknown)",
    )
