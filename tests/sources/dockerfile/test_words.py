from __future__ import annotations

import pytest

from bastide.resources.model import Unresolved
from bastide.sources.dockerfile.words import HOLE, Words, pairs

_VARIABLES = {"A": "one", "EMPTY": "", "DARK": Unresolved("$DARK", "not given")}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a  b", ["a", "b"]),
        ("$A ${A}x", ["one", "onex"]),
        ("'$A' \"$A b\"", ["$A", "one b"]),
        ("\\$A a\\ b", ["$A", "a b"]),
        ('"a\\"b" "c\\d"', ['a"b', "c\\d"]),
        ("$NOTHING ''", ["", ""]),
        ("${A:-x} ${NONE:-x} ${EMPTY:-x} ${EMPTY-x}", ["one", "x", "x", ""]),
        ("${A:+x} ${NONE:+x} ${EMPTY+x} ${NONE:?stop}", ["x", "", "x", ""]),
        ("${NONE:-${A}}", ["one"]),
        ("$ $1 ${", ["$", "$1", "${"]),
    ],
)
def test_words(text: str, words: list[str]) -> None:
    assert Words(_VARIABLES).split(text) == words


def test_a_word_that_begins_with_nothing_known() -> None:
    words = Words(_VARIABLES)
    assert words.whole('a "$A  b" c') == "a one  b c"


def test_what_is_not_known_is_named() -> None:
    words = Words(_VARIABLES)
    first, second, third = words.split("$A:$DARK ${A%n} plain")
    assert HOLE in first
    assert words.value(first) == Unresolved("$DARK", "not given")
    assert isinstance(unknown := words.value(second), Unresolved)
    assert unknown.expression == "${A%n}"
    assert words.value(third) == "plain"


def test_pairs_in_both_forms() -> None:
    assert pairs('a=1 b="2 3" c', Words({})) == [("a", "1"), ("b", "2 3")]
    assert pairs("NAME the  rest = all", Words({})) == [("NAME", "the  rest = all")]
    assert pairs(" ", Words({})) == []


def test_variables_within_variables_end() -> None:
    text = "${N:-" * 30 + "x" + "}" * 30
    assert Words({}).split(text)  # and comes back
