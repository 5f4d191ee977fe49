"""Lines for a terminal: wrapped at its width with hanging indents, never in a pipe, in characters that it can show."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.segment import Segment, Segments
from rich.style import Style

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console

Span = tuple[str, str]
"""Text and the name of its style."""

_STYLES = {
    "": Style.null(),
    "strong": Style.parse("bold"),
    "faint": Style.parse("dim"),
    "place": Style.parse("cyan"),
    "good": Style.parse("bold green"),
    "bad": Style.parse("bold red"),
    "warn": Style.parse("bold yellow"),
    "critical": Style.parse("bold white on red"),
    "high": Style.parse("bold red"),
    "medium": Style.parse("bold yellow"),
    "low": Style.parse("bold blue"),
    "info": Style.parse("bold"),
    "unknown": Style.parse("bold magenta"),
}
_WORDS = re.compile(r"( *)([^ ]+)")
_PLAIN = str.maketrans({"…": "...", "·": "-", "→": "->"})
MAX_WIDTH = 120
MIN_WIDTH = 40


class Lines:
    """Lines on their way to a console; `flush` prints what was added since the last time."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._segments: list[Segment] = []
        self._encoding = (console.encoding or "utf-8").lower()
        self.width = max(MIN_WIDTH, min(console.width, MAX_WIDTH)) if console.is_terminal else 0
        """Columns to wrap at; 0 in a pipe, where lines are as long as they are."""

    @property
    def narrow(self) -> bool:
        """Whether there is too little room for a column of labels."""
        return 0 < self.width < 80

    def add(self, *spans: Span, indent: int = 0, hang: int | None = None) -> None:
        """One line; where it is too long it goes on at `hang` columns (`indent` without), broken at spaces only."""
        hang = indent if hang is None else hang
        self._segments.append(Segment(" " * indent))
        column = start = indent
        for gap, word, style in self._words(spans):
            size = len(word) if word.isascii() else cell_len(word)
            too_long = column + len(gap) + size > self.width > 0
            if too_long and column > start and hang < column + len(gap):
                self._segments.append(Segment(f"\n{' ' * hang}"))
                column = start = hang
            elif gap:
                self._segments.append(Segment(gap))
                column += len(gap)
            self._segments.append(Segment(word, _STYLES[style]))
            column += size
        self._segments.append(Segment.line())

    def _words(self, spans: tuple[Span, ...]) -> Iterator[tuple[str, str, str]]:
        """What is never broken, with the spaces before it; in a pipe, a whole span."""
        carried = ""
        for text, style in spans:
            showable = self._showable(text)
            if not self.width:
                yield "", showable, style
                continue
            end = 0
            for match in _WORDS.finditer(showable):
                yield carried + match[1], match[2], style
                carried, end = "", match.end()
            carried += showable[end:]

    def blank(self) -> None:
        """An empty line."""
        self._segments.append(Segment.line())

    def flush(self) -> None:
        """Print."""
        if self._segments:
            self._console.print(Segments(self._segments), end="", soft_wrap=True)
            self._segments = []

    def _showable(self, text: str) -> str:
        if text.isascii() or self._encoding.startswith("utf"):
            return text
        return text.translate(_PLAIN).encode(self._encoding, "backslashreplace").decode(self._encoding)
