"""Mutants: what is changed, and whether the examples of a control notice."""

from __future__ import annotations

import pytest

from bastide.controls.engine import connect
from bastide.controls.entry import Control, parse_controls
from bastide.controls.mutation import changes, mutants
from bastide.controls.syntax import Syntax

CONTROL = """
- id: own.bucket-keeps-versions-and-logs
  title: Buckets keep versions and logs
  resource: AWS::S3::Bucket
  severity: low
  require: VersioningConfiguration.Status = 'Enabled' and LoggingConfiguration is not null
  when: BucketName <> 'scratch'
  rationale: Because.
  remediation: {terraform: Do it.}
  frameworks: {well-architected: [SEC08-BP02]}
  examples:
    - %s
    - fail: {cloudformation: &fail "Resources: {B: {Type: 'AWS::S3::Bucket', Properties: {BucketName: b}}}",
             missing: it is the same}
"""
GOOD = (
    "pass: {cloudformation: \"Resources: {B: {Type: 'AWS::S3::Bucket', Properties: {BucketName: b, "
    'VersioningConfiguration: {Status: Enabled}, LoggingConfiguration: {LogFilePrefix: x}}}}", missing: it is the same}'
)
ONE_OF_TWO = GOOD.replace("pass", "fail").replace(", LoggingConfiguration: {LogFilePrefix: x}", "")
OTHER_OF_TWO = GOOD.replace("pass", "fail").replace("VersioningConfiguration: {Status: Enabled}, ", "")
SCRATCH = GOOD.replace("pass", "none").replace("BucketName: b", "BucketName: scratch")


def control(*examples: str) -> Control:
    (found,) = parse_controls(CONTROL % "\n    - ".join(examples), "own.yaml")
    return found


@pytest.fixture
def syntax() -> Syntax:
    return Syntax(connect())


def test_examples_notice_what_they_show_and_nothing_else() -> None:
    unnoticed = {m.change.split("`")[1] for m in mutants([control(GOOD)]) if not m.noticed and m.field == "require"}
    assert {"(VersioningConfiguration.Status = 'Enabled')", "(LoggingConfiguration IS NOT NULL)", "or"} <= unnoticed


def test_enough_examples_notice_everything() -> None:
    found = list(mutants([control(GOOD, ONE_OF_TWO, OTHER_OF_TWO, SCRATCH)]))
    assert [m.change for m in found if not m.noticed] == []
    assert {m.field for m in found} == {"require", "when"}
    assert any(m.change == "left out" for m in found)


def test_a_control_that_does_not_compile_has_no_mutants() -> None:
    broken = control(GOOD)
    broken.require = "Nonsense = 1"
    assert list(mutants([broken])) == []


@pytest.mark.parametrize(
    ("sql", "mutated"),
    [
        ("A and B and C", {"(B AND C)", "(A AND C)", "(A AND B)", "(A OR B OR C)"}),
        ("not A", {"A"}),
        ("A < 3", {"(A >= 3)", "(A <= 3)"}),
        ("A in ('x', 'y')", {"(A NOT IN ('x', 'y'))"}),
        ("A is null", {"(A IS NOT NULL)"}),
        ("none_of([x.y = 1 for x in L])", {"any_of", "!="}),
        ("any_of([x.y for x in L if x.z])", {"all_of", "(list_apply(list_apply(L"}),
        ("A", set()),
    ],
)
def test_each_small_change(sql: str, mutated: set[str], syntax: Syntax) -> None:
    found = [text for _, text in changes(sql, syntax)]
    assert len(found) == len(mutated)
    for part in mutated:
        assert any(part in text for text in found), (part, found)


def test_changes_leave_the_expression_as_it_is(syntax: Syntax) -> None:
    list(changes("A and not (B or C = 1)", syntax))
    again = [text for _, text in changes("A and not (B or C = 1)", syntax)]
    assert len(set(again)) == len(again)
