"""A file whose text is being changed: what it was, byte for byte, and what it is to become."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterable

BOM = b"\xef\xbb\xbf"


class NotFixable(Exception):  # noqa: N818  told to the person as a reason, never raised past the plan
    """Why a change cannot be made here."""


class Edit(Struct, frozen=True):
    """`text` in the place of what stands between two offsets; equal offsets insert."""

    start: int
    end: int
    text: str


def indentation(text: str, at: int) -> str:
    """The spaces and tabs that the line of an offset begins with, up to the offset."""
    line = text[text.rfind("\n", 0, at) + 1 : at]
    return line[: len(line) - len(line.lstrip(" \t"))]


def line_end(text: str, at: int) -> int:
    """Where the line of an offset ends."""
    found = text.find("\n", at)
    return len(text) if found < 0 else found


class Draft:
    """The text of a file in UTF-8, as its parser sees it: without a byte order mark, lines ended by `\\n` alone.

    `data` gives the bytes with everything as it was where nothing was changed: mark, kinds of line ends (new lines end
    as most others of the file do), a missing last one.
    """

    def __init__(self, path: str, original: bytes) -> None:
        self.path, self.original = path, original
        self._mark = BOM if original.startswith(BOM) else b""
        try:
            raw = original[len(self._mark) :].decode("utf-8")
        except UnicodeDecodeError:
            raise NotFixable(f"{path} is not in UTF-8") from None
        self._crlf = raw.count("\r\n") * 2 > raw.count("\n")
        self.text = raw.replace("\r\n", "\n")
        # Which line ends of the text are two characters in the file: by offset, moved along with each edit.
        self._ends = _ends(raw)

    def apply(self, edits: Iterable[Edit]) -> None:
        """Make edits that were found in the present text; they must not overlap."""
        for edit in sorted(edits, key=lambda one: (one.start, one.end), reverse=True):
            kept = [at for at in self._ends if at < edit.start]
            new = [edit.start + at for at, sign in enumerate(edit.text) if sign == "\n"] if self._crlf else []
            shift = len(edit.text) - (edit.end - edit.start)
            self._ends = [*kept, *new, *(at + shift for at in self._ends if at >= edit.end)]
            self.text = self.text[: edit.start] + edit.text + self.text[edit.end :]

    @property
    def data(self) -> bytes:
        """The bytes to write."""
        parts, last = [], 0
        for at in self._ends:
            parts += [self.text[last:at], "\r"]
            last = at
        return self._mark + "".join([*parts, self.text[last:]]).encode("utf-8")

    @property
    def changed(self) -> bool:
        """Whether there is anything to write."""
        return self.data != self.original

    def saved(self) -> tuple[str, list[int]]:
        """What `restore` takes back to."""
        return self.text, list(self._ends)

    def restore(self, saved: tuple[str, list[int]]) -> None:
        """Undo all edits since `saved` was asked for."""
        self.text, self._ends = saved[0], list(saved[1])


def _ends(raw: str) -> list[int]:
    found, at, seen = [], raw.find("\r\n"), 0
    while at >= 0:
        found.append(at - seen)
        seen += 1
        at = raw.find("\r\n", at + 2)
    return found
