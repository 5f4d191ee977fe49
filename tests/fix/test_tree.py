"""Nodes give their values, and say what only the text computes."""

from __future__ import annotations

import pytest

from bastide.fix.tree import Entry, Node
from bastide.fix.yamltree import read_tree


def test_plain_values() -> None:
    assert read_tree("a: [1, {b: x}]\nc: true\n").plain() == {"a": [1, {"b": "x"}], "c": True}


def test_a_function_is_no_value() -> None:
    with pytest.raises(ValueError, match="!Ref X"):
        read_tree("a: [1, !Ref X]\n").plain()


def test_the_last_of_several_keys_counts() -> None:
    one, two = Node("scalar", 2, 3, 1), Node("scalar", 6, 7, 2)
    found = Node("map", 0, 8, entries=[Entry("a", 0, 1, one), Entry("a", 4, 5, two)]).get("a")
    assert found is not None
    assert found.value is two


def test_a_block_ends_before_what_follows_it() -> None:
    text = "a:\n  b: 1 # one\n\n# two\nc: 2\n"
    found = read_tree(text).get("a")
    assert found is not None
    assert text[: found.value.last] == "a:\n  b: 1"
