"""JSON with offsets."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bastide.fix.draft import NotFixable
from bastide.fix.jsontree import read_json_tree

TEXT = '{"a\\"b": [1, 2.5, true, null], "r": {"Ref": "X"}, "t": "${var.x}"}'


def test_offsets_and_values() -> None:
    top = read_json_tree(TEXT)
    found = top.get('a"b')
    assert found is not None
    assert TEXT[found.start : found.end] == '"a\\"b"'
    assert TEXT[found.value.start : found.value.end] == "[1, 2.5, true, null]"
    assert found.value.plain() == [1, 2.5, True, None]


def test_functions_and_expressions() -> None:
    of_template, of_terraform = read_json_tree(TEXT, functions=True), read_json_tree(TEXT)
    assert [entry.value.kind for entry in of_template.entries] == ["list", "opaque", "scalar"]
    assert [entry.value.kind for entry in of_terraform.entries] == ["list", "map", "opaque"]


@given(st.text('{}[]:,"\\ae1.\n ', max_size=30))
def test_only_refusals_leave(text: str) -> None:
    try:
        read_json_tree(text)
    except NotFixable:
        return


@pytest.mark.parametrize("text", ["", "{", '{"a" 1}', "[1,]", '{"a": 1} x', "[" * 3000])
def test_what_is_no_json_is_refused(text: str) -> None:
    with pytest.raises(NotFixable):
        read_json_tree(text)
