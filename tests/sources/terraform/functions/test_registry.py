"""How functions are called: what must be known, what their failures become."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from bastide.resources.model import Reference, Sensitive, Unresolved
from bastide.sources.terraform import functions
from bastide.sources.terraform.functions.registry import FUNCTIONS, call
from bastide.sources.terraform.values import Budget, Failed, Secret

if TYPE_CHECKING:
    from collections.abc import Callable


class Nowhere:
    """A module that has no files."""

    budget = Budget()


def called(name: str, *arguments: Any) -> Any:
    return call(name, list(arguments), "words", Nowhere())


UNSET = Unresolved("var.u", "why")
MADE = Reference("${aws_a.a.id}", (("aws_a.a", "id"),))


def test_over_what_is_not_known() -> None:
    assert called("upper", UNSET) == Unresolved("words", "why")
    assert called("upper", MADE) == Reference("${words}", MADE.targets)
    assert called("startswith", MADE, "a") == Unresolved("words", "not known before deployment")
    assert called("upper", Sensitive()) == Sensitive()
    assert called("nonsense", 1) == Unresolved("words", "not known before deployment")


def test_over_secrets_the_result_is_one() -> None:
    made = called("upper", Secret("a"))
    assert isinstance(made, Secret)
    assert made.value == "A"
    assert called("startswith", Secret("a"), "a") is True


def test_over_a_known_name_the_link_stays() -> None:
    assert called("upper", Reference("name", MADE.targets)) == Reference("NAME", MADE.targets)
    assert called("core::upper", "a") == "A"


def test_failures_say_why() -> None:
    assert called("upper", []) == Failed("words", "a string is wanted")
    assert called("upper", 1, 2, 3) == Failed("words", "the arguments do not fit")


def test_what_is_beyond_this_program_is_not_what_terraform_refuses(value: Callable[..., Any]) -> None:
    costly = 'regex("(a+)+$", "aaa")'
    reason = "the regular expression is too costly to try"
    assert called("regex", "(a+)+$", "aaa") == Unresolved("words", reason)
    assert value(f"can({costly})").reason == reason
    assert value(f'try({costly}, "other")').reason == reason
    assert value('try(yamldecode("a: &x 1\\nb: *x"), {})').reason == "aliases are not followed"
    assert value('try(file("../elsewhere"), "none")').reason == "the file ../elsewhere is outside of what is scanned"
    assert value('try(file("gone"), "none")') == "none"


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_no_function_raises_for_any_arguments(name: str) -> None:
    odd = [None, True, -1, 2.5, "", "a", [], ["a", None], {}, {"a": [1]}, UNSET, MADE, Secret("s"), Secret([1])]
    for one in odd:
        called(name, one)
        for other in odd:
            called(name, one, other)
            called(name, one, other, one)
    called(name)


def test_all_are_declared() -> None:
    assert functions.FUNCTIONS is FUNCTIONS
    assert len(FUNCTIONS) > 100
