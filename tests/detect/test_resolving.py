"""What rules refer to: correlations, filters, placeholders."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bastide.detect.plan import plan_of
from bastide.detect.rules import RuleSet
from tests.detect.conftest import rule_text

CALL = "  call: {eventName: CreateUser}\n  condition: call"
COUNT = (
    "title: many\nname: many\ncorrelation:\n  type: event_count\n  rules: [%s]\n  timespan: 5m\n  condition: {gte: 2}\n"
)


def named(name: str, number: int = 1) -> str:
    return rule_text(CALL, number=number) + f"name: {name}\n"


def test_a_correlation_comes_after_what_it_counts(loaded: Callable[..., RuleSet]) -> None:
    found = loaded(COUNT % "a", named("a"))
    assert [rule.is_correlation for rule in found.rules] == [False, True]
    assert [rule.shown for rule in found.rules] == [False, True]


def test_generate_shows_what_is_counted(loaded: Callable[..., RuleSet]) -> None:
    found = loaded(named("a"), COUNT.replace("correlation:\n", "correlation:\n  generate: true\n") % "a")
    assert [rule.shown for rule in found.rules] == [True, True]


def test_rules_are_counted_by_id_too(loaded: Callable[..., RuleSet]) -> None:
    found = loaded(named("a"), COUNT % "00000000-0000-4000-8000-000000000001")
    assert not found.problems
    assert len(found.rules) == 2


def test_what_is_not_there_cannot_be_counted(loaded: Callable[..., RuleSet]) -> None:
    found = loaded(named("a"), COUNT % "b")
    assert [rule.name for rule in found.rules] == ["a"]
    assert "counts `b`" in found.problems[0].cause


def test_circles_are_refused(loaded: Callable[..., RuleSet]) -> None:
    found = loaded(COUNT % "other", (COUNT % "many").replace("name: many", "name: other"))
    assert found.rules == []
    assert len(found.problems) == 2


def test_placeholders_are_filled(loaded: Callable[..., RuleSet]) -> None:
    text = rule_text("  call: {userIdentity.userName|expand: '%admins%'}\n  condition: call")
    plan = plan_of(loaded(text, placeholders={"admins": ["ann", "bo"]}))
    assert not plan.problems
    assert "('ann', 'bo')" in plan.passes[0].steps[0].sql


def test_a_placeholder_that_nobody_fills_is_a_problem(loaded: Callable[..., RuleSet]) -> None:
    plan = plan_of(loaded(rule_text("  call: {eventName|expand: '%what%'}\n  condition: call")))
    cause = "the placeholder `%what%` is not defined: write its values into `detections.placeholders`"
    assert plan.problems[0].cause == cause
    assert plan.problems[0].rule.endswith("1")


def test_a_placeholder_without_values_is_no_condition_for_what_is_not_there(loaded: Callable[..., RuleSet]) -> None:
    text = rule_text("  call: {userIdentity.userName|expand: '%admins%'}\n  condition: call")
    (problem,) = plan_of(loaded(text, placeholders={"admins": []})).problems
    assert "the placeholder `%admins%` is not defined" in problem.cause


def test_filters_go_into_the_rules_that_they_name(loaded: Callable[..., RuleSet]) -> None:
    text = (
        "title: ours\nlogsource: {product: aws, service: cloudtrail}\nfilter:\n"
        "  rules: [00000000-0000-4000-8000-000000000001]\n"
        "  selection: {userIdentity.userName: pipeline}\n  condition: not selection\n"
    )
    plan = plan_of(loaded(rule_text(CALL), text))
    assert not plan.problems
    assert "pipeline" in plan.passes[0].steps[0].sql


@pytest.mark.parametrize(
    ("selection", "condition", "cause"),
    [
        ("{userIdentity.userName: bo}", "not selektion", "'selektion' not defined"),
        ("{userIdentity.userNam: bo, nowhere: 1}", "not selection", "no field `nowhere`"),
        ("{userIdentity.userName|expand: '%us%'}", "not selection", "`%us%` is not defined"),
    ],
)
def test_a_filter_that_cannot_be_used_leaves_the_rules_as_they_are(
    loaded: Callable[..., RuleSet], selection: str, condition: str, cause: str
) -> None:
    text = (
        "title: ours\nlogsource: {product: aws, service: cloudtrail}\nfilter:\n  rules: any\n"
        f"  selection: {selection}\n  condition: {condition}\n"
    )
    plan = plan_of(loaded(named("a"), named("b", 2), text))
    (problem,) = plan.problems
    assert problem.place.endswith("2.yml:1")
    assert cause in problem.cause
    assert len(plan.usable) == 2


def test_placeholders_of_filters_are_filled(loaded: Callable[..., RuleSet]) -> None:
    text = (
        "title: ours\nlogsource: {product: aws, service: cloudtrail}\nfilter:\n  rules: any\n"
        "  selection: {userIdentity.userName|expand: '%us%'}\n  condition: not selection\n"
    )
    plan = plan_of(loaded(named("a"), text, placeholders={"us": ["ann", "bo"]}))
    assert not plan.problems
    assert "('ann', 'bo')" in plan.passes[0].steps[0].sql


def test_a_name_that_two_rules_have_counts_neither(loaded: Callable[..., RuleSet]) -> None:
    found = loaded(named("a"), named("a", 2), COUNT % "a")
    assert [one.cause for one in found.problems] == ["it counts `a`, which is the name of two rules"]
    assert [rule.shown for rule in found.rules] == [True, True]


def test_a_filter_for_a_rule_that_is_not_there_is_told(loaded: Callable[..., RuleSet]) -> None:
    windows = named("theirs", 2).replace("product: aws, service: cloudtrail", "product: windows, category: x")
    text = (
        "title: ours\nlogsource: {product: aws, service: cloudtrail}\nfilter:\n  rules: [%s]\n"
        "  selection: {userIdentity.userName: pipeline}\n  condition: not selection\n"
    )
    found = loaded(named("mine"), windows, text % "mine", text % "theirs", text % "mien")
    assert [(one.place[-7:], one.cause) for one in found.problems] == [
        ("4.yml:1", "this filter is for `mien`, which is not among the rules")
    ]


def test_a_correlation_of_rules_for_other_logs_is_for_other_logs(loaded: Callable[..., RuleSet]) -> None:
    windows = named("a").replace("product: aws, service: cloudtrail", "product: windows")
    outer = (COUNT % "many").replace("name: many", "name: outer")
    found = loaded(windows, COUNT % "a", outer)
    assert (found.rules, found.problems, found.elsewhere) == ([], [], 3)
    together = loaded(windows + "---\n" + named("b", 2) + "---\n" + (COUNT % "b").replace("name: many", "name: ours"))
    assert [rule.name for rule in together.rules] == ["b", "ours"]
