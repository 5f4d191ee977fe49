"""Clusters of Redshift and their parameter groups."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

CLUSTER, GROUP = "AWS::Redshift::Cluster", "AWS::Redshift::ClusterParameterGroup"
TYPES = (CLUSTER, GROUP)
KEY = "arn:aws:kms:eu-west-1:123456789012:key/k"
MODULE = """
resource "aws_redshift_parameter_group" "g" {
  name   = "g"
  family = "redshift-1.0"
  parameter {
    name  = "require_ssl"
    value = "true"
  }
}
resource "aws_redshift_cluster" "c" {
  cluster_identifier           = "c"
  node_type                    = "ra3.large"
  encrypted                    = true
  kms_key_id                   = "arn:aws:kms:eu-west-1:123456789012:key/k"
  publicly_accessible          = true
  cluster_parameter_group_name = aws_redshift_parameter_group.g.name
}
resource "aws_redshift_logging" "c" {
  cluster_identifier   = aws_redshift_cluster.c.id
  log_destination_type = "cloudwatch"
  log_exports          = ["connectionlog"]
}
"""


def answers(**more: Any) -> dict[str, Any]:
    """A cluster and its group."""
    cluster = {
        "ClusterIdentifier": "c", "NodeType": "ra3.large", "Encrypted": True, "KmsKeyId": KEY,
        "PubliclyAccessible": True,
        "ClusterParameterGroups": [{"ParameterGroupName": "g"}], "NumberOfNodes": 1, "MultiAZ": "Disabled",
        "Endpoint": {"Address": "e", "Port": 5439}, "AvailabilityZoneRelocationStatus": "disabled",
        "IamRoles": [{"IamRoleArn": "arn:r", "ApplyStatus": "in-sync"}],
    }  # fmt: skip
    groups = [
        {"ParameterGroupName": "g", "ParameterGroupFamily": "redshift-1.0"},
        {"ParameterGroupName": "default.redshift-1.0", "ParameterGroupFamily": "redshift-1.0"},
    ]
    return {
        "DescribeClusters": {"Clusters": [cluster]},
        "DescribeLoggingStatus": {
            "LoggingEnabled": True,
            "LogDestinationType": "cloudwatch",
            "LogExports": ["connectionlog"],
        },
        "DescribeClusterParameterGroups": {"ParameterGroups": groups},
        "DescribeClusterParameters": {"Parameters": [{"ParameterName": "require_ssl", "ParameterValue": "true"}]},
        "ListAliases": {"Aliases": [{"AliasName": "alias/ours", "TargetKeyId": "k"}]},
        **more,
    }


def test_a_cluster_as_terraform_has_it(
    answered: Callable[..., Any], judged: Callable[..., Any], written: Callable[..., Any]
) -> None:
    found = answered("redshift", answers(), *TYPES)
    properties = found.one(CLUSTER).properties
    assert found.one(CLUSTER).address == "arn:aws:redshift:eu-west-1:123456789012:cluster:c"
    assert (properties["ClusterType"], properties["MultiAZ"], properties["Port"]) == ("single-node", False, 5439)
    assert properties["IamRoles"] == ["arn:r"]
    theirs, own = found.of(GROUP)
    assert own.properties["Parameters"] == [{"ParameterName": "require_ssl", "ParameterValue": "true"}]
    assert theirs.metadata["managed"] == "by AWS"
    assert sum(row.calls for row in found.ledger if row.operation == "DescribeClusterParameters") == 1
    verdicts = judged(found)
    assert verdicts == judged(written(MODULE))
    assert verdicts["redshift.cluster-requires-tls"] == {"pass"}


def test_what_moto_has(aws: Callable[..., Any], collect: Callable[..., Any], judged: Callable[..., Any]) -> None:
    client = aws("redshift")
    client.create_cluster_parameter_group(ParameterGroupName="g", ParameterGroupFamily="redshift-1.0", Description="d")
    client.create_cluster(
        ClusterIdentifier="c", NodeType="ra3.large", MasterUsername="root", ManageMasterPassword=True, Encrypted=True,
        ClusterParameterGroupName="g", PubliclyAccessible=False, Tags=[{"Key": "k", "Value": "v"}],
    )  # fmt: skip
    found = collect(*TYPES)
    properties = found.one(CLUSTER).properties
    assert (properties["ClusterParameterGroupName"], properties["Tags"]) == ("g", [{"Key": "k", "Value": "v"}])
    verdicts = judged(found)
    assert verdicts["redshift.cluster-requires-tls"] == verdicts["redshift.cluster-logs-audit-events"] == {"fail"}
    assert verdicts["redshift.cluster-is-not-public"] == {"pass"}


def test_a_key_that_aws_manages(answered: Callable[..., Any], judged: Callable[..., Any]) -> None:
    alias = {"AliasName": "alias/aws/redshift", "AliasArn": "arn:aws:kms:eu-west-1:123456789012:alias/aws/redshift"}
    found = answered("redshift", answers(ListAliases={"Aliases": [{**alias, "TargetKeyId": "k"}]}), *TYPES)
    assert judged(found)["redshift.cluster-uses-customer-key"] == {"fail"}


def test_what_is_denied_is_unknown(answered: Callable[..., Any], judged: Callable[..., Any]) -> None:
    calls = ("DescribeLoggingStatus", "DescribeClusterParameters", "ListAliases")
    found = answered("redshift", answers(**dict.fromkeys(calls, "AccessDeniedException")), *TYPES)
    assert set(found.one(CLUSTER).unresolved) == {"KmsKeyId", "LoggingProperties"}
    verdicts = judged(found)
    assert {name for name, statuses in verdicts.items() if statuses == {"unknown"}} == {
        "redshift.cluster-uses-customer-key", "redshift.cluster-logs-audit-events", "redshift.cluster-requires-tls",
    }  # fmt: skip
