"""Functions that convert types or change what is known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from bastide.resources.model import Reference, Unresolved

if TYPE_CHECKING:
    from collections.abc import Callable

DECLARED = 'variable "u" {}\nresource "aws_b" "b" {}\nlocals {\n  s = sensitive("x")\n  o = { a = 1 }\n}\n'
UNSET = Unresolved("var.u", "variable without a value")


@pytest.mark.parametrize(
    ("expression", "wanted"),
    [
        ("tostring(5)", "5"),
        ('list(1, "a")', [1, "a"]),
        ('map("a", 1)', {"a": 1}),
        ('tonumber("5")', 5),
        ('tobool("true")', True),
        ("tolist([1])", [1]),
        ('toset(["b", "a", "b"])', ["a", "b"]),
        ("tomap({ a = 1 })", {"a": 1}),
        ("tostring(null)", None),
        ("tostring(var.u)", UNSET),
        ("tostring(aws_b.b)", Reference("${aws_b.b.id}", (("aws_b.b", "id"),))),
        ("tonumber(var.u)", UNSET),
        ("toset(var.u)", UNSET),
        ("can(local.o.a)", True),
        ("can(local.o.b)", False),
        ("can(local.o.b.c)", False),
        ("can(aws_b.b.arn)", True),
        ("issensitive(local.s)", True),
        ("nonsensitive(local.s)", "x"),
        ("defaults({ a = null, b = 2 }, { a = 1 })", {"a": 1, "b": 2}),
        ("try(local.o.b, [local.o.c], local.o.a)", 1),
        ("try(var.u.a, 1)", Unresolved("var.u.a", "variable without a value")),
    ],
)
def test_known(value: Callable[..., Any], expression: str, wanted: Any) -> None:
    assert value(expression, DECLARED) == wanted


@pytest.mark.parametrize(
    "expression", ["tobool([])", 'tonumber("x")', 'tolist("x")', "tomap([])", "tostring({})", "can(var.u)", "type(1)"]
)
def test_refused_or_unknown(value: Callable[..., Any], expression: str) -> None:
    found = value(expression, DECLARED)
    assert isinstance(found, Unresolved)
    assert found.expression == expression
