"""What the lake has is left out of what comes, file by file."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from bastide.lake import once
from tests.lake.conftest import Place

Make = Callable[..., dict[str, Any]]


def test_ids_of_files_that_are_no_longer_remembered_are_read_again(
    place: Place, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(once, "REMEMBERED", 3)
    for number in range(4):
        place.trail(f"{number}.json.gz", *(make(one) for one in range(number * 5, number * 5 + 10)))
        place.ingest()
    place.trail("all.json.gz", *map(make, range(40)))
    report = place.ingest()
    assert (report.events, report.duplicates) == (15, 25)
    assert len(place.ids()) == 40


def test_the_same_event_in_another_region_is_another(place: Place, make: Make) -> None:
    place.trail("a.json.gz", make(1), make(1, awsRegion="us-east-1"))
    assert place.ingest().events == 2
    place.trail("b.json.gz", make(1, awsRegion="us-east-1"))
    assert place.ingest().events == 0
