"""The operators: numbers, truth and equality as Terraform has them."""

from __future__ import annotations

from typing import Any

import pytest

from bastide.resources.model import Reference, Unresolved
from bastide.sources.terraform.operators import binary, number, same, tidy, truth, unary
from bastide.sources.terraform.values import Budget, Failed, Refused, Secret

UNSET = Unresolved("var.u", "variable without a value")


def of(left: Any, operator: str, right: Any) -> Any:
    return binary(operator, left, right, "words", Budget())


@pytest.mark.parametrize(
    ("left", "operator", "right", "wanted"),
    [
        (7, "/", 2, 3.5),
        (6, "/", 2, 3),
        ("3", "+", 4, 7),
        (-7, "%", 3, -1),
        (2.5, "*", 2, 5),
        (1, "<=", 1, True),
        (1, "==", "1", False),
        (True, "==", 1, False),
        ([1], "==", [1], True),
        (None, "==", None, True),
        ("a", "!=", "b", True),
        (True, "&&", "true", True),
        (False, "||", False, False),
    ],
)
def test_known(left: Any, operator: str, right: Any, wanted: Any) -> None:
    assert of(left, operator, right) == wanted


@pytest.mark.parametrize(("left", "operator", "right"), [(1, "/", 0), (1, "%", 0), ("a", "+", 1), ([], "-", 1)])
def test_refused(left: Any, operator: str, right: Any) -> None:
    assert isinstance(of(left, operator, right), Failed)


def test_a_reference_is_not_null_but_else_unknown() -> None:
    made = Reference("${aws_a.a.id}", (("aws_a.a", "id"),))
    assert of(made, "==", None) is False
    assert of(made, "!=", None) is True
    assert of(made, "==", made) is True
    assert of(made, "==", "x") == Unresolved("words", "not known before deployment")
    assert of(UNSET, "==", None) == Unresolved("words", "variable without a value")


def test_a_reference_with_a_known_text_is_compared_by_it() -> None:
    assert same(Reference("name", (("aws_a.a", "name"),)), "name", Budget()) is True


def test_secrets_are_computed_with_and_stay_secret() -> None:
    assert of(Secret("a"), "!=", "") is True
    total = of(Secret(1), "+", 2)
    assert isinstance(total, Secret)
    assert total.value == 3
    assert isinstance(unary("-", Secret(1), "words"), Secret)


def test_truth() -> None:
    assert truth("false") is False
    assert truth(Secret(True)) is True
    assert truth(UNSET) is UNSET
    assert isinstance(truth("yes"), Failed)
    assert unary("!", True, "words") is False
    assert isinstance(unary("-", "a", "words"), Failed)


def test_numbers() -> None:
    assert number("1.0") == 1
    assert isinstance(number("1.0"), int)
    for wrong in (True, "", "abc", None, "1" * 500):
        with pytest.raises(ValueError, match=r"number|could not"):
            number(wrong)
    with pytest.raises(Refused, match="too large"):
        tidy(float("inf"))
