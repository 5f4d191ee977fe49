"""Files that are staged: what they are, and that nothing of them is in a lake."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from pyarrow import parquet

from bastide.lake import stage
from bastide.lake.read.found import find
from bastide.lake.stage import FEW, Stager, Task, restaged
from tests.lake.conftest import ACCOUNT, Place, event, text_of


def test_a_staged_file(place: Place, tmp_path: Path) -> None:
    place.trail("a.json.gz", event(2), event(1), event(1))
    folder = tmp_path / "staging"
    (result,) = Stager().run(Task(list(find([str(place.logs)])), folder))
    (staged,) = result.staged
    assert staged.partition == ("api_activity", "eu-west-1", ACCOUNT, "20261101")
    assert (staged.rows, staged.twice, staged.source, staged.last - staged.first) == (2, 1, "cloudtrail", 1000)
    assert staged.sha256 == hashlib.sha256(staged.path.read_bytes()).hexdigest()
    (one,) = result.inputs
    assert (one.events, one.source) == (3, "cloudtrail")
    times = parquet.ParquetFile(staged.path).read().column("time").to_pylist()
    assert (staged.first, staged.last) == (min(times), max(times)) == (times[0], times[-1])


@pytest.mark.parametrize(("count", "packed"), [(FEW - 1, {"raw_data"}), (FEW, {"raw_data", "time", "activity_name"})])
def test_of_few_rows_only_long_texts_are_packed(place: Place, tmp_path: Path, count: int, packed: set[str]) -> None:
    place.trail("a.json.gz", *map(event, range(count)))
    (result,) = Stager().run(Task(list(find([str(place.logs)])), tmp_path / "staging"))
    group = parquet.ParquetFile(result.staged[0].path).metadata.row_group(0)
    kinds = {one.path_in_schema: one.compression for one in map(group.column, range(group.num_columns))}
    assert {name for name in ("raw_data", "time", "activity_name") if kinds[name] == "ZSTD"} == packed


def test_a_file_that_goes_away_is_a_problem(place: Place, tmp_path: Path) -> None:
    path = place.trail("a.json.gz", event(1))
    place.trail("b.json.gz", event(2))
    files = list(find([str(place.logs)]))
    path.unlink()
    (result,) = Stager().run(Task(files, tmp_path / "staging"))
    assert [problem[0] for problem in result.problems] == [str(path)]
    assert [Path(one.path).name for one in result.inputs] == ["b.json.gz"]


def test_a_disk_that_is_full_is_no_fault_of_the_file_that_is_read(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else what was read of the files before it would count as brought in."""
    place.trail("a.json.gz", event(1))
    place.trail("b.json.gz", event(2))
    monkeypatch.setattr(stage, "BATCH", 1)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(stage, "write", full)
    with pytest.raises(OSError, match="No space left"):
        list(Stager().run(Task(list(find([str(place.logs)])), tmp_path / "staging")))


def test_records_of_the_quarantine(tmp_path: Path) -> None:
    import json

    good = {"path": "x.json", "number": 4, "source": "", "reason": "was broken", "text": json.dumps(event(1))}
    staged, refused = restaged([good, {**good, "text": ""}, {**good, "text": "{"}], tmp_path, trust=False)
    assert ([one.rows for one in staged], len(refused)) == ([1], 2)


def test_a_file_of_one_event_is_small(place: Place, tmp_path: Path) -> None:
    place.trail("a.json.gz", event(1))
    (result,) = Stager().run(Task(list(find([str(place.logs)])), tmp_path / "staging"))
    assert result.staged[0].bytes < 25_000
    from bastide.lake.classes import table

    assert parquet.ParquetFile(result.staged[0].path).schema_arrow == table("api_activity").arrow()


def test_of_a_file_that_is_no_log_only_so_much_is_kept(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stage, "MOST", 1000)
    place.logs.mkdir(parents=True, exist_ok=True)
    (place.logs / "a.json").write_bytes(b"x\n" * 10_000_000)
    place.trail("b.json.gz", event(2))
    (result,) = Stager().run(Task(list(find([str(place.logs)])), tmp_path / "staging"))
    assert 1000 < len(result.refused) < 10_000_000
    assert [(Path(path).name, "the rest was left out" in why) for path, why in result.problems] == [("a.json", True)]
    assert [staged.rows for staged in result.staged] == [1]


def test_an_event_that_is_nested_too_deeply_hides_no_other(place: Place, tmp_path: Path) -> None:
    deep = b'{"eventID":"x","requestParameters":' + b'{"a":' * 100_000 + b"1" + b"}" * 100_001
    whole = text_of([event(1)])
    place.trail("b.json.gz", event(2))
    (place.logs / "a.json").write_bytes(whole[:-2] + b"," + deep + whole[-2:])
    (result,) = Stager().run(Task(list(find([str(place.logs)])), tmp_path / "staging"))
    assert [staged.rows for staged in result.staged] == [2]
    assert [one.reason for one in result.refused] == ["broken JSON: nested too deeply"]
