"""Functions over numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from bastide.resources.model import Unresolved

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.mark.parametrize(
    ("expression", "wanted"),
    [
        ("abs(-5)", 5),
        ("ceil(1.2)", 2),
        ("floor(1.8)", 1),
        ("log(8, 2)", 3),
        ("max(1, 3, 2)", 3),
        ("min(1, 3, 2)", 1),
        ("pow(2, 10)", 1024),
        ("signum(-5)", -1),
        ('parseint("ff", 16)', 255),
        ("sum([1, 2.5])", 3.5),
    ],
)
def test_known(value: Callable[..., Any], expression: str, wanted: Any) -> None:
    assert value(expression) == wanted


@pytest.mark.parametrize(
    "expression", ["pow(10, 5000)", "log(0, 2)", 'parseint("z", 10)', "sum([])", "max()", 'abs("a")']
)
def test_refused(value: Callable[..., Any], expression: str) -> None:
    found = value(expression)
    assert isinstance(found, Unresolved)
    assert found.expression == expression
