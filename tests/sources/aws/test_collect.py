"""The pure core: from collectors and answers to resources, a ledger, and what is not known."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from bastide.sources.aws.collect import MAX_PAGES, TOLD, UNASKED, merged
from bastide.sources.aws.collectors import Collector, parse_collectors
from tests.sources.aws.conftest import BUCKETS

QUEUES = """
- type: AWS::SQS::Queue
  service: sqs
  list: {call: ListQueues, items: 'QueueUrls[].{QueueUrl: @}'}
  id: QueueUrl
  arn: 'arn:{partition}:sqs:{region}:{account}:{QueueUrl}'
  complete:
    - {call: GetQueueAttributes, with: {QueueUrl: QueueUrl}, as: Attributes, items: Attributes}
  properties: {KmsMasterKeyId: Attributes.KmsMasterKeyId, QueueName: QueueUrl}
- type: AWS::SQS::QueuePolicy
  service: sqs
  each: AWS::SQS::Queue
  list: {items: 'parent.Attributes.Policy && {Policy: parent.Attributes.Policy}', single: true}
  id: parent.QueueUrl
  arn: '{parent.arn}/policy'
  properties: {Queues: '[parent.QueueUrl]', PolicyDocument: Policy}
"""


def entries(text: str, name: str = "sqs") -> list[Collector]:
    """Collectors of a file."""
    return msgspec.convert(parse_collectors(text, f"library/collectors/{name}.yaml"), list[Collector])


def one_of(queue: str) -> dict[str, Any]:
    """The attributes of a queue."""
    return {"Attributes": {"KmsMasterKeyId": queue, "Policy": '{"Statement": []}'}}


def test_pages_are_asked_for_until_the_last(answered: Callable[..., Any]) -> None:
    pages = [{"QueueUrls": ["a"], "NextToken": "t"}, {"QueueUrls": ["b"]}]
    found = answered("sqs", {"ListQueues": pages, "GetQueueAttributes": lambda given: one_of(given["QueueUrl"])},
                     "AWS::SQS::Queue", entries=entries(QUEUES))  # fmt: skip
    assert [one.properties["KmsMasterKeyId"] for one in found.of("AWS::SQS::Queue")] == ["a", "b"]
    (listed,) = [row for row in found.ledger if row.operation == "ListQueues"]
    assert (listed.outcome, listed.calls, listed.items) == ("read", 2, 2)


def test_pages_that_do_not_end_are_a_failure(answered: Callable[..., Any]) -> None:
    found = answered("sqs", {"ListQueues": lambda _: {"QueueUrls": [], "NextToken": "t"}},
                     "AWS::SQS::Queue", entries=entries(QUEUES))  # fmt: skip
    assert "its pages do not end" in found.unread["AWS::SQS::Queue"]
    assert MAX_PAGES > 1


def test_a_list_that_is_denied_leaves_the_type_and_what_hangs_on_it_unread(answered: Callable[..., Any]) -> None:
    found = answered("sqs", {"ListQueues": "AccessDenied"}, "AWS::SQS::Queue", "AWS::SQS::QueuePolicy",
                     entries=entries(QUEUES))  # fmt: skip
    assert found.resources == []
    assert found.unread == dict.fromkeys(
        ("AWS::SQS::Queue", "AWS::SQS::QueuePolicy"), "sqs:ListQueues is denied (AccessDenied): grant sqs:ListQueues"
    )
    assert [(row.outcome, row.permission, row.remedy) for row in found.ledger] == [
        ("denied", "sqs:ListQueues", "grant sqs:ListQueues")
    ]


def test_what_was_to_be_kept_and_is_not_makes_what_reads_it_unknown(answered: Callable[..., Any]) -> None:
    found = answered("sqs", {"ListQueues": {"QueueUrls": ["a"]}, "GetQueueAttributes": "AccessDenied"},
                     "AWS::SQS::Queue", "AWS::SQS::QueuePolicy", entries=entries(QUEUES))  # fmt: skip
    queue, policy = found.one("AWS::SQS::Queue"), found.one("AWS::SQS::QueuePolicy")
    assert queue.properties == {"QueueUrl": "a", "QueueName": "a"}
    assert set(queue.unresolved) == {"KmsMasterKeyId"}
    assert policy.properties == {"Queues": ["a"]}
    assert "sqs:GetQueueAttributes is denied" in policy.unresolved["PolicyDocument"]


def test_a_child_without_a_call_looks_into_its_parent(answered: Callable[..., Any]) -> None:
    found = answered("sqs", {"ListQueues": {"QueueUrls": ["a"]}, "GetQueueAttributes": one_of("k")},
                     "AWS::SQS::QueuePolicy", entries=entries(QUEUES))  # fmt: skip
    policy = found.one("AWS::SQS::QueuePolicy")
    assert policy.properties == {"Queues": ["a"], "PolicyDocument": {"Statement": []}}
    assert policy.address == "arn:aws:sqs:eu-west-1:123456789012:a/policy"
    assert found.of("AWS::SQS::Queue") == []  # nobody wanted it


def test_the_same_call_is_made_once_for_several_types(answered: Callable[..., Any]) -> None:
    asked = []

    def details(given: dict[str, Any]) -> dict[str, Any]:
        asked.append(given)
        return {"RoleDetailList": [], "UserDetailList": [], "GroupDetailList": [], "Policies": []}

    found = answered("iam", {"GetAccountAuthorizationDetails": details}, "AWS::IAM::Role", "AWS::IAM::User",
                     "AWS::IAM::Group", "AWS::IAM::ManagedPolicy")  # fmt: skip
    assert len(asked) == 1
    assert found.resources == []


def test_items_of_one_call_are_told_apart(answered: Callable[..., Any]) -> None:
    prefix = "arn:aws:ecs:eu-west-1:123456789012:cluster/"
    clusters = [f"{prefix}c{number}" for number in range(130)]
    asked = []

    def described(given: dict[str, Any]) -> dict[str, Any]:
        asked.append(len(given["clusters"]))
        known = [one for one in given["clusters"] if not one.endswith("/c7")]
        return {"clusters": [{"clusterArn": one, "clusterName": one[len(prefix) :]} for one in reversed(known)]}

    found = answered("ecs", {"ListClusters": {"clusterArns": clusters}, "DescribeClusters": described},
                     "AWS::ECS::Cluster")  # fmt: skip
    assert sum(asked) == 130
    assert len(asked) == 3
    names = {one.address: one.properties.get("ClusterName") for one in found.resources}
    assert names[clusters[129]] == "c129"
    assert names[clusters[7]] is None
    (lost,) = [one for one in found.resources if one.address == clusters[7]]
    assert "says nothing about it" in lost.unresolved["ClusterSettings"]


def test_a_setting_that_is_not_there_is_judged_as_off(answered: Callable[..., Any]) -> None:
    found = answered("iam", {"GetAccountPasswordPolicy": "NoSuchEntity"}, "AWS::IAM::AccountPasswordPolicy")
    policy = found.one("AWS::IAM::AccountPasswordPolicy")
    assert policy.properties == {}
    assert policy.unresolved == {}
    assert found.outcomes("GetAccountPasswordPolicy") == {"absent"}


def test_a_setting_that_is_denied_is_there_and_unknown(answered: Callable[..., Any]) -> None:
    found = answered("iam", {"GetAccountPasswordPolicy": "AccessDenied"}, "AWS::IAM::AccountPasswordPolicy")
    policy = found.one("AWS::IAM::AccountPasswordPolicy")
    assert "grant iam:GetAccountPasswordPolicy" in policy.unresolved["MinimumPasswordLength"]
    assert found.unread == {}


@pytest.mark.parametrize("code", ["OptInRequired", "SubscriptionRequiredException"])
def test_a_service_that_is_not_offered_is_no_gap(answered: Callable[..., Any], code: str) -> None:
    found = answered("sqs", {"ListQueues": code}, "AWS::SQS::Queue", entries=entries(QUEUES))
    assert found.unread == {}
    assert found.outcomes("ListQueues") == {"not offered"}


def test_an_item_without_identity_leaves_its_type_unread(answered: Callable[..., Any]) -> None:
    text = QUEUES.replace("id: QueueUrl", "id: Nothing", 1)
    found = answered("sqs", {"ListQueues": {"QueueUrls": ["a"]}, "GetQueueAttributes": one_of("k")},
                     "AWS::SQS::Queue", entries=entries(text))  # fmt: skip
    assert "without an identity" in found.unread["AWS::SQS::Queue"]


def test_what_a_control_reads_and_nobody_fills_is_unknown(models: Any) -> None:
    from bastide.sources.aws.calls import Answer, Work
    from bastide.sources.aws.collect import Collection

    work = Work("123456789012", "eu-west-1", "sqs", "aws", "us-east-1")
    collection = Collection(
        work, entries(QUEUES), {"AWS::SQS::Queue"}, {"AWS::SQS::Queue": {"Tags": "nobody reads it"}}
    )
    asking = collection.run()
    next(asking)
    asking.send([Answer("read", {"QueueUrls": ["a"]})])
    with pytest.raises(StopIteration):
        asking.send([Answer("read", one_of("k"))])
    assert collection.resources[0].unresolved == {"Tags": "nobody reads it"}


def test_buckets_of_regions_that_nobody_asked_for_are_skipped(answered: Callable[..., Any]) -> None:
    listed = {
        "Buckets": [{"Name": "here", "BucketRegion": "eu-west-1"}, {"Name": "there", "BucketRegion": "us-west-2"}]
    }
    found = answered("s3", {"ListBuckets": listed, "GetBucketPolicy": "NoSuchBucketPolicy"}, "AWS::S3::BucketPolicy")
    assert found.resources == []
    assert [(row.region, row.outcome, row.items) for row in found.ledger if row.outcome == "skipped"] == [
        ("us-west-2", "skipped", 1)
    ]


def test_merged_pages() -> None:
    assert merged([{"a": [1], "b": 1}, {"a": [2], "b": 2}]) == {"a": [1, 2], "b": 2}
    assert merged([None, {"a": 1}]) == {"a": 1}


def test_a_setting_of_a_service_that_is_not_offered_is_not_off(answered: Callable[..., Any]) -> None:
    found = answered("iam", {"GetAccountPasswordPolicy": "OptInRequired"}, "AWS::IAM::AccountPasswordPolicy")
    assert found.resources == []
    assert found.unread == {}


def test_a_condition_on_what_is_not_known_leaves_the_type_unread(answered: Callable[..., Any]) -> None:
    listed = "list: {items: 'parent.Attributes.Policy && {Policy: parent.Attributes.Policy}', single: true}"
    asked = "list: {call: ListQueueTags, with: {QueueUrl: parent.QueueUrl}, when: parent.Attributes.Policy}"
    assert listed in QUEUES
    found = answered("sqs", {"ListQueues": {"QueueUrls": ["a"]}, "GetQueueAttributes": "AccessDenied"},
                     "AWS::SQS::QueuePolicy", entries=entries(QUEUES.replace(listed, asked)))  # fmt: skip
    assert "grant sqs:GetQueueAttributes" in found.unread["AWS::SQS::QueuePolicy"]


STREAMS = """
- type: AWS::Kinesis::Stream
  service: kinesis
  list: {call: ListStreams, items: 'StreamNames[].{StreamName: @}'}
  id: StreamName
  arn: 'arn:{partition}:kinesis:{region}:{account}:stream/{StreamName}'
  complete:
    - call: DescribeStreamSummary
      with: {StreamName: StreamName}
      item: StreamDescriptionSummary
    - call: ListAliases
      service: kms
      as: Aliases
      properties: {StreamEncryption.KeyId: 'Aliases[0].AliasName'}
  properties:
    StreamEncryption: "{EncryptionType: EncryptionType || 'NONE'}"
    RetentionPeriodHours: Aliases && length(Aliases.Aliases) || `24`
    ShardCount: StreamName && `1`
"""
LISTED: dict[str, Any] = {"ListStreams": {"StreamNames": ["s"], "HasMoreStreams": False}}


def test_a_default_does_not_stand_for_what_a_call_was_to_tell(answered: Callable[..., Any]) -> None:
    answers = {**LISTED, "DescribeStreamSummary": "AccessDeniedException", "ListAliases": {"Aliases": []}}
    found = answered("kinesis", answers, "AWS::Kinesis::Stream", entries=entries(STREAMS)).one("AWS::Kinesis::Stream")
    assert "StreamEncryption" not in found.properties
    assert "kinesis:DescribeStreamSummary is denied" in found.unresolved["StreamEncryption"]
    assert "kinesis:DescribeStreamSummary is denied" in found.unresolved["RetentionPeriodHours"]
    assert found.properties["ShardCount"] == 1


def test_a_member_that_a_call_fills_goes_into_what_the_item_gave(answered: Callable[..., Any]) -> None:
    answers = {
        **LISTED,
        "DescribeStreamSummary": summary("KMS"),
        "ListAliases": {"Aliases": [{"AliasName": "alias/a"}]},
    }
    found = answered("kinesis", answers, "AWS::Kinesis::Stream", entries=entries(STREAMS)).one("AWS::Kinesis::Stream")
    assert found.properties["StreamEncryption"] == {"EncryptionType": "KMS", "KeyId": "alias/a"}
    assert found.properties["RetentionPeriodHours"] == 1


def test_a_member_that_a_call_was_to_fill_is_unknown_and_the_rest_is_not(answered: Callable[..., Any]) -> None:
    answers = {**LISTED, "DescribeStreamSummary": summary("KMS"), "ListAliases": "AccessDeniedException"}
    found = answered("kinesis", answers, "AWS::Kinesis::Stream", entries=entries(STREAMS)).one("AWS::Kinesis::Stream")
    assert found.properties["StreamEncryption"] == {"EncryptionType": "KMS"}
    assert set(found.unresolved) == {"StreamEncryption.KeyId", "RetentionPeriodHours"}


def summary(encryption: str) -> dict[str, Any]:
    """A stream as AWS describes it."""
    return {
        "StreamDescriptionSummary": {
            "StreamName": "s", "StreamARN": "arn:aws:kinesis:eu-west-1:123456789012:stream/s", "StreamStatus": "ACTIVE",
            "RetentionPeriodHours": 24, "StreamCreationTimestamp": 0, "EnhancedMonitoring": [], "OpenShardCount": 1,
            "EncryptionType": encryption,
        }
    }  # fmt: skip


SYSTEMS = """
- type: AWS::EFS::FileSystem
  service: efs
  list: {call: DescribeFileSystems, items: FileSystems}
  id: FileSystemId
  arn: FileSystemArn
  complete:
    - call: DescribeBackupPolicy
      with: {FileSystemId: FileSystemId}
      absent: [PolicyNotFound]
      otherwise: {BackupPolicy: {Status: DISABLED}}
      properties: {BackupPolicy: BackupPolicy}
"""


@pytest.mark.parametrize(("code", "policy"), [("PolicyNotFound", {"Status": "DISABLED"}), ("AccessDenied", None)])
def test_what_stands_for_an_answer_where_there_is_none(answered: Callable[..., Any], code: str, policy: Any) -> None:
    arn = "arn:aws:elasticfilesystem:eu-west-1:123456789012:file-system/fs-1"
    system = {
        "OwnerId": "1", "CreationToken": "t", "FileSystemId": "fs-1", "FileSystemArn": arn, "CreationTime": 0,
        "LifeCycleState": "available", "NumberOfMountTargets": 0, "SizeInBytes": {"Value": 0},
        "PerformanceMode": "generalPurpose", "Tags": [],
    }  # fmt: skip
    answers = {"DescribeFileSystems": {"FileSystems": [system]}, "DescribeBackupPolicy": code}
    found = answered("efs", answers, "AWS::EFS::FileSystem", entries=entries(SYSTEMS)).one("AWS::EFS::FileSystem")
    assert found.properties.get("BackupPolicy") == policy
    assert ("BackupPolicy" in found.unresolved) is (policy is None)


def test_calls_for_properties_that_nobody_reads_are_not_made(
    aws: Callable[..., Any], collect: Callable[..., Any]
) -> None:
    aws("s3").create_bucket(Bucket="bucket", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    found = collect("AWS::S3::Bucket", reads={"AWS::S3::Bucket": {"VersioningConfiguration.Status"}})
    bucket = found.one("AWS::S3::Bucket")
    assert {row.operation for row in found.ledger if row.service == "s3" and row.operation.startswith("GetB")} == {
        "GetBucketLocation", "GetBucketVersioning",
    }  # fmt: skip
    assert bucket.unresolved["BucketEncryption"] == UNASKED
    assert "VersioningConfiguration" not in bucket.unresolved
    whole = collect("AWS::S3::Bucket").one("AWS::S3::Bucket")
    assert UNASKED not in whole.unresolved.values()
    assert "OwnershipControls" in whole.properties


ASKED_AFTER = (
    BUCKETS
    + """\
  by_rule: false
  complete:
    - {call: GetBucketVersioning, with: {Bucket: Name}, as: Versioning, properties: {VersioningConfiguration: "@"}}
    - call: GetObjectLockConfiguration
      with: {Bucket: Name}
      unless: Versioning.Status != 'Enabled'
      absent: [ObjectLockConfigurationNotFoundError]
      properties: {ObjectLockConfiguration: ObjectLockConfiguration}
"""
)
LOCK = {"ObjectLockConfiguration": {"ObjectLockEnabled": "Enabled"}}


@pytest.mark.parametrize(
    ("versioning", "locked", "outcomes"),
    [({"Status": "Enabled"}, True, {"read"}), ({"Status": "Suspended"}, False, {"skipped"}), ({}, False, {"skipped"})],
)
def test_a_call_whose_answer_another_tells_is_not_made(
    answered: Callable[..., Any], versioning: dict[str, str], locked: bool, outcomes: set[str]
) -> None:
    answers = {"ListBuckets": {"Buckets": [{"Name": "b"}]}, "GetBucketVersioning": versioning}
    more = {"GetObjectLockConfiguration": LOCK} if locked else {}  # nobody answers it otherwise
    found = answered("s3", answers | more, "AWS::S3::Bucket", entries=entries(ASKED_AFTER, "s3"))
    bucket = found.one("AWS::S3::Bucket")
    assert ("ObjectLockConfiguration" in bucket.properties) is locked
    assert bucket.unresolved == {}
    assert found.outcomes("GetObjectLockConfiguration") == outcomes
    (row,) = [row for row in found.ledger if row.operation == "GetObjectLockConfiguration"]
    assert (row.calls, row.items, row.code) == ((1, 1, "") if locked else (0, 1, TOLD))


def test_a_call_is_made_where_the_answer_that_would_spare_it_is_not_known(answered: Callable[..., Any]) -> None:
    for versioning in ("AccessDenied", "ServiceUnavailable"):
        answers = {"ListBuckets": {"Buckets": [{"Name": "b"}]}, "GetBucketVersioning": versioning,
                   "GetObjectLockConfiguration": LOCK}  # fmt: skip
        found = answered("s3", answers, "AWS::S3::Bucket", entries=entries(ASKED_AFTER, "s3"))
        assert "ObjectLockConfiguration" in found.one("AWS::S3::Bucket").properties


def test_what_stands_in_for_an_answer_fills_what_it_would(answered: Callable[..., Any]) -> None:
    text = ASKED_AFTER.replace("absent: [ObjectLockConfigurationNotFoundError]",
                               "otherwise: {ObjectLockConfiguration: {ObjectLockEnabled: Never}}")  # fmt: skip
    answers = {"ListBuckets": {"Buckets": [{"Name": "b"}]}, "GetBucketVersioning": {}}
    found = answered("s3", answers, "AWS::S3::Bucket", entries=entries(text, "s3")).one("AWS::S3::Bucket")
    assert found.properties["ObjectLockConfiguration"] == {"ObjectLockEnabled": "Never"}
