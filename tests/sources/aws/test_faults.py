"""Whole scans through a proxy that injects faults, and kill -9: what passes changes nothing, what stays is unknown."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from bastide import live
from bastide.controls.library import Library, load_library
from bastide.controls.verdict import Verdict
from bastide.live import scan_live
from bastide.scan import ScanResult
from bastide.settings import load_settings
from bastide.sources.aws import client
from bastide.sources.aws.client import ATTEMPTS
from bastide.sources.aws.engine import CALLS, UNITS
from bastide.sources.aws.rates import Bucket
from bastide.sources.aws.runs import Unit
from tests.sources.aws.conftest import ACCOUNT
from tests.sources.aws.faults import PASSING, Call, Proxy, each_once, in_front_of

SERVICES = "s3,sqs,sns,kms"
BUCKETS = 4
ASKED_EACH_TIME = ("GetCallerIdentity", "DescribeRegions")


@pytest.fixture
def proxy(
    aws: Callable[..., Any], library: Library, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[Proxy]:
    """A small account behind a proxy, and a scan that waits for no other try."""
    for number in range(BUCKETS):
        aws("s3").create_bucket(
            Bucket=f"bucket-{number}", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
        )
        aws("sqs").create_queue(QueueName=f"q{number}")
        aws("sns").create_topic(Name=f"t{number}")
    aws("kms").create_key()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setattr(live, "chosen", lambda settings: (library, library, [], []))
    monkeypatch.setattr(client, "PAUSE", 0.001)
    monkeypatch.setattr(client, "READ_SECONDS", 5.0)
    monkeypatch.setattr(client, "Bucket", lambda rate, sleep: Bucket(1e9, sleep=sleep))
    with in_front_of(os.environ["AWS_ENDPOINT_URL"]) as made:
        monkeypatch.setenv("AWS_ENDPOINT_URL", made.url)
        yield made


@pytest.fixture(scope="module")
def library() -> Library:
    """All controls, read once."""
    return load_library()


def scan(**more: Any) -> ScanResult:
    given = {"regions": ["eu-west-1"], "services": [SERVICES], **more}
    return scan_live(load_settings(given, environment={}).scan, (), lambda *_: None)


def facts(verdicts: list[Verdict]) -> dict[tuple[str, str], tuple[str, str]]:
    return {(one.control.id, one.resource.address): (one.status, str(one.evidence)) for one in verdicts}


def test_what_passes_changes_no_verdict_and_nothing_is_asked_again_once_it_was_answered(proxy: Proxy) -> None:
    first = scan().report
    expected, told = facts(first.verdicts), [one.message for one in first.coverage.problems]
    assert {status for status, _ in expected.values()} >= {"pass", "fail"}
    undisturbed = proxy.answered.copy()
    proxy.forget()
    proxy.plan = each_once()
    found = scan()
    assert facts(found.report.verdicts) == expected
    assert set(proxy.injected) == set(PASSING)  # each of them did happen
    once = {key for key, count in undisturbed.items() if count == 1}
    assert {key: count for key, count in proxy.answered.items() if key in once} == dict.fromkeys(once, 1)
    assert proxy.answered.keys() == undisturbed.keys()
    assert [one.message for one in found.report.coverage.problems] == told
    lost = {row["operation"] for row in found.report.coverage.ledger if row["outcome"] in ("denied", "failed")}
    assert lost <= {"GetKeyLastUsage"}  # which the emulation does not have


@pytest.mark.parametrize(
    ("fault", "operation", "control", "told"),
    [
        ("denied", "GET ?versioning", "s3.", "is denied (AccessDenied): grant s3:GetBucketVersioning"),
        ("denied", "GetQueueAttributes", "sqs.", "is denied (AccessDenied): grant sqs:GetQueueAttributes"),
        ("throttled", "GetTopicAttributes", "sns.", "sns:GetTopicAttributes failed (ThrottlingException)"),
        ("internal", "GetKeyRotationStatus", "kms.", "kms:GetKeyRotationStatus failed (InternalFailure)"),
        ("malformed", "GetQueueAttributes", "sqs.", "sqs:GetQueueAttributes failed"),
        ("cut", "GetTopicAttributes", "sns.", "sns:GetTopicAttributes failed"),
        ("expired", "GetQueueAttributes", "sqs.", "sqs:GetQueueAttributes failed (ExpiredToken)"),
    ],
)  # fmt: skip
def test_what_stays_is_unknown_and_says_why(proxy: Proxy, fault: str, operation: str, control: str, told: str) -> None:
    expected = facts(scan().report.verdicts)
    proxy.forget()
    proxy.plan = lambda call, _: fault if call.name.rstrip("=") == operation else None
    found = facts(scan().report.verdicts)
    changed = {key: value for key, value in found.items() if value != expected.get(key)}
    assert changed
    assert found.keys() >= expected.keys()  # more: of what may be there, like the policy of a queue
    assert {status for status, _ in changed.values()} == {"unknown"}
    assert all(told in evidence for _, evidence in changed.values()), changed
    assert all(key[0].startswith(control.partition(".")[0]) for key in changed)
    assert max(proxy.arrived.values()) <= ATTEMPTS


def test_a_list_that_cannot_be_had_leaves_the_scan_incomplete(proxy: Proxy) -> None:
    proxy.plan = lambda call, _: "cut" if call.name == "ListQueues" else None
    found = scan()
    assert found.report.coverage.incomplete
    assert "sqs" not in {one.control.id.partition(".")[0] for one in found.report.verdicts if one.status != "unknown"}
    assert any("sqs:ListQueues failed" in problem.message for problem in found.report.coverage.problems)


def test_a_token_that_expires_in_mid_scan_is_renewed(proxy: Proxy, aws: Callable[..., Any]) -> None:
    trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}}
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    aws("iam").create_role(RoleName="Audit", AssumeRolePolicyDocument=document)
    expected = facts(scan(role="Audit").report.verdicts)
    proxy.forget()
    seen: list[str] = []

    def plan(call: Call, _: int) -> str | None:
        """The first token that is shown is good for ten calls, whatever was said of its time."""
        if call.token:
            seen.append(call.token)
        return "expired" if call.token and call.token == seen[0] and seen.count(call.token) > 10 else None

    proxy.plan = plan
    found = scan(role="Audit")
    assert proxy.injected["expired"] > 0
    assert facts(found.report.verdicts) == expected
    assert len(set(seen)) == 2
    assert proxy.names["AssumeRole"] == 2


SCAN = "import sys; from bastide.__main__ import main; sys.exit(main())"


def start(folder: Path, *more: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", SCAN, "scan", "aws", "--regions", "eu-west-1", "--services", SERVICES]
    command += ["-o", f"json={folder / 'report.json'}", *more]
    return subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def kept(folder: Path) -> int:
    """How many answers the unfinished run has on disk: in journals, and in units that are done."""
    (run,) = [path.parent for path in folder.rglob("run.json") if not (path.parent / "finished").exists()]
    done = {f"{path.parent.name}.{path.stem}" for path in run.rglob("*.msgpack")}  # its journal may be there still
    lines = sum(path.read_bytes().count(b"\n") for path in run.rglob("*.jsonl") if path.stem not in done)
    units = [msgspec.msgpack.decode(path.read_bytes(), type=Unit).unpack()[1] for path in run.rglob("*.msgpack")]
    return lines + sum(row.calls for rows in units for row in rows if row.operation != "*")


@pytest.mark.slow
def test_killed_in_the_middle_of_calls_and_resumed_no_kept_answer_is_asked_for_again(
    proxy: Proxy, tmp_path: Path
) -> None:
    def verdicts() -> Any:
        report = json.loads((tmp_path / "report.json").read_text("utf-8"))
        return sorted(
            (v["control"], v["status"], v["resource"]["address"], str(v["evidence"])) for v in report["verdicts"]
        )

    def answers() -> int:
        return sum(count for key, count in proxy.answered.items() if not any(name in key for name in ASKED_EACH_TIME))

    whole = start(tmp_path)
    _, told = whole.communicate(timeout=300)
    assert whole.returncode == 1, told
    expected, needed = verdicts(), answers()
    assert needed > 10 * BUCKETS, proxy.names
    (tmp_path / "report.json").unlink()
    proxy.forget()
    chance, lost = random.Random(11), 0
    for number in range(4):
        process = start(tmp_path, *(["--resume"] if number else []))
        left = chance.randint(3, 4) if number else needed - 6  # late, and then before the little that is left is done

        def plan(call: Call, _: int, process: subprocess.Popen[bytes] = process) -> str | None:
            nonlocal left
            left -= 1
            if left == 0:
                process.send_signal(signal.SIGKILL)
            return None

        proxy.plan = plan
        _, told = process.communicate(timeout=300)
        assert process.returncode == -signal.SIGKILL, told
        proxy.settle()
        before, lost = lost, answers() - kept(tmp_path)  # what was answered and never reached the disk
        assert lost - before <= CALLS + UNITS, "more than was in flight, or on its way to a journal"
    proxy.plan = lambda call, _: None
    last = start(tmp_path, "--resume")
    _, told = last.communicate(timeout=300)
    assert last.returncode == 1, told
    assert verdicts() == expected
    assert answers() <= needed + lost
