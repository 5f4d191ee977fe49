"""What of a lake is to be judged."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bastide.detect import newest
from bastide.detect.events import made
from bastide.detect.newest import between, events_by_log, newer, remember, remembered, set_name, since_of, unjudged
from bastide.detect.replay import START, write
from bastide.errors import UsageError
from bastide.lake.ingest import ingest
from bastide.lake.inplace import last_day
from bastide.lake.store import Lake
from tests.lake.samples import OCSF, S3

TABLES = ["api_activity"]
CALL = {"eventSource": "s3.amazonaws.com", "eventName": "ListBuckets"}
DAY = 86_400_000


def bring(lake: Lake, folder: Path, seed: str, after: str = "0s") -> None:
    write(made([{**CALL, "after": after}], START, seed), folder / seed)
    ingest(lake, [str(folder / seed)])


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    found = Lake(tmp_path / "lake")
    bring(found, tmp_path, "one")
    return found


def test_only_what_came_since(lake: Lake, tmp_path: Path) -> None:
    first = newer(lake, TABLES, 0, 0)
    assert [one.fresh for one in first.inputs] == [True]
    remember(lake, "library", first.sequence)
    assert remembered(lake, "library") == first.sequence
    assert remembered(lake, "others") == 0
    assert newer(lake, TABLES, first.sequence, 0).inputs == []
    bring(lake, tmp_path, "two", "10s")
    again = newer(lake, TABLES, first.sequence, 0)
    assert len(again.inputs) == 1
    assert again.sequence > first.sequence


def test_correlations_look_back(lake: Lake, tmp_path: Path) -> None:
    sequence = newer(lake, TABLES, 0, 0).sequence
    bring(lake, tmp_path, "two", "2d")
    near = newer(lake, TABLES, sequence, 3 * DAY).inputs
    assert sorted(one.fresh for one in near) == [False, True]
    assert len(newer(lake, TABLES, sequence, DAY).inputs) == 1


def test_compaction_loses_nothing_new(lake: Lake, tmp_path: Path) -> None:
    from bastide.lake.compact import compact

    sequence = newer(lake, TABLES, 0, 0).sequence
    bring(lake, tmp_path, "two", "10s")
    bring(lake, tmp_path, "three", "20s")
    compact(lake, 1 << 28)
    found = newer(lake, TABLES, sequence, 0)
    assert [one.rows for one in found.inputs] == [3]
    assert newer(lake, TABLES, found.sequence, 0).inputs == []


def test_compaction_makes_nothing_new_again(lake: Lake, tmp_path: Path) -> None:
    from bastide.lake.compact import compact

    bring(lake, tmp_path, "two", "10s")
    sequence = newer(lake, TABLES, 0, 0).sequence
    remember(lake, "library", sequence)
    for seed, after in (("three", "20s"), ("four", "30s"), ("five", "40s")):
        bring(lake, tmp_path, seed, after)
    assert compact(lake, 1 << 28, apart=unjudged).after == 2
    found = newer(lake, TABLES, sequence, 0)
    assert [one.rows for one in found.inputs] == [3]
    assert sorted(one.rows for one in newer(lake, TABLES, 0, 0).inputs) == [2, 3]
    remember(lake, "library", found.sequence)
    assert compact(lake, 1 << 28, apart=unjudged).after == 1
    assert newer(lake, TABLES, found.sequence, 0).inputs == []


@pytest.mark.parametrize("look", ["state", "commits"])
def test_what_comes_in_while_it_is_looked_up_is_judged_the_next_time(
    lake: Lake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, look: str
) -> None:
    ask = getattr(Lake, look)

    def slow(self: Lake, *given: int) -> Any:
        found = ask(self, *given)
        monkeypatch.undo()
        bring(self, tmp_path, "meanwhile", "10s")
        return found

    monkeypatch.setattr(Lake, look, slow)
    first = newer(lake, TABLES, 0, 0)
    then = newer(lake, TABLES, first.sequence, 0)
    assert [len(first.inputs), len(then.inputs)] == [1, 1]


def test_since_a_time(lake: Lake) -> None:
    at = int(START.timestamp() * 1000)
    assert len(between(lake, TABLES, at, 0).inputs) == 1
    assert between(lake, TABLES, at + DAY, 0).inputs == []
    assert len(between(lake, TABLES, at + DAY, 2 * DAY).inputs) == 1
    assert between(lake, ["dns_activity"], at, 0).inputs == []


def test_logs_that_are_there(lake: Lake) -> None:
    counts = events_by_log(lake)
    assert counts["cloudtrail"] == 1
    assert not counts.get("dns")


def test_logs_that_a_lake_of_others_has_in_its_last_days(lake: Lake, tmp_path: Path) -> None:
    (file,) = lake.files("api_activity")
    for day in ("20260302", "20260309", "99999999"):
        copy = tmp_path / "theirs/region=eu-west-1/accountId=1" / f"eventDay={day}" / "a.parquet"
        copy.parent.mkdir(parents=True)
        copy.write_bytes(Path(file).read_bytes())
    counts = events_by_log(Lake(tmp_path / "theirs"))
    assert counts == {"cloudtrail": 2}
    assert last_day(Lake(tmp_path / "theirs").storage).isoformat() == "2026-03-09"


def test_logs_that_came_by_another_way_are_there(lake: Lake, tmp_path: Path) -> None:
    """S3's access logs are web requests but none of WAF; what came as OCSF may be CloudTrail's."""
    (tmp_path / "access").write_text(S3)
    (tmp_path / "o.json").write_text(json.dumps(OCSF))
    other = Lake(tmp_path / "other")
    ingest(other, [str(tmp_path / "access"), str(tmp_path / "o.json")])
    counts = events_by_log(other)
    assert (counts["http"], counts["waf"], counts["cloudtrail"]) == (1, 0, 1)
    assert not counts.get("dns")


def test_what_is_remembered_is_never_half(lake: Lake) -> None:
    lake.storage.write(newest.MEMORY, b"{half")
    assert remembered(lake, "library") == 0
    remember(lake, "library", 4)
    assert remembered(lake, "library") == 4


def test_sets_of_rules_have_names(tmp_path: Path) -> None:
    assert set_name([]) == set_name(["library"]) == "library"
    assert set_name([str(tmp_path)]) == set_name([str(tmp_path / "x" / "..")])
    assert set_name([str(tmp_path), "library"]) == set_name(["library", str(tmp_path)])


def test_moments() -> None:
    assert since_of("1970-01-02") == DAY
    assert since_of("1970-01-01T00:00:01Z") == 1000
    assert since_of("2h", now=7200.0) == 0
    with pytest.raises(UsageError, match="is no time"):
        since_of("yesterday")
