"""`bastide lake` as a person runs it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.cli.test_ingest import trail
from tests.lake.conftest import event


@pytest.fixture
def lake(run: Run, project: Path) -> Path:
    """Two days in two commits."""
    trail(project, "a.json.gz", event(1), event(2, eventTime="2026-11-04T10:00:00Z"))
    run("ingest", "logs", "--lake", "lake")
    trail(project, "b.json.gz", event(3))
    run("ingest", "logs", "--lake", "lake")
    return project / "lake"


def test_status(run: Run, lake: Path) -> None:
    done = run("lake", "status", "--lake", "lake", "--days")
    assert done.returncode == 0
    assert "3 events in 3 files" in done.stdout
    assert "no events on 20261102-20261103" in done.stdout
    assert "2 small files: `bastide lake compact` puts them together" in done.stdout
    (source,) = json.loads(run("lake", "status", "--lake", "lake", "-f", "json").stdout)["sources"]
    assert (source["source"], source["days"]) == ("cloudtrail", {"20261101": 2, "20261104": 1})


def test_where_records_of_the_quarantine_are(run: Run, project: Path, lake: Path) -> None:
    trail(project, "c.json.gz", *[event(number, eventTime="never") for number in range(4, 9)])
    run("ingest", "logs", "--lake", "lake")
    lines = run("lake", "status", "--lake", "lake").stdout.splitlines()
    at = lines.index("         5  no time")
    assert [line.strip().rpartition("/")[2] for line in lines[at + 1 :]] == [
        "c.json.gz:1", "c.json.gz:2", "c.json.gz:3", "…"
    ]  # fmt: skip


def test_compact_and_verify(run: Run, lake: Path) -> None:
    assert "2 files put together into 1" in run("lake", "compact", "--lake", "lake").stdout
    assert run("lake", "compact", "--lake", "lake").stdout == "nothing to put together\n"
    done = run("lake", "verify", "--lake", "lake")
    assert (done.returncode, "0 faults; head " in done.stdout) == (0, True)
    next(lake.rglob("*.parquet")).write_bytes(b"")
    done = run("lake", "verify", "--lake", "lake", "-f", "json")
    assert (done.returncode, json.loads(done.stdout)["faults"][0]["kind"]) == (1, "changed")


def test_expire(run: Run, lake: Path) -> None:
    done = run("lake", "expire", "--lake", "lake", "--before", "2026-11-02")
    assert "would go; --apply deletes them" in done.stdout
    assert "deleted" in run("lake", "expire", "--lake", "lake", "--before", "2026-11-02", "--apply").stdout
    assert "1 event in 1 file" in run("lake", "status", "--lake", "lake").stdout


def test_wrong_use(run: Run, lake: Path) -> None:
    for arguments, told in (
        (["status", "--lake", "other"], "there is no lake"),
        (["expire", "--lake", "lake", "--before", "soon"], "is no date"),
        (["stats"], "Did you mean `status`"),
    ):
        done = run("lake", *arguments)
        assert (done.returncode, told in done.stderr) == (2, True), done.stderr
