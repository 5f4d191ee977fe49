"""Programs as functions; that they mean what DuckDB means is in `test_program`."""

from __future__ import annotations

from typing import Any

import pytest

from bastide.controls.direct import SLOTS, frame_for, function_of
from bastide.controls.functions import Unsure

YES, NO, NULL = (["constant", value] for value in (True, False, None))


def run(program: list[Any], **columns: Any) -> Any:
    return function_of(program)(frame_for(columns))


def test_conditions_have_three_values() -> None:
    assert run(["and", YES, NULL]) is None
    assert run(["and", NO, NULL]) is False
    assert run(["or", YES, NULL]) is True
    assert run(["or", NO, NULL]) is None
    assert run(["not", NULL]) is None
    assert run(["eq", NULL, ["constant", 1]]) is None
    assert run(["in", NULL, ["a"]]) is None
    assert run(["not in", ["constant", "b"], ["a"]]) is True


def test_members_of_what_is_not_there_are_not_there() -> None:
    path = ["member", ["member", ["column", "A"], "B"], "C"]
    assert run(path) is None
    assert run(path, A={}) is None
    assert run(path, A={"B": {"C": 1}}) == 1


def test_elements_have_a_place_of_their_own() -> None:
    pairs = ["each", ["column", "L"], 1, ["each", ["column", "L"], 2, ["list", ["slot", 1], ["slot", 2]]]]
    assert run(pairs, L=["a", "b"]) == [[["a", "a"], ["a", "b"]], [["b", "a"], ["b", "b"]]]
    assert run(pairs) is None
    kept = ["filter", ["column", "L"], 1, ["in", ["slot", 1], ["a"]]]
    assert run(kept, L=["a", None, "b"]) == ["a"]


def test_the_first_element_that_decides_ends_it() -> None:
    unsure = ["call", "lower", ["slot", 1]]
    program = ["any_of", ["each", ["column", "L"], 1, ["eq", unsure, ["constant", "a"]]]]
    assert run(program, L=["A", "\u0130"]) is True
    with pytest.raises(Unsure):
        run(program, L=["\u0130", "A"])


def test_a_program_with_too_many_variables_is_left_to_duckdb() -> None:
    with pytest.raises(Unsure):
        function_of(["let", SLOTS + 1, YES, NO])
