"""Data streams."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

STREAM = "AWS::Kinesis::Stream"
ARN = "arn:aws:kinesis:eu-west-1:123456789012:stream/s"
KEY = "arn:aws:kms:eu-west-1:123456789012:key/k"
ALIAS = {
    "AliasName": "alias/aws/kinesis",
    "AliasArn": "arn:aws:kms:eu-west-1:123456789012:alias/aws/kinesis",
    "TargetKeyId": "k",
}
MODULE = """
resource "aws_kinesis_stream" "plain" { name = "plain" }
resource "aws_kinesis_stream" "sealed" {
  name            = "sealed"
  encryption_type = "KMS"
  kms_key_id      = "alias/aws/kinesis"
}
"""


def test_streams_as_terraform_has_them(
    aws: Callable[..., Any], collect: Callable[..., Any], judged: Callable[..., Any], written: Callable[..., Any]
) -> None:
    client = aws("kinesis")
    for name in ("plain", "sealed"):
        client.create_stream(StreamName=name, ShardCount=2)
    client.start_stream_encryption(StreamName="sealed", EncryptionType="KMS", KeyId="alias/aws/kinesis")
    found = collect(STREAM)
    plain, sealed = found.of(STREAM)
    assert plain.address == "arn:aws:kinesis:eu-west-1:123456789012:stream/plain"
    assert "StreamEncryption" not in plain.properties
    assert sealed.properties["StreamEncryption"] == {"EncryptionType": "KMS", "KeyId": "alias/aws/kinesis"}
    assert (plain.properties["ShardCount"], plain.properties["RetentionPeriodHours"]) == (2, 24)
    assert judged(found) == judged(written(MODULE))


def answers(key: str, **more: Any) -> dict[str, Any]:
    """A stream with this key."""
    return {
        "ListStreams": {"StreamNames": ["s"], "HasMoreStreams": False},
        "DescribeStreamSummary": {
            "StreamDescriptionSummary": {
                "StreamName": "s", "StreamARN": ARN, "StreamStatus": "ACTIVE", "RetentionPeriodHours": 24,
                "StreamCreationTimestamp": 0, "EnhancedMonitoring": [], "OpenShardCount": 1, "EncryptionType": "KMS",
                "KeyId": key,
            }
        },
        "ListAliases": {"Aliases": [ALIAS]},
        "GetResources": {"ResourceTagMappingList": []},
        **more,
    }  # fmt: skip


def test_a_key_that_aws_manages(answered: Callable[..., Any], judged: Callable[..., Any]) -> None:
    def judge(key: str) -> Any:
        return judged(answered("kinesis", answers(key), STREAM))["kinesis.stream-uses-customer-key"]

    assert judge(KEY) == judge("k") == judge("alias/aws/kinesis") == {"fail"}
    assert judge("ours") == judge(f"{KEY}2") == judge("alias/ours") == {"pass"}


def test_what_is_denied_is_unknown(answered: Callable[..., Any], judged: Callable[..., Any]) -> None:
    found = answered("kinesis", answers(KEY, ListAliases="AccessDeniedException"), STREAM)
    assert set(found.one(STREAM).unresolved) == {"StreamEncryption.KeyId"}
    assert judged(found) == {"kinesis.stream-is-encrypted": {"pass"}, "kinesis.stream-uses-customer-key": {"unknown"}}
    found = answered("kinesis", answers(KEY, DescribeStreamSummary="AccessDeniedException"), STREAM)
    assert "grant kinesis:DescribeStreamSummary" in found.one(STREAM).unresolved["StreamEncryption"]
    assert set().union(*judged(found).values()) == {"unknown"}
