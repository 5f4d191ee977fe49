"""Lots: alike resources are judged once, and only alike ones."""

from __future__ import annotations

from typing import Any

import pytest

from bastide.controls import lots
from bastide.controls.compiler import compile_controls
from bastide.controls.evaluate import Evaluation
from bastide.controls.judge import Judge
from bastide.resources.model import Resource, Unresolved
from tests.controls.conftest import control, resource

UNKNOWN = Resource(
    "AWS::S3::Bucket", "?", "u", "terraform", "main.tf", 1, 2, {}, unresolved={"BucketName": "a variable"}
)
GOOD = "starts_with(BucketName, 'good')"


def evaluation(*requires: str) -> Evaluation:
    controls = [control(require, id=f"test.n{number}") for number, require in enumerate(requires)]
    compiled, broken = compile_controls(controls)
    assert not broken
    return Evaluation(controls, compiled)


@pytest.fixture
def judged(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """The columns of the rows that were looked at, one for each look."""
    seen: list[dict[str, Any]] = []
    original = Judge.value

    def value(self: Judge, row: Any, frame: Any) -> int | None:
        seen.append(row.columns)
        return original(self, row, frame)

    monkeypatch.setattr(Judge, "value", value)
    return seen


def buckets(count: int, name: str = "good") -> list[Resource]:
    return [
        resource({"BucketName": f"{name}-{at % 3}", "AccessControl": "Private"}, address=f"{name}{at}")
        for at in range(count)
    ]


def test_a_control_looks_once_at_what_is_alike_to_it(judged: list[dict[str, Any]]) -> None:
    engine = evaluation("AccessControl = 'Private'", GOOD)
    (private,), (good,) = engine.lots(buckets(30))[0]
    assert (private.status, len(private.positions), good.status, len(good.positions)) == ("pass", 30, "pass", 30)
    assert len(judged) == 1 + 3  # the access is everywhere the same, and there are three names


def test_what_was_said_is_remembered_for_the_next_call(judged: list[dict[str, Any]]) -> None:
    engine = evaluation(GOOD)
    engine.verdicts(buckets(6))
    before = len(judged)
    assert [v.status for v in engine.verdicts([*buckets(6), *buckets(3, "bad")])] == ["pass"] * 6 + ["fail"] * 3
    assert len(judged) == before + 3


def test_what_is_remembered_has_a_limit(monkeypatch: pytest.MonkeyPatch, judged: list[dict[str, Any]]) -> None:
    monkeypatch.setattr(lots, "REMEMBERED", 5)
    engine = evaluation(GOOD)
    names = [resource({"BucketName": f"good-{at}"}, address=f"b{at}") for at in range(20)]
    for _ in range(3):
        assert {v.status for v in engine.verdicts(names)} == {"pass"}
    assert len(judged) == 60
    assert len(engine._lots._numbers) <= 40


def test_what_is_not_known_is_no_equal_of_what_is_absent() -> None:
    absent = resource({}, address="absent")
    for order in ([UNKNOWN, absent], [absent, UNKNOWN]):
        found = {v.resource.address: v.status for v in evaluation(GOOD).verdicts(order)}
        assert found == {"?": "unknown", "absent": "fail"}


@pytest.mark.parametrize(("one", "other"), [(True, 1), ("1", 1), (1.0, 1)])
def test_values_that_python_takes_for_equal_are_told_apart(one: Any, other: Any) -> None:
    engine = evaluation("AccessControl = '1'", "VersioningConfiguration.Status = '1'")
    wrapped = [
        resource({"AccessControl": value, "VersioningConfiguration": {"Status": value}}) for value in (one, other)
    ]
    alone = [[v.status for v in evaluation("AccessControl = '1'").verdicts([item])] for item in wrapped]
    together = [v.status for v in engine.verdicts(wrapped) if v.control.id == "test.n0"]
    assert [[status] for status in together] == alone


def test_verdicts_of_a_control_are_in_the_order_of_its_resources() -> None:
    mixed = [one for pair in zip(buckets(9), buckets(9, "bad"), strict=True) for one in pair]
    verdicts = evaluation(GOOD).verdicts(mixed)
    assert [v.resource.address for v in verdicts] == [one.address for one in mixed]
    assert [e.value for v in verdicts for e in v.evidence] == [f'"{one.properties["BucketName"]}"' for one in mixed]


def test_an_element_in_doubt_behind_the_one_that_decides_is_left_to_duckdb() -> None:
    engine = evaluation("none_of([len(t.Key) > 3 for t in Tags])")
    tags = resource({"Tags": [{"Key": "long enough"}, {"Key": "\u00e9"}]})
    direct, queried = engine.verdicts([tags]), engine.verdicts([tags], direct=-1)
    assert [v.status for v in direct] == ["fail"]
    assert [v.evidence for v in direct] == [v.evidence for v in queried]


def test_what_is_given_at_deployment_is_not_like_what_is_unknown_for_another_reason() -> None:
    engine = evaluation("not is_plain_text(BucketName)")
    given, decided = (
        resource({"BucketName": Unresolved(words, "variable without a value")}, address=words)
        for words in ("var.x", 'var.x ? "…" : "…"')
    )
    assert [v.status for v in engine.verdicts([given])] == ["pass"]
    assert [v.status for v in engine.verdicts([decided])] == ["unknown"]
