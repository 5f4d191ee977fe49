"""Places in a text."""

from __future__ import annotations

from bastide.sources.terraform.syntax import Block, Body, Text


def test_lines_and_columns_count_from_one() -> None:
    text = Text("a.tf", "ab\nc\n\nd")
    assert [text.line(at) for at in (0, 2, 3, 5, 6)] == [1, 1, 2, 3, 4]
    assert [text.column(at) for at in (0, 2, 3, 6)] == [1, 3, 1, 1]


def test_a_block_ends_on_the_line_of_its_last_character() -> None:
    text = Text("a.tf", "x {\n}\ny = 1\n")
    block = Block("x", (), Body(), (0, 5), text)
    assert (block.line, block.end_line) == (1, 2)
