"""Clusters and instances of Neptune."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

CLUSTER, INSTANCE = "AWS::Neptune::DBCluster", "AWS::Neptune::DBInstance"
MODULE = """
resource "aws_neptune_cluster" "c" {
  cluster_identifier                  = "c"
  storage_encrypted                   = true
  iam_database_authentication_enabled = true
  enable_cloudwatch_logs_exports      = ["audit"]
}
resource "aws_neptune_cluster_instance" "i" {
  cluster_identifier  = "c"
  instance_class      = "db.r5.large"
  publicly_accessible = true
}
"""
ARN = "arn:aws:rds:eu-west-1:123456789012:"
PENDING = [
    {
        "ResourceIdentifier": "arn:aws:rds:eu-west-1:123456789012:cluster:c",
        "PendingMaintenanceActionDetails": [{"Action": "system-update"}],
    }
]


def answers(**more: Any) -> dict[str, Any]:
    """A cluster and its instance, and those of another engine."""
    cluster = {
        "DBClusterIdentifier": "c", "DBClusterArn": f"{ARN}cluster:c", "Engine": "neptune", "StorageEncrypted": True,
        "IAMDatabaseAuthenticationEnabled": True, "EnabledCloudwatchLogsExports": ["audit"], "Port": 8182,
        "ServerlessV2ScalingConfiguration": {"MinCapacity": 1.0, "MaxCapacity": 2.5},
    }  # fmt: skip
    instance = {
        "DBInstanceIdentifier": "i", "DBInstanceArn": f"{ARN}db:i", "Engine": "neptune", "PubliclyAccessible": True,
        "Endpoint": {"Address": "e", "Port": 8182}, "DBSubnetGroup": {"DBSubnetGroupName": "s"},
        "DBParameterGroups": [{"DBParameterGroupName": "p"}],
    }  # fmt: skip
    return {
        "DescribeDBClusters": {"DBClusters": [cluster, {**cluster, "Engine": "docdb", "DBClusterIdentifier": "d"}]},
        "DescribePendingMaintenanceActions": {"PendingMaintenanceActions": PENDING},
        "DescribeDBInstances": {
            "DBInstances": [instance, {**instance, "Engine": "mysql", "DBInstanceIdentifier": "m"}]
        },
        **more,
    }


def test_what_aws_knows_of_a_cluster(aws: Callable[..., Any], collect: Callable[..., Any]) -> None:
    aws("neptune").create_db_cluster(DBClusterIdentifier="c", Engine="neptune", StorageEncrypted=True)
    aws("rds").create_db_cluster(
        DBClusterIdentifier="a", Engine="aurora-mysql", MasterUsername="root", ManageMasterUserPassword=True
    )
    found = collect(CLUSTER).one(CLUSTER)
    assert found.address == f"{ARN}cluster:c"
    assert found.properties["StorageEncrypted"] is True


def test_a_cluster_and_its_instance_as_terraform_has_them(
    answered: Callable[..., Any], judged: Callable[..., Any], written: Callable[..., Any]
) -> None:
    found = answered("neptune", answers(), CLUSTER, INSTANCE)
    assert found.one(CLUSTER).properties["ServerlessScalingConfiguration"] == {"MinCapacity": 1, "MaxCapacity": 2.5}
    assert found.one(INSTANCE).properties == {
        "DBInstanceIdentifier": "i", "PubliclyAccessible": True, "Endpoint": "e", "Port": "8182",
        "DBSubnetGroupName": "s", "DBParameterGroupName": "p",
    }  # fmt: skip
    assert judged(found) == judged(written(MODULE))


def test_instances_that_are_denied(answered: Callable[..., Any]) -> None:
    found = answered("neptune", answers(DescribeDBInstances="AccessDenied"), CLUSTER, INSTANCE)
    assert "grant rds:DescribeDBInstances" in found.unread[INSTANCE]
    assert found.one(CLUSTER).unresolved == {}


def test_maintenance_that_waits(answered: Callable[..., Any]) -> None:
    found = answered("neptune", answers(), CLUSTER).one(CLUSTER)
    assert found.properties["PendingMaintenance"] == [{"Action": "system-update"}]
    denied = answered("neptune", answers(DescribePendingMaintenanceActions="AccessDenied"), CLUSTER).one(CLUSTER)
    assert set(denied.unresolved) == {"PendingMaintenance"}
