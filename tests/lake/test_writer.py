"""A writer that fails at any step leaves a lake that is whole, and the next one mends it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bastide.errors import SourceError, UsageError
from bastide.lake.compact import compact
from bastide.lake.expire import expire
from bastide.lake.storage import Folder
from bastide.lake.store import Lake
from bastide.lake.verify import verify
from bastide.lake.writer import writing
from tests.lake.conftest import Place, event

Make = Callable[..., dict[str, Any]]


class Failing(Folder):
    """A folder on which all goes wrong after so many changes, before the change or after it, as in a crash."""

    def __init__(self, root: Path, changes: int, *, after: bool) -> None:
        super().__init__(root)
        self.left, self.after = changes, after

    def _change(self, method: str, *arguments: Any) -> None:
        self.left -= 1
        if self.left < 0 or (self.left == 0 and not self.after):
            raise KeyboardInterrupt
        getattr(super(), method)(*arguments)
        if self.left == 0:
            raise KeyboardInterrupt

    def write(self, path: str, content: bytes) -> None:
        self._change("write", path, content)

    def bring(self, local: Path, path: str) -> None:
        self._change("bring", local, path)

    def rename(self, path: str, to: str) -> None:
        self._change("rename", path, to)

    def delete(self, path: str) -> None:
        self._change("delete", path)


def crashed(place: Place, work: Callable[[Lake], object], changes: int, *, after: bool) -> bool:
    """Whether the work broke off after so many changes."""
    lake = Lake(place.lake.place)
    lake._storage = Failing(Path(place.lake.place), changes, after=after)
    try:
        work(lake)
    except KeyboardInterrupt:
        return True
    return False


@pytest.mark.parametrize("after", [True, False])
@pytest.mark.parametrize("kind", ["ingest", "compact", "expire"])
def test_broken_off_at_every_step(place: Place, kind: str, after: bool) -> None:
    from bastide.lake.ingest import ingest

    def events(numbers: range) -> list[dict[str, Any]]:
        regions = ("eu-west-1", "us-east-1", "ap-south-1")
        return [event(one, awsRegion=regions[one % 3]) for one in numbers]

    work: dict[str, Callable[[Lake], object]] = {
        "ingest": lambda lake: ingest(lake, [str(place.logs)], jobs=1),
        "compact": lambda lake: compact(lake, 1 << 20),
        "expire": lambda lake: expire(lake, "20261102", apply=True),
    }
    count = step = 0
    place.trail("0.json.gz", *events(range(6)))
    place.ingest()
    while True:
        step += 1
        if kind != "expire":
            count += 1
            place.trail(f"{count}.json.gz", *events(range(count * 4, count * 4 + 6)), {"eventVersion": "1"})
        if kind == "compact":
            place.ingest()
        elif kind == "expire":
            place.trail(f"{step}.json.gz", *events(range(6)))
            place.ingest(again=True)
        broke = crashed(place, work[kind], step, after=after)
        ids = place.ids()
        assert len(ids) == len(set(ids))
        if not broke:
            break
        if kind == "expire":
            assert ids in ([], sorted(str(one["eventID"]) for one in events(range(6))))
    with writing(place.lake):
        pass
    assert verify(place.lake).faults == []
    expected = sorted({str(event(one)["eventID"]) for one in range(count * 4 + 6)}) if kind != "expire" else []
    assert place.ids() == expected
    assert step > 3


@pytest.mark.parametrize("step", [1, 2, 3])
def test_broken_off_before_the_first_commit_it_is_still_ours(place: Place, make: Make, step: int) -> None:
    from bastide.lake.ingest import ingest

    place.trail("a.json.gz", make(1), make(2, awsRegion="us-east-1"))
    assert crashed(place, lambda lake: ingest(lake, [str(place.logs)], jobs=1), step, after=True)
    assert not place.lake.exists()
    assert place.ingest().events == 2
    assert verify(place.lake).faults == []


def test_a_full_disk_is_told(place: Place, make: Make) -> None:
    class Full(Folder):
        def bring(self, local: Path, path: str) -> None:
            raise OSError(28, os.strerror(28))

    from bastide.lake.ingest import ingest

    place.trail("a.json.gz", make(1))
    lake = Lake(place.lake.place)
    lake._storage = Full(Path(place.lake.place))
    with pytest.raises(UsageError, match="No space left"):
        ingest(lake, [str(place.logs)], jobs=1)
    assert place.ingest().events == 1
    assert verify(place.lake).faults == []


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="cannot be written"), writing(Lake(tmp_path / "file" / "lake")):
        pass


def test_a_bucket_has_one_writer(bucket: str) -> None:
    lake = Lake(bucket)
    with writing(lake):
        import msgspec

        from bastide.lake.store import now
        from bastide.lake.writer import LOCK, Holder

        lake.storage.write(LOCK, msgspec.json.encode(Holder("somebody:1", now())))
        with pytest.raises(UsageError, match="somebody else writes"), writing(lake):
            pass
        lake.storage.write(LOCK, msgspec.json.encode(Holder("somebody:1", now() - 16 * 60_000)))
        with writing(lake):
            pass
        lake.storage.write(LOCK, b"")
        with pytest.raises(SourceError, match="not a lock"), writing(lake):
            pass


def test_what_was_forked_by_a_writer_that_was_killed_keeps_no_lake_locked(tmp_path: Path) -> None:
    code = (
        "import os, sys, time; from bastide.beside import forked; from bastide.lake.store import Lake\n"
        "from bastide.lake.writer import writing\n"
        "with writing(Lake(sys.argv[1])):\n"
        "    forked(lambda: (print(os.getpid(), flush=True), time.sleep(60)))\n"
        "    time.sleep(60)\n"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "lake")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        child = int(process.stdout.readline())
        process.kill()
        process.wait()
        try:
            with writing(Lake(tmp_path / "lake")):
                os.kill(child, 0)
        finally:
            os.kill(child, signal.SIGKILL)


@pytest.mark.parametrize("where", ["_bastide/pending.json", "_bastide/commits/0000000001.json"])
def test_a_lake_of_a_stranger_has_nothing_deleted_outside_of_it(
    place: Place, make: Make, tmp_path: Path, where: str
) -> None:
    (precious := tmp_path / "precious.txt").write_text("x")
    pending = {"sequence": 9, "paths": ["../precious.txt"]}
    commit = {"sequence": 1, "at": 5, "kind": "expire", "remove": ["../precious.txt"]}
    Folder(Path(place.lake.place)).write(where, json.dumps(pending if "pending" in where else commit).encode())
    place.trail("a.json.gz", make(1))
    with pytest.raises(SourceError, match="outside of the lake"):
        place.ingest()
    assert precious.exists()


def test_what_a_writer_left_behind_is_broken(place: Place, make: Make) -> None:
    Folder(Path(place.lake.place)).write("_bastide/pending.json", b"{")
    place.trail("a.json.gz", make(1))
    with pytest.raises(SourceError, match="left behind"):
        place.ingest()


def test_what_was_staged_before_goes_and_what_a_link_leads_to_stays(place: Place, make: Make, tmp_path: Path) -> None:
    place.trail("a.json.gz", make(1))
    place.ingest()
    staging = Path(place.lake.place) / "_bastide" / "staging"
    (staging / "99999").mkdir()
    place.trail("b.json.gz", make(2))
    place.ingest()
    assert list(staging.iterdir()) == []
    (tmp_path / "home" / "precious").mkdir(parents=True)
    staging.rmdir()
    staging.symlink_to(tmp_path / "home")
    place.trail("c.json.gz", make(3))
    place.ingest()
    assert (tmp_path / "home" / "precious").is_dir()
