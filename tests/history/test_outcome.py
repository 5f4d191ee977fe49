"""What was judged of an account, counted and written by the lot, is what verdicts say one by one."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import duckdb
import pytest

from bastide.controls.compiler import compile_controls
from bastide.controls.evaluate import Evaluation
from bastide.controls.verdict import Compensated
from bastide.history.outcome import Outcome
from bastide.resources.model import Resource
from bastide.tables import as_kept, of_files, of_verdicts, write_parquet
from tests.controls.conftest import control

BUCKET = "AWS::S3::Bucket"
SECRET = "AKIAZQ7ZJ3MPLRT4WXQY"
NAMES = ["plain", "other", "it's", "Ümlaut", "\ud800", SECRET, "tab\there"]
CONTROLS = [
    control("starts_with(BucketName, 'good')", id="test.name"),
    control("AccessControl = 'Private'", id="test.access", severity="low"),
]


def resources() -> list[Resource]:
    return [
        Resource(
            BUCKET, f"arn:aws:s3:::{name}", "aws:1", "aws", "aws:1/eu-west-1", 0, 0,
            {"BucketName": f"{start}-{name}", "AccessControl": access},
            unresolved={"BucketName": "denied"} if start == "un" else {},
        )
        for number, name in enumerate(NAMES * 2)
        for start in (("good", "bad", "un")[number % 3],)
        for access in (("Private", "Public")[number % 2],)
    ]  # fmt: skip


def judged(some: list[Resource], looked_at: bool = True) -> Outcome:
    compiled, broken = compile_controls(CONTROLS)
    assert not broken
    return Outcome.of(Evaluation(CONTROLS, compiled), some, [], lambda _: looked_at)


def every(outcome: Outcome) -> list[Any]:
    return [*outcome.verdicts, *(verdict for lot in outcome.lots for verdict in lot.verdicts())]


def rows(file: Path) -> Counter[Any]:
    with duckdb.connect() as connection:
        return Counter(connection.execute(of_files(file.parent, "verdicts", "")).fetchall())


@pytest.mark.parametrize("looked_at", [True, False])
def test_counts_are_those_of_the_verdicts(looked_at: bool) -> None:
    outcome = judged(resources(), looked_at)
    assert bool(outcome.verdicts) == looked_at
    verdicts = every(outcome)
    assert len(verdicts) == 2 * len(resources())
    assert outcome.counts() == Counter((v.status, v.severity, v.new) for v in verdicts)
    assert {v.status for v in verdicts} == {"pass", "fail", "unknown"}
    assert outcome.judged() == {BUCKET: len(resources())}


def test_without_a_look_at_each_the_table_is_the_same(tmp_path: Path) -> None:
    with duckdb.connect() as connection:
        for looked_at in (True, False):
            (folder := tmp_path / str(looked_at)).mkdir()
            judged(resources(), looked_at).write(folder, connection)
    assert rows(tmp_path / "True" / "verdicts.parquet") == rows(tmp_path / "False" / "verdicts.parquet")


@pytest.mark.parametrize("names", [NAMES[:3], NAMES, NAMES[3:]], ids=str)
def test_the_table_says_what_of_verdicts_says(tmp_path: Path, names: list[str]) -> None:
    some = [one for one in resources() if one.address.removeprefix("arn:aws:s3:::") in names]
    outcome = judged(some)
    for verdict in outcome.verdicts[::2]:
        verdict.new = False
    for verdict, name in zip(outcome.verdicts[:2], (f"layer-{SECRET}", "\ud800"), strict=True):
        verdict.status, verdict.compensated = "pass", Compensated("AWS::X", name, "because")
    some[0].path = "aws:1/\ud800"
    with duckdb.connect() as connection:
        outcome.write(tmp_path, connection)
        (tmp_path / "slow").mkdir()
        write_parquet(tmp_path / "slow", of_verdicts(every(outcome)), connection)
    assert rows(tmp_path / "verdicts.parquet") == rows(tmp_path / "slow" / "verdicts.parquet")
    with duckdb.connect() as connection:
        sql = f"select count(fingerprint), count(*) from ({as_kept(tmp_path, 'verdicts', '')})"
        written, many = connection.execute(sql).fetchall()[0]
    assert written < many or not set(names) & {"plain", "other"}
    assert SECRET.encode() not in (tmp_path / "verdicts.parquet").read_bytes()
    assert [path.name for path in tmp_path.iterdir() if path.suffix] == ["verdicts.parquet"]


def test_without_verdicts_there_is_no_table(tmp_path: Path) -> None:
    with duckdb.connect() as connection:
        judged([]).write(tmp_path, connection)
    assert not list(tmp_path.iterdir())
