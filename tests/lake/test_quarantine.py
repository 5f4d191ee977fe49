"""What is no event is kept with all that is known of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bastide.lake.quarantine import rows
from tests.lake.conftest import Place

Make = Callable[..., dict[str, Any]]


def test_place_number_source_reason_and_text(place: Place, make: Make) -> None:
    place.file("a.json", '{"Records":[{"eventVersion":"1","eventName":"X","eventSource":"s"},{"a":')
    place.file("b.txt", "what is \x1b[31mthis\n")
    place.ingest()
    found = [
        (row["path"].rpartition("/")[2], row["number"], row["source"], row["reason"], row["text"])
        for row in rows(place.lake.state(), place.lake.storage)
    ]
    assert sorted(found) == [
        ("a.json", 1, "cloudtrail", "no time", '{"eventVersion":"1","eventName":"X","eventSource":"s"}'),
        ("a.json", 2, "cloudtrail", "broken JSON: Input data was truncated", ',{"a":'),
        ("b.txt", 1, "", "of no kind that is known", "what is \x1b[31mthis"),
    ]


def test_another_reason_is_another_record(place: Place, make: Make) -> None:
    bad = make(1, eventTime="never")
    place.trail("a.json.gz", bad)
    place.ingest()
    place.trail("b.json.gz", bad, make(2, eventTime="never"))
    place.ingest()
    assert len(list(rows(place.lake.state(), place.lake.storage))) == 2
