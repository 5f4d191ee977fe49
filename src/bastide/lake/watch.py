"""Files that come: a place is looked at again and again, and a file is taken once it has stopped to change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bastide.lake.read.found import find

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bastide.lake.read.found import Found

PAUSE = 0.5
"""Seconds between two looks."""


class Watch:
    """Knows what it has seen at some targets; a file that grows is not taken before two looks find it the same."""

    def __init__(self, targets: Iterable[str]) -> None:
        self.targets = list(targets)
        self._taken: dict[str, Found] = {}
        self._before: dict[str, Found] = {}
        self._first = True

    def look(self) -> list[str]:
        """The paths of files that are new or other than before; at the first look, of all."""
        found = {one.path: one for one in find(self.targets)}
        changed = {path: one for path, one in found.items() if self._taken.get(path) != one}
        ready = {path: one for path, one in changed.items() if self._first or self._before.get(path) == one}
        self._before, self._first = changed, False
        self._taken |= ready
        return list(ready)
