"""Keys of KMS."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

KEY = "arn:aws:kms:eu-west-1:123456789012:key/k"
LISTED = {"ListKeys": {"Keys": [{"KeyId": "k", "KeyArn": KEY}]}, "ListResourceTags": {"Tags": []}}
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
    assert found.unresolved == {}


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
