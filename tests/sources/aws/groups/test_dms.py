"""Replication instances and endpoints of the Database Migration Service."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

INSTANCE, ENDPOINT = "AWS::DMS::ReplicationInstance", "AWS::DMS::Endpoint"
MODULE = """
resource "aws_dms_replication_instance" "i" {
  replication_instance_id    = "i"
  replication_instance_class = "dms.t3.small"
  publicly_accessible        = true
}
resource "aws_dms_endpoint" "plain" {
  endpoint_id   = "plain"
  endpoint_type = "source"
  engine_name   = "mysql"
}
resource "aws_dms_endpoint" "sealed" {
  endpoint_id   = "sealed"
  endpoint_type = "source"
  engine_name   = "mysql"
  ssl_mode      = "require"
}
"""


def test_instances_and_endpoints_as_terraform_has_them(
    aws: Callable[..., Any], collect: Callable[..., Any], judged: Callable[..., Any], written: Callable[..., Any]
) -> None:
    client = aws("dms")
    client.create_replication_instance(
        ReplicationInstanceIdentifier="i", ReplicationInstanceClass="dms.t3.small", PubliclyAccessible=True
    )
    for name, mode in (("plain", "none"), ("sealed", "require")):
        client.create_endpoint(EndpointIdentifier=name, EndpointType="source", EngineName="mysql", SslMode=mode)
    found = collect(INSTANCE, ENDPOINT)
    assert found.one(INSTANCE).properties["PubliclyAccessible"] is True
    assert {one.properties["EndpointType"] for one in found.of(ENDPOINT)} == {"source"}
    assert judged(found) == judged(written(MODULE))


def test_no_password_is_taken_from_an_answer(answered: Callable[..., Any], judged: Callable[..., Any]) -> None:
    arn = "arn:aws:dms:eu-west-1:123456789012:endpoint:e"
    endpoint = {
        "EndpointArn": arn, "EndpointType": "SOURCE", "EngineName": "mongodb", "SslMode": "require",
        "MongoDbSettings": {"Username": "u", "Password": "****", "AuthType": "password"},
    }  # fmt: skip
    answers = {"DescribeEndpoints": {"Endpoints": [endpoint]}, "GetResources": "AccessDeniedException"}
    found = answered("dms", answers, ENDPOINT)
    properties = found.one(ENDPOINT).properties
    assert properties["MongoDbSettings"] == {"Username": "u", "AuthType": "password"}
    assert properties["EndpointType"] == "source"
    assert set(found.one(ENDPOINT).unresolved) == {"Tags"}
    assert judged(found)["dms.endpoint-password-is-not-in-code"] == {"pass"}


def test_lists_that_are_denied(answered: Callable[..., Any]) -> None:
    answers = {"DescribeEndpoints": {"Endpoints": []}, "DescribeReplicationInstances": "AccessDeniedFault"}
    found = answered("dms", answers, INSTANCE, ENDPOINT)
    assert list(found.unread) == [INSTANCE]
