"""Markdown that mkdocs and code hosts read alike."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def words(text: str) -> str:
    """Text in which only code spans are markup."""
    parts = re.split(r"(`[^`]*`)", " ".join(text.split()))
    return "".join(part if part.startswith("`") else re.sub(r"([\\*_<>\[\]])", r"\\\1", part) for part in parts)


def code(text: object) -> str:
    """A code span; empty for nothing."""
    return "" if text in ("", None) else f"`{text}`"


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A table, its cells Markdown already."""
    head = list(head)
    lines = [head, ["---"] * len(head), *(list(row) for row in rows)]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def block(language: str, text: str, title: str = "") -> str:
    """A fenced block of code."""
    head = f'{language} title="{title}"' if title else language
    return f"```{head}\n{text.strip()}\n```"


def count(number: int, noun: str) -> str:
    """`1 control`, `2 controls`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def page(title: str, *parts: str) -> str:
    """A page of paragraphs, each of which is Markdown already; empty ones are left out."""
    return "\n\n".join([f"# {title}", *filter(None, parts)])


def anchor(heading: str) -> str:
    """The part of a link behind `#`, as both mkdocs and code hosts make it of a heading."""
    return re.sub(r"[^\w -]", "", heading).strip().lower().replace(" ", "-")


def explained(meanings: dict[str, str], names: Iterable[str], what: str) -> list[tuple[str, str]]:
    """The names, in their order, with their meanings; `SystemExit` with what only one of the two has."""
    names = list(names)
    if wrong := sorted(set(names) ^ set(meanings)):
        raise SystemExit(
            f"scripts/reference_pages/texts.py: {what}: {', '.join(wrong)}: in the text or the program only"
        )
    return [(name, meanings[name]) for name in names]
