"""Days that are old enough leave the lake."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from bastide.errors import UsageError
from bastide.lake.expire import day_of, expire
from bastide.lake.status import status
from bastide.lake.verify import verify
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


def test_the_quarantine_by_when_it_came_in(place: Place, make: Make) -> None:
    place.trail("a.json.gz", make(1), make(2, eventTime="no time"), make(3, eventTime="none either"))
    assert place.ingest().quarantined == 2
    today, tomorrow = day_of("0d"), (dt.datetime.now(dt.UTC) + dt.timedelta(days=1)).strftime("%Y%m%d")
    assert "quarantine" not in expire(place.lake, today, apply=False).tables
    assert expire(place.lake, tomorrow, ["authentication"], apply=False).files == 0
    told = expire(place.lake, tomorrow, ["quarantine"], apply=False)
    assert (told.files, told.tables) == (1, {"quarantine": 2})
    (file,) = place.lake.state().quarantine
    assert place.lake.storage.size(file) is not None
    expire(place.lake, tomorrow, ["quarantine"], apply=True)
    assert (status(place.lake).quarantine, place.lake.storage.size(file)) == ({}, None)
    assert place.ids() == [make(1)["eventID"]]
    assert verify(place.lake).faults == []


def test_a_day_as_a_date_or_an_age() -> None:
    assert day_of("2026-01-31") == "20260131"
    assert day_of("400d", dt.date(2026, 11, 27)) == "20251023"
    for text in ("yesterday", "2026-13-01", "-1d", ""):
        with pytest.raises(UsageError, match="is no date"):
            day_of(text)
