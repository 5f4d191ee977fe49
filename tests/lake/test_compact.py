"""Small files become large ones, and no event changes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet

from bastide.errors import SourceError
from bastide.lake.compact import compact, merged
from bastide.lake.store import Lake
from tests.lake.conftest import Place

Make = Callable[..., dict[str, Any]]


def filled(place: Place, make: Make) -> list[tuple[Any, ...]]:
    for number in range(6):
        place.trail(f"{number}.json.gz", *(make(one * 6 + number) for one in range(5)))
        place.ingest()
    return everything(place)


def everything(place: Place) -> list[tuple[Any, ...]]:
    return place.rows("select * from api_activity order by metadata.uid")


def test_no_event_changes(place: Place, make: Make) -> None:
    before = filled(place, make)
    done = compact(place.lake, 1 << 28)
    assert (done.before, done.after) == (6, 1)
    assert everything(place) == before
    (path,) = place.lake.files("api_activity")
    times = parquet.read_table(path, columns=["time"], partitioning=None).column("time").to_pylist()
    assert times == sorted(times)
    (file,) = place.lake.state().files.values()
    assert file.sources == {"cloudtrail": 30}
    assert place.lake.storage.names("api_activity") == [file.path]


def test_what_is_large_enough_stays(place: Place, make: Make) -> None:
    filled(place, make)
    assert compact(place.lake, 1000).before == 0
    assert compact(place.lake, 1 << 28).before == 6
    assert compact(place.lake, 1 << 28).before == 0


def test_events_are_known_after_compaction(place: Place, make: Make) -> None:
    filled(place, make)
    compact(place.lake, 1 << 28)
    assert place.ingest(again=True).events == 0


def test_a_file_with_other_rows_than_its_commit_says_is_left(place: Place, make: Make) -> None:
    filled(place, make)
    path = place.lake.files("api_activity")[0]
    table = parquet.read_table(path, partitioning=None)
    parquet.write_table(table.slice(1), path)
    with pytest.raises(SourceError, match="other rows"):
        compact(Lake(place.lake.place), 1 << 28)
    assert len(place.lake.files("api_activity")) == 6


@given(st.lists(st.lists(st.integers(0, 50), max_size=20), max_size=5), st.integers(1, 7))
def test_sorted_parts_are_merged(parts: list[list[int]], size: int) -> None:
    def some(values: list[int]) -> Any:
        values = sorted(values)
        for at in range(0, len(values), size):
            yield pa.table({"time": pa.array(values[at : at + size], pa.int64())})

    found = [time for table in merged([some(part) for part in parts]) for time in table.column("time").to_pylist()]
    assert found == sorted(one for part in parts for one in part)
