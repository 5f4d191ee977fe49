"""A place in a text of the Terraform language, and the signs that can be taken there."""

from __future__ import annotations

import re
from typing import Any

from bastide.sources.terraform.syntax import SyntaxFault

NAME = r"[^\W\d][\w-]*+"
PLAIN_TEXT = r'[^"\\$%\n]*+(?>(?:[$%](?!\{)[^"\\$%\n]*+)*)'
SPACE = r"\s*+(?>(?:(?:\#[^\n]*+|//[^\n]*+|/\*(?>(?:[^*]|\*(?!/))*)\*/)\s*+)*)"
INLINE_SPACE = r"[ \t]*+(?>(?:/\*(?>(?:[^*]|\*(?!/))*)\*/[ \t]*+)*)"
_SPACES = (re.compile(SPACE), re.compile(INLINE_SPACE))
ALL, INLINE = 0, 1
"""Whether newlines are space (within brackets) or end an expression."""


class Cursor:
    """Stands at `pos` of `text`, within so many brackets."""

    def __init__(self, text: str, *, nesting: int = 0) -> None:
        self.text, self.pos, self.nesting = text, 0, nesting
        self.traversals: dict[str, Any] = {}

    def at_token(self, mode: int = ALL) -> int:
        """Where the next sign begins, behind space and comments."""
        found = _SPACES[mode].match(self.text, self.pos)
        return found.end() if found else self.pos

    def take(self, sign: str, mode: int = ALL) -> bool:
        """Step over a sign, if it is next."""
        at = self.pos
        if not self.text.startswith(sign, at):
            at = self.at_token(mode)
            if not self.text.startswith(sign, at):
                return False
        self.pos = at + len(sign)
        return True

    def take_word(self, word: str) -> bool:
        """Step over a word, if it is next."""
        at = self.at_token()
        end = at + len(word)
        if not self.text.startswith(word, at) or self.text[end : end + 1].isalnum():
            return False
        self.pos = end
        return True

    def expect(self, sign: str, mode: int = ALL) -> None:
        """Step over a sign that must be next."""
        if not self.take(sign, mode):
            raise SyntaxFault(f"{sign} is wanted here", self.at_token(mode))
