"""Findings over time: opened, kept, closed for a reason that was looked at, and never by a look that was not taken."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import duckdb
import pytest

from bastide.controls.verdict import Verdict
from bastide.errors import UsageError
from bastide.history import findings
from bastide.history.findings import FOLDER, Change, connect, moment, opened_before, record
from bastide.resources.model import Resource
from bastide.tables import of_files, whole_folder, write_parquet
from tests.controls.conftest import control as make_control

BUCKET = "AWS::S3::Bucket"
DAY = 86_400.0


def tables(
    root: Path, name: str, status: dict[str, str], read: tuple[str, ...] = ("eu-west-1",), control: str = "s3.x"
) -> Path:
    """The tables of a run in which buckets have verdicts; `none` is a bucket without one."""
    folder = root / name / "tables"
    resources = [
        {"id": f"aws:1#{bucket}", "type": BUCKET, "address": bucket, "unit": "aws:1", "source": "aws",
         "path": "aws:1/eu-west-1", "line": 0, "name": BUCKET, "properties": {}}
        for bucket in status
    ]  # fmt: skip
    path = "aws:1/eu-west-1"
    verdicts = [
        {"control": control, "status": what.removesuffix(" by b"), "severity": "high",
         "resource": f"aws:1#{bucket}", "path": path, "line": 0,
         "fingerprint": f"{control}/{bucket}", "new": True, "compensated_by": "b" if what.endswith(" by b") else None}
        for bucket, what in status.items()
        if what != "none"
    ]  # fmt: skip
    reads = [{"account": "1", "region": region, "type": BUCKET} for region in read]
    known = [{"id": control, "title": "t", "severity": "high", "type": BUCKET, "frameworks": {}, "attack": []}]
    rows: list[tuple[str, list[dict[str, Any]]]] = [
        ("resources", resources), ("verdicts", verdicts), ("reads", reads), ("controls", known)
    ]  # fmt: skip
    with duckdb.connect() as connection, whole_folder(folder / "1") as fresh:
        write_parquet(fresh, ((table, iter(some)) for table, some in rows), connection)
    return folder


def listed(root: Path, columns: str = "fingerprint, closed is null, reason") -> list[tuple[Any, ...]]:
    with connect(root) as connection:
        found: list[tuple[Any, ...]] = connection.execute(f"select {columns} from findings order by all").fetchall()
        return found


def test_a_finding_is_opened_kept_and_closed(tmp_path: Path) -> None:
    assert record(tmp_path, tables(tmp_path, "1", {"a": "fail", "b": "pass"}), "1", DAY) == Change(1, 0, 1)
    assert record(tmp_path, tables(tmp_path, "2", {"a": "fail", "b": "fail"}), "2", 2 * DAY) == Change(1, 0, 2)
    assert record(tmp_path, tables(tmp_path, "3", {"a": "pass", "b": "exempt"}), "3", 3 * DAY) == Change(0, 2, 0)
    assert listed(tmp_path, "fingerprint, opened, last_seen, closed, reason") == [
        ("s3.x/a", dt.datetime(1970, 1, 2), dt.datetime(1970, 1, 3), dt.datetime(1970, 1, 4), "fixed"),
        ("s3.x/b", dt.datetime(1970, 1, 3), dt.datetime(1970, 1, 3), dt.datetime(1970, 1, 4), "exempt"),
    ]


def left_out(folder: Path) -> Path:
    """The tables with verdicts whose fingerprints are made when they are read."""
    file, new = folder / "1" / "verdicts.parquet", folder / "new.parquet"
    kept = f"select * replace (null::varchar as fingerprint, '{BUCKET}' as type) from read_parquet('{file}')"
    with duckdb.connect() as connection:
        connection.execute(f"copy ({kept}) to '{new}' (format parquet)")
    new.replace(file)
    return folder


def test_fingerprints_that_files_leave_out_are_those_of_verdicts(tmp_path: Path) -> None:
    assert record(tmp_path, left_out(tables(tmp_path, "1", {"a": "fail", "b": "fail"})), "1", DAY) == Change(2, 0, 2)
    resources = [Resource(BUCKET, name, "aws:1", "aws", "aws:1/eu-west-1", 0, 0, {}) for name in "ab"]
    said = [Verdict(make_control("true", id="s3.x"), "fail", one, tuple).fingerprint for one in resources]
    assert listed(tmp_path, "resource, fingerprint") == [("aws:1#a", said[0]), ("aws:1#b", said[1])]
    second = left_out(tables(tmp_path, "2", {"a": "pass", "b": "fail"}))
    assert record(tmp_path, second, "2", 2 * DAY) == Change(0, 1, 1)
    assert listed(tmp_path) == sorted([(said[0], False, "fixed"), (said[1], True, None)])


def test_a_run_from_before_fingerprints_were_left_out_is_read(tmp_path: Path) -> None:
    folder = tables(tmp_path, "1", {"a": "fail"})
    file, old = folder / "1" / "verdicts.parquet", folder / "old.parquet"
    with duckdb.connect() as connection:
        connection.execute(f"copy (select * exclude type from read_parquet('{file}')) to '{old}' (format parquet)")
        old.replace(file)
        assert connection.execute(f"select fingerprint from ({of_files(folder, 'verdicts')})").fetchall() == [
            ("s3.x/a",)
        ]
    assert record(tmp_path, folder, "1", DAY) == Change(1, 0, 1)


def test_one_that_a_layer_denies_is_closed_for_that_reason(tmp_path: Path) -> None:
    for number, status in enumerate(("fail", "pass by b", "fail"), 1):
        record(tmp_path, tables(tmp_path, str(number), {"a": status}), str(number), number * DAY)
    assert listed(tmp_path) == [("s3.x/a", False, "compensated"), ("s3.x/a", True, None)]


def test_one_that_comes_back_is_opened_anew(tmp_path: Path) -> None:
    for number, status in enumerate(("fail", "pass", "fail"), 1):
        record(tmp_path, tables(tmp_path, str(number), {"a": status}), str(number), number * DAY)
    assert listed(tmp_path) == [("s3.x/a", False, "fixed"), ("s3.x/a", True, None)]


@pytest.mark.parametrize(
    ("second", "closed", "reason"),
    [
        (({}, ("eu-west-1",), "s3.x"), True, "gone"),
        (({"a": "none"}, ("eu-west-1",), "s3.x"), True, "not applicable"),
        (({}, ("*",), "s3.x"), True, "gone"),  # read once an account
        (({}, (), "s3.x"), False, None),  # the list was denied
        (({}, ("us-east-1",), "s3.x"), False, None),  # another region was asked for
        (({"a": "unknown"}, ("eu-west-1",), "s3.x"), False, None),
        (({"a": "fail"}, ("eu-west-1",), "s3.y"), False, None),  # another control was chosen
    ],
)
def test_only_what_was_looked_at_closes_a_finding(
    tmp_path: Path, second: tuple[dict[str, str], tuple[str, ...], str], closed: bool, reason: str | None
) -> None:
    record(tmp_path, tables(tmp_path, "1", {"a": "fail"}), "1", DAY)
    record(tmp_path, tables(tmp_path, "2", *second), "2", 2 * DAY)
    assert ("s3.x/a", not closed, reason) in listed(tmp_path)


def test_resources_have_a_first_and_a_last_day(tmp_path: Path) -> None:
    record(tmp_path, tables(tmp_path, "1", {"a": "pass", "b": "pass"}), "1", DAY)
    record(tmp_path, tables(tmp_path, "2", {"a": "pass"}), "2", 2 * DAY)
    with connect(tmp_path) as connection:
        sql = "select resource, day(first_seen), day(last_seen), day(gone) from resources order by all"
        assert connection.execute(sql).fetchall() == [("aws:1#a", 2, 3, None), ("aws:1#b", 2, 2, 3)]
        assert connection.execute("select run, passed, open from runs order by run").fetchall() == [
            ("1", 2, 0),
            ("2", 1, 0),
        ]


def test_a_recording_that_is_cut_off_leaves_the_history_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    record(tmp_path, tables(tmp_path, "1", {"a": "fail"}), "1", DAY)

    def cut_off(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(findings, "write_whole", cut_off)
    with pytest.raises(KeyboardInterrupt):
        record(tmp_path, tables(tmp_path, "2", {"a": "pass"}), "2", 2 * DAY)
    monkeypatch.undo()
    assert listed(tmp_path) == [("s3.x/a", True, None)]
    record(tmp_path, tables(tmp_path, "3", {"a": "pass"}), "3", 3 * DAY)
    assert listed(tmp_path) == [("s3.x/a", False, "fixed")]
    assert sorted(path.name for path in (tmp_path / FOLDER).iterdir()) == ["3", "current"]


def test_what_was_open_before_is_not_new(tmp_path: Path) -> None:
    record(tmp_path, tables(tmp_path, "1", {"a": "fail"}), "1", DAY)
    record(tmp_path, tables(tmp_path, "2", {"a": "fail", "b": "fail"}), "2", 2 * DAY)
    assert opened_before(tmp_path, "1970-01-03") == {"s3.x/a"}
    assert opened_before(tmp_path, "last") == {"s3.x/a", "s3.x/b"}
    assert opened_before(tmp_path, "1970-01-01") == set()


def test_what_was_closed_before_and_comes_back_is_new(tmp_path: Path) -> None:
    for day, status in enumerate(("fail", "pass"), 1):
        record(tmp_path, tables(tmp_path, str(day), {"a": status}), str(day), day * DAY)
    assert opened_before(tmp_path, "last") == set()
    assert opened_before(tmp_path, "1970-01-02T12:00") == {"s3.x/a"}


def test_moments(tmp_path: Path) -> None:
    assert moment(tmp_path, "2026-11-27") == dt.datetime(2026, 11, 27)
    assert moment(tmp_path, "2026-11-27T10:00+02:00") == dt.datetime(2026, 11, 27, 8)
    week_ago = moment(tmp_path, "7d")
    assert (dt.datetime.now(dt.UTC).replace(tzinfo=None) - week_ago).days == 7
    for text in ("last", "tomorrow", "7y", ""):
        with pytest.raises(UsageError):
            moment(tmp_path, text)


def test_a_folder_with_a_quote_in_its_name(tmp_path: Path) -> None:
    root = tmp_path / "it's"
    record(root, tables(root, "1", {"a": "fail"}), "1", DAY)
    assert listed(root) == [("s3.x/a", True, None)]
