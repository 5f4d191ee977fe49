"""Clusters of DynamoDB Accelerator."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

CLUSTER = "AWS::DAX::Cluster"
MODULE = """
resource "aws_dax_cluster" "plain" {
  cluster_name       = "plain"
  iam_role_arn       = "arn:aws:iam::123456789012:role/dax"
  node_type          = "dax.t3.small"
  replication_factor = 1
}
resource "aws_dax_cluster" "sealed" {
  cluster_name                     = "sealed"
  iam_role_arn                     = "arn:aws:iam::123456789012:role/dax"
  node_type                        = "dax.t3.small"
  replication_factor               = 1
  cluster_endpoint_encryption_type = "TLS"
  server_side_encryption { enabled = true }
}
"""


def test_clusters_as_terraform_has_them(
    aws: Callable[..., Any], collect: Callable[..., Any], judged: Callable[..., Any], written: Callable[..., Any]
) -> None:
    client = aws("dax")
    given = {"NodeType": "dax.t3.small", "ReplicationFactor": 1, "IamRoleArn": "arn:aws:iam::123456789012:role/dax"}
    client.create_cluster(ClusterName="plain", **given)
    client.create_cluster(
        ClusterName="sealed", SSESpecification={"Enabled": True}, ClusterEndpointEncryptionType="TLS", **given
    )
    found = collect(CLUSTER)
    plain, sealed = found.of(CLUSTER)
    assert not plain.properties.get("SSESpecification", {}).get("SSEEnabled")
    assert sealed.properties["SSESpecification"] == {"SSEEnabled": True}
    assert sealed.properties["IAMRoleARN"] == "arn:aws:iam::123456789012:role/dax"
    assert sealed.properties["ReplicationFactor"] == 1
    assert judged(found) == judged(written(MODULE))


def test_tags_that_are_denied_leave_the_rest_known(answered: Callable[..., Any]) -> None:
    arn = "arn:aws:dax:eu-west-1:123456789012:cache/c"
    cluster = {
        "ClusterName": "c", "ClusterArn": arn, "TotalNodes": 3, "SSEDescription": {"Status": "ENABLED"},
        "ClusterDiscoveryEndpoint": {"Address": "c.dax", "Port": 8111}, "ParameterGroup": {"ParameterGroupName": "p"},
        "SecurityGroups": [{"SecurityGroupIdentifier": "sg-1"}], "SubnetGroup": "s",
    }  # fmt: skip
    answers = {"DescribeClusters": {"Clusters": [cluster]}, "GetResources": "AccessDeniedException"}
    found = answered("dax", answers, CLUSTER).one(CLUSTER)
    assert found.properties == {
        "Arn": arn, "ClusterName": "c", "ClusterDiscoveryEndpoint": "c.dax:8111", "ParameterGroupName": "p",
        "ReplicationFactor": 3, "SecurityGroupIds": ["sg-1"], "SSESpecification": {"SSEEnabled": True},
        "SubnetGroupName": "s",
    }  # fmt: skip
    assert found.unresolved == {
        "Tags": "resourcegroupstaggingapi:GetResources is denied (AccessDeniedException): grant tag:GetResources"
    }


def test_a_list_that_is_denied(answered: Callable[..., Any]) -> None:
    found = answered("dax", {"DescribeClusters": "AccessDeniedException"}, CLUSTER)
    assert "grant dax:DescribeClusters" in found.unread[CLUSTER]
