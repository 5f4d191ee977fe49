"""Ctrl-C while threads work: they are told to stop, and no exception strikes where one of them holds a lock.

An exception that a signal raises in the main thread may leave a lock of `concurrent.futures` taken for ever; so the
signal only sets a flag here, which every wait and every call looks at.
"""

from __future__ import annotations

import contextlib
import os
import signal
import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

SLICE = 0.1
"""Seconds after which a wait looks whether it is to end."""
SAME_SECONDS = 0.5
"""Signals so close to each other are one wish."""


class Stop:
    """A flag without a lock, so that a handler of a signal may set it whatever the thread below it holds."""

    __slots__ = ("_told",)

    def __init__(self) -> None:
        self._told = False

    def set(self) -> None:
        """Tell everybody to stop."""
        self._told = True

    def is_set(self) -> bool:
        """Whether everybody was told to stop."""
        return self._told

    def wait(self, seconds: float) -> None:
        """Sleep so long, or until told to stop."""
        end = time.monotonic() + seconds
        while not self._told and (left := end - time.monotonic()) > 0:
            time.sleep(min(SLICE, left))


@contextlib.contextmanager
def stoppable(stop: Stop) -> Iterator[None]:
    """Within, Ctrl-C sets the flag; another one, later, ends the process at once, which a run on disk survives.

    One that comes right behind the first is the same: programs such as `timeout` send it to the process and its group.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    first = 0.0

    def told(*_: object) -> None:
        nonlocal first
        if stop.is_set() and time.monotonic() - first > SAME_SECONDS:
            os._exit(130)
        first = first or time.monotonic()
        stop.set()

    previous = signal.signal(signal.SIGINT, told)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, previous)
