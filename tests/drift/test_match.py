"""What became of what; and where that cannot be told, that it cannot."""

from __future__ import annotations

from typing import Any

import pytest

from bastide.drift import match
from bastide.drift.match import Matched, Matcher, identifying, is_default, name_properties, names_of, tags_of
from bastide.resources.model import Resource
from tests.drift.conftest import code, live

BUCKET, POLICY, VPC, FUNCTION = "AWS::S3::Bucket", "AWS::S3::BucketPolicy", "AWS::EC2::VPC", "AWS::Lambda::Function"


def likeness(one: Resource, other: Resource) -> float:
    """Share of the properties of the code that are equal."""
    equal = sum(other.properties.get(name) == value for name, value in one.properties.items())
    return equal / len(one.properties) if one.properties else 0


def run(mine: list[Resource], theirs: list[Resource], why: str = "") -> Matched:
    return Matcher(mine, theirs, likeness, lambda _: why).match()


def pairs(found: Matched) -> dict[str, tuple[str, str]]:
    return {pair.code.address: (pair.cloud.metadata["id"], pair.how) for pair in found.pairs}


def named(name: str) -> dict[str, Any]:
    return {"Tags": [{"Key": "Name", "Value": name}]}


def test_by_name() -> None:
    found = run(
        [code(BUCKET, "a", {"BucketName": "x"}), code(BUCKET, "b", {"BucketName": "y"})],
        [live(BUCKET, "x", {"BucketName": "x"}), live(BUCKET, "z", {"BucketName": "z"})],
    )
    assert pairs(found) == {"a": ("x", "name")}
    assert [one.address for one in found.missing] == ["b"]
    assert [one.metadata["id"] for one in found.unmanaged] == ["z"]


def test_a_name_with_references_is_a_pattern() -> None:
    theirs = [live(BUCKET, name, {"BucketName": name}) for name in ("logs-1", "data-1")]
    assert pairs(run([code(BUCKET, "a", {"BucketName": "logs-${x}"})], theirs)) == {"a": ("logs-1", "name")}
    both = run([code(BUCKET, "a", {"BucketName": "${y}-${x}"})], theirs)
    assert pairs(both) == {}
    assert len(both.unsure) == 1
    more = [*theirs, live(BUCKET, "logs-2", {"BucketName": "logs-2"})]
    (unsure,) = run([code(BUCKET, "a", {"BucketName": "logs-${x}"})], more).unsure
    assert [one.metadata["id"] for one in unsure.candidates] == ["logs-1", "logs-2"]


def test_one_name_in_two_regions_is_ambiguous_unless_one_alone_is_like_it() -> None:
    theirs = [
        live(FUNCTION, "f", {"FunctionName": "f", "Timeout": n}, region) for n, region in ((1, "a-b-1"), (2, "c-d-1"))
    ]
    (unsure,) = run([code(FUNCTION, "a", {"FunctionName": "f"})], theirs).unsure
    assert len(unsure.candidates) == 2
    found = run([code(FUNCTION, "a", {"FunctionName": "f", "Timeout": 2})], theirs)
    assert [pair.cloud.metadata["region"] for pair in found.pairs] == ["c-d-1"]


def test_two_in_the_code_with_one_name_are_both_unsure() -> None:
    mine = [code(BUCKET, address, {"BucketName": "x"}) for address in ("a", "b")]
    found = run(mine, [live(BUCKET, "x", {"BucketName": "x"})])
    assert [one.code.address for one in found.unsure] == ["a", "b"]
    assert found.unmanaged == []


def test_by_what_it_belongs_to_when_that_was_matched() -> None:
    mine = [
        code(POLICY, "p", {"Bucket": "${b.id}"}, links=[("Bucket", "b")]),
        code(BUCKET, "b", {"BucketName": "x"}),
    ]
    theirs = [live(BUCKET, "x", {"BucketName": "x"}), *(live(POLICY, name, {"Bucket": name}) for name in "xy")]
    assert pairs(run(mine, theirs)) == {"b": ("x", "name"), "p": ("x", "belonging")}


def test_by_tags() -> None:
    stack = {"Tags": [{"Key": "aws:cloudformation:logical-id", "Value": "Vpc"}]}
    theirs = [live(VPC, "v1", stack), live(VPC, "v2", named("other")), live(VPC, "v3", named("prod-1"))]
    assert pairs(run([code(VPC, "Vpc", {}, source="cloudformation")], theirs)) == {"Vpc": ("v1", "tags")}
    assert pairs(run([code(VPC, "a", named("other"))], theirs)) == {"a": ("v2", "tags")}
    assert pairs(run([code(VPC, "a", named("prod-${x}"))], theirs)) == {"a": ("v3", "tags")}
    (unsure,) = run([code(VPC, "a", named("other"))], [*theirs, live(VPC, "v4", named("other"))]).unsure
    assert "several have its tags" in unsure.why


def test_by_likeness_only_when_one_is_far_ahead() -> None:
    mine = code(VPC, "a", {"CidrBlock": "10.0.0.0/16", "InstanceTenancy": "default"})
    same = dict(mine.properties)
    assert pairs(run([mine], [live(VPC, "v1", same), live(VPC, "v2", {})])) == {"a": ("v1", "likeness")}
    (unsure,) = run([mine], [live(VPC, "v1", same), live(VPC, "v2", same)]).unsure
    assert unsure.why == "several are like it"
    twins = [mine, code(VPC, "b", same)]
    assert len(run(twins, [live(VPC, "v1", same)]).unsure) == 2
    (unsure,) = run([mine], [live(VPC, "v1", {"CidrBlock": "10.1.0.0/16"})]).unsure
    assert "none of 1 is like it" in unsure.why


def test_too_many_are_not_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(match, "MAX_PAIRS", 0)
    mine = code(VPC, "a", {"CidrBlock": "10.0.0.0/16", "InstanceTenancy": "default"})
    assert pairs(run([mine], [live(VPC, "v1", dict(mine.properties))])) == {}


def test_what_aws_made_is_nobodys() -> None:
    default = live(VPC, "v1", {"CidrBlock": "x"}, metadata={"default": "true"})
    assert is_default(default)
    found = run([code(VPC, "a", {"CidrBlock": "x"})], [default])
    assert [one.address for one in found.missing] == ["a"]
    assert found.unmanaged == []


def test_nothing_is_missing_where_there_may_be_more() -> None:
    found = run([code(BUCKET, "a", {"BucketName": "x"})], [], why="s3 is denied")
    assert found.missing == []
    assert [one.why for one in found.unsure] == ["s3 is denied"]


def test_what_types_are_called_by() -> None:
    assert name_properties(BUCKET)[0] == "BucketName"
    assert "GroupName" in name_properties("AWS::EC2::SecurityGroup")
    assert "DBInstanceIdentifier" in name_properties("AWS::RDS::DBInstance")
    assert name_properties("Custom::Thing") == identifying("Custom::Thing") == ()
    assert identifying(POLICY)[0] == "Bucket"
    found = names_of(live(BUCKET, "x", {"BucketName": "x", "Arn": "arn:aws:s3:::x", "Other": "y"}, address="arn:z"))
    assert found == {"x", "arn:aws:s3:::x", "arn:z"}


def test_tags_in_both_forms() -> None:
    assert tags_of(code(VPC, "a", {"Tags": {"a": "b"}})) == {"a": "b"}
    assert tags_of(code(VPC, "a", {"Tags": [{"Key": "a", "Value": "b"}, {"Key": 1}, 7]})) == {"a": "b"}
    assert tags_of(code(VPC, "a", {"Tags": 7})) == {}
