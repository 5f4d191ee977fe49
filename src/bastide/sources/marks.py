"""Which files speak of exemptions: told by those who read them, so that nobody else has to read them all again."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bastide.sources.files import head

if TYPE_CHECKING:
    from collections.abc import Iterable

MAX_BYTES = 20_000_000
"""Of a file that are searched."""
_MENTION = re.compile(rb"bastide:\s*allow", re.IGNORECASE)


def marked(paths: Iterable[str]) -> list[str]:
    """Those of the files in which `bastide: allow` stands; one that cannot be read is none of them."""
    return [path for path in paths if _mentions(path)]


def _mentions(path: str) -> bool:
    try:
        return _MENTION.search(head(path, MAX_BYTES)) is not None
    except OSError:
        return False
