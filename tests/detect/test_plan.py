"""Rules compiled for each table."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from bastide.detect.fields import Unsupported
from bastide.detect.hits import Value
from bastide.detect.plan import Pass, plan_of, tree_of
from tests.detect.conftest import rule_text

CALL = "  call: {eventName: CreateUser}\n  condition: call"
COUNT = (
    "title: many\ncorrelation:\n  type: value_count\n  rules: [a]\n  group-by: [userIdentity.arn]\n  timespan: 5m\n"
    "  condition: {field: requestParameters.x, gte: 2}\n"
)


def test_a_rule_stands_in_each_of_its_tables(loaded: Any) -> None:
    plan = plan_of(loaded(rule_text(CALL)))
    assert plan.tables == ["account_change", "api_activity", "authentication"]
    assert plan.passes[0].where == """"metadata.product.name" in ('CloudTrail')"""
    assert plan.usable == {0}


def test_what_correlations_need_is_kept(loaded: Any) -> None:
    plan = plan_of(loaded(rule_text(CALL) + "name: a\n", COUNT))
    assert plan.values[0] == (Value("userIdentity.arn"), Value("requestParameters.x", many=True))
    step = plan.passes[0].steps[0]
    assert step.values == plan.values[0]
    assert step.fields[0] == '"actor.user.uid"'
    assert (step.counted, len(step.fields)) == (True, 2)
    assert step.reads >= {"actor.user.uid", "api.request.data"}


def test_a_correlation_goes_with_what_it_counts(loaded: Any) -> None:
    plan = plan_of(loaded(rule_text("  call: {nothing: x}\n  condition: call") + "name: a\n", COUNT))
    assert [problem.cause for problem in plan.problems][1] == "a rule that it counts cannot be used"
    assert plan.usable == set()
    assert plan.passes == []


def test_a_correlation_by_a_field_that_is_not_there_is_left_out_alone(loaded: Any) -> None:
    slip = COUNT.replace("userIdentity.arn", "usrIdentity.arn").replace("many", "slip")
    found = loaded(rule_text(CALL) + "name: a\n", COUNT, slip)
    plan = plan_of(found)
    assert {rule.title for rule in found.rules if rule.number in plan.usable} == {"a rule", "many"}
    (problem,) = plan.problems
    assert problem.place.endswith("2.yml:1")
    assert problem.cause.startswith("by a field of `a`: CloudTrail's events have no field `usrIdentity.arn`")
    assert plan.values[0] == (Value("userIdentity.arn"), Value("requestParameters.x", many=True))


def test_several_conditions_are_alternatives(loaded: Any) -> None:
    text = "  a: {eventName: A}\n  b: {eventName: B}\n  condition: [a, b]"
    plan = plan_of(loaded(rule_text(text)))
    assert plan.passes[0].steps[0].named == {"a", "b"}


def test_a_condition_that_cannot_be_read(loaded: Any) -> None:
    with pytest.raises(Unsupported):
        tree_of(loaded(rule_text("  a: {eventName: A}\n  condition: a and")).rules[0].parsed.detection)


def test_a_plan_is_plain_data(loaded: Any) -> None:
    one = plan_of(loaded(rule_text(CALL))).passes[0]
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(one), type=Pass) == one


@pytest.mark.parametrize(
    "text",
    ["  a: {eventName: A}\n  condition: a | count() by x > 5", "  a: {eventName: A}\n  timeframe: 5m\n  condition: a"],
)
def test_what_sigma_counted_with_before_correlations(loaded: Any, text: str) -> None:
    (problem,) = plan_of(loaded(rule_text(text))).problems
    assert problem.cause.endswith("a correlation counts matches")
