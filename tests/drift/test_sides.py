"""The two sides: code, a live account, the last run, files of AWS Config."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bastide.drift.sides import LAST, Asked, Side, code_of, is_cloud, read_cloud, read_code, types_of
from bastide.errors import UsageError
from bastide.settings import load_settings
from tests.drift.conftest import code, mark
from tests.sources.aws.conftest import REGION

QUEUE = "AWS::SQS::Queue"
MAIN = 'resource "aws_sqs_queue" "q" {\n  name = "q"\n}\n'


@pytest.fixture
def asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Asked:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    arguments = {"targets": [], "only": ["sqs.*"], "services": ["sqs"], "regions": [REGION]}
    return Asked(load_settings(arguments, environment={}).scan, "", lambda *_: None)


@pytest.fixture
def infra(tmp_path: Path, asked: Asked) -> Side:
    (tmp_path / "main.tf").write_text(MAIN)
    return read_code([str(tmp_path / "main.tf")], asked.settings, asked.told)


def test_code_is_judged(infra: Side) -> None:
    assert [one.address for one in infra.resources] == ["aws_sqs_queue.q"]
    assert infra.verdicts
    assert not infra.incomplete


def test_no_code_is_wrong_use(tmp_path: Path, asked: Asked) -> None:
    with pytest.raises(UsageError):
        read_code([str(tmp_path)], asked.settings, asked.told)


def test_a_live_account_and_the_run_that_it_leaves(aws: Callable[..., Any], infra: Side, asked: Asked) -> None:
    with pytest.raises(UsageError, match="no finished run"):
        read_cloud(LAST, infra, asked)
    aws("sqs").create_queue(QueueName="q")
    found = read_cloud("aws", infra, asked)
    assert [one.properties["QueueName"] for one in found.resources if one.type == QUEUE] == ["q"]
    assert found.was_read(QUEUE)
    assert not found.why_more(QUEUE)
    assert {one.control.id for one in found.verdicts} & {one.control.id for one in infra.verdicts}
    aws("sqs").delete_queue(QueueUrl=found.resources[0].properties["QueueUrl"])
    last = read_cloud(LAST, infra, asked)  # as it was: nobody is asked
    assert last.resources == found.resources
    assert last.was_read(QUEUE)
    assert not last.incomplete
    assert [one.status for one in last.verdicts] == [one.status for one in found.verdicts]


def test_a_run_that_cannot_be_read_any_more_is_said(
    aws: Callable[..., Any], infra: Side, asked: Asked, tmp_path: Path
) -> None:
    aws("sqs").create_queue(QueueName="q")
    read_cloud("aws", infra, asked)
    (unit,) = (tmp_path / "data").rglob("*.sqs.msgpack")
    unit.write_bytes(b"\xff")
    last = read_cloud(LAST, infra, asked)
    assert last.resources == []
    assert last.incomplete
    assert "cannot be read again" in last.why_more(QUEUE)
    next((tmp_path / "data").rglob("run.json")).write_text("[]")
    with pytest.raises(UsageError, match="cannot be read any more"):
        read_cloud(LAST, infra, asked)


def test_files_of_aws_config(infra: Side, asked: Asked, tmp_path: Path) -> None:
    item = {
        "resourceType": QUEUE,
        "awsAccountId": "123456789012",
        "awsRegion": REGION,
        "resourceId": "https://q",
        "ARN": f"arn:aws:sqs:{REGION}:123456789012:q",
        "configuration": {"QueueUrl": "https://x/q", "QueueArn": f"arn:aws:sqs:{REGION}:123456789012:q"},
    }
    (tmp_path / "s.json").write_text(json.dumps({"configSnapshotId": "s", "configurationItems": [item]}))
    found = read_cloud(f"config-snapshot:{tmp_path / 's.json'}", infra, asked)
    assert [one.properties["QueueName"] for one in found.resources] == ["q"]
    (tmp_path / "s.json").write_text("{")
    assert read_cloud(f"config-snapshot:{tmp_path / 's.json'}", infra, asked).incomplete


def test_why_there_may_be_more() -> None:
    assert Side("aws").why_more(QUEUE) == "no account was read"
    assert "was not read" in Side("aws", marks=[mark("AWS::S3::Bucket")]).why_more(QUEUE)
    assert "denied" in Side("aws", marks=[mark(QUEUE, **{QUEUE: {REGION: "denied"}})]).why_more(QUEUE)
    assert Side("aws", marks=[mark(QUEUE)]).why_more(QUEUE) == ""


def test_types_to_look_for_are_those_that_say_it() -> None:
    rule = code("AWS::EC2::SecurityGroupIngress", "r", {})
    assert types_of(Side("x", [rule])) == {"AWS::EC2::SecurityGroupIngress", "AWS::EC2::SecurityGroup"}
    assert code_of(Side("x", [rule])) == [rule]


@pytest.mark.parametrize(("name", "told"), [("aws", True), (LAST, True), ("config-snapshot:x", True), ("./aws", False)])
def test_what_is_a_cloud(name: str, told: bool) -> None:
    assert is_cloud(name) is told
