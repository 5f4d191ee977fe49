"""Items, what their expressions begin with, and how they become resources."""

from __future__ import annotations

import msgspec
import pytest

from bastide.sources.aws.calls import Work
from bastide.sources.aws.collectors import Collector
from bastide.sources.aws.items import Item, Maker, roots_of

WORK = Work("123456789012", "global", "s3", "aws", "us-east-1")
ENTRY = {"type": "AWS::S3::Bucket", "service": "s3", "scope": "global", "list": {"call": "ListBuckets"}, "id": "Name",
         "arn": "arn:{partition}:s3:::{id}", "region": "Where", "by_rule": False,
         "properties": {"BucketName": "Name", "Tags": "Kept.Tags"}, "constants": {"ObjectLockEnabled": True},
         "metadata": {"old": "Old", "managed": "Managed"}, "group": "s3"}  # fmt: skip


def maker(**more: object) -> Maker:
    return Maker(msgspec.convert({**ENTRY, **more}, Collector), WORK, {"VersioningConfiguration": "nobody reads it"})


@pytest.mark.parametrize(
    ("text", "roots"),
    [
        ("Name", {("Name",)}),
        ("parent.Attributes.Policy && {a: parent.Other}", {("parent",), ("parent", "Attributes"), ("parent", "Other")}),
        ("Kept[0].Tags || 'x'", {("Kept",)}),
        ("parent.Roots[0].Id", {("parent",), ("parent", "Roots")}),
        ("parent.Roots[?Old].{a: Id}", {("parent",), ("parent", "Roots")}),
        ("arn:{partition}:{Kept.x}", {("partition",), ("Kept",), ("Kept", "x")}),
        ("last_part(Url, '/')", {("Url",)}),
        ("@", set()),
    ],
)
def test_roots(text: str, roots: set[tuple[str, ...]]) -> None:
    assert roots <= roots_of(text)
    assert {root[0] for root in roots_of(text)} == {root[0] for root in roots}


def test_a_resource() -> None:
    made = maker().resource(Item({"Name": "b", "Where": "eu-west-1", "Managed": True, "Old": False}))
    assert made is not None
    assert (made.address, made.unit, made.path) == ("arn:aws:s3:::b", "aws:123456789012", "aws:123456789012/eu-west-1")
    assert made.properties == {"BucketName": "b", "ObjectLockEnabled": True}
    assert made.unresolved == {"VersioningConfiguration": "nobody reads it"}
    assert made.metadata == {"region": "eu-west-1", "id": "b", "managed": "true"}


def test_without_an_identity_there_is_none() -> None:
    assert maker().resource(Item({})) is None
    assert maker(arn="arn:{nothing}").resource(Item({"Name": "b"})) is None


def test_what_is_missing_is_unknown() -> None:
    made = maker().resource(Item({"Name": "b"}, missing={"Kept": "denied"}))
    assert made is not None
    assert made.unresolved["Tags"] == "denied"
    assert made.path == "aws:123456789012/global"


def test_an_item_of_which_nothing_is_known() -> None:
    made = maker().resource(Item({"Name": "b"}, whole="denied"))
    assert made is not None
    assert made.properties["BucketName"] == "b"
    assert made.unresolved["BucketEncryption"] == "denied"


def test_reasons_of_a_parent() -> None:
    parent = Item({}, missing={"Attributes": "denied"})
    child = Item({}, parent)
    assert child.why_not(roots_of("parent.Attributes.Policy")) == "denied"
    assert child.why_not(roots_of("parent.Name")) == ""
    parent.whole = "all denied"
    assert child.why_not(roots_of("parent.Name")) == "all denied"
