"""What a file of the Terraform language holds: bodies of attributes and blocks, with their places."""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate
from typing import Any


class SyntaxFault(Exception):  # noqa: N818  told to the person as a problem, never raised past the reader
    """A text that does not follow the grammar, and where (an offset)."""

    def __init__(self, cause: str, at: int) -> None:
        self.cause, self.at = cause, at
        super().__init__(cause)


class Text:
    """A file's text; tells lines from offsets."""

    __slots__ = ("_starts", "content", "path")

    def __init__(self, path: str, content: str) -> None:
        self.path, self.content = path, content
        self._starts: list[int] | None = None

    def line(self, offset: int) -> int:
        """The line of an offset, from 1."""
        if self._starts is None:
            self._starts = list(accumulate([len(line) + 1 for line in self.content.split("\n")]))
        return bisect_right(self._starts, offset) + 1

    def column(self, offset: int) -> int:
        """The column of an offset, from 1, in characters."""
        return offset - self.content.rfind("\n", 0, offset)


Attribute = tuple[Any, int, int]
"""A node or a constant, and the offsets where the attribute's name begins and its value ends."""


class Body:
    """Attributes by name, and blocks in order."""

    __slots__ = ("attributes", "blocks")

    def __init__(self, attributes: dict[str, Attribute] | None = None, blocks: list[Block] | None = None) -> None:
        self.attributes = {} if attributes is None else attributes
        self.blocks = [] if blocks is None else blocks


class Block:
    """`type "label" { body }`, at `start` to `end` of `text`."""

    __slots__ = ("body", "end", "labels", "start", "text", "type")

    def __init__(self, kind: str, labels: tuple[str, ...], body: Body, span: tuple[int, int], text: Text) -> None:
        self.type, self.labels, self.body, self.text = kind, labels, body, text
        self.start, self.end = span

    @property
    def line(self) -> int:
        """Its first line."""
        return self.text.line(self.start)

    @property
    def end_line(self) -> int:
        """Its last line."""
        return self.text.line(max(self.start, self.end - 1))
