"""Values and marks: steps into them, what is unknown of them, and how they leave evaluation."""

from __future__ import annotations

import pytest

from bastide.resources.model import Reference, Sensitive, Unresolved
from bastide.sources.terraform.values import (
    Budget,
    Document,
    Exhausted,
    Failed,
    Rest,
    Secret,
    finish,
    inner,
    known,
    secret,
    step,
    text_of,
    unknown,
)

MADE = Reference("${aws_a.a.arn}", (("aws_a.a", "arn"),))
UNSET = Unresolved("var.u", "why")


def test_steps() -> None:
    assert step({"a": 1}, "a") == 1
    assert step([5, 6], "1") == 6
    assert step(MADE, "x") == Reference("${aws_a.a.arn.x}", (("aws_a.a", "arn.x"),))
    assert step(UNSET, 0) == Unresolved("var.u[0]", "why")
    assert step(Secret({"a": "s"}), "a").value == "s"
    assert step(Sensitive(), "a") == Sensitive()


def test_steps_that_lead_nowhere() -> None:
    for value, key in (({"a": 1}, "b"), ([1], 1), ([1], "name"), (None, "a"), ("text", "a"), ({}, None)):
        assert isinstance(step(value, key), Failed)
    assert isinstance(step(Reference("name", ()), "a"), Failed)


def test_a_key_that_is_not_known() -> None:
    assert step({"a": 1}, UNSET) == Unresolved("value[var.u]", "why")


def test_what_is_behind_an_unknown_number_of_elements_is_unknown() -> None:
    rest = Rest("var.more", "why")
    assert step([1, rest], 0) == 1
    assert step([1, rest], 1) == Unresolved("var.more[1]", "why")


def test_unknown_prefers_what_says_least() -> None:
    assert unknown("w", [MADE]) == Reference("${w}", MADE.targets)
    assert unknown("w", [MADE], present=False) == Unresolved("w", "not known before deployment")
    assert unknown("w", [MADE, UNSET]) == Unresolved("w", "why")
    assert isinstance(unknown("w", [Failed("", "no"), UNSET]), Failed)
    assert unknown("w", [Secret("s"), MADE]) == Sensitive(written=True)
    assert unknown("w", [Secret(""), MADE]) == Sensitive()


def test_known_looks_into_containers() -> None:
    assert known({"a": [1, "b"]}, Budget())
    assert not known({"a": [1, Secret("s")]}, Budget())


def test_secret_keeps_what_is_no_secret() -> None:
    assert secret(None) is None
    assert secret(UNSET) is UNSET
    assert secret(MADE) is MADE
    assert secret(Reference("a-${aws_a.a.arn}", ())) == Sensitive()


def test_finish_leaves_only_the_marks_of_the_model() -> None:
    tree = {"a": [Secret("s"), Failed("x", "y"), Rest("r", "z")], "b": Document({"c": MADE})}
    assert finish(tree, Budget()) == {
        "a": [Sensitive(written=True), Unresolved("x", "y"), Unresolved("r", "z")],
        "b": {"c": MADE},
    }
    assert type(finish(Failed("x", "y"), Budget())) is Unresolved


def test_finish_stops_at_what_grows_without_end() -> None:
    tree: list[object] = ["a"]
    for _ in range(40):
        tree = [tree, tree]
    with pytest.raises(Exhausted):
        finish(tree, Budget())


def test_a_budget_is_refilled_until_the_unit_has_none_left() -> None:
    budget = Budget()
    budget.total = budget.left + 10
    budget.spend(budget.left)
    budget.refill()
    assert budget.left == 10
    with pytest.raises(Exhausted):
        budget.spend(11)


def test_texts() -> None:
    assert [text_of(one) for one in ("a", True, 5, 5.0, 2.5)] == ["a", "true", "5", "5", "2.5"]
    assert inner(MADE) == "aws_a.a.arn"
    assert inner(Reference("a${x}")) == ""
