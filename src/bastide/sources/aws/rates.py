"""How fast calls may be made: a token bucket for each account, region and family of operations.

The rates stand in `library/collectors/_limits.yaml`, calls a second, below what AWS documents. A throttled call halves
the rate of its bucket; calls that go through let it grow back.
"""

from __future__ import annotations

import threading
import time
from functools import cache
from typing import TYPE_CHECKING, Any

from bastide.cache import compiled
from bastide.library import FOLDER

if TYPE_CHECKING:
    from collections.abc import Callable

LOWEST = 0.2
GROWTH = 0.02
"""Part of the full rate that a bucket regains with each call that goes through."""
BURST_SECONDS = 2.0


class Bucket:
    """Calls of one family. `wait` returns when the next may be made; safe from several threads."""

    def __init__(
        self, rate: float, clock: Callable[[], float] = time.monotonic, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self.full = self.rate = rate
        self._clock, self._sleep = clock, sleep
        self._lock = threading.Lock()
        self._ready = clock() - BURST_SECONDS  # when the next call would be due, were there no burst
        self._halved = clock()

    def wait(self) -> float:
        """The seconds that it took until a call may be made."""
        with self._lock:
            now = self._clock()
            self._ready = max(self._ready, now - BURST_SECONDS) + 1 / self.rate
            pause = self._ready - now
        if pause > 0:
            self._sleep(pause)
        return max(pause, 0.0)

    def throttled(self) -> None:
        """AWS said that it is too fast: half as fast from now on, once a second at most."""
        with self._lock:
            now = self._clock()
            if now - self._halved >= 1 or self.rate == self.full:
                self.rate, self._halved = max(self.rate / 2, LOWEST), now
                self._ready = max(self._ready, now)

    def passed(self) -> None:
        """A call went through."""
        if self.rate < self.full:
            with self._lock:
                self.rate = min(self.full, self.rate + GROWTH * self.full)


class Buckets:
    """The buckets of a run, made as they are needed."""

    def __init__(self, make: Callable[[float], Bucket] = Bucket) -> None:
        self._make = make
        self._lock = threading.Lock()
        self._buckets: dict[tuple[str, str, str], Bucket] = {}

    def of(self, account: str, region: str, service: str, operation: str) -> Bucket:
        """The bucket of a call."""
        family, rate = rate_of(service, operation)
        key = (account, region, family)
        with self._lock:
            if key not in self._buckets:
                self._buckets[key] = self._make(rate)
            return self._buckets[key]


def rate_of(service: str, operation: str) -> tuple[str, float]:
    """The family that an operation belongs to (itself, or the rest of its service), and its calls a second."""
    limits = _limits()
    own: dict[str, float] = limits.get(service, {})
    if operation in own:
        return f"{service}:{operation}", own[operation]
    return service, own.get("default", limits["default"])


@cache
def _limits() -> dict[str, Any]:
    file = FOLDER / "collectors" / "_limits.yaml"
    found: dict[str, Any] = compiled("rates", [file], lambda: _read(file))
    return found


def _read(file: Any) -> Any:
    from bastide.yamltext import read_yaml

    return read_yaml(file.read_text("utf-8"), "library/collectors/_limits.yaml")[0]
