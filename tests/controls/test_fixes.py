"""Fixes as they are written."""

from __future__ import annotations

from typing import Any

import pytest

from bastide.controls.entry import parse_controls
from bastide.controls.fixes import Change, lint_fix, steps_of
from bastide.errors import ControlError

CONTROL = """
- id: sns.topic-is-encrypted
  title: x
  resource: AWS::SNS::Topic
  severity: low
  require: KmsMasterKeyId is not null
  rationale: x
  remediation: {{cli: x}}
  frameworks: {{well-architected: [SEC01-BP01]}}
  fix: {fix}
"""


def control(fix: str) -> Any:
    return parse_controls(CONTROL.format(fix=fix), "own.yaml")[0]


def test_changes_in_order() -> None:
    found = control(
        "{set: {A: {B: 1, C: [x]}, D.E: true}, at_least: {F: 7}, add: {G: [x]}, take: {H: [y]}, remove: [I.J]}"
    ).fix
    assert found.changes == (
        Change("set", "A.B", 1),
        Change("set", "A.C", ["x"]),
        Change("set", "D.E", True),
        Change("at_least", "F", 7),
        Change("add", "G", ["x"]),
        Change("take", "H", ["y"]),
        Change("remove", "I.J"),
    )


def test_overrides_and_reasons() -> None:
    found = control(
        "{set: {A: 1}, terraform: {aws_x: {set: {a: 1}}, aws_y: why not}, cloudformation: no, replaces: true}".replace(
            ": no,", ": 'no',"
        )
    ).fix
    assert found.overrides["aws_x"].changes == (Change("set", "a", 1),)
    assert found.overrides["aws_y"].why == "why not"
    assert (found.cloudformation, found.replaces, found.terraform) == ("no", True, "")
    assert control("{set: {A: 1}, terraform: why not}").fix.terraform == "why not"


def test_steps() -> None:
    assert steps_of("A.B[*].C[N=x.y].D[+].E?.F") == (
        ("A", None),
        ("B", "each"),
        ("C", {"N": "x.y"}),
        ("D", "any"),
        ("E", "there"),
        ("F", None),
    )


@pytest.mark.parametrize(
    ("fix", "cause"),
    [
        ("[]", "`fix` has set"),
        ("{sett: {A: 1}}", "no part of a fix"),
        ("{replaces: true}", "changes something"),
        ("{set: {A: 1}, replaces: 1}", "true or false"),
        ("{set: []}", "values by path"),
        ("{remove: {A: 1}}", "a list of paths"),
        ("{set: {A..B: 1}}", "no path"),
        ("{set: {A: null}}", "cannot have this value"),
        ("{at_least: {A: x}}", "cannot have this value"),
        ("{add: {A: x}}", "cannot have this value"),
        ("{set: {A: 1}, terraform: [x]}", "changes by provider type"),
        ("{set: {A: 1}, terraform: {aws_x: {sett: {}}}}", "changes of its arguments"),
        ("{set: {A: 1}, cloudformation: [x]}", "why there is no fix"),
    ],
)
def test_incoherent_ones_are_refused_with_their_place(fix: str, cause: str) -> None:
    with pytest.raises(ControlError, match=cause) as caught:
        control(fix)
    assert caught.value.place == "own.yaml:10"


@pytest.mark.parametrize(
    ("fix", "complaint"),
    [
        ("{set: {KmsMasterKeyId: x}}", ""),
        ("{set: {KmsMasterKey: x}}", "no property"),
        ("{set: {TopicArn: x}}", "only AWS sets"),
        ("{set: {KmsMasterKeyId: true}}", "is string, not True"),
        ("{set: {FifoTopic: 'x'}}", "is boolean"),
        ("{add: {KmsMasterKeyId: [x]}}", "is string"),
        ("{at_least: {KmsMasterKeyId: 1}}", "is string"),
        ("{set: {Tags: x}}", "not 'x'"),
    ],
)
def test_the_linter_knows_the_schema(fix: str, complaint: str) -> None:
    found = list(lint_fix(control(fix)))
    assert len(found) == bool(complaint)
    assert all(complaint in one for one in found)


def test_live_controls_have_none() -> None:
    one = control("{set: {KmsMasterKeyId: x}}")
    one.live = True
    assert "only what code can answer has a fix" in list(lint_fix(one))
