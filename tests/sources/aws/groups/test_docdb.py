"""Clusters of DocumentDB and their parameter groups."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

CLUSTER, GROUP = "AWS::DocDB::DBCluster", "AWS::DocDB::DBClusterParameterGroup"
TYPES = (CLUSTER, GROUP)
PENDING = [
    {
        "ResourceIdentifier": "arn:aws:rds:eu-west-1:123456789012:cluster:c",
        "PendingMaintenanceActionDetails": [{"Action": "system-update"}],
    }
]
MODULE = """
resource "aws_docdb_cluster_parameter_group" "g" {
  name   = "g"
  family = "docdb5.0"
  parameter {
    name  = "tls"
    value = "disabled"
  }
}
resource "aws_docdb_cluster" "c" {
  cluster_identifier              = "c"
  storage_encrypted               = true
  backup_retention_period         = 7
  master_username                 = "root"
  db_cluster_parameter_group_name = aws_docdb_cluster_parameter_group.g.name
  enabled_cloudwatch_logs_exports = ["audit"]
}
"""
BASE = {
    "DBClusterIdentifier": "c", "Engine": "docdb", "StorageEncrypted": True, "BackupRetentionPeriod": 7,
    "DBClusterArn": "arn:aws:rds:eu-west-1:123456789012:cluster:c", "EnabledCloudwatchLogsExports": ["audit"],
    "DBClusterParameterGroup": "g", "DBSubnetGroup": "s", "ReaderEndpoint": "r", "Endpoint": "e", "Port": 27017,
}  # fmt: skip


def groups(*families: str) -> dict[str, Any]:
    """Parameter groups of these families, named `g` and on."""
    arn = "arn:aws:rds:eu-west-1:123456789012:cluster-pg:"
    return {
        "DBClusterParameterGroups": [
            {
                "DBClusterParameterGroupName": name,
                "DBParameterGroupFamily": family,
                "DBClusterParameterGroupArn": arn + name,
            }
            for name, family in zip("ghi", families, strict=False)
        ]
    }


def answers(**more: Any) -> dict[str, Any]:
    """A cluster and its group, in which TLS is off."""
    parameters = {"Parameters": [{"ParameterName": "tls", "ParameterValue": "disabled"}]}
    return {
        "DescribeDBClusters": {"DBClusters": [BASE]},
        "DescribePendingMaintenanceActions": {"PendingMaintenanceActions": PENDING},
        "DescribeDBClusterParameterGroups": groups("docdb5.0", "neptune1.3", "aurora-mysql8.0"),
        "DescribeDBClusterParameters": parameters,
        **more,
    }


def test_a_cluster_of_another_engine_is_none(
    aws: Callable[..., Any], collect: Callable[..., Any], answered: Callable[..., Any]
) -> None:
    aws("rds").create_db_cluster(
        DBClusterIdentifier="a", Engine="aurora-mysql", MasterUsername="root", ManageMasterUserPassword=True
    )
    assert collect(CLUSTER).of(CLUSTER) == []
    other = {**BASE, "DBClusterIdentifier": "a", "Engine": "aurora-mysql"}
    found = answered("docdb", answers(DescribeDBClusters={"DBClusters": [other, BASE]}), CLUSTER)
    assert found.one(CLUSTER).metadata["id"] == "c"


def test_a_cluster_and_its_group_as_terraform_has_them(
    answered: Callable[..., Any], judged: Callable[..., Any], written: Callable[..., Any]
) -> None:
    found = answered("docdb", answers(), *TYPES)
    properties = found.one(CLUSTER).properties
    assert (properties["ReadEndpoint"], properties["Endpoint"], properties["DBSubnetGroupName"]) == ("r", "e", "s")
    assert found.one(GROUP).properties == {"Name": "g", "Family": "docdb5.0", "Parameters": {"tls": "disabled"}}
    verdicts = judged(found)
    assert verdicts == judged(written(MODULE))
    assert verdicts["docdb.cluster-requires-tls"] == {"fail"}


def test_no_log_is_no_unknown(answered: Callable[..., Any], judged: Callable[..., Any]) -> None:
    quiet = {key: value for key, value in BASE.items() if key != "EnabledCloudwatchLogsExports"}
    found = answered("docdb", answers(DescribeDBClusters={"DBClusters": [quiet]}), *TYPES)
    assert judged(found)["docdb.cluster-exports-audit-log"] == {"fail"}


def test_parameters_that_may_not_be_read(answered: Callable[..., Any], judged: Callable[..., Any]) -> None:
    found = answered("docdb", answers(DescribeDBClusterParameters="AccessDenied"), *TYPES)
    assert "grant rds:DescribeDBClusterParameters" in found.one(GROUP).unresolved["Parameters"]
    assert judged(found)["docdb.cluster-requires-tls"] == {"unknown"}


def test_groups_of_other_engines_are_told_apart(answered: Callable[..., Any]) -> None:
    assert answered("docdb", answers(), GROUP).one(GROUP).metadata["id"] == "g"
    relational = "AWS::RDS::DBClusterParameterGroup"
    assert answered("rds", answers(), relational).one(relational).metadata["id"] == "i"


def test_maintenance_that_waits(answered: Callable[..., Any]) -> None:
    found = answered("docdb", answers(), CLUSTER).one(CLUSTER)
    assert found.properties["PendingMaintenance"] == [{"Action": "system-update"}]
    denied = answered("docdb", answers(DescribePendingMaintenanceActions="AccessDenied"), CLUSTER).one(CLUSTER)
    assert set(denied.unresolved) == {"PendingMaintenance"}
