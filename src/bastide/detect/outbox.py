"""Alerts on their way out: what a place does not take waits, and goes there first the next time."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from bastide.detect.outputs import send

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bastide.detect.alerts import Alert

PAUSE = 10.0
"""Seconds after which a place that took nothing is tried again."""
MANY = 10_000
"""Alerts that wait for a place at most, before nothing more is to be judged: events wait better where they are."""


class Outbox:
    """Where alerts go. A place gets each of them at least once, and none keeps another from its own."""

    def __init__(self, places: Iterable[str] | None) -> None:
        """`UsageError` for a place that cannot be one: nothing is judged for it first."""
        self._waiting: dict[str, list[Alert]] = {place: [] for place in places or ()}
        self._tried = 0.0
        for place in self._waiting:
            send(place, ())

    @property
    def is_empty(self) -> bool:
        """Whether all that was put in was taken."""
        return not any(self._waiting.values())

    @property
    def is_due(self) -> bool:
        """Whether something waits, and has done so for a while."""
        return not self.is_empty and time.monotonic() >= self._tried + PAUSE

    @property
    def is_full(self) -> bool:
        """Whether so much waits that nothing more should come."""
        return any(len(waiting) >= MANY for waiting in self._waiting.values())

    def put(self, alerts: Sequence[Alert]) -> list[str]:
        """Hand alerts on, after those that wait; what is to be told of places that did not take them."""
        self._tried = time.monotonic()
        refused = []
        for place, waiting in self._waiting.items():
            waiting.extend(alerts)
            if why := send(place, waiting):
                refused.append(f"not sent to {place.partition(':')[0]}: {why}")
            else:
                waiting.clear()
        return refused
