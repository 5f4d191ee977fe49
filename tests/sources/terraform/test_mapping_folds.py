"""Separate resources in their parents: every way of putting them there."""

from __future__ import annotations

from typing import Any

import pytest

from bastide.resources.model import ABSENT, Unresolved
from bastide.sources.terraform.mapping import Fold, build_table
from bastide.sources.terraform.mapping_folds import FoldPlan, Pending, add_constants, plan_for
from bastide.sources.terraform.mapping_policy import Documents
from bastide.sources.terraform.mapping_values import Context
from tests.sources.terraform.trees import resource

UNKNOWN = Unresolved("var.x", "why")


def folded(entry: dict[str, Any], attributes: dict[str, Any], tree: dict[str, Any]) -> dict[str, Any]:
    table = build_table("t", entry)
    child = resource("aws_t.child", attributes, line=50)
    parent = Pending(resource("aws_p.parent", {}), table.folds[0].into, "aws_p.parent", tree)
    FoldPlan(table, table.folds[0]).into(parent, child, Context(None, Documents(lambda _: None), {}))
    return parent.tree


BUCKET = {"into": "AWS::S3::Bucket", "by": "bucket"}
ROLE = {"into": "AWS::IAM::Role", "by": "role"}


@pytest.mark.parametrize(
    ("entry", "attributes", "tree", "expected"),
    [
        (
            {"fold": {**BUCKET, "at": "VersioningConfiguration"}},
            {"bucket": "b", "status": "Enabled"},
            {"VersioningConfiguration": {"Status": "Suspended", "Old": 1}},
            {"VersioningConfiguration": {"Status": "Enabled"}},
        ),
        (
            {"fold": {**BUCKET, "at": "VersioningConfiguration", "how": "merge"}},
            {"status": "Enabled"},
            {"VersioningConfiguration": {"Old": 1}},
            {"VersioningConfiguration": {"Old": 1, "Status": "Enabled"}},
        ),
        (
            {"fold": BUCKET, "rename": {"acl": "AccessControl"}},
            {"acl": "Private"},
            {"BucketName": "b"},
            {"BucketName": "b", "AccessControl": "Private"},
        ),
        (
            {"fold": {**ROLE, "at": "ManagedPolicyArns", "how": "append", "value": "arn"}},
            {"arn": "arn:b"},
            {"ManagedPolicyArns": ["arn:a"]},
            {"ManagedPolicyArns": ["arn:a", "arn:b"]},
        ),
        (
            {"fold": {**ROLE, "at": "ManagedPolicyArns", "how": "append", "value": "arn"}},
            {},
            {},
            {},
        ),
        (
            {"fold": {**ROLE, "at": "Policies", "how": "append"}, "rename": {"name": "PolicyName"}},
            {"name": "p", "role": "r"},
            {"Policies": UNKNOWN},
            {"Policies": [UNKNOWN, {"PolicyName": "p"}]},
        ),
        (
            {"fold": {**BUCKET, "at": "LoggingConfiguration"}, "set": {"LogFilePrefix": "p/"}},
            {},
            {},
            {"LoggingConfiguration": {"LogFilePrefix": "p/"}},
        ),
    ],
)
def test_into(entry: dict[str, Any], attributes: dict[str, Any], tree: dict[str, Any], expected: Any) -> None:
    assert folded(entry, attributes, tree) == expected


def test_blur_leaves_values_of_its_own() -> None:
    table = build_table("t", {"fold": {**BUCKET, "at": "VersioningConfiguration"}})
    plan = plan_for(table, table.folds[0])
    for tree, expected in (
        ({}, {"VersioningConfiguration": UNKNOWN}),
        ({"VersioningConfiguration": {}}, {"VersioningConfiguration": UNKNOWN}),
        ({"VersioningConfiguration": {"Status": "x"}}, {"VersioningConfiguration": {"Status": "x"}}),
    ):
        parent = Pending(resource("aws_s3_bucket.b", {}), "AWS::S3::Bucket", "aws_s3_bucket.b", tree)
        plan.blur(parent, UNKNOWN)
        assert parent.tree == expected


def test_blur_of_what_is_merged_names_what_it_may_set() -> None:
    table = build_table("u", {"fold": BUCKET, "rename": {"acl": "AccessControl"}})
    parent = Pending(resource("aws_s3_bucket.b", {}), "AWS::S3::Bucket", "aws_s3_bucket.b", {"BucketName": "b"})
    plan_for(table, table.folds[0]).blur(parent, UNKNOWN)
    assert parent.tree == {"BucketName": "b", "AccessControl": UNKNOWN}


def test_a_plan_is_made_once() -> None:
    table = build_table("v", {"fold": BUCKET})
    assert plan_for(table, table.folds[0]) is plan_for(table, Fold(**BUCKET))


def test_constants_give_way_to_values() -> None:
    table = build_table("w", {"type": "AWS::SNS::Topic", "set": {"TopicName": "a", "A.B": 1}})
    tree = {"TopicName": "own"}
    add_constants(table, tree)
    assert tree == {"TopicName": "own", "A": {"B": 1}}
    assert ABSENT not in tree.values()
