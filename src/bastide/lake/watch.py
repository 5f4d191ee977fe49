"""Files that come: a place is looked at again and again, and a file is taken once it has stopped to change."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from bastide.lake.read.found import find

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bastide.lake.read.found import Found

PAUSE, SHARE = 0.15, 4
"""Seconds between two looks at least, and how many times as long as a look takes: one at a great many files is dear."""
OF_A_BUCKET = 5.0
"""Seconds between two looks at a bucket at least: each is paid for."""


def pause_for(places: Iterable[str]) -> float:
    """Seconds between two looks at these places at least."""
    return OF_A_BUCKET if any(place.startswith("s3://") for place in places) else PAUSE


class Watch:
    """Knows what it has seen at some targets; a file that grows is not taken before two looks find it the same."""

    def __init__(self, targets: Iterable[str]) -> None:
        self.targets = list(targets)
        self._taken: dict[str, Found] = {}
        self._before: dict[str, Found] = {}
        self._first = True
        self.pause = self._least = pause_for(self.targets)

    def look(self) -> list[str]:
        """The paths of files that are new or other than before; at the first look, of all."""
        begun = time.monotonic()
        found = {one.path: one for one in find(self.targets)}
        changed = {path: one for path, one in found.items() if self._taken.get(path) != one}
        ready = {path: one for path, one in changed.items() if self._first or self._before.get(path) == one}
        self._before, self._first = changed, False
        self._taken |= ready
        self.pause = max(self._least, SHARE * (time.monotonic() - begun))
        return list(ready)
