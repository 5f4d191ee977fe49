"""What is in a lake, and what is missing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bastide.lake.status import status
from tests.lake.conftest import ACCOUNT, Place

Make = Callable[..., dict[str, Any]]


def test_sources_by_account_and_region_with_gaps_and_silence(place: Place, make: Make) -> None:
    days = {"eu-west-1": (1, 2, 5, 7), "us-east-1": (1, 4)}
    events = [
        make(day, awsRegion=region, eventTime=f"2026-11-0{day}T10:00:00Z", eventID=f"{region}{day}")
        for region, some in days.items()
        for day in some
    ]
    place.trail("a.json.gz", *events, {"eventVersion": "1"}, make(1, eventTime="never"))
    place.ingest()
    found = status(place.lake)
    assert (found.events, found.files, found.commits, found.tables) == (6, 6, 1, {"api_activity": 6})
    europe, america = found.sources
    assert (europe.source, europe.account, europe.region, europe.events) == ("cloudtrail", ACCOUNT, "eu-west-1", 4)
    assert (europe.first, europe.last, europe.gaps, europe.silent) == (
        "20261101",
        "20261107",
        ["20261103-20261104", "20261106"],
        0,
    )
    assert (america.gaps, america.silent) == (["20261102-20261103"], 3)
    assert found.quarantine == {"no time": 2}
    assert found.examples == {"no time": [f"{place.logs}/a.json.gz:{number}" for number in (7, 8)]}
    assert found.small == 0


def test_small_files_beside_each_other_are_counted(place: Place, make: Make) -> None:
    for number in range(3):
        place.trail(f"{number}.json.gz", make(number))
        place.ingest()
    assert status(place.lake).small == 3
