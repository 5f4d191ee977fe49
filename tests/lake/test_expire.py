"""Days that are old enough leave the lake."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from bastide.errors import UsageError
from bastide.lake.expire import day_of, expire
from tests.lake.conftest import Place

Make = Callable[..., dict[str, Any]]


def test_nothing_goes_without_being_told_to(place: Place, make: Make) -> None:
    place.trail("a.json.gz", make(1), make(2, eventTime="2026-11-03T10:00:00Z"))
    place.ingest()
    told = expire(place.lake, "20261103", apply=False)
    assert (told.files, told.events, told.tables) == (1, 1, {"api_activity": 1})
    assert len(place.ids()) == 2
    done = expire(place.lake, "20261103", apply=True)
    assert (done.files, done.applied) == (1, True)
    assert place.ids() == [make(2)["eventID"]]
    assert expire(place.lake, "20261103", apply=True).files == 0


def test_only_the_tables_that_are_named(place: Place, make: Make) -> None:
    place.trail("a.json.gz", make(1), make(2, eventSource="signin.amazonaws.com", eventName="ConsoleLogin"))
    place.ingest()
    expire(place.lake, "20270101", ["authentication"], apply=True)
    assert (len(place.ids()), place.ids("authentication")) == (1, [])
    with pytest.raises(UsageError, match="no table"):
        expire(place.lake, "20270101", ["nothing"], apply=True)


def test_a_day_as_a_date_or_an_age() -> None:
    assert day_of("2026-01-31") == "20260131"
    assert day_of("400d", dt.date(2026, 11, 27)) == "20251023"
    for text in ("yesterday", "2026-13-01", "-1d", ""):
        with pytest.raises(UsageError, match="is no date"):
            day_of(text)
