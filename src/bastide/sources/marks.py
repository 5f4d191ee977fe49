"""Which files speak of exemptions: told by those who read them, so that nobody else has to read them all again."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bastide.sources.files import head

if TYPE_CHECKING:
    from collections.abc import Iterable

MAX_BYTES = 20_000_000
"""Of a file that are searched."""
_MENTION = re.compile(rb"bastide:\s*allow")
_noted: dict[str, bool] = {}


def note(path: str, content: bytes) -> None:
    """Remember of a file that was just read, whole, whether `marked` will find it: once, so that nothing grows old."""
    _noted[path] = _speaks(content)


def forget() -> None:
    """Forget all notes: what follows has nothing to do with what was read."""
    _noted.clear()


def marked(paths: Iterable[str]) -> list[str]:
    """Those of the files in which `bastide: allow` stands; one that cannot be read is none of them."""
    return [path for path in paths if _mentions(path)]


def _mentions(path: str) -> bool:
    if (noted := _noted.pop(path, None)) is not None:
        return noted
    try:
        return _speaks(head(path, MAX_BYTES))
    except OSError:
        return False


def _speaks(content: bytes) -> bool:
    lower = content.lower()
    return b"bastide:" in lower and _MENTION.search(lower) is not None
