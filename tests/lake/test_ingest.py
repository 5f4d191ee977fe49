"""Bringing in: what is new only, each event once whatever is read again, nothing lost when the process is killed."""

from __future__ import annotations

import gzip
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from bastide.errors import UsageError
from bastide.lake.ingest import ingest, redrive
from bastide.lake.status import status
from bastide.lake.verify import verify
from bastide.lake.writer import writing
from tests.lake.conftest import Place, event, text_of

Make = Callable[..., dict[str, Any]]


def uid(number: int) -> str:
    return str(event(number)["eventID"])


def test_only_what_is_new_is_read(place: Place, make: Make) -> None:
    place.trail("a.json.gz", make(1))
    assert place.ingest().files == 1
    place.trail("b.json.gz", make(2))
    report = place.ingest()
    assert (report.files, report.known, report.events) == (1, 1, 1)
    assert place.ids() == [uid(1), uid(2)]


def test_a_file_that_grew_brings_what_it_has_more(place: Place, make: Make) -> None:
    place.trail("a.json.gz", make(1))
    place.ingest()
    place.trail("a.json.gz", make(1), make(2))
    report = place.ingest()
    assert (report.events, report.duplicates) == (1, 1)


def test_the_same_again_is_nothing_new(place: Place, make: Make) -> None:
    place.trail("a.json.gz", *map(make, range(50)))
    place.trail("copy.json.gz", *map(make, range(50)))
    place.trail("overlap.json.gz", *map(make, range(25, 75)))
    assert place.ingest().events == 75
    report = place.ingest(again=True)
    assert (report.events, report.duplicates) == (0, 150)
    assert len(place.ids()) == 75


def test_nothing_to_say_makes_no_commit(place: Place, make: Make) -> None:
    place.trail("a.json.gz", make(1))
    place.ingest()
    before = place.lake.state().sequence
    place.ingest()
    assert place.lake.state().sequence == before


def test_the_same_id_at_another_time_is_another_event(place: Place, make: Make) -> None:
    place.trail("a.json.gz", make(1), make(1, eventTime="2026-11-01T23:00:00Z"))
    assert place.ingest().events == 2


@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(
        st.lists(st.tuples(st.integers(0, 12), st.sampled_from(["eu-west-1", "us-east-1"])), max_size=8),
        min_size=1, max_size=5,
    ),
    st.data(),
)  # fmt: skip
def test_each_event_is_there_once(
    tmp_path_factory: pytest.TempPathFactory, files: list[list[tuple[int, str]]], data: st.DataObject
) -> None:
    place = Place(tmp_path_factory.mktemp("lake"))
    for number, file in enumerate(files):
        events = [event(one, awsRegion=region, eventID=f"{region}-{one}") for one, region in file]
        place.trail(f"{number}.json.gz", *events)
    order = data.draw(st.permutations(range(len(files))))
    again = data.draw(st.lists(st.sampled_from(range(len(files))), max_size=3))
    for number in [*order, *again]:
        place.ingest(f"{number}.json.gz", again=True)
    expected = sorted({f"{region}-{one}" for file in files for one, region in file})
    assert place.ids() == expected
    if place.lake.exists():
        assert verify(place.lake).faults == []


def test_truncated_gzip(place: Place, make: Make) -> None:
    packed = gzip.compress(text_of([make(number, padding=os.urandom(300).hex()) for number in range(200)]))
    place.file("a.json.gz", packed[: len(packed) * 2 // 3])
    report = place.ingest()
    assert 0 < report.events < 200
    assert report.reasons == {"gzip ends early": 1}
    place.file("a.json.gz", packed)
    report = place.ingest()
    assert report.quarantined == 0
    assert len(place.ids()) == 200


@pytest.mark.parametrize(
    ("content", "reasons"),
    [
        (b"", {}),
        (b'{"Records":[]}', {}),
        (b'{"Records":null}', {"of no kind that is known": 1}),
        (b"{}", {"of no kind that is known": 1}),
        (b"\x1f\x8b", {"gzip ends early": 1}),
        (b"\x1f\x8bgarbage and more of it", {"damaged gzip: Error -3 Invalid gzip header": 1}),
        (b"PAR1 but no Parquet", None),
        (b"\x00" * 100, {}),
        (b"just some words\n", {"of no kind that is known": 1}),
    ],
)
def test_files_that_hold_nothing(place: Place, content: bytes, reasons: dict[str, int] | None) -> None:
    place.file("a.json.gz", content)
    report = place.ingest()
    assert report.events == 0
    if reasons is None:
        assert next(iter(report.reasons)).startswith("damaged Parquet")
    elif "damaged" in str(reasons):
        assert next(iter(report.reasons)).startswith("damaged gzip")
    else:
        assert report.reasons == reasons


def test_a_bad_file_never_hides_the_others(place: Place, make: Make) -> None:
    place.trail("a.json.gz", make(1))
    place.file("b.json.gz", b'{"Records":[{"eventTime":"2026-11-01T10:00:00Z","eve')
    place.trail("c.json.gz", make(2), {"eventVersion": "1", "eventName": "X", "eventSource": "s", "eventTime": "never"})
    report = place.ingest()
    assert place.ids() == [uid(1), uid(2)]
    assert sum(report.reasons.values()) == 2
    assert report.reasons["no time"] == 1


def test_the_quarantine_tells_place_and_reason_and_holds_each_once(place: Place, make: Make) -> None:
    bad = make(1, eventTime="never")
    place.trail("a.json.gz", make(2), bad)
    place.ingest()
    place.ingest(again=True)
    from bastide.lake.quarantine import rows

    (row,) = rows(place.lake.state(), place.lake.storage)
    assert row["path"].endswith("a.json.gz")
    assert (row["number"], row["reason"], row["source"]) == (2, "no time", "cloudtrail")
    assert json.loads(row["text"]) == bad


def test_what_is_quarantined_can_be_tried_again(place: Place, make: Make) -> None:
    place.trail("AWSLogs/222222222222/CloudTrail/eu-west-1/2026/11/01/a.json.gz", make(1), make(2, eventTime="never"))
    assert place.ingest().quarantined == 2
    assert redrive(place.lake).events == 0
    report = redrive(place.lake, trust=True)
    assert (report.events, report.reasons) == (1, {"no time": 1})
    assert place.ids() == [uid(1)]
    assert redrive(place.lake, trust=True).events == 0


def test_names_of_files_that_are_no_text(place: Place, make: Make) -> None:
    odd = os.fsdecode(b"a\xff")
    place.file(f"{odd}.json", text_of([make(1)]))
    place.file(f"{odd}.bad.json", "{")
    report = place.ingest()
    assert (report.events, report.quarantined, place.ingest().known) == (1, 1, 2)
    row = {"class_uid": 6003, "category_uid": 6, "metadata": {"uid": "x"}, "time": 1793527200000}
    with (place.logs / f"{odd}.parquet").open("wb") as stream:
        parquet.write_table(pa.Table.from_pylist([row]), stream)
    assert place.ingest().tables == {"api_activity": 1}
    assert list(status(place.lake).examples.values()) == [[f"{place.logs}/a\\xff.bad.json:1"]]


def test_somebody_else_writes(place: Place, make: Make) -> None:
    place.trail("a.json.gz", make(1))
    with writing(place.lake), pytest.raises(UsageError, match="somebody else writes"):
        place.ingest()
    assert place.ingest().events == 1


def test_a_target_that_is_not_there(place: Place) -> None:
    with pytest.raises(UsageError, match="no such file"):
        place.ingest("nothing")


def test_what_cannot_be_opened_is_a_problem_and_tried_again(place: Place, make: Make) -> None:
    good = place.trail("a.json.gz", make(1))
    bad = place.trail("b.json.gz", make(2))
    content = bad.read_bytes()
    bad.unlink()
    bad.symlink_to(good.parent / "later")
    (good.parent / "later").write_bytes(content)
    assert place.ingest().events == 2


@pytest.mark.slow
def test_several_processes_and_files_larger_than_a_piece(place: Place) -> None:
    for number in range(3):
        place.file(f"{number}.json", text_of([event(one) for one in range(number * 40_000, number * 40_000 + 45_000)]))
    report = ingest(place.lake, [str(place.logs)], jobs=2)
    assert (report.events, report.duplicates) == (125_000, 10_000)
    assert place.rows("select count(*), count(distinct metadata.uid) from api_activity") == [(125_000, 125_000)]


@pytest.mark.slow
def test_killed_at_any_moment(place: Place) -> None:
    """Events come in files that overlap; however often the process is killed, each is there once in the end."""
    chance = random.Random(7)
    for number in range(24):
        place.trail(f"{number:02d}.json.gz", *(event(one) for one in range(number * 300, number * 300 + 400)))
    command = [sys.executable, "-m", "bastide", "ingest", str(place.logs), "--lake", place.lake.place, "--reread"]
    killed = 0
    for _ in range(14):
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(chance.uniform(0.3, 2.5))
        killed += process.poll() is None
        process.send_signal(signal.SIGKILL)
        process.wait()
        if place.lake.exists():
            ids = place.ids()
            assert len(ids) == len(set(ids))
    assert killed
    assert subprocess.run(command, stdout=subprocess.DEVNULL, check=False).returncode == 0
    assert place.rows("select count(*), count(distinct metadata.uid) from api_activity") == [(7300, 7300)]
    assert verify(place.lake).faults == []


def test_a_hundred_small_files(place: Place) -> None:
    for number in range(100):
        place.trail(f"{number:03d}.json.gz", *(event(one) for one in range(number * 5, number * 5 + 5)))
    report = place.ingest()
    assert (report.files, report.events) == (100, 500)
    assert len(place.lake.files("api_activity")) == 1


def test_progress_is_told(place: Place, make: Make, tmp_path: Path) -> None:
    place.trail("a.json.gz", make(1))
    told: list[tuple[str, int, int]] = []
    ingest(place.lake, [str(place.logs)], told=lambda *what: told.append(what))
    assert told == [("logs", 1, 1)]
