"""Which calls are made at all, and which side by side."""

from __future__ import annotations

import msgspec
import pytest

from bastide.sources.aws.asking import needed, unasked, waves
from bastide.sources.aws.collectors import Collector, load_collectors, parse_collectors
from tests.sources.aws.conftest import BUCKETS

COLLECTORS = (
    BUCKETS
    + """\
  by_rule: false
  region: Location.LocationConstraint
  complete:
    - {call: GetBucketLocation, with: {Bucket: Name}, as: Location}
    - {call: GetBucketVersioning, with: {Bucket: Name}, as: Versioning, properties: {VersioningConfiguration: '@'}}
    - {call: GetBucketPolicy, with: {Bucket: Name}, absent: [NoSuchBucketPolicy], otherwise: {Policy: null}, as: Policy}
    - {call: GetBucketPolicyStatus, with: {Bucket: Name}, unless: '!(Policy.Policy)', absent: [NoSuchBucketPolicy],
       properties: {PolicyIsPublic: PolicyStatus.IsPublic}}
    - {call: GetObjectLockConfiguration, with: {Bucket: Name}, unless: Versioning.Status != 'Enabled',
       absent: [ObjectLockConfigurationNotFoundError], properties: {ObjectLockConfiguration: ObjectLockConfiguration}}
- type: AWS::S3::BucketPolicy
  service: s3
  scope: global
  each: AWS::S3::Bucket
  list: {items: 'parent.Policy.Policy && {Policy: parent.Policy.Policy}', single: true}
  id: parent.Name
  arn: '{parent.arn}/policy'
  properties: {PolicyDocument: Policy}
"""
)
ALL = ["GetBucketLocation", "GetBucketVersioning", "GetBucketPolicy", "GetBucketPolicyStatus",
       "GetObjectLockConfiguration"]  # fmt: skip


def entries(text: str = COLLECTORS) -> list[Collector]:
    """Collectors of a file."""
    return msgspec.convert(parse_collectors(text, "library/collectors/s3.yaml"), list[Collector])


def asked(reads: set[str] | None, wanted: set[str], text: str = COLLECTORS) -> list[str]:
    """The calls that complete a bucket when these types are wanted."""
    mine = needed(entries(text), wanted)
    left_out = unasked(mine[0], reads, mine, wanted="AWS::S3::Bucket" in wanted)
    return [call.call for number, call in enumerate(mine[0].complete) if number not in left_out]


def test_needed_brings_parents_and_nothing_else() -> None:
    bucket, policy = "AWS::S3::Bucket", "AWS::S3::BucketPolicy"
    assert [one.type for one in needed(entries(), {policy})] == [bucket, policy]
    assert [one.type for one in needed(entries(), {bucket})] == [bucket]


@pytest.mark.parametrize(
    ("reads", "also", "calls"),
    [
        (None, True, ALL),
        (None, False, [name for name in ALL if name != "GetBucketPolicy"]),
        (set(), False, ["GetBucketLocation"]),
        ({"ObjectLockConfiguration.Rule"}, False, ["GetBucketLocation", "GetObjectLockConfiguration"]),
        ({"VersioningConfiguration"}, False, ["GetBucketLocation", "GetBucketVersioning"]),
        ({"PolicyIsPublic"}, True, ["GetBucketLocation", "GetBucketPolicy", "GetBucketPolicyStatus"]),
        ({"PolicyIsPublic"}, False, ["GetBucketLocation", "GetBucketPolicyStatus"]),
    ],
)
def test_a_call_is_made_for_what_is_read_and_not_to_spare_another(
    reads: set[str] | None, also: bool, calls: list[str]
) -> None:
    assert asked(reads, {"AWS::S3::Bucket"} | ({"AWS::S3::BucketPolicy"} if also else set())) == calls


def test_of_a_parent_that_nobody_wants_only_what_its_children_need_is_asked() -> None:
    assert asked(None, {"AWS::S3::BucketPolicy"}) == ["GetBucketLocation", "GetBucketPolicy"]
    for other in ("keys(parent)", "parent.parent.Name"):
        text = COLLECTORS.replace("id: parent.Name", f"id: {other}")
        kept = ["GetBucketLocation", "GetBucketVersioning", "GetBucketPolicy"]
        assert asked(None, {"AWS::S3::BucketPolicy"}, text) == kept


@pytest.mark.parametrize(
    "line", ["properties: {BucketName: Policy.Policy}", "only: Policy", "metadata: {policy: Policy}"]
)
def test_what_a_line_looks_at_is_asked(line: str) -> None:
    text = COLLECTORS.replace("  by_rule: false\n", f"  by_rule: false\n  {line}\n", 1)
    assert "GetBucketPolicy" in asked(set(), {"AWS::S3::Bucket"}, text)


def test_what_is_kept_under_the_name_of_a_property_is_asked() -> None:
    text = COLLECTORS.replace("as: Policy}", "as: BucketName}").replace("Policy.Policy", "BucketName.Policy")
    assert "GetBucketPolicy" in asked(set(), {"AWS::S3::Bucket"}, text.replace("by_rule: false", "by_rule: true", 1))
    assert "GetBucketPolicy" not in asked(set(), {"AWS::S3::Bucket"}, text)


def test_what_another_needed_call_looks_at_is_asked() -> None:
    lock = "{call: GetObjectLockConfiguration, with: {Bucket: Name}"
    for more in ("with: {Bucket: Versioning.Name}", "with: {Bucket: Name}, when: Versioning.Status"):
        text = COLLECTORS.replace(lock, "{call: GetObjectLockConfiguration, " + more)
        assert "GetBucketVersioning" in asked({"ObjectLockConfiguration"}, {"AWS::S3::Bucket"}, text)


def test_waves_wait_for_what_they_need() -> None:
    (bucket, _) = entries()
    assert waves(bucket) == [[0], [1, 2], [3, 4]]  # the location first, what spares calls before them
    assert waves(bucket, [1, 2]) == [[0], [3, 4]]
    key = next(entry for entry in load_collectors().entries if entry.type == "AWS::KMS::Key")
    assert waves(key) == [[0], list(range(1, len(key.complete)))]


def test_policies_are_asked_for_whoever_reads_them() -> None:
    (point,) = [entry for entry in load_collectors().entries if entry.type == "AWS::S3::AccessPoint"]
    assert "Policy" in {name for call in point.complete for name in call.properties}
    assert "Policy" not in {name for n in unasked(point, set()) for name in point.complete[n].properties}
    assert unasked(point, None) == []
