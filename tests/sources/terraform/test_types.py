"""Type constraints of variables, and what values become under them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from bastide.resources.model import Sensitive, Unresolved
from bastide.sources.terraform.parser import parse_expression
from bastide.sources.terraform.types import ANY, as_set, constraint

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.mark.parametrize(
    ("kind", "default", "wanted"),
    [
        ("string", "5", "5"),
        ("string", "true", "true"),
        ("number", '"8"', 8),
        ("bool", '"true"', True),
        ("list(number)", '["1", 2]', [1, 2]),
        ("set(string)", '["b", "a", "b"]', ["a", "b"]),
        ("map(string)", "{ a = 1 }", {"a": "1"}),
        ("tuple([string, number])", '[1, "2"]', ["1", 2]),
        (
            "object({ a = string, b = optional(bool, true), c = optional(string) })",
            "{ a = 1 }",
            {"a": "1", "b": True, "c": None},
        ),
        ("list(object({ a = optional(number, 3) }))", "[{}]", [{"a": 3}]),
        ("any", "[1]", [1]),
        ("map", "{ a = 1 }", {"a": 1}),
        ('"string"', "5", "5"),
    ],
)
def test_conversion(configuration: Callable[..., Any], kind: str, default: str, wanted: Any) -> None:
    text = f'variable "v" {{\n  type = {kind}\n  default = {default}\n}}\nresource "aws_a" "a" {{\n  v = var.v\n}}\n'
    assert configuration(text).of("aws_a.a")["v"] == wanted


@pytest.mark.parametrize(
    ("kind", "default", "reason"),
    [
        ("number", '"x"', "could not convert"),
        ("bool", "[]", "true or false is wanted"),
        ("string", "{}", "a string is wanted"),
        ("list(string)", '"x"', "a list is wanted"),
        ("map(string)", "[]", "a map is wanted"),
        ("object({ a = string })", "{}", "a is missing"),
        ("tuple([string])", "[]", "a tuple of another length is wanted"),
    ],
)
def test_what_does_not_fit_is_unresolved(
    configuration: Callable[..., Any], kind: str, default: str, reason: str
) -> None:
    text = f'variable "v" {{\n  type = {kind}\n  default = {default}\n}}\nresource "aws_a" "a" {{\n  v = var.v\n}}\n'
    found = configuration(text).of("aws_a.a")["v"]
    assert isinstance(found, Unresolved)
    assert found.expression == "var.v"
    assert found.reason.startswith(reason)


def test_a_secret_stays_one_when_it_is_converted(configuration: Callable[..., Any]) -> None:
    text = 'variable "v" {\n  type = number\n  default = "5"\n  sensitive = true\n}\n'
    text += 'resource "aws_a" "a" {\n  v = var.v\n}\n'
    assert configuration(text).of("aws_a.a")["v"] == Sensitive(written=True)


def test_what_is_not_understood_is_any() -> None:
    for text in ("nonsense", "list()", "object(string)", "1", "a.b"):
        assert constraint(parse_expression(text)).kind in ("any", "object")
    assert constraint(None) is ANY


def test_sets_keep_marks_and_tell_types_apart() -> None:
    unset = Unresolved("var.u", "why")
    assert as_set(["b", unset, "b"]) == ["b", unset]
    assert as_set([1, True, "1", 1]) == [1, True, "1"]
    assert as_set([[1], [1]]) == [[1]]
