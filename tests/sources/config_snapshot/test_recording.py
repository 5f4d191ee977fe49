"""Accounts are read back one at a time: any number of times, in any order, with what all of them say of some types."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bastide.sources.aws.collectors import load_collectors
from bastide.sources.config_snapshot.make import NOT_SELECTED, Makers
from bastide.sources.config_snapshot.recording import NONE_THERE, Recording
from bastide.sources.config_snapshot.source import read_files
from tests.sources.config_snapshot.conftest import config_item

VPC, QUEUE = "AWS::EC2::VPC", "AWS::SQS::Queue"
FIRST, SECOND = "123456789012", "210987654321"
Read = Callable[..., Recording]


def vpc(name: str, **more: Any) -> dict[str, Any]:
    return config_item(VPC, name, {"vpcId": name, "cidrBlock": "10.0.0.0/16"}, **more)


def queue(name: str, **more: Any) -> dict[str, Any]:
    url = f"https://sqs.eu-west-1.amazonaws.com/{FIRST}/{name}"
    return config_item(QUEUE, url, {"QueueUrl": url}, **more)


def test_an_account_is_the_same_whenever_it_is_read(recording: Read) -> None:
    found = recording([vpc("vpc-2"), vpc("vpc-1"), vpc("vpc-1", awsAccountId=SECOND)], VPC)
    assert found.names == [FIRST, SECOND]
    second, first = found.account(SECOND), found.account(FIRST)
    assert [len(live.resources) for live in (first, second)] == [2, 1]
    assert found.accounts == [first, second]


def test_the_same_address_of_two_items_is_one_resource(recording: Read) -> None:
    twice = [vpc("vpc-1"), vpc("vpc-1", resourceId="vpc-other")]
    assert len(recording(twice, VPC).account(FIRST).resources) == 1


def test_resources_of_some_types_and_marks_of_accounts_that_may_have_them(recording: Read) -> None:
    found = recording([vpc("vpc-1"), queue("q"), queue("q", awsAccountId=SECOND)], VPC, QUEUE)
    resources, marks = found.of_types({VPC})
    assert [one.type for one in resources] == [VPC]
    assert [one.unit for one in marks] == [f"aws:{FIRST}"]
    assert found.of_types({"AWS::S3::Bucket"}) == ([], [])


def test_what_the_recorder_leaves_out_may_be_there(recording: Read) -> None:
    out = {**vpc("vpc-2"), "configurationItemStatus": "ResourceNotRecorded", "configuration": None}
    (mark,) = recording([vpc("vpc-1"), out], VPC).account(FIRST).marks
    assert mark.properties["unread"] == {VPC: {"eu-west-1": NONE_THERE}}


def test_each_item_has_the_fields_of_its_own_file(makers: Callable[..., Makers], tmp_path: Path) -> None:
    part = {"QueryInfo": {"SelectFields": [{"Name": "configuration.vpcId"}]}, "Results": [json.dumps(vpc("vpc-1"))]}
    (tmp_path / "a.json").write_text(json.dumps(part))
    (tmp_path / "b.json").write_text(json.dumps([vpc("vpc-2")]))
    found = read_files([str(tmp_path)], makers(VPC), load_collectors(), lambda *_: None)
    first, second = found.account(FIRST).resources
    assert first.unresolved["EnableDnsSupport"] == NOT_SELECTED
    assert second.unresolved.get("EnableDnsSupport") != NOT_SELECTED
