"""What Lightsail opens to the internet."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

INSTANCE, DATABASE, BUCKET = "AWS::Lightsail::Instance", "AWS::Lightsail::Database", "AWS::Lightsail::Bucket"
PREFIX = "arn:aws:lightsail:eu-west-1:123456789012"


def test_an_instance_and_its_ports(answered: Callable[..., Any]) -> None:
    port = {"fromPort": 22, "toPort": 22, "protocol": "tcp", "cidrs": ["0.0.0.0/0"], "ipv6Cidrs": ["::/0"]}
    instance = {
        "name": "i",
        "arn": f"{PREFIX}:Instance/1",
        "networking": {"ports": [port]},
        "metadataOptions": {"httpTokens": "optional"},
    }
    found = answered("lightsail", {"GetInstances": {"instances": [instance]}}, INSTANCE).one(INSTANCE)
    assert found.properties["HttpTokens"] == "optional"
    (opened,) = found.properties["Networking"]["Ports"]
    assert (opened["FromPort"], opened["Cidrs"], opened["Ipv6Cidrs"]) == (22, ["0.0.0.0/0"], ["::/0"])


def test_databases_and_buckets(answered: Callable[..., Any]) -> None:
    database = {"name": "d", "arn": f"{PREFIX}:RelationalDatabase/1", "publiclyAccessible": True}
    rules = {"getObject": "private", "allowPublicOverrides": True}
    bucket = {"name": "bucket", "arn": f"{PREFIX}:Bucket/1", "accessRules": rules, "objectVersioning": "Enabled"}
    answers = {
        "GetRelationalDatabases": {"relationalDatabases": [database]},
        "GetBuckets": [{"buckets": [], "nextPageToken": "n"}, {"buckets": [bucket]}],
    }
    found = answered("lightsail", answers, DATABASE, BUCKET)
    assert found.one(DATABASE).properties["PubliclyAccessible"] is True
    assert found.one(BUCKET).properties["AccessRules"] == {"GetObject": "private", "AllowPublicOverrides": True}
    assert found.one(BUCKET).properties["ObjectVersioning"] is True


def test_a_list_that_is_denied(answered: Callable[..., Any]) -> None:
    found = answered("lightsail", {"GetInstances": "AccessDeniedException"}, INSTANCE)
    assert "grant lightsail:GetInstances" in found.unread[INSTANCE]
