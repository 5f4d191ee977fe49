"""Rules from files: what is for this lake, what is for another, what is none."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bastide.detect.plan import plan_of
from bastide.detect.rules import RuleSet, load_rules
from bastide.errors import UsageError
from tests.detect.conftest import rule_text
from tests.fuzzing import fuzz

DETECTION = "  call: {eventName: CreateUser}\n  condition: call"


def test_a_rule(loaded: Callable[..., RuleSet]) -> None:
    text = rule_text(DETECTION, "A user", level="high", tags="attack.persistence, attack.t1136.003, attack.s0001")
    (one,) = loaded(text + "bastide: {threats: [x]}\nfalsepositives: [setup]\n").rules
    assert (one.id, one.title, one.level) == ("00000000-0000-4000-8000-000000000001", "A user", "high")
    assert (one.techniques, one.tactics) == (("T1136.003",), ("persistence",))
    assert (one.extra, one.false_positives, one.shown) == ({"threats": ["x"]}, ("setup",), True)
    assert one.place.endswith("0.yml:1")
    assert one.source is not None
    assert one.source.is_cloudtrail


def test_rules_of_other_logs_are_counted(loaded: Callable[..., RuleSet]) -> None:
    windows = rule_text(DETECTION, number=2).replace(
        "product: aws, service: cloudtrail", "product: windows, category: x"
    )
    other = rule_text(DETECTION, number=3).replace("service: cloudtrail", "service: unheard")
    found = loaded(rule_text(DETECTION), windows, other)
    assert (len(found.rules), found.elsewhere, found.problems) == (1, 2, [])


def test_a_service_that_is_misspelt_is_told(loaded: Callable[..., RuleSet]) -> None:
    found = loaded(rule_text(DETECTION).replace("service: cloudtrail", "service: cloudtrial"))
    assert (len(found.rules), found.elsewhere) == (0, 1)
    (problem,) = found.problems
    assert problem.cause == "there are no logs of the service `cloudtrial`, did you mean `cloudtrail`?"


def test_a_rule_without_a_log_is_told(loaded: Callable[..., RuleSet]) -> None:
    text = rule_text(DETECTION).replace("logsource: {product: aws, service: cloudtrail}\n", "")
    (problem,) = loaded(text).problems
    assert "log source" in problem.cause


def test_what_is_no_rule_hides_no_other(loaded: Callable[..., RuleSet]) -> None:
    found = loaded(rule_text(DETECTION), "just: text\n", "{{{", rule_text("  call: {a: 1}", number=4), "")
    assert [one.id for one in found.rules] == ["00000000-0000-4000-8000-000000000001"]
    causes = [problem.cause for problem in found.problems]
    assert len(causes) == 4
    assert "neither `detection` nor `correlation`" in causes[0]
    assert causes[1].startswith("not YAML")
    assert "condition" in causes[2]
    assert causes[3] == "there is no rule in it"


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_bytes(b"\xff\xfe\x00")
    assert load_rules([str(tmp_path)]).problems[0].cause.startswith("cannot be read")


def test_two_rules_with_one_id(loaded: Callable[..., RuleSet]) -> None:
    with pytest.raises(UsageError, match="two rules have the id 0000") as caught:
        loaded(rule_text(DETECTION), rule_text(DETECTION, "another"))
    assert "0.yml:1" in str(caught.value)
    assert "1.yml:1" in str(caught.value)


def test_a_place_that_is_not_there() -> None:
    with pytest.raises(UsageError, match="no such folder"):
        load_rules(["nowhere"])


def test_a_file_that_is_named_twice_is_read_once(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text(rule_text(DETECTION))
    assert len(load_rules([str(tmp_path), str(tmp_path / "a.yml")]).rules) == 1


def test_the_library_is_what_there_is_without_a_place() -> None:
    found = load_rules()
    assert len(found.rules) >= 20
    assert not found.problems
    assert all(one.level and one.description for one in found.rules)


def test_a_checkout_of_the_public_repository(tmp_path: Path) -> None:
    for folder in ("rules/cloud/aws", "rules-emerging-threats", "deprecated", "regression_data"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "rules/cloud/aws/a.yml").write_text(rule_text(DETECTION))
    (tmp_path / "deprecated/b.yml").write_text(rule_text(DETECTION, number=2))
    (tmp_path / "regression_data/info.yml").write_text("id: x\n")
    found = load_rules([str(tmp_path)])
    assert (len(found.rules), found.problems) == (1, [])


WHOLE = """title: a
name: a
id: 00000000-0000-4000-8000-000000000001
logsource: {product: aws, service: cloudtrail}
detection:
  one:
    eventName|startswith: [A, 'b*']
    requestParameters.x|re|i: '^a.b$'
    sourceIPAddress|cidr: 10.0.0.0/8
  two: [word, 12]
  condition: one and not (two or 1 of o*)
level: high
tags: [attack.t1580]
---
title: b
correlation:
  type: value_count
  rules: [a]
  group-by: [userIdentity.arn]
  timespan: 5m
  condition: {gte: 3, field: eventName}
"""
PIECES = [
    "",
    "|",
    ":",
    "[",
    "]",
    "{",
    "}",
    "null",
    "-1",
    "true",
    "not",
    "(",
    ")",
    "*",
    "\\",
    "%x%",
    "|all",
    "\n",
    "9" * 30,
    "é",
]


@fuzz(150)
@given(at=st.integers(0, len(WHOLE)), length=st.integers(0, 12), piece=st.sampled_from(PIECES))
def test_a_rule_with_any_slip_is_used_or_told(
    tmp_path_factory: pytest.TempPathFactory, at: int, length: int, piece: str
) -> None:
    file = tmp_path_factory.getbasetemp() / "slip.yml"
    file.write_text(WHOLE[:at] + piece + WHOLE[at + length :])
    try:
        plan = plan_of(load_rules([str(file)]))
    except UsageError:
        return
    assert all(problem.place and problem.cause for problem in plan.problems)


@pytest.mark.parametrize("service", ["cloudtrail", "guardduty", "securityhub", "security_hub", "vpcflowlogs"])
def test_a_service_that_only_aws_has_needs_no_product(loaded: Callable[..., RuleSet], service: str) -> None:
    text = rule_text(DETECTION).replace("{product: aws, service: cloudtrail}", f"{{service: {service}}}")
    found = loaded(text, text.replace(f"{{service: {service}}}", f"\n  service: '{service}'").replace("0001", "0002"))
    assert (len(found.rules), found.elsewhere, found.problems) == (2, 0, [])


def test_a_text_where_a_list_is_due_leaves_no_rule_out(loaded: Callable[..., RuleSet]) -> None:
    (one,) = loaded(rule_text(DETECTION) + "falsepositives: |\n  setup\nreferences: a page\nfields: x\n").rules
    assert (one.false_positives, one.references) == (("setup\n",), ("a page",))


@pytest.mark.parametrize(
    ("detection", "named"),
    [
        ("  a: {eventName: []}\n  condition: a", "eventName"),
        ("  a: [{eventName: x}, {userAgent|contains: []}]\n  condition: a", "userAgent|contains"),
        ("  a: []\n  condition: a", "a"),
    ],
)
def test_a_list_without_values_is_no_condition(loaded: Callable[..., RuleSet], detection: str, named: str) -> None:
    """pySigma takes it for a field that is absent."""
    (problem,) = loaded(rule_text(detection)).problems
    assert problem.cause == f"`{named}` has an empty list of values, which nothing can match"
