"""Flows by what a property says, and what connects with somebody outside."""

from __future__ import annotations

from typing import Any

import pytest

from bastide.threats.model import model_of
from tests.threats.stacks import live_of

ACCOUNT = "111122223333"


def flows(*rows: tuple[str, str, dict[str, Any]]) -> set[tuple[str, str, str, str | None, bool | None]]:
    with live_of([{"type": kind, "arn": arn, "properties": properties} for kind, arn, properties in rows]) as known:
        found = model_of(known)
    names = {one.id: one.name for one in found.elements}
    return {(names[f.source], names[f.target], f.kind, f.protocol, f.encrypted) for f in found.flows}


QUEUE = ("AWS::SQS::Queue", f"arn:aws:sqs:eu-west-1:{ACCOUNT}:orders", {})
TOPIC = ("AWS::SNS::Topic", f"arn:aws:sns:eu-west-1:{ACCOUNT}:news", {})
EVERYBODY = "anybody on the internet"


@pytest.mark.parametrize(
    ("rows", "wanted"),
    [
        ([QUEUE, TOPIC, ("AWS::SNS::Subscription", "arn:s", {"TopicArn": TOPIC[1], "Protocol": "sqs",
                                                            "Endpoint": QUEUE[1]})],
         {("news", "orders", "event", "HTTPS", True)}),
        ([TOPIC, ("AWS::SNS::Subscription", "arn:s", {"TopicArn": TOPIC[1], "Protocol": "http",
                                                     "Endpoint": "http://hooks.example.com/x"})],
         {("news", "hooks.example.com", "event", "HTTP", False)}),
        ([TOPIC, ("AWS::SNS::Subscription", "arn:s", {"TopicArn": TOPIC[1], "Protocol": "email",
                                                     "Endpoint": "a@example.com"})],
         {("news", "recipients of messages", "event", "email", None)}),
        ([("AWS::ApiGateway::RestApi", "arn:x:a", {"EndpointConfiguration": {"Types": ["PRIVATE"]}})], set()),
        ([("AWS::ApiGateway::RestApi", "arn:x:a", {"EndpointConfiguration": {"Types": ["REGIONAL"]}})],
         {(EVERYBODY, "a", "request", "HTTPS", True)}),
        ([("AWS::ElasticLoadBalancing::LoadBalancer", "arn:x:e", {"Scheme": "internal"})], set()),
        ([("AWS::Transfer::Server", "arn:x:t", {"EndpointType": "PUBLIC", "Protocols": ["FTP", "SFTP"]})],
         {(EVERYBODY, "t", "request", "FTP, SFTP", False)}),
        ([("AWS::EKS::Cluster", "arn:x:k", {"ResourcesVpcConfig": {"EndpointPublicAccess": True,
                                                                  "PublicAccessCidrs": ["192.0.2.0/24"]}})],
         {("people who administer", "k", "admin", "Kubernetes API", True)}),
        ([("AWS::EKS::Cluster", "arn:x:k", {"ResourcesVpcConfig": {"EndpointPublicAccess": True}})],
         {("people who administer", "k", "admin", "Kubernetes API", True),
          (EVERYBODY, "k", "admin", "Kubernetes API", True)}),
        ([("AWS::IAM::User", "arn:x:u", {})], {("people who administer", "u", "assume", "HTTPS", True)}),
    ],
)  # fmt: skip
def test_flows(
    rows: list[tuple[str, str, dict[str, Any]]], wanted: set[tuple[str, str, str, str | None, bool | None]]
) -> None:
    assert flows(*rows) == wanted


def test_what_is_not_known_is_neither_exposed_nor_safe() -> None:
    arn = f"arn:aws:rds:eu-west-1:{ACCOUNT}:db:d"
    with live_of([{"type": "AWS::RDS::DBInstance", "arn": arn}]) as known:
        known.run("insert into unresolved values (?, 'PubliclyAccessible', 'denied')", [f"aws:{ACCOUNT}#{arn}"])
        (element,) = model_of(known).elements
    assert element.exposed is None
