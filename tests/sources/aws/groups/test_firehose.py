"""Delivery streams of Firehose."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

STREAM = "AWS::KinesisFirehose::DeliveryStream"
MODULE = """
resource "aws_kinesis_firehose_delivery_stream" "plain" {
  name        = "plain"
  destination = "extended_s3"
  extended_s3_configuration {
    role_arn   = "arn:aws:iam::123456789012:role/f"
    bucket_arn = "arn:aws:s3:::b"
  }
}
resource "aws_kinesis_firehose_delivery_stream" "sealed" {
  name        = "sealed"
  destination = "extended_s3"
  server_side_encryption {
    enabled  = true
    key_type = "AWS_OWNED_CMK"
  }
  extended_s3_configuration {
    role_arn   = "arn:aws:iam::123456789012:role/f"
    bucket_arn = "arn:aws:s3:::b"
  }
}
"""


def test_streams_as_terraform_has_them(
    aws: Callable[..., Any], collect: Callable[..., Any], judged: Callable[..., Any], written: Callable[..., Any]
) -> None:
    client = aws("firehose")
    target = {"RoleARN": "arn:aws:iam::123456789012:role/f", "BucketARN": "arn:aws:s3:::b"}
    for name in ("plain", "sealed"):
        client.create_delivery_stream(DeliveryStreamName=name, ExtendedS3DestinationConfiguration=target)
    client.start_delivery_stream_encryption(
        DeliveryStreamName="sealed", DeliveryStreamEncryptionConfigurationInput={"KeyType": "AWS_OWNED_CMK"}
    )
    found = collect(STREAM)
    plain, sealed = found.of(STREAM)
    assert sealed.properties["DeliveryStreamEncryptionConfigurationInput"] == {"KeyType": "AWS_OWNED_CMK"}
    assert plain.properties["ExtendedS3DestinationConfiguration"]["BucketARN"] == "arn:aws:s3:::b"
    assert "S3DestinationConfiguration" not in plain.properties
    assert judged(found) == judged(written(MODULE))


def described(**more: Any) -> dict[str, Any]:
    """A delivery stream as AWS describes it."""
    return {
        "DeliveryStreamDescription": {
            "DeliveryStreamName": "d", "DeliveryStreamARN": "arn:aws:firehose:eu-west-1:123456789012:deliverystream/d",
            "DeliveryStreamStatus": "ACTIVE", "DeliveryStreamType": "DirectPut", "VersionId": "1", "Destinations": [],
            "HasMoreDestinations": False, **more,
        }
    }  # fmt: skip


def answers(described: Any) -> dict[str, Any]:
    """One delivery stream."""
    return {
        "ListDeliveryStreams": {"DeliveryStreamNames": ["d"], "HasMoreDeliveryStreams": False},
        "DescribeDeliveryStream": described,
        "GetResources": {"ResourceTagMappingList": []},
    }


def test_every_page_is_asked_for(answered: Callable[..., Any]) -> None:
    asked = []

    def listed(given: dict[str, Any]) -> dict[str, Any]:
        asked.append(given.get("ExclusiveStartDeliveryStreamName"))
        name = "ab"[len(asked) - 1]
        return {"DeliveryStreamNames": [name], "HasMoreDeliveryStreams": name == "a"}

    found = answered("firehose", {**answers("AccessDeniedException"), "ListDeliveryStreams": listed}, STREAM)
    assert [one.properties["DeliveryStreamName"] for one in found.of(STREAM)] == ["a", "b"]
    assert asked == [None, "a"]


def test_a_stream_that_a_stream_feeds(answered: Callable[..., Any], judged: Callable[..., Any]) -> None:
    source = {"KinesisStreamSourceDescription": {"KinesisStreamARN": "arn:aws:kinesis:eu-west-1:123456789012:stream/s"}}
    given = answers(described(DeliveryStreamType="KinesisStreamAsSource", Source=source))
    assert "firehose.stream-is-encrypted" not in judged(answered("firehose", given, STREAM))


def test_encryption_that_is_off(answered: Callable[..., Any], judged: Callable[..., Any]) -> None:
    given = answers(described(DeliveryStreamEncryptionConfiguration={"Status": "DISABLED"}))
    assert judged(answered("firehose", given, STREAM))["firehose.stream-is-encrypted"] == {"fail"}


def test_a_token_that_everybody_may_read(answered: Callable[..., Any], judged: Callable[..., Any]) -> None:
    token = "0f9e8d7c-6b5a-4c3d-2e1f-001122334455"
    splunk = {"HECEndpoint": "https://splunk", "HECEndpointType": "Raw", "HECToken": token}
    destination = {"DestinationId": "1", "SplunkDestinationDescription": splunk}
    found = answered("firehose", answers(described(Destinations=[destination])), STREAM)
    assert token not in str(found.one(STREAM).properties)
    assert judged(found)["firehose.destination-secrets-are-not-in-source"] == {"fail"}


def test_a_stream_that_may_not_be_described(answered: Callable[..., Any], judged: Callable[..., Any]) -> None:
    found = answered("firehose", answers("AccessDeniedException"), STREAM)
    reason = found.one(STREAM).unresolved["DeliveryStreamEncryptionConfigurationInput"]
    assert "grant firehose:DescribeDeliveryStream" in reason
    assert judged(found)["firehose.stream-is-encrypted"] == {"unknown"}
