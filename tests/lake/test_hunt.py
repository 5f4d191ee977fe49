"""Questions to the lake."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bastide.errors import SourceError, UsageError
from bastide.lake.hunt import explain, hunt, moment, save, saved, saved_hunt
from bastide.lake.store import now
from tests.lake.conftest import Place

Make = Callable[..., dict[str, Any]]


@pytest.fixture
def filled(place: Place, make: Make) -> Place:
    place.trail("a.json.gz", *map(make, range(5)))
    place.ingest()
    place.trail("b.json.gz", make(9, eventTime="2026-11-09T10:00:00Z"))
    place.ingest()
    return place


def test_rows_and_whether_there_are_more(filled: Place) -> None:
    answer = hunt(filled.lake, "select api.operation as what, time from api_activity order by time", limit=2)
    assert (answer.columns, len(answer.rows), answer.more) == (["what", "time"], 2, True)
    assert hunt(filled.lake, "with x as (select 1 as n) select n from x").rows == [(1,)]


def test_times_with_a_time_zone(filled: Place) -> None:
    ((at,),) = hunt(filled.lake, "select to_timestamp(max(time) / 1000) from api_activity").rows
    assert at.utcoffset() == dt.timedelta(0)


@pytest.mark.parametrize(
    "sql",
    [
        "selec 1",
        "",
        "select 1; select 2",
        "drop view api_activity",
        "create table x as select 1",
        "copy api_activity to 'x.csv'",
        "set threads = 9",
        "select * from nothing",
        "select * from read_text('/etc/hostname')",
        "select * from '/etc/hostname'",
        "explain select 1",
        "attach 'x.db'",
    ],
)
def test_what_is_no_hunt(filled: Place, sql: str) -> None:
    with pytest.raises(UsageError):
        hunt(filled.lake, sql)


def test_a_file_that_is_gone_is_no_mistake_of_ours(filled: Place) -> None:
    for path in filled.lake.files("api_activity"):
        Path(path).unlink()
    sql = "select count(*) from api_activity"
    for ask in (hunt, explain):
        with pytest.raises(UsageError, match="changed while it was read"):
            ask(filled.lake, sql)


def test_only_files_that_may_have_it_are_read(filled: Place) -> None:
    sql = "select count(*) from api_activity"
    assert (explain(filled.lake, sql).files, explain(filled.lake, sql, since=moment("2026-11-05")).files) == (2, 1)
    assert hunt(filled.lake, sql, since=moment("2026-11-05")).rows == [(1,)]
    assert explain(filled.lake, sql.upper()).files == 2
    found = explain(filled.lake, sql)
    assert found.tables == ["api_activity"]
    assert found.bytes > 0
    assert "api_activity" in found.plan or "PARQUET" in found.plan


def test_hunts_are_kept_under_names(filled: Place) -> None:
    assert saved(filled.lake) == {}
    save(filled.lake, "who", "select 1")
    save(filled.lake, "who", "select 2")
    assert saved_hunt(filled.lake, "who") == "select 2"
    with pytest.raises(UsageError, match="Did you mean `who`"):
        saved_hunt(filled.lake, "whoo")
    for name in ("", "../x", "list", "a b"):
        with pytest.raises(UsageError, match="is no name"):
            save(filled.lake, name, "select 1")


def test_kept_hunts_that_are_broken(filled: Place) -> None:
    filled.lake.storage.write("_bastide/hunts.json", b'{"x": [1]}')
    with pytest.raises(SourceError, match="not a list of hunts"):
        saved(filled.lake)


def test_moments() -> None:
    assert moment("2026-11-05") == 1_793_836_800_000
    assert moment("2026-11-05T01:00+01:00") == 1_793_836_800_000
    assert abs(moment("2h") - (now() - 7_200_000)) < 5000
    for text in ("", "soon", "5x", "2026-99-01"):
        with pytest.raises(UsageError, match="is no time"):
            moment(text)
