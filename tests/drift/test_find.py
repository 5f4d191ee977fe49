"""One stack in two languages and in the cloud: no drift; one thing changed by hand: that, and only that."""

from __future__ import annotations

from typing import Any

from bastide.controls.entry import Control
from bastide.controls.library import load_library
from bastide.controls.verdict import Evidence, Verdict
from bastide.drift.find import Drift, find_drift, flips_of, load_defaults, paths_of
from bastide.drift.match import Pair
from bastide.resources.model import Problem
from bastide.resources.schema import schema_for
from tests.drift.conftest import SOURCES, TERRAFORM, Account, code, live, sides

BUCKET, GROUP, ROLE, QUEUE = "AWS::S3::Bucket", "AWS::EC2::SecurityGroup", "AWS::IAM::Role", "AWS::SQS::Queue"
CHANGES: dict[str, tuple[str, str, set[tuple[str, str, str]]]] = {
    "a value": ('status = "Enabled"', 'status = "Suspended"', {(BUCKET, "VersioningConfiguration.Status", "changed")}),
    "a tag": ('team = "a"', 'team = "z"', {(BUCKET, "Tags[team].Value", "changed")}),
    "a tag less": ('team = "a", ', "", {(BUCKET, "Tags", "cloud only")}),
    "a rule less": (', "192.168.0.0/16"]', "]", {(GROUP, "SecurityGroupIngress", "cloud only")}),
    "a rule more": (', "192.168.0.0/16"]', ', "192.168.0.0/16", "172.16.0.0/12"]',
                    {(GROUP, "SecurityGroupIngress[2]", "code only")}),
    "a port": ("to_port     = 443", "to_port     = 8443", {(GROUP, "SecurityGroupIngress[0]", "code only"),
               (GROUP, "SecurityGroupIngress[1]", "code only"), (GROUP, "SecurityGroupIngress", "cloud only")}),
    "an action": ('"s3:ListBucket"', '"s3:PutObject"', {(ROLE, "Policies[reads].PolicyDocument.Statement", "code only"),
                  (ROLE, "Policies[reads].PolicyDocument.Statement", "cloud only")}),
    "a principal": ("lambda.amazonaws.com", "ec2.amazonaws.com",
                    {(ROLE, "AssumeRolePolicyDocument.Statement", "code only"),
                     (ROLE, "AssumeRolePolicyDocument.Statement", "cloud only")}),
    "a policy": ("policy/reads-too", "policy/other", {(ROLE, "ManagedPolicyArns[0]", "code only"),
                 (ROLE, "ManagedPolicyArns", "cloud only")}),
    "a number": ("= 60", "= 61", {(QUEUE, "VisibilityTimeout", "changed")}),
    "what AWS sets": ("visibility_timeout_seconds = 60", "", {(QUEUE, "VisibilityTimeout", "changed")}),
}  # fmt: skip


def told(drift: Drift) -> list[tuple[str, str, str]]:
    return [(one.pair.code.type, it.path, it.kind) for one in drift.changed for it in one.differences]


def test_what_was_deployed_has_no_drift_and_a_change_is_found_and_only_that(account: Account) -> None:
    for name, text in SOURCES.items():
        found = account.drift(name, text)
        assert told(found) == []
        assert found.matched.missing == []
        assert [(one.code.address, one.why) for one in found.matched.unsure] == []
        assert found.not_compared == {}
        assert sorted(pair.code.type for pair in found.matched.pairs) == [
            "AWS::DynamoDB::Table",
            GROUP,
            ROLE,
            "AWS::KMS::Key",
            BUCKET,
            "AWS::S3::BucketPolicy",
            QUEUE,
        ]
        # moto's buckets are like those of before 2023: who writes an object owns it
        assert [flip.code.control.id for flip in found.flips] == ["s3.bucket-does-without-acls"]
        assert {one.type for one in found.matched.unmanaged} >= {GROUP}  # the default groups
    for what, (old, new, wanted) in CHANGES.items():
        assert old in TERRAFORM, what
        assert set(told(account.drift("main.tf", TERRAFORM.replace(old, new, 1)))) == wanted, what


def test_what_is_in_the_code_only_is_missing_where_all_was_read() -> None:
    mine = [code(BUCKET, "a", {"BucketName": "a"})]
    drift = find_drift(*sides(mine, [live(BUCKET, "b", {"BucketName": "b"})]))
    assert [one.address for one in drift.matched.missing] == ["a"]
    assert drift.exit_code() == 1
    denied = find_drift(*sides(mine, [], **{BUCKET: {"global": "s3:ListAllMyBuckets is denied"}}))
    assert denied.matched.missing == []
    assert "s3:ListAllMyBuckets is denied" in denied.matched.unsure[0].why
    assert denied.exit_code() == 0


def test_types_that_were_not_read_are_said() -> None:
    mine = code(QUEUE, "q", {"QueueName": "q"})
    one, other = sides([], [live(BUCKET, "b", {"BucketName": "b"})])
    one.resources = [mine]
    drift = find_drift(one, other)
    assert drift.not_compared == {QUEUE: 1}
    assert (drift.exit_code(), drift.exit_code(unmanaged=True)) == (0, 1)


def test_what_could_not_be_read_is_incomplete() -> None:
    one, other = sides([], [])
    other.problems = [Problem("partial", "aws:1", 0, "denied")]
    assert find_drift(one, other).exit_code() == 3


def test_a_literal_that_leads_elsewhere_is_drift_and_a_reference_is_followed() -> None:
    keys = [live("AWS::KMS::Key", "k1", {"KeyId": "k1", "Tags": [{"Key": "Name", "Value": "mine"}]}),
            live("AWS::KMS::Key", "k2", {"KeyId": "k2"})]  # fmt: skip
    mine = [
        code("AWS::KMS::Key", "key", {"Tags": [{"Key": "Name", "Value": "mine"}]}),
        code(QUEUE, "q", {"QueueName": "q", "KmsMasterKeyId": "${key.arn}"}, links=[("KmsMasterKeyId", "key")]),
    ]
    for key, differences in (("k1", 0), ("k2", 1), ("k3", 0)):
        queue = live(QUEUE, "q", {"QueueName": "q", "KmsMasterKeyId": key})
        assert len(told(find_drift(*sides(mine, [*keys, queue])))) == differences, key


def verdict(control: Control, status: Any, resource: Any, *read: str) -> Verdict:
    return Verdict(control, status, resource, tuple(Evidence(path, "x", "", "", 0) for path in read))


def test_verdicts_that_are_the_other_way_round_worse_ones_first() -> None:
    controls = {one.severity: one for one in load_library([]).controls}
    pair = Pair(code(BUCKET, "a", {}), live(BUCKET, "b", {}), "name")
    stranger = code(BUCKET, "s", {})
    mine = [
        verdict(controls["low"], "pass", pair.code),
        verdict(controls["high"], "pass", pair.code),
        verdict(controls["critical"], "fail", pair.code),
        verdict(controls["medium"], "exempt", pair.code),
        verdict(controls["medium"], "pass", stranger),
    ]
    theirs = [
        verdict(controls["low"], "fail", pair.cloud),
        verdict(controls["high"], "fail", pair.cloud),
        verdict(controls["critical"], "pass", pair.cloud),
        verdict(controls["medium"], "unknown", pair.cloud),
    ]
    found = flips_of([pair], mine, theirs)
    assert [(one.code.severity, one.is_worse) for one in found] == [("high", True), ("low", True), ("critical", False)]


def test_a_failure_that_no_cloud_can_show_is_no_drift() -> None:
    control = load_library([]).controls[0]
    pair = Pair(code(BUCKET, "a", {}), live(BUCKET, "b", {}), "name")
    mine = [verdict(control, "fail", pair.code, "Password")]
    theirs = [verdict(control, "pass", pair.cloud)]
    assert len(flips_of([pair], mine, theirs)) == 1
    assert flips_of([pair], mine, theirs, lambda _: ["Password"]) == []


def test_defaults_are_of_properties_that_there_are() -> None:
    for kind, properties in load_defaults().items():
        schema = schema_for(kind)
        assert schema is not None, kind
        for path in properties:
            assert schema.property(path) is not None, (kind, path)
            assert path not in schema.readonly, (kind, path)


def test_every_path_of_a_tree() -> None:
    assert sorted(set(paths_of({"A": [{"B": 1}, {"C": {"D": 2}}]}))) == ["A", "A.B", "A.C", "A.C.D"]
