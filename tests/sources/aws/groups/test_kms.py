"""Keys of KMS."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

KEY = "arn:aws:kms:eu-west-1:123456789012:key/k"
LISTED = {
    "ListKeys": {"Keys": [{"KeyId": "k", "KeyArn": KEY}]},
    "ListResourceTags": {"Tags": []},
    "GetKeyLastUsage": {},
}
OURS = {
    "KeyId": "k",
    "KeyManager": "CUSTOMER",
    "KeySpec": "SYMMETRIC_DEFAULT",
    "Origin": "AWS_KMS",
    "KeyState": "Enabled",
}


def test_a_key_of_ones_own(aws: Callable[..., Any], collect: Callable[..., Any]) -> None:
    kms = aws("kms")
    key = kms.create_key(Description="d", Tags=[{"TagKey": "a", "TagValue": ""}])["KeyMetadata"]
    kms.enable_key_rotation(KeyId=key["KeyId"])
    found = collect("AWS::KMS::Key").one("AWS::KMS::Key")
    assert found.address == key["Arn"]
    assert found.unit == "aws:123456789012"
    assert found.path == "aws:123456789012/eu-west-1"
    assert found.properties["EnableKeyRotation"] is True
    assert found.properties["Tags"] == [{"Key": "a", "Value": ""}]
    assert found.properties["KeyPolicy"]["Statement"][0]["Effect"] == "Allow"
    assert set(found.unresolved) == {"LastUsed", "UsageTrackedSince"}  # moto does not have the call


def test_a_key_of_aws_is_left_out(answered: Callable[..., Any]) -> None:
    answers = {**LISTED, "DescribeKey": {"KeyMetadata": {**OURS, "KeyManager": "AWS"}}}
    assert answered("kms", answers, "AWS::KMS::Key").resources == []


def test_a_policy_that_is_denied_is_unknown_and_nothing_else(answered: Callable[..., Any]) -> None:
    answers = {
        **LISTED,
        "DescribeKey": {"KeyMetadata": OURS},
        "GetKeyPolicy": "AccessDeniedException",
        "GetKeyRotationStatus": {"KeyRotationEnabled": False},
    }
    found = answered("kms", answers, "AWS::KMS::Key").one("AWS::KMS::Key")
    assert found.unresolved == {
        "KeyPolicy": "kms:GetKeyPolicy is denied (AccessDeniedException): grant kms:GetKeyPolicy"
    }
    assert found.properties["EnableKeyRotation"] is False


def test_a_description_that_is_denied_makes_the_rest_unknown(answered: Callable[..., Any]) -> None:
    found = answered("kms", {**LISTED, "DescribeKey": "AccessDeniedException"}, "AWS::KMS::Key")
    key = found.one("AWS::KMS::Key")
    assert key.address == KEY
    assert "kms:DescribeKey is denied" in key.unresolved["EnableKeyRotation"]
    assert "kms:DescribeKey is denied" in key.unresolved["KeyPolicy"]
    assert found.unread == {}


def test_a_key_that_is_gone_by_now_is_none(answered: Callable[..., Any]) -> None:
    assert answered("kms", {**LISTED, "DescribeKey": "NotFoundException"}, "AWS::KMS::Key").resources == []


def test_when_a_key_was_used(answered: Callable[..., Any]) -> None:
    usage = {
        "KeyLastUsage": {"Operation": "Decrypt", "Timestamp": datetime(2026, 3, 4, tzinfo=UTC)},
        "TrackingStartDate": datetime(2026, 1, 2, tzinfo=UTC),
    }
    answers = {
        **LISTED,
        "DescribeKey": {"KeyMetadata": {**OURS, "CreationDate": datetime(2020, 1, 1, tzinfo=UTC)}},
        "GetKeyPolicy": {"Policy": "{}"},
        "GetKeyRotationStatus": {"KeyRotationEnabled": True},
        "GetKeyLastUsage": usage,
    }
    found = answered("kms", answers, "AWS::KMS::Key").one("AWS::KMS::Key")
    assert found.properties["LastUsed"] == "2026-03-04T00:00:00Z"
    assert found.properties["UsageTrackedSince"] == "2026-01-02T00:00:00Z"
    assert found.properties["CreationDate"] == "2020-01-01T00:00:00Z"
    assert found.properties["KeyState"] == "Enabled"
    denied = answered("kms", {**answers, "GetKeyLastUsage": "AccessDeniedException"}, "AWS::KMS::Key")
    assert set(denied.one("AWS::KMS::Key").unresolved) == {"LastUsed", "UsageTrackedSince"}


def test_a_key_that_is_to_be_deleted(answered: Callable[..., Any]) -> None:
    about = {**OURS, "KeyState": "PendingDeletion", "DeletionDate": datetime(2026, 12, 1, tzinfo=UTC)}
    answers = {**LISTED, "DescribeKey": {"KeyMetadata": about}, "GetKeyPolicy": {"Policy": "{}"}}
    found = answered("kms", answers, "AWS::KMS::Key").one("AWS::KMS::Key").properties
    assert (found["KeyState"], found["DeletionDate"]) == ("PendingDeletion", "2026-12-01T00:00:00Z")
