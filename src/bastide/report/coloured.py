"""A terminal as rich knows it: its width, its colours, its encoding."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.segment import Segment, Segments
from rich.style import Style

if TYPE_CHECKING:
    from rich.console import Console

    from bastide.report.lines import Span

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


class Coloured:
    """A screen on a console of rich, which drops the colours where there are none or nobody wants them."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self.width = console.width if console.is_terminal else 0
        self.encoding = console.encoding or "utf-8"

    def cells(self, text: str) -> int:
        """Columns; characters of East Asian scripts take two."""
        return cell_len(text)

    def put(self, spans: list[Span]) -> None:
        """Print, past rich's own wrapping and mark-up."""
        self._console.print(Segments([Segment(text, _STYLES[style]) for text, style in spans]), end="", soft_wrap=True)
