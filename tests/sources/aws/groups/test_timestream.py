"""Instances of Timestream for InfluxDB."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

INSTANCE = "AWS::Timestream::InfluxDBInstance"
ARN = "arn:aws:timestream-influxdb:eu-west-1:123456789012:db-instance/1"
MODULE = """
resource "aws_timestreaminfluxdb_db_instance" "i" {
  name                   = "instance"
  allocated_storage      = 20
  bucket                 = "b"
  db_instance_type       = "db.influx.medium"
  username               = "admin"
  password               = var.password
  organization           = "o"
  vpc_subnet_ids         = ["subnet-1"]
  vpc_security_group_ids = ["sg-1"]
  publicly_accessible    = true
}
variable "password" { sensitive = true }
"""


def test_an_instance_as_terraform_has_it(
    aws: Callable[..., Any], collect: Callable[..., Any], judged: Callable[..., Any], written: Callable[..., Any]
) -> None:
    aws("timestream-influxdb").create_db_instance(
        name="instance", allocatedStorage=20, bucket="bucket", dbInstanceType="db.influx.medium", organization="ours",
        username="admin", password="not-this-one", vpcSubnetIds=["subnet-1"], vpcSecurityGroupIds=["sg-1"],
        publiclyAccessible=True,
    )  # fmt: skip
    found = collect(INSTANCE)
    properties = found.one(INSTANCE).properties
    assert (properties["Name"], properties["VpcSubnetIds"], properties["AllocatedStorage"]) == (
        "instance",
        ["subnet-1"],
        20,
    )
    assert "Password" not in properties
    assert judged(found) == judged(written(MODULE))


def test_what_may_not_be_described(answered: Callable[..., Any], judged: Callable[..., Any]) -> None:
    answers: dict[str, Any] = {
        "ListDbInstances": {"items": [{"id": "abc1", "name": "instance", "arn": ARN}]},
        "GetDbInstance": "AccessDeniedException",
        "ListTagsForResource": {"tags": {"k": "v"}},
    }
    found = answered("timestream", answers, INSTANCE)
    assert found.one(INSTANCE).address == ARN
    assert "grant timestream-influxdb:GetDbInstance" in found.one(INSTANCE).unresolved["PubliclyAccessible"]
    assert judged(found)["timestream.influxdb-is-not-public"] == {"unknown"}
    gone = answered("timestream", {**answers, "GetDbInstance": "ResourceNotFoundException"}, INSTANCE)
    assert gone.resources == []
