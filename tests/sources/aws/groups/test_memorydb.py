"""Clusters of MemoryDB."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

CLUSTER = "AWS::MemoryDB::Cluster"
MODULE = """
resource "aws_memorydb_cluster" "open" {
  name        = "open"
  acl_name    = "open-access"
  node_type   = "db.t4g.small"
  tls_enabled = false
}
resource "aws_memorydb_cluster" "sealed" {
  name      = "sealed"
  acl_name  = "ours"
  node_type = "db.t4g.small"
}
"""


def test_clusters_as_terraform_has_them(
    aws: Callable[..., Any], collect: Callable[..., Any], judged: Callable[..., Any], written: Callable[..., Any]
) -> None:
    client = aws("memorydb")
    for name, acl, tls in (("open", "open-access", False), ("sealed", "ours", True)):
        client.create_cluster(
            ClusterName=name, ACLName=acl, TLSEnabled=tls, NodeType="db.t4g.small", Tags=[{"Key": "k", "Value": name}]
        )
    found = collect(CLUSTER)
    assert [one.properties["ClusterName"] for one in found.of(CLUSTER)] == ["open", "sealed"]
    assert [one.properties["Tags"] for one in found.of(CLUSTER)] == [
        [{"Key": "k", "Value": "open"}],
        [{"Key": "k", "Value": "sealed"}],
    ]
    assert judged(found) == judged(written(MODULE))


def test_tags_that_are_denied_leave_the_rest_known(answered: Callable[..., Any]) -> None:
    arn = "arn:aws:memorydb:eu-west-1:123456789012:cluster/c"
    shards = [{"Name": "0001", "NumberOfNodes": 3}]
    cluster = {"Name": "c", "ARN": arn, "ACLName": "ours", "TLSEnabled": True, "Shards": shards, "NumberOfShards": 1}
    answers = {"DescribeClusters": {"Clusters": [cluster]}, "ListTags": "AccessDeniedException"}
    found = answered("memorydb", answers, CLUSTER).one(CLUSTER)
    assert "grant memorydb:ListTags" in found.unresolved["Tags"]
    assert (found.properties["NumReplicasPerShard"], found.properties["NumShards"]) == (2, 1)


def test_a_list_that_is_denied(answered: Callable[..., Any]) -> None:
    found = answered("memorydb", {"DescribeClusters": "AccessDeniedException"}, CLUSTER)
    assert "grant memorydb:DescribeClusters" in found.unread[CLUSTER]
