"""Resources as rows: what they hold, and which atoms what is unknown touches."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bastide.controls.compiler import compile_controls
from bastide.controls.query import Part
from bastide.controls.rows import is_given, overlaps, rows_of
from bastide.resources.estate import Estate
from bastide.resources.model import Unresolved
from tests.controls.conftest import control, resource, status

GIVEN = Unresolved("var.x", "variable without a value")
DECIDED = Unresolved('var.x ? "…" : "…"', "variable without a value")


@pytest.mark.parametrize(
    ("unknown", "read", "mode", "touched"),
    [
        ("A", "A", "value", True),
        ("A", "A.B", "value", True),
        ("A.B", "A", "value", True),
        ("A.B", "A", "presence", False),
        ("A", "A.B", "presence", True),
        ("A.B", "A.C", "value", False),
        ("AB", "A", "value", False),
        ("", "A", "presence", True),
        ("A.B", "A", "walk", False),
        ("A", "A", "walk", True),
        ("A", "A", "written", True),
    ],
)
def test_overlaps(unknown: str, read: str, mode: str, touched: bool) -> None:
    assert overlaps(unknown, read, mode) is touched


@pytest.mark.parametrize(
    ("mode", "touched"), [("value", True), ("presence", True), ("macro", True), ("walk", False), ("written", False)]
)
def test_what_is_given_at_deployment_is_written_nowhere(mode: str, touched: bool) -> None:
    assert overlaps("A", "A", mode, given=True) is touched
    assert overlaps("A", "A.B", mode, given=True) is touched


@pytest.mark.parametrize(
    ("why", "wanted"),
    [
        ("var.x: variable without a value", True),
        ("var.x.y[0]: variable without a value", True),
        ('var.x["a b"].c: variable without a value', True),
        ("Password: parameter without a default", True),
        ('var.x ? "…" : "…": variable without a value', False),
        ("var.words[var.stage]: variable without a value", False),
        ("local.words[var.x]: variable without a value", False),
        ("merge(var.x, local.y): variable without a value", False),
        ("var.x: this module has no such variable", False),
        ("Fn::FindInMap Words: parameter without a default", False),
        ("Password: read from the Parameter Store at deployment", False),
        ("Queue: Password: parameter without a default", False),
    ],
)
def test_what_is_given_is_a_variable_as_such(why: str, wanted: bool) -> None:
    assert is_given(why) is wanted


def test_a_row_has_only_what_is_read() -> None:
    group = compile_controls([control("BucketName = 'x'")])[0]
    bucket = resource({"BucketName": "x", "Tags": [{"Key": "k", "Value": "v"}]})
    (row,) = rows_of([bucket], group, Estate([bucket]))
    assert json.loads(row.text()) == {"BucketName": "x"}
    assert not row.uncertain


def test_unknown_elements_touch_in_part_and_unknown_lists_as_such() -> None:
    group = compile_controls([control("none_of([t.Key = 'a' for t in Tags])")])[0]
    key = ("test.control", 0)
    part = resource({"Tags": [{"Key": "b"}, {"Key": Unresolved("x")}]})
    whole = resource({"Tags": Unresolved("x")})
    first, second = rows_of([part, whole], group, Estate([]))
    assert (first.uncertain, first.partial) == (frozenset(), {key})
    assert (second.uncertain, second.partial) == ({key}, frozenset())
    assert first.unknown_positions(Part("Tags", (("Tags.Key", "value"),))) == [2]
    assert first.unknown_positions(Part("Tags", (("Tags.Value", "value"),))) == []


SECRETS = "none_of([holds_a_secret(e.key, e.value) for e in map_entries(Environment.Variables)])"
NESTED = "none_of([any_of([holds_a_secret(e.Name, e.Value) for e in c.Environment]) for c in ContainerDefinitions])"


@pytest.mark.parametrize(
    ("variables", "wanted"),
    [
        ({"DB_PASSWORD": GIVEN}, "pass"),
        ({"DB_PASSWORD": GIVEN, "KEY_SECRET": "correct-horse"}, "fail"),
        ({"DB_PASSWORD": DECIDED}, "unknown"),
        ({"DB_PASSWORD": DECIDED, "KEY_SECRET": "correct-horse"}, "fail"),
        (GIVEN, "pass"),
        (DECIDED, "unknown"),
    ],
)
def test_what_a_variable_brings_in_is_not_written_in_the_code(variables: Any, wanted: str) -> None:
    assert status(SECRETS, {"Environment": {"Variables": variables}}, "AWS::Lambda::Function") == wanted


@pytest.mark.parametrize(
    ("environments", "wanted"),
    [
        ([[{"Name": "DB_PASSWORD", "Value": GIVEN}]], "pass"),
        ([GIVEN, [{"Name": "STAGE", "Value": "prod"}]], "pass"),
        ([GIVEN, [{"Name": "DB_PASSWORD", "Value": "correct-horse"}]], "fail"),
        ([[{"Name": "DB_PASSWORD", "Value": GIVEN}, {"Name": "DB_PASSWORD", "Value": DECIDED}]], "unknown"),
        ([[{"Name": "STAGE", "Value": GIVEN}], [{"Name": "DB_PASSWORD", "Value": DECIDED}]], "unknown"),
    ],
)
def test_the_same_of_lists_in_elements(environments: list[Any], wanted: str) -> None:
    containers = [{"Name": "c", "Environment": one} for one in environments]
    assert status(NESTED, {"ContainerDefinitions": containers}, "AWS::ECS::TaskDefinition") == wanted


def test_presence_and_other_looks_at_a_variable_stay_unknown() -> None:
    kind = "AWS::RDS::DBInstance"
    assert status("not is_plain_text(MasterUserPassword)", {"MasterUserPassword": GIVEN}, kind) == "pass"
    assert status("MasterUserPassword is null", {"MasterUserPassword": GIVEN}, kind) == "unknown"
    assert status("MasterUserPassword <> 'x'", {"MasterUserPassword": GIVEN}, kind) == "unknown"
