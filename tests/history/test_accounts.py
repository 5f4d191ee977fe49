"""Accounts judged one at a time: the same in one process and in several, listed as far as there is room, kept whole."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pytest

from bastide.controls.compiler import compile_controls
from bastide.controls.entry import Control
from bastide.controls.library import Library
from bastide.history import accounts
from bastide.history.accounts import Found, Judging, judge_accounts
from bastide.resources.estate import READ
from bastide.resources.model import Problem, Resource
from bastide.sources.aws.calls import LedgerRow
from bastide.sources.aws.engine import Live
from tests.controls.conftest import control

BUCKET = "AWS::S3::Bucket"
SECRET = "AKIAZQ7ZJ3MPLRT4WXQY"


def library(*controls: Control) -> Library:
    compiled, broken = compile_controls(controls)
    assert not broken
    chosen = Library(list(controls), [], {})
    chosen.__dict__["_everything"] = list(controls), compiled
    return chosen


def account(number: int, buckets: int = 3) -> Live:
    """An account with a good bucket and bad ones."""
    unit, path = f"aws:{number}", f"aws:{number}/eu-west-1"
    resources = [
        Resource(BUCKET, f"arn:aws:s3:::b{number}-{at}", unit, "aws", path, 0, 0,
                 {"BucketName": f"{'good' if not at else SECRET}-{at}"}, BUCKET)
        for at in range(buckets)
    ]  # fmt: skip
    mark = Resource(READ, f"{unit}/read", unit, "aws", unit, 0, 0,
                    {"types": {BUCKET: "region"}, "unread": {BUCKET: {"us-east-1": "denied"}},
                     "regions": ["eu-west-1", "us-east-1"], "complete": True})  # fmt: skip
    row = LedgerRow(str(number), "eu-west-1", "s3", "ListBuckets", "read")
    return Live(str(number), resources, [mark], [row], [Problem("partial", path, 0, "something was denied")])


GOOD = control("starts_with(BucketName, 'good')", id="test.good")


def judged(judging: Judging, tables: Path, count: int = 3, jobs: int = 1) -> Found:
    found = Found()
    for one in judge_accounts(judging, account, count, tables, jobs):
        found.add(one)
    return found


def everything(path: str) -> bool:
    return True


def test_accounts_are_judged_and_counted(tmp_path: Path) -> None:
    found = judged(Judging(library(GOOD), [], everything), tmp_path)
    assert found.accounts == 3
    assert found.counts == {("pass", "high", True): 3, ("fail", "high", True): 6}
    assert found.types == {BUCKET: 9}
    assert (found.judged, found.unlisted.total(), len(found.problems), len(found.ledger)) == (9, 0, 3, 3)
    assert all(verdict.control is GOOD and verdict.resource.properties == {} for verdict in found.verdicts)
    assert all(verdict.evidence for verdict in found.verdicts)


def test_in_several_processes_it_is_the_same(tmp_path: Path) -> None:
    def said(found: Found) -> Any:
        verdicts = sorted((v.control.id, v.resource.id, v.status, v.evidence) for v in found.verdicts)
        return verdicts, found.counts, found.types, found.places

    judging = Judging(library(GOOD), [], everything)
    several = judged(judging, tmp_path / "several", 5, jobs=2)
    assert said(several) == said(judged(judging, tmp_path / "one", 5))
    assert all(verdict.control is GOOD for verdict in several.verdicts)


def test_tables_are_kept_without_secrets(tmp_path: Path) -> None:
    judged(Judging(library(GOOD), [], everything), tmp_path)
    with duckdb.connect() as connection:

        def rows(table: str, what: str) -> list[tuple[Any, ...]]:
            sql = f"select {what} from read_parquet('{tmp_path}/*/{table}.parquet') order by all"
            return connection.execute(sql).fetchall()

        assert len(rows("resources", "id")) == 9
        assert len(rows("verdicts", "fingerprint")) == 9
        assert rows("reads", "distinct region, type") == [("eu-west-1", BUCKET)]
        assert rows("ledger", "distinct operation, outcome") == [("ListBuckets", "read")]
        assert SECRET not in str(rows("resources", "properties"))


def test_what_there_is_no_room_for_is_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(accounts, "LISTED", 2)
    worse = control("starts_with(BucketName, 'good')", id="test.worse", severity="critical")
    found = judged(Judging(library(GOOD, worse), [], everything), tmp_path)
    listed = sorted((v.status, v.severity) for v in found.verdicts)
    assert listed == [("fail", "critical")] * 2 + [("fail", "high")] * 2 + [("pass", "critical"), ("pass", "high")]
    assert found.unlisted == {("fail", "critical", True): 4, ("fail", "high", True): 4, ("pass", "critical", True): 2,
                              ("pass", "high", True): 2}  # fmt: skip


def test_exemptions_and_known_findings(tmp_path: Path) -> None:
    exemption = {"control": "test.*", "resource": "arn:aws:s3:::b0-1", "until": "2999-01-01", "by": "jo", "reason": "r",
                 "place": "bastide.yaml:3"}  # fmt: skip
    first = judged(Judging(library(GOOD), [exemption], everything), tmp_path)
    assert first.counts[("exempt", "high", True)] == 1
    assert first.used == {"bastide.yaml:3"}
    before = frozenset(v.fingerprint for v in first.verdicts if v.resource.unit == "aws:1")
    again = judged(Judging(library(GOOD), [], everything, before=before), tmp_path)
    assert again.counts == {("pass", "high", True): 3, ("fail", "high", True): 4, ("fail", "high", False): 2}


def test_what_is_left_out_is_told(tmp_path: Path) -> None:
    found = judged(Judging(library(GOOD), [], lambda path: path.startswith("aws:1/")), tmp_path)
    assert (found.types.total(), found.left_out, found.places) == (3, 6, {"aws:1/eu-west-1"})
