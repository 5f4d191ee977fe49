"""Functions over lists and maps, and what they keep of elements that are not known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from bastide.resources.model import Reference, Unresolved

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.mark.parametrize(
    ("expression", "wanted"),
    [
        ("length([1, 2])", 2),
        ('length("abc")', 3),
        ("merge({ a = 1 }, null, { b = 2 })", {"a": 1, "b": 2}),
        ("concat([1], [2, 3])", [1, 2, 3]),
        ("flatten([[1, [2]], 3, []])", [1, 2, 3]),
        ("keys({ b = 1, a = 2 })", ["a", "b"]),
        ("values({ b = 1, a = 2 })", [2, 1]),
        ('lookup({ a = 1 }, "a", 9)', 1),
        ('lookup({ a = 1 }, "b", 9)', 9),
        ("element([1, 2, 3], 4)", 2),
        ("element([1, 2, 3], -1)", 3),
        ('index(["a", "b"], "b")', 1),
        ("contains([1, 2], 2)", True),
        ('contains([1, 2], "2")', False),
        ('coalesce(null, "", "a")', "a"),
        ("coalescelist([], [1])", [1]),
        ('compact(["a", "", null])', ["a"]),
        ("distinct([1, true, 1, 2])", [1, True, 2]),
        ("one([])", None),
        ("one([5])", 5),
        ("slice([1, 2, 3], 1, 3)", [2, 3]),
        ("reverse([1, 2])", [2, 1]),
        ('sort(["b", "a"])', ["a", "b"]),
        ("range(3)", [0, 1, 2]),
        ("range(1, 4)", [1, 2, 3]),
        ("range(4, 1)", [4, 3, 2]),
        ("range(0, 10, 5)", [0, 5]),
        ('zipmap(["a", "b"], [1, 2])', {"a": 1, "b": 2}),
        ('matchkeys([1, 2], ["a", "b"], ["b"])', [2]),
        ("chunklist([1, 2, 3], 2)", [[1, 2], [3]]),
        ('transpose({ a = ["x", "y"], b = ["x"] })', {"x": ["a", "b"], "y": ["a"]}),
        ('setunion(["b"], ["a"])', ["a", "b"]),
        ('setintersection(["a", "b"], ["b"])', ["b"]),
        ('setsubtract(["a", "b"], ["b"])', ["a"]),
        ('setsymmetricdifference(["a", "b"], ["b", "c"])', ["a", "c"]),
        ('setproduct(["a", "b"], [1])', [["a", 1], ["b", 1]]),
        ('alltrue([true, "true"])', True),
        ("alltrue([])", True),
        ("anytrue([false])", False),
    ],
)
def test_known(value: Callable[..., Any], expression: str, wanted: Any) -> None:
    assert value(expression) == wanted


@pytest.mark.parametrize(
    "expression",
    [
        "element([], 0)",
        "one([1, 2])",
        "slice([1], 0, 5)",
        "range(5000)",
        "range(1, 2, 3, 4)",
        'zipmap(["a"], [1, 2])',
        "chunklist([1], 0)",
        'lookup({}, "a")',
        "coalesce(null)",
        "coalescelist([])",
        "merge([])",
        'concat("a")',
        'index([], "a")',
        "length(5)",
        "setproduct(range(1000), range(1000))",
    ],
)
def test_refused(value: Callable[..., Any], expression: str) -> None:
    found = value(expression)
    assert isinstance(found, Unresolved)
    assert found.expression == expression


DECLARED = 'variable "u" {}\nresource "aws_b" "b" {}\n'
UNSET = Unresolved("var.u", "variable without a value")
LINK = Reference("${aws_b.b.id}", (("aws_b.b", "id"),))


@pytest.mark.parametrize(
    ("expression", "wanted"),
    [
        ("length([var.u])", 1),
        ("merge({ a = 1 }, { b = var.u })", {"a": 1, "b": UNSET}),
        ("concat([1], [var.u])", [1, UNSET]),
        ("concat([1], var.u)", [1, UNSET]),
        ("concat(concat([1], var.u), [2])[0]", 1),
        ("flatten([[1], var.u])", [1, UNSET]),
        ('compact(["", aws_b.b.id, var.u])', [LINK, UNSET]),
        ("contains([1, var.u], 1)", True),
        ("coalesce(null, aws_b.b.id)", LINK),
        ("values({ a = var.u })", [UNSET]),
        ("one([var.u])", UNSET),
        ("element([aws_b.b.id], 0)", LINK),
        ("alltrue([false, var.u])", False),
        ("anytrue([true, var.u])", True),
        ("toset([var.u])", [UNSET]),
        ("[for x in concat([1], var.u) : x * 2]", [2, UNSET]),
        ("distinct(concat([1, 1], var.u))", [1, UNSET]),
        ('lookup({ a = var.u }, "a")', UNSET),
        ('zipmap(["a"], [var.u])', {"a": UNSET}),
        ("reverse([1, var.u])", [UNSET, 1]),
    ],
)
def test_what_is_known_stays(value: Callable[..., Any], expression: str, wanted: Any) -> None:
    assert value(expression, DECLARED) == wanted


@pytest.mark.parametrize(
    "expression",
    [
        "length(var.u)",
        "length(concat([1], var.u))",
        "concat([1], var.u)[1]",
        "one(concat([], var.u))",
        "slice(concat([1], var.u), 0, 1)",
        "element(concat([1], var.u), 0)",
        'join(",", concat(["a"], var.u))',
        "contains([var.u], 1)",
        "coalesce(var.u, 1)",
        "merge({ a = 1 }, var.u)",
        'lookup(var.u, "a", 1)',
        "sort([var.u])",
        "alltrue([true, var.u])",
        "zipmap([var.u], [1])",
        "sum([var.u])",
        "length(flatten([var.u]))",
        "length(aws_b.b.list)",
    ],
)
def test_what_hangs_on_it_is_unresolved(value: Callable[..., Any], expression: str) -> None:
    assert isinstance(value(expression, DECLARED), Unresolved)


def test_a_function_that_is_not_known(value: Callable[..., Any]) -> None:
    assert value("provider::aws::nonsense(1)") == Unresolved(
        "provider::aws::nonsense(1)", "not known before deployment"
    )
