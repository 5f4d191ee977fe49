"""Correlations as plain data."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from bastide.detect.counting import Correlation, Limit, Words
from tests.detect.conftest import rule_text

RULES = "---\n".join(
    rule_text("  call: {eventName: x}\n  condition: call", title=name, number=number) + f"name: {name}\n"
    for number, name in enumerate("abc")
)
CORRELATION = "title: correlation\ncorrelation:\n  timespan: 2m\n"


def counted(loaded: Any, correlation: str) -> Correlation:
    found = loaded(RULES, CORRELATION + correlation).rules[-1].correlation
    assert isinstance(found, Correlation)
    assert msgspec.json.decode(msgspec.json.encode(found), type=Correlation) == found
    return found


@pytest.mark.parametrize("operator", ["lt", "lte", "gt", "gte", "eq", "neq"])
def test_a_limit(loaded: Any, operator: str) -> None:
    one = counted(loaded, f"  type: event_count\n  rules: [c]\n  group-by: [who]\n  condition: {{{operator}: 3}}\n")
    sql = {"lt": "<", "lte": "<=", "gt": ">", "gte": ">=", "eq": "=", "neq": "<>"}[operator]
    assert (one.kind, one.seconds, one.within, one.by) == ("event_count", 120, "2m", ("who",))
    assert one.limit == Limit(sql, 3)
    assert one.limit.is_least == (operator in ("gt", "gte", "eq"))
    assert one.words is None
    assert [(part.rule, part.title, part.groups, part.measured) for part in one.parts] == [(2, "c", ("who",), ())]


def test_what_is_measured(loaded: Any) -> None:
    one = counted(loaded, "  type: value_percentile\n  rules: [a, b]\n"
                          "  condition: {gte: 1.5, field: size, percentile: 90}\n")  # fmt: skip
    assert one.limit == Limit(">=", 1.5, 90)
    assert {part.measured for part in one.parts} == {("size",)}


def test_a_condition_in_words(loaded: Any) -> None:
    one = counted(loaded, "  type: temporal\n  rules: [b, a, c]\n  condition: a and not (b or c)\n")
    either = Words("or", (Words(part=0), Words(part=2)))
    assert one.limit is None
    assert one.words == Words("and", (Words(part=1), Words("not", (either,))))
    assert [part.rule for part in one.parts] == [1, 0, 2]


def test_an_alias_may_call_a_rule_by_its_id(loaded: Any) -> None:
    who = "who: {00000000-0000-4000-8000-000000000000: userIdentity.arn, b: awsRegion}"
    one = counted(loaded, f"  type: temporal\n  rules: [a, b]\n  group-by: [who]\n  aliases: {{{who}}}\n")
    assert [part.groups for part in one.parts] == [("userIdentity.arn",), ("awsRegion",)]


def test_aliases_are_the_fields_of_each_rule(loaded: Any) -> None:
    one = counted(loaded, "  type: temporal\n  rules: [a, b]\n  group-by: [who, awsRegion]\n  aliases:\n    who:\n"
                          "      a: userIdentity.arn\n      b: requestParameters.name\n")  # fmt: skip
    assert one.by == ("who", "awsRegion")
    assert [part.groups[0] for part in one.parts] == ["userIdentity.arn", "requestParameters.name"]
    assert {part.groups[1] for part in one.parts} == {"awsRegion"}
