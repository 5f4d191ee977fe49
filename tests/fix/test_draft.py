"""Drafts keep every byte that no edit touches."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bastide.fix.draft import BOM, Draft, Edit, NotFixable, indentation, line_end

PIECES = st.lists(st.sampled_from(["a", "é", "  ", "\n", "\r\n", "x = 1", "🙂"]), max_size=12).map("".join)


@given(PIECES, st.booleans())
def test_nothing_changed_is_the_file(text: str, mark: bool) -> None:
    data = (BOM if mark else b"") + text.encode()
    draft = Draft("x", data)
    assert draft.data == data
    assert not draft.changed


@given(PIECES, PIECES, PIECES, PIECES)
def test_bytes_outside_of_an_edit_stay(before: str, old: str, after: str, new: str) -> None:
    """With any mixture of line ends; only where a carriage return meets the edit are its ends not told apart."""
    before, old = before.rstrip("\r") + ".", old + "."
    draft = Draft("x", (before + old + after).encode())
    start = len(before.replace("\r\n", "\n"))
    end = start + len(old.replace("\r\n", "\n"))
    draft.apply([Edit(start, end, new.replace("\r\n", "\n"))])
    assert draft.data.startswith(before.encode())
    assert draft.data.endswith(after.encode())


def test_new_lines_end_as_the_others_do() -> None:
    draft = Draft("x", BOM + b"a\r\nb")
    assert draft.text == "a\nb"
    draft.apply([Edit(3, 3, "\nc"), Edit(0, 1, "z")])
    assert draft.data == BOM + b"z\r\nb\r\nc"


def test_edits_are_made_from_the_end() -> None:
    draft = Draft("x", b"one two")
    draft.apply([Edit(0, 3, "1"), Edit(4, 7, "2")])
    assert draft.data == b"1 2"


def test_restored_is_as_it_was() -> None:
    draft = Draft("x", b"a\r\nb\r\n")
    saved = draft.saved()
    draft.apply([Edit(0, 4, "")])
    draft.restore(saved)
    assert not draft.changed


def test_other_encodings_are_refused() -> None:
    with pytest.raises(NotFixable, match="UTF-8"):
        Draft("x", b"\xff\xfea\0")


@pytest.mark.parametrize(
    ("text", "at", "indented", "end"),
    [("a\n \tb\nc", 4, " \t", 5), ("a\n \tb\nc", 3, " ", 5), ("  a", 2, "  ", 3), ("", 0, "", 0), ("a\n", 2, "", 2)],
)
def test_where_a_line_begins_and_ends(text: str, at: int, indented: str, end: int) -> None:
    assert (indentation(text, at), line_end(text, at)) == (indented, end)
