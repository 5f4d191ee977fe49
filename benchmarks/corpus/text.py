"""What both generators share: seeded chance, and writing files."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def seeded(*key: object) -> Random:
    """Chance that depends on the key alone, so that more of a kind never changes what was there before."""
    return Random(" ".join(map(str, key)))


def write(path: Path, text: str) -> None:
    """The file, with the folders above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


def apart(text: str) -> str:
    """The text with an empty line before it, if there is one."""
    return f"\n{text}" if text else ""
