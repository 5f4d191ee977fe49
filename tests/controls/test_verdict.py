"""Verdicts and reports as values."""

from __future__ import annotations

from bastide.controls.verdict import Coverage, Evidence, Verdict
from bastide.resources.model import Problem
from tests.controls.conftest import control, resource


def test_a_fingerprint_is_of_control_type_and_address_only() -> None:
    one = Verdict(control("A"), "fail", resource({}, path="a.tf", line=1))
    moved = Verdict(control("A"), "fail", resource({"BucketName": "x"}, path="b.tf", line=9))
    other = Verdict(control("A"), "fail", resource({}, address="c"))
    assert one.fingerprint == moved.fingerprint != other.fingerprint
    assert len(one.fingerprint) == 32


def test_evidence_is_made_once_and_only_when_looked_at() -> None:
    calls = []

    def make() -> tuple[Evidence, ...]:
        calls.append(1)
        return (Evidence("P", "v", "", "x.tf", 7),)

    verdict = Verdict(control("A"), "fail", resource({}), make)
    assert not calls
    assert verdict.location == ("x.tf", 7)
    assert verdict.evidence == verdict.evidence
    assert calls == [1]


def test_a_pass_is_at_its_resource() -> None:
    verdict = Verdict(control("A"), "pass", resource({}, path="m.tf", line=3), (Evidence("P", "v", "", "x.tf", 7),))
    assert verdict.location == ("m.tf", 3)


def test_what_makes_a_scan_incomplete() -> None:
    def incomplete(kind: str) -> bool:
        return Coverage(problems=[Problem(kind, "x", 1, "m")]).incomplete  # type: ignore[arg-type]

    assert [kind for kind in ("unreadable", "partial", "unmapped", "external", "note") if incomplete(kind)] == [
        "unreadable",
        "partial",
    ]
