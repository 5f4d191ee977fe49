"""Files as accounts: what is newest, what is gone, what nothing is known of."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bastide.errors import UsageError
from bastide.resources.estate import Estate
from bastide.sources.aws.collectors import load_collectors
from bastide.sources.config_snapshot import source
from bastide.sources.config_snapshot.make import NOT_RECORDED, NOT_SELECTED, Makers
from bastide.sources.config_snapshot.recording import NONE_THERE, PARTLY, Recording
from bastide.sources.config_snapshot.source import files_of, read_files
from tests.sources.config_snapshot.conftest import config_item

VPC, GROUP, QUEUE = "AWS::EC2::VPC", "AWS::EC2::SecurityGroup", "AWS::SQS::Queue"
Read = Callable[..., Recording]


def vpc(name: str = "vpc-1", cidr: str = "10.0.0.0/16", **more: Any) -> dict[str, Any]:
    return {**config_item(VPC, name, {"vpcId": name, "cidrBlock": cidr}), **more}


def cidrs(found: Recording) -> list[str]:
    return [one.properties["CidrBlock"] for live in found.accounts for one in live.resources]


def test_the_newest_item_counts_whatever_the_order(recording: Read) -> None:
    old = vpc(cidr="10.1.0.0/16", configurationItemCaptureTime="2025-01-01T00:00:00.000Z")
    new = vpc(cidr="10.2.0.0/16", configurationItemCaptureTime="2025-01-01T01:30:00.000+01:00")
    for items in ([old, new], [new, old]):
        assert cidrs(recording(items, VPC)) == ["10.2.0.0/16"]


@pytest.mark.parametrize("status", ["ResourceDeleted", "ResourceDeletedNotRecorded", "ResourceNotRecorded"])
def test_what_was_deleted_is_gone(recording: Read, status: str) -> None:
    later = {"configurationItemStatus": status, "configurationItemCaptureTime": "2027-01-01T00:00:00Z"}
    assert cidrs(recording([vpc(), vpc(configuration=None, **later)], VPC)) == []
    earlier = {**later, "configurationItemCaptureTime": "2020-01-01T00:00:00Z"}
    assert cidrs(recording([vpc(), vpc(configuration=None, **earlier)], VPC)) == ["10.0.0.0/16"]


def test_the_same_of_two_accounts_and_regions_are_four(recording: Read) -> None:
    places = [
        (account, region) for account in ("123456789012", "210987654321") for region in ("eu-west-1", "us-east-1")
    ]
    found = recording([vpc(awsAccountId=account, awsRegion=region) for account, region in places], VPC)
    assert [live.account for live in found.accounts] == ["123456789012", "210987654321"]
    assert [one.path for live in found.accounts for one in live.resources] == [f"aws:{a}/{r}" for a, r in places]


def test_results_of_queries_and_answers_of_the_api(recording: Read) -> None:
    rows = {"Results": [json.dumps(vpc("vpc-1")), json.dumps(vpc("vpc-2"))], "QueryInfo": {"SelectFields": [
        {"Name": "configuration"}, {"Name": "resourceId"}]}}  # fmt: skip
    assert len(cidrs(recording(rows, VPC))) == 2
    history = {"configurationItems": [{**vpc(), "configuration": json.dumps(vpc()["configuration"])}]}
    assert len(cidrs(recording(history, VPC))) == 1
    batch = {"BaseConfigurationItems": [vpc()], "UnprocessedResourceIdentifiers": []}
    assert len(cidrs(recording(batch, VPC))) == 1
    assert len(cidrs(recording("\n".join(json.dumps(vpc(f"vpc-{n}")) for n in range(3)).encode(), VPC))) == 3
    assert len(cidrs(recording(gzip.compress(json.dumps([vpc()]).encode()), VPC))) == 1


def test_a_query_for_parts_leaves_the_rest_unknown(recording: Read) -> None:
    row = json.dumps(vpc())
    found = recording({"QueryInfo": {"SelectFields": [{"Name": "configuration.cidrBlock"}]}, "Results": [row]}, VPC)
    (resource,) = found.accounts[0].resources
    assert resource.properties["CidrBlock"] == "10.0.0.0/16"
    assert resource.unresolved["EnableDnsSupport"] == NOT_SELECTED


def test_a_snapshot_says_all_about_types_it_has_and_nothing_about_others(recording: Read) -> None:
    group = config_item(GROUP, "sg-1", {"groupId": "sg-1", "vpcId": "vpc-1"})
    found = recording([vpc(), group, vpc("vpc-2", awsRegion="us-east-1")], VPC, GROUP, QUEUE)
    (live,) = found.accounts
    (mark,) = live.marks
    assert mark.properties["types"][VPC] == "region"
    assert QUEUE not in mark.properties["types"]
    assert mark.properties["unread"] == {GROUP: {"us-east-1": NONE_THERE}}
    outcomes = {(row.operation, row.region): (row.outcome, row.items) for row in live.ledger}
    assert outcomes[GROUP, "eu-west-1"] == ("read", 1)
    assert outcomes[QUEUE, "*"] == ("skipped", 0)
    assert [problem.kind for problem in live.problems] == ["note"]


def test_what_refers_to_what_is_known_as_far_as_the_snapshot_goes(recording: Read) -> None:
    group = config_item(GROUP, "sg-1", {"groupId": "sg-1", "vpcId": "vpc-1"})
    whole = recording([vpc(), group], VPC, GROUP).accounts[0]
    here = next(one for one in whole.resources if one.type == VPC)
    groups, why = Estate([*whole.resources, *whole.marks]).referring(here, "VpcId", GROUP)
    assert [one.metadata["id"] for one in groups] == ["sg-1"]
    assert not why
    partly = recording({"configurationItems": [vpc(), group]}, VPC, GROUP).accounts[0]
    here = next(one for one in partly.resources if one.type == VPC)
    assert PARTLY in Estate([*partly.resources, *partly.marks]).referring(here, "VpcId", GROUP)[1]


def test_children_that_are_not_recorded_are_unread(recording: Read) -> None:
    bucket = config_item("AWS::S3::Bucket", "b", {"name": "b"}, supplementaryConfiguration=None)
    (mark,) = recording([bucket], "AWS::S3::Bucket", "AWS::S3::BucketPolicy").accounts[0].marks
    assert mark.properties["unread"]["AWS::S3::BucketPolicy"] == {"global": NOT_RECORDED}


@pytest.mark.parametrize(
    ("content", "kind", "message"),
    [
        (b"", "unreadable", "empty"),
        (b"{}", "unreadable", "no configuration items"),
        (b'{"configurationItems": [{"resourceType": "x"}]}', "partial", "1 of its elements"),
        (b'{"configurationItems": [1, "x", null]}', "partial", "3 of its elements"),
        (b'{"configurationItems": [' + b"1," * 2000 + b"1]}", "unreadable", "more than 1000"),
        (b'{"Results": ["{\\"resourceType\\": ", "["]}', "partial", "2 of its elements"),
    ],
)
def test_what_is_hostile_is_a_problem(recording: Read, content: bytes, kind: str, message: str) -> None:
    problems = recording(content, VPC).problems
    assert any(problem.kind == kind and message in problem.message for problem in problems)


def test_a_cut_file_gives_what_it_has_and_is_no_snapshot(recording: Read) -> None:
    whole = json.dumps({"configSnapshotId": "s", "configurationItems": [vpc("vpc-1"), vpc("vpc-2")]}).encode()
    found = recording(whole[:-200], VPC)
    assert len(cidrs(found)) == 1
    assert [problem.kind for problem in found.problems] == ["unreadable"]
    assert found.accounts[0].marks[0].properties["unread"] == {VPC: {"eu-west-1": PARTLY}}


def test_one_bad_file_hides_no_other(makers: Callable[..., Makers], tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("{")
    (tmp_path / "b.json").write_text(json.dumps([vpc()]))
    (tmp_path / "notes.json").write_text('{"some": "thing"}')
    (tmp_path / "c.txt").write_text("no JSON")
    found = read_files([str(tmp_path)], makers(VPC), load_collectors(), lambda *_: None)
    assert cidrs(found) == ["10.0.0.0/16"]
    assert [Path(problem.path).name for problem in found.problems] == ["a.json"]
    assert [Path(path).name for path in found.files] == ["b.json"]


def test_resources_have_a_limit(recording: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source, "MAX_ITEMS", 2)
    found = recording([vpc(f"vpc-{number}") for number in range(4)], VPC)
    assert len(cidrs(found)) == 2
    assert [problem.kind for problem in found.problems] == ["unreadable"]


def test_targets_that_are_not_there_are_wrong_use(tmp_path: Path) -> None:
    for targets in ([], [str(tmp_path / "none.json")], [str(tmp_path)]):
        with pytest.raises(UsageError):
            files_of(targets)
