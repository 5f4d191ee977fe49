"""Clusters of EKS and their node groups."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

CLUSTER, NODES = "AWS::EKS::Cluster", "AWS::EKS::Nodegroup"
ARN = "arn:aws:eks:eu-west-1:123456789012:cluster/shop"
SUBNETS = ["subnet-1", "subnet-2"]
KEY = "arn:aws:kms:eu-west-1:123456789012:key/k"

MODULE = """
resource "aws_eks_cluster" "shop" {
  name     = "shop"
  role_arn = "arn:aws:iam::123456789012:role/eks"
  version  = "1.30"
  vpc_config {
    subnet_ids             = ["subnet-1", "subnet-2"]
    endpoint_public_access = true
    public_access_cidrs    = ["0.0.0.0/0"]
  }
  enabled_cluster_log_types = ["api", "audit"]
  encryption_config {
    resources = ["secrets"]
    provider { key_arn = "arn:aws:kms:eu-west-1:123456789012:key/k" }
  }
}
resource "aws_eks_node_group" "nodes" {
  cluster_name    = aws_eks_cluster.shop.name
  node_group_name = "nodes"
  node_role_arn   = "arn:aws:iam::123456789012:role/nodes"
  subnet_ids      = ["subnet-1", "subnet-2"]
  ami_type        = "AL2_x86_64"
  remote_access { ec2_ssh_key = "ops" }
  scaling_config {
    desired_size = 1
    max_size     = 1
    min_size     = 1
  }
}
"""
LOGGING = [{"types": ["api", "audit"], "enabled": True}, {"types": ["authenticator"], "enabled": False}]


def test_a_cluster_as_terraform_has_it(
    answered: Callable[..., Any], judged: Callable[..., Any], written: Callable[..., Any]
) -> None:
    cluster = {
        "name": "shop",
        "arn": ARN,
        "version": "1.30",
        "resourcesVpcConfig": {
            "subnetIds": SUBNETS,
            "endpointPublicAccess": True,
            "endpointPrivateAccess": False,
            "publicAccessCidrs": ["0.0.0.0/0"],
        },
        "logging": {"clusterLogging": LOGGING},
        "encryptionConfig": [{"resources": ["secrets"], "provider": {"keyArn": KEY}}],
        "deletionProtection": False,
    }
    nodes = {
        "nodegroupName": "nodes",
        "nodegroupArn": "arn:aws:eks:eu-west-1:123456789012:nodegroup/shop/nodes/1",
        "clusterName": "shop",
        "amiType": "AL2_x86_64",
        "remoteAccess": {"ec2SshKey": "ops"},
    }
    answers = {
        "ListClusters": {"clusters": ["shop"]},
        "DescribeClusterVersions": {"clusterVersions": []},
        "DescribeCluster": {"cluster": cluster},
        "ListNodegroups": {"nodegroups": ["nodes"]},
        "DescribeNodegroup": {"nodegroup": nodes},
    }
    found = answered("eks", answers, CLUSTER, NODES)
    shop = found.one(CLUSTER)
    assert shop.address == ARN
    assert shop.properties["Logging"] == {"ClusterLogging": {"EnabledTypes": [{"Type": "api"}, {"Type": "audit"}]}}
    verdicts = judged(found)
    assert verdicts == judged(written(MODULE))
    assert verdicts["eks.cluster-secrets-use-customer-key"] == {"pass"}
    assert verdicts["eks.cluster-logs-the-control-plane"] == {"fail"}
    assert verdicts["eks.nodegroup-closes-remote-access"] == {"fail"}
    assert verdicts["eks.nodegroup-image-is-supported"] == {"fail"}


def test_a_cluster_over_http(aws: Callable[..., Any], collect: Callable[..., Any]) -> None:
    client = aws("eks")
    network = {"subnetIds": SUBNETS, "endpointPublicAccess": False, "endpointPrivateAccess": True}
    client.create_cluster(
        name="shop",
        roleArn="arn:aws:iam::123456789012:role/eks",
        resourcesVpcConfig=network,
        tags={"team": "shop"},
        logging={"clusterLogging": [{"types": ["api"], "enabled": True}]},
    )
    client.create_nodegroup(
        clusterName="shop", nodegroupName="n", subnets=SUBNETS, nodeRole="arn:aws:iam::123456789012:role/n"
    )
    found = collect(CLUSTER, NODES)
    shop = found.one(CLUSTER)
    assert shop.address == ARN
    assert shop.properties["Tags"] == [{"Key": "team", "Value": "shop"}]
    assert shop.properties["Logging"] == {"ClusterLogging": {"EnabledTypes": [{"Type": "api"}]}}
    assert found.one(NODES).properties["ClusterName"] == "shop"
    assert found.one(NODES).address == found.one(NODES).properties["Arn"]


def test_a_cluster_whose_description_is_denied(answered: Callable[..., Any], judged: Callable[..., Any]) -> None:
    answers = {
        "ListClusters": {"clusters": ["shop"]},
        "DescribeClusterVersions": {"clusterVersions": []},
        "DescribeCluster": "AccessDeniedException",
    }
    found = answered("eks", answers, CLUSTER)
    assert found.one(CLUSTER).address == ARN
    assert "grant eks:DescribeCluster" in found.one(CLUSTER).unresolved["Logging"]
    verdicts = {name: status for name, status in judged(found).items() if name.startswith("eks.")}
    assert verdicts
    assert set.union(*verdicts.values()) == {"unknown"}


def test_node_groups_of_a_cluster_that_is_gone(answered: Callable[..., Any]) -> None:
    answers = {
        "ListClusters": {"clusters": ["shop"]},
        "DescribeClusterVersions": {"clusterVersions": []},
        "DescribeCluster": {"cluster": {"name": "shop", "arn": ARN}},
        "ListNodegroups": "ResourceNotFoundException",
    }
    found = answered("eks", answers, NODES)
    assert found.resources == []
    assert found.unread == {}
