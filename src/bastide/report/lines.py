"""Lines for a person: wrapped at the width of a terminal with hanging indents, never in a pipe, in characters it has.

What they are printed on is a `Screen`: `Plain` for pipes and files, which imports nothing, `coloured.Coloured` for
terminals, which imports rich.
"""

from __future__ import annotations

import os
import re
import sys
from typing import TYPE_CHECKING, Protocol, TextIO

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console

Span = tuple[str, str]
"""Text and the name of its style: `strong`, `faint`, `place`, `good`, `bad`, `warn`, a severity, `unknown`, or none."""

_WORDS = re.compile(r"( *)([^ ]+)")
_PLAIN = str.maketrans({"…": "...", "·": "-", "→": "->"})
MAX_WIDTH = 120
MIN_WIDTH = 40


class Screen(Protocol):
    """Where lines are printed. `width` is 0 where they are as long as they are."""

    width: int
    encoding: str

    def cells(self, text: str) -> int:
        """How many columns a text takes."""

    def put(self, spans: list[Span]) -> None:
        """Print the texts one after the other."""


class Plain:
    """A pipe or a file: no colours, no wrapping."""

    width = 0

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self.encoding = getattr(file, "encoding", None) or "utf-8"

    def cells(self, text: str) -> int:
        """One a character; nothing is wrapped."""
        return len(text)

    def put(self, spans: list[Span]) -> None:
        """Write the texts."""
        self._file.write("".join([text for text, _ in spans]))


def screen(console: Console | None = None) -> Screen:
    """That of standard output, or of a console of rich.

    rich is imported for terminals only, and for who wants colours in a pipe: it takes longer than many a scan.
    """
    if console is None and not sys.stdout.isatty() and not {"FORCE_COLOR", "TTY_COMPATIBLE"} & os.environ.keys():
        return Plain(sys.stdout)
    from rich.console import Console as RichConsole

    from bastide.report.coloured import Coloured

    return Coloured(console or RichConsole())


class Lines:
    """Lines on their way to a screen; `flush` prints what was added since the last time."""

    def __init__(self, screen: Screen) -> None:
        self._screen = screen
        self._spans: list[Span] = []
        self._everything = screen.encoding.lower().startswith("utf")
        self.width = max(MIN_WIDTH, min(screen.width, MAX_WIDTH)) if screen.width else 0

    @property
    def narrow(self) -> bool:
        """Whether there is too little room for a column of labels."""
        return 0 < self.width < 80

    def add(self, *spans: Span, indent: int = 0, hang: int | None = None) -> None:
        """One line; where it is too long it goes on at `hang` columns (`indent` without), broken at spaces only."""
        hang = indent if hang is None else hang
        put = self._spans.append
        put((" " * indent, ""))
        column = start = indent
        for gap, word, style in self._words(spans):
            size = len(word) if word.isascii() else self._screen.cells(word)
            too_long = column + len(gap) + size > self.width > 0
            if too_long and column > start and hang < column + len(gap):
                put((f"\n{' ' * hang}", ""))
                column = start = hang
            elif gap:
                put((gap, ""))
                column += len(gap)
            put((word, style))
            column += size
        put(("\n", ""))

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
        self._spans.append(("\n", ""))

    def flush(self) -> None:
        """Print."""
        if self._spans:
            self._screen.put(self._spans)
            self._spans = []

    def _showable(self, text: str) -> str:
        if text.isascii() or self._everything:
            return text
        encoding = self._screen.encoding
        return text.translate(_PLAIN).encode(encoding, "backslashreplace").decode(encoding)
