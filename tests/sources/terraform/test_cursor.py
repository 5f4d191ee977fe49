"""Signs, and the space and comments before them."""

from __future__ import annotations

import pytest

from bastide.sources.terraform.cursor import ALL, INLINE, Cursor
from bastide.sources.terraform.syntax import SyntaxFault


def test_space_and_comments_are_stepped_over() -> None:
    text = " # one\n // two\n /* three\n * */ \t x"
    assert Cursor(text).at_token() == text.index("x")
    assert Cursor(" /* a */ \n x").at_token(INLINE) == 9


def test_taking() -> None:
    cursor = Cursor("a  , b")
    assert not cursor.take(",")
    cursor.pos = 1
    assert cursor.take(",", ALL)
    assert cursor.pos == 4
    assert cursor.take_word("b")
    assert not cursor.take_word("b")
    assert not Cursor("iffy").take_word("if")
    assert Cursor("if(").take_word("if")


def test_what_must_be_there() -> None:
    with pytest.raises(SyntaxFault, match="} is wanted here") as fault:
        Cursor("  x").expect("}")
    assert fault.value.at == 2
