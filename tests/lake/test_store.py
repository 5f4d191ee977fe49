"""A lake as readers see it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from bastide.errors import UsageError
from bastide.lake.compact import compact
from bastide.lake.hunt import hunt
from bastide.lake.ingest import ingest
from bastide.lake.store import Lake, existing
from bastide.lake.verify import verify
from tests.lake.conftest import Place, event, text_of

Make = Callable[..., dict[str, Any]]


def test_nothing_there(tmp_path: Path) -> None:
    lake = Lake(tmp_path / "x")
    assert not lake.exists()
    assert lake.commits() == []
    assert lake.files("api_activity") == []
    with pytest.raises(UsageError, match="there is no lake"):
        existing(str(tmp_path / "x"))
    assert not (tmp_path / "x").exists()


def test_every_table_is_there_even_when_it_is_empty(place: Place, make: Make) -> None:
    place.trail("a.json.gz", make(1))
    place.ingest()
    assert place.rows("select count(*) from dns_activity where query.hostname = 'x' and \"accountId\" = '1'") == [(0,)]


def test_files_by_their_time(place: Place, make: Make) -> None:
    for day in (1, 2, 3):
        place.trail(f"{day}.json.gz", make(day, eventTime=f"2026-11-0{day}T12:00:00Z"))
        place.ingest()
    noon = 1_793_534_400_000
    days = [path.split("eventDay=")[1][:8] for path in place.lake.files("api_activity")]
    assert days == ["20261101", "20261102", "20261103"]
    assert len(place.lake.files("api_activity", since=noon + 1)) == 2
    assert len(place.lake.files("api_activity", until=noon)) == 0
    assert len(place.lake.files("api_activity", since=noon, until=noon + 1)) == 1
    with pytest.raises(UsageError):
        place.lake.files("nothing")


def test_only_what_is_new(place: Place, make: Make) -> None:
    place.trail("a.json.gz", make(1))
    place.ingest()
    first = place.lake.state().sequence
    place.trail("b.json.gz", make(2))
    place.ingest()
    (commit,) = place.lake.commits(after=first)
    assert (commit.sequence, commit.events) == (first + 1, 1)
    (path,) = place.lake.news(first)
    assert path in place.lake.files("api_activity")
    assert place.lake.news(first, "dns_activity") == []
    assert place.lake.news(first + 1) == []


def test_what_is_new_is_found_after_compaction(place: Place, make: Make) -> None:
    for number in (1, 2):
        place.trail(f"{number}.json.gz", make(number))
        place.ingest()
    compact(place.lake, 1 << 20)
    assert place.lake.news(1) == place.lake.files("api_activity")
    assert len(place.lake.news(1)) == 1


def test_the_database_reads_the_lake_and_nothing_else(place: Place, make: Make, tmp_path: Path) -> None:
    place.trail("a.json.gz", make(1))
    place.ingest()
    (tmp_path / "secret.csv").write_text("a\n1\n")
    connection = place.lake.connect()
    for sql in (
        f"select * from read_csv('{tmp_path}/secret.csv')",
        f"select * from read_text('{tmp_path}/lake/../secret.csv')",
        f"copy (select 1) to '{tmp_path}/out.csv'",
        "set enable_external_access = true",
        "install httpfs",
        f"attach '{tmp_path}/x.db'",
    ):
        with pytest.raises(duckdb.Error):
            connection.execute(sql)
    assert not (tmp_path / "out.csv").exists()


def test_the_database_follows_no_link_that_lies_in_the_working_directory(
    place: Place, make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.trail("a.json.gz", make(1))
    place.ingest()
    (tmp_path / "secret.txt").write_text("x")
    (work := tmp_path / "work").mkdir()
    (work / ".tmp").symlink_to(tmp_path)
    monkeypatch.chdir(work)
    with pytest.raises(duckdb.Error):
        place.lake.connect().execute("select content from read_text('.tmp/secret.txt')")


def test_a_reader_keeps_what_it_saw(place: Place, make: Make) -> None:
    place.trail("a.json.gz", make(1))
    place.ingest()
    connection = place.lake.connect()
    place.trail("b.json.gz", make(2))
    place.ingest()
    assert connection.execute("select count(*) from api_activity").fetchall() == [(1,)]


def test_other_readers_need_nothing_of_ours(place: Place, make: Make) -> None:
    place.trail("a.json.gz", make(1), make(2, awsRegion="us-east-1"))
    place.ingest()
    files = f"{place.lake.place}/api_activity/**/*.parquet"
    with duckdb.connect() as connection:
        rows = connection.execute(
            f"select region, api.operation from read_parquet('{files}', hive_partitioning = true) order by region"
        )
        found = rows.fetchall()
    assert found == [("eu-west-1", "GetObject"), ("us-east-1", "GetObject")]


def test_a_lake_in_a_bucket_from_logs_in_a_bucket(aws: Callable[..., Any], bucket: str) -> None:
    name = bucket.split("/")[2]
    client = aws("s3")
    for number in range(3):
        body = text_of([event(one) for one in range(number * 10, number * 10 + 15)])
        client.put_object(Bucket=name, Key=f"logs/{number}.json", Body=body)
    lake = Lake(bucket)
    report = ingest(lake, [f"s3://{name}/logs"], jobs=1)
    assert (report.files, report.events, report.duplicates) == (3, 35, 10)
    assert ingest(lake, [f"s3://{name}/logs"], jobs=1).known == 3
    assert hunt(lake, "select count(*), min(region), max(api.operation) from api_activity").rows == [
        (35, "eu-west-1", "GetObject")
    ]
    client.put_object(Bucket=name, Key="logs/9.json", Body=json.dumps(event(99)).encode())
    assert ingest(lake, [f"s3://{name}/logs/9.json"], jobs=1).events == 1
    assert compact(lake, 1 << 20).before == 2
    assert verify(lake).faults == []
    assert existing(bucket).state().sequence == 3
