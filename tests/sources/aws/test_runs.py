"""What a run keeps: units whole or not at all, journals up to their last whole line, and the newest open run again."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bastide.errors import UsageError
from bastide.resources.model import Resource
from bastide.sources.aws.calls import Answer, LedgerRow, Work
from bastide.sources.aws.runs import KEPT, Journal, data_folder, open_run, packed

WORK = Work("123456789012", "eu-west-1", "kms", "aws", "us-east-1")


def key(address: str = "arn:aws:kms:eu-west-1:123456789012:key/k") -> Resource:
    unit = "aws:123456789012"
    return Resource("AWS::KMS::Key", address, unit, "aws", f"{unit}/eu-west-1", 0, 0, {"KeyId": "k", "Tags": []},
                    "AWS::KMS::Key", {"KeyPolicy": "why"}, metadata={"region": "eu-west-1"})  # fmt: skip


def test_a_unit_comes_back_as_it_was(tmp_path: Path) -> None:
    run = open_run(tmp_path, {"a": 1}, resume=False)
    rows = [LedgerRow("123456789012", "eu-west-1", "kms", "ListKeys", "read", 1, 1, 0.5)]
    assert not run.is_done(WORK)
    assert run.load(WORK) is None
    run.save(WORK, packed(WORK, [key()], rows, {"AWS::X::Y": "why"}))
    run.release()
    unit = run.load(WORK)
    assert unit is not None
    assert unit.unpack() == ([key()], rows)
    assert unit.unread == {"AWS::X::Y": "why"}
    assert run.is_done(WORK)
    assert [path.name for path in (run.folder / "units" / WORK.account).iterdir()] == ["eu-west-1.kms.msgpack"]


def test_a_unit_that_was_damaged_is_none(tmp_path: Path) -> None:
    run = open_run(tmp_path, {}, resume=False)
    run.save(WORK, packed(WORK, [key()], [], {}))
    run.release()
    whole = run.path(WORK).read_bytes()
    for damaged in (b"", whole[:-3], b"\xc1", b"[1]"):
        run.path(WORK).write_bytes(damaged)
        assert run.load(WORK) is None


def test_a_journal_answers_again_and_drops_half_a_line(tmp_path: Path) -> None:
    path = tmp_path / "journal" / "a.jsonl"
    with Journal(path) as journal:
        journal.add("one", Answer("read", {"a": [1]}, next={"Marker": "m"}))
        journal.add("two", Answer("absent", code="NoSuchThing"))
        journal.add("three", Answer("failed", code="500"))
        journal.add("four", Answer("denied", code="AccessDenied"))
    with path.open("ab") as stream:
        stream.write(b'["five",{"outcome":"re')
    with Journal(path) as journal:
        found = journal.get("one")
        assert found is not None
        assert (found.value, found.next) == ({"a": [1]}, {"Marker": "m"})
        assert journal.get("two") is not None
        assert [journal.get(name) for name in ("three", "four", "five")] == [None, None, None]
        journal.add("six", Answer("read", {}))
    assert [json.loads(line)[0] for line in path.read_text().splitlines()] == ["one", "two", "six"]


def test_the_newest_open_run_of_the_same_scope_goes_on(tmp_path: Path) -> None:
    first = open_run(tmp_path, {"a": 1}, resume=False)
    first.release()
    other = open_run(tmp_path, {"a": 2}, resume=True)
    assert other.folder != first.folder
    other.release()
    again = open_run(tmp_path, {"a": 1}, resume=True)
    assert again.folder == first.folder
    again.finish()
    again.release()
    fresh = open_run(tmp_path, {"a": 1}, resume=True)
    assert fresh.folder != first.folder
    fresh.release()


def test_two_processes_do_not_share_a_run(tmp_path: Path) -> None:
    run = open_run(tmp_path, {}, resume=False)
    with pytest.raises(UsageError, match="another process"):
        open_run(tmp_path, {}, resume=True)
    run.release()
    open_run(tmp_path, {}, resume=True).release()


def test_old_runs_are_swept(tmp_path: Path) -> None:
    for _ in range(KEPT + 3):
        open_run(tmp_path, {}, resume=False).release()
    assert len(list(tmp_path.iterdir())) == KEPT


def test_a_run_that_somebody_works_on_is_not_swept(tmp_path: Path) -> None:
    held = open_run(tmp_path, {}, resume=False)
    for _ in range(KEPT + 1):
        open_run(tmp_path, {}, resume=False).release()
    assert held.folder.is_dir()
    held.release()


def test_where_runs_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "bastide.yaml").write_text("")
    assert data_folder(str(tmp_path / "bastide.yaml")) == tmp_path / ".bastide" / "aws"
    open_run(tmp_path / ".bastide" / "aws", {}, resume=False).release()
    assert (tmp_path / ".bastide" / ".gitignore").read_text() == "*\n"
    assert (tmp_path / ".bastide").stat().st_mode & 0o777 == 0o700
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    assert data_folder().is_relative_to(tmp_path / "data" / "bastide")


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="cannot be kept"):
        open_run(tmp_path / "file" / "aws", {}, resume=False)
