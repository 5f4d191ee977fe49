"""Units of work side by side: stopped and killed in the middle, resumed, and equal to what was never disturbed."""

from __future__ import annotations

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

import pytest

from bastide.resources.estate import READ, Estate
from bastide.sources.aws.accounts import Scope
from bastide.sources.aws.calls import Answer, Request
from bastide.sources.aws.client import Edge
from bastide.sources.aws.collectors import load_collectors
from bastide.sources.aws.engine import Engine, Live, Wanted
from bastide.sources.aws.runs import open_run
from tests.sources.aws.conftest import ACCOUNT, quick_edge

TYPES = {"AWS::KMS::Key", "AWS::S3::Bucket", "AWS::S3::BucketPolicy", "AWS::SQS::Queue", "AWS::IAM::Role"}


def engine(edge: Edge | None = None, **scope: Any) -> Engine:
    """An engine over moto's account."""
    made = Engine(
        Scope(regions=("eu-west-1",), **scope), Wanted(TYPES, {}), load_collectors(), edge=edge or quick_edge()
    )
    made.find_accounts()
    return made


def seed(aws: Callable[..., Any]) -> None:
    """Some buckets, queues and keys."""
    for number in range(6):
        aws("s3").create_bucket(
            Bucket=f"bucket-{number}", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
        )
        aws("sqs").create_queue(QueueName=f"q{number}")
    aws("kms").create_key()


def read(made: Engine, folder: Path, *, resume: bool) -> list[Live]:
    """Everything, after a run to its end."""
    run = open_run(folder, {}, resume=resume)
    try:
        made.run(run, lambda *_: None)
        run.finish()
        return list(made.results(run))
    finally:
        run.release()


def facts(found: list[Live]) -> list[str]:
    """What was found, in one order."""
    return sorted(repr((r.type, r.address, r.properties, r.unresolved)) for live in found for r in live.resources)


class Breaking(Edge):
    """Stops, as Ctrl-C does, after so many calls."""

    left = 10**9
    made = 0

    def call(self, credentials: Any, account: str, request: Request) -> Answer:
        if self.left <= 0:
            raise KeyboardInterrupt
        self.left -= 1
        self.made += 1
        return super().call(credentials, account, request)


def breaking(left: int) -> Breaking:
    edge = quick_edge()
    edge.__class__ = Breaking
    assert isinstance(edge, Breaking)
    edge.left = left
    return edge


@pytest.mark.slow
def test_a_stopped_run_goes_on_and_asks_nothing_twice(aws: Callable[..., Any], tmp_path: Path) -> None:
    seed(aws)
    whole = breaking(10**9)
    expected = facts(read(engine(whole), tmp_path / "whole", resume=False))
    assert len(expected) == 13
    asked, first = 0, True
    for _ in range(40):
        edge = breaking(45)
        try:
            found = read(engine(edge), tmp_path / "cut", resume=not first)
            break
        except KeyboardInterrupt:
            first = False
        finally:
            asked += edge.made
    else:
        pytest.fail("it never ended")
    assert not first
    assert facts(found) == expected
    # Who is there and which regions is asked each time; everything else once.
    assert asked <= whole.made + 40 * 2


SCAN = "import sys; from bastide.__main__ import main; sys.argv[1:] = {arguments}; sys.exit(main())"


@pytest.mark.slow
def test_killed_at_random_moments_and_resumed(aws: Callable[..., Any], tmp_path: Path) -> None:
    seed(aws)
    environment = {**os.environ, "XDG_DATA_HOME": str(tmp_path / "data"), "XDG_STATE_HOME": str(tmp_path / "state")}
    arguments = [
        "scan",
        "aws",
        "--regions",
        "eu-west-1",
        "--services",
        "s3,sqs,kms",
        "-o",
        f"json={tmp_path}/report.json",
    ]

    def start(*more: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-c", SCAN.format(arguments=[*arguments, *more])]
        return subprocess.Popen(command, env=environment, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def verdicts() -> list[Any]:
        report = json.loads((tmp_path / "report.json").read_text())
        return sorted(
            (v["control"], v["status"], v["resource"]["address"], str(v["evidence"])) for v in report["verdicts"]
        )

    undisturbed = start()
    undisturbed.communicate()
    expected = verdicts()
    assert expected
    (tmp_path / "report.json").unlink()
    chance = random.Random(7)
    for number in range(4):
        process = start(*(["--resume"] if number else []))
        time.sleep(0.4 + chance.random())
        process.send_signal(signal.SIGKILL)
        process.communicate()
    last = start("--resume")
    _, told = last.communicate()
    assert last.returncode in (1, 3), told
    assert verdicts() == expected


@pytest.mark.slow
def test_interrupted_at_random_moments_it_stops_and_says_how_to_go_on(aws: Callable[..., Any], tmp_path: Path) -> None:
    seed(aws)
    environment = {**os.environ, "XDG_DATA_HOME": str(tmp_path / "data"), "XDG_STATE_HOME": str(tmp_path / "state")}
    command = [sys.executable, "-c", SCAN.format(arguments=["scan", "aws", "--services", "s3,sqs,kms,iam"])]
    chance, stopped = random.Random(3), 0
    for _ in range(4):
        process = subprocess.Popen(
            command, env=environment, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        time.sleep(1.5 + chance.random())
        process.send_signal(signal.SIGINT)
        _, told = process.communicate(timeout=60)  # it ends: a lock that nobody gives back would keep it for ever
        assert process.returncode in (130, 1, 3), told
        stopped += b"--resume" in told
    assert stopped


def test_accounts_that_cannot_be_entered_are_there(aws: Callable[..., Any], tmp_path: Path) -> None:
    class Denying(Edge):
        def raw(self, credentials: Any, account: str, request: Request) -> tuple[Any, Answer]:
            if request.operation == "AssumeRole":
                return None, Answer("denied", code="AccessDenied")
            return super().raw(credentials, account, request)

    edge = quick_edge()
    edge.__class__ = Denying
    (live,) = read(engine(edge, accounts=("222222222222",), role="Audit"), tmp_path, resume=False)
    assert live.account == "222222222222"
    assert live.resources == []
    assert [problem.kind for problem in live.problems] == ["unreadable"]
    assert [row.outcome for row in live.ledger] == ["denied"]


def test_a_region_without_the_service_is_in_the_ledger(aws: Callable[..., Any], tmp_path: Path) -> None:
    edge = quick_edge()
    edge.regions_of = lambda service, partition: {"us-east-1"}  # type: ignore[method-assign]
    (live,) = read(engine(edge), tmp_path, resume=False)
    not_there = {row.service for row in live.ledger if row.outcome == "not offered"}
    assert not_there == {"kms", "sqs"}


def test_a_mistake_of_ours_costs_one_unit_and_is_told(
    aws: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    aws("sqs").create_queue(QueueName="q")
    made = engine()
    true = made._drive

    def drive(collection: Any, *rest: Any) -> None:
        if collection.work.group == "kms":
            raise ZeroDivisionError("oops")
        true(collection, *rest)

    monkeypatch.setattr(made, "_drive", drive)
    (live,) = read(made, tmp_path, resume=False)
    assert [one.type for one in live.resources] == ["AWS::SQS::Queue"]
    (problem,) = live.problems
    assert (problem.kind, "ZeroDivisionError: oops" in problem.message) == ("partial", True)
    assert "AWS::KMS::Key" in live.marks[0].properties["unread"]


def test_groups_that_nobody_asked_for_are_in_the_ledger(aws: Callable[..., Any], tmp_path: Path) -> None:
    wanted = Wanted(TYPES, {}, ("kms",))
    made = Engine(Scope(regions=("eu-west-1",)), wanted, load_collectors(), edge=quick_edge())
    made.find_accounts()
    (live,) = read(made, tmp_path, resume=False)
    skipped = {row.service for row in live.ledger if row.outcome == "skipped" and row.region == "*"}
    assert skipped == {"iam", "s3", "sqs"}


def test_a_unit_that_cannot_be_read_again_is_a_gap(aws: Callable[..., Any], tmp_path: Path) -> None:
    made = engine()
    run = open_run(tmp_path, {}, resume=False)
    made.run(run, lambda *_: None)
    (work,) = [one for one in made.works(made.accounts[0]) if one.group == "kms"]
    run.path(work).write_bytes(b"nonsense")
    (live,) = made.results(run)
    run.release()
    assert any(problem.kind == "partial" and "kms" in problem.message for problem in live.problems)
    assert live.marks[0].properties["unread"]["AWS::KMS::Key"].keys() == {"eu-west-1"}


def test_marks_tell_the_estate_what_was_read(aws: Callable[..., Any], tmp_path: Path) -> None:
    seed(aws)
    (live,) = read(engine(), tmp_path, resume=False)
    (mark,) = live.marks
    assert mark.type == READ
    estate = Estate([*live.resources, mark])
    bucket = next(one for one in live.resources if one.type == "AWS::S3::Bucket")
    assert READ not in estate.by_type
    assert estate.referring(bucket, "Bucket", "AWS::S3::BucketPolicy") == ([], "")
    _, why = estate.referring(bucket, "S3BucketName", "AWS::CloudTrail::Trail")
    assert "was not read" in why
    assert live.account == ACCOUNT


def test_results_are_told_by_what_another_process_read(aws: Callable[..., Any], tmp_path: Path) -> None:
    seed(aws)
    here, there = engine(), engine()
    there.find_accounts()
    run = open_run(tmp_path, {}, resume=False)
    there.run(run, lambda *_: None)
    expected = facts(list(there.results(run)))
    given = there.given()
    assert b"testing" not in given  # a credential of the tests
    here.take(given)
    assert [account.credentials for account in here.accounts] == [None]
    assert facts(list(here.results(run))) == expected != []
    assert set(here.types) >= TYPES
    run.release()
