"""Progress on a terminal while long work runs; nothing in a pipe, nothing for work that is quick."""

from __future__ import annotations

import contextlib
import sys
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

QUIET_SECONDS = 0.4
"""Work that is done sooner shows no progress."""


@contextlib.contextmanager
def progress() -> Iterator[Callable[[str, int, int], None]]:
    """A function to tell the progress to; its line is cleared at the end."""
    if not sys.stderr.isatty():
        yield _silent
        return
    line = _Line()
    try:
        yield line.told
    finally:
        line.clear()


def _silent(step: str, done: int, total: int) -> None:
    del step, done, total


class _Line:
    def __init__(self) -> None:
        self._started = self._last = time.monotonic()
        self._shown = False

    def told(self, step: str, done: int, total: int) -> None:
        now = time.monotonic()
        if now - self._started < QUIET_SECONDS or (done and now - self._last < 0.05):
            return
        self._last, self._shown = now, True
        count = f" {done} of {total} {'#' * (20 * done // total):<20}" if total else ""
        sys.stderr.write(f"\r\x1b[2K{step}{count}")
        sys.stderr.flush()

    def clear(self) -> None:
        if self._shown:
            sys.stderr.write("\r\x1b[2K")
            sys.stderr.flush()
