"""Replication groups, single clusters and users of ElastiCache."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

GROUP, CLUSTER, USER = "AWS::ElastiCache::ReplicationGroup", "AWS::ElastiCache::CacheCluster", "AWS::ElastiCache::User"
ARN = "arn:aws:elasticache:eu-west-1:123456789012:"
MODULE = """
resource "aws_elasticache_replication_group" "open" {
  replication_group_id = "open"
  description          = "d"
  engine               = "redis"
}
resource "aws_elasticache_replication_group" "sealed" {
  replication_group_id       = "sealed"
  description                = "d"
  engine                     = "redis"
  at_rest_encryption_enabled = true
  transit_encryption_enabled = true
  auth_token                 = var.token
}
variable "token" { sensitive = true }
"""


def described(name: str, *, sealed: bool, **more: Any) -> dict[str, Any]:
    """A replication group as AWS describes it."""
    return {
        "ReplicationGroupId": name, "ARN": f"{ARN}replicationgroup:{name}", "Description": "d", "Engine": "redis",
        "AtRestEncryptionEnabled": sealed, "TransitEncryptionEnabled": sealed, "AuthTokenEnabled": sealed,
        "AutomaticFailover": "enabled" if sealed else "disabled", "MultiAZ": "disabled",
        "MemberClusters": [f"{name}-1"],
        **more,
    }  # fmt: skip


def answers(*groups: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Replication groups, the node of one of them, and a cluster that is in none."""
    clusters = [
        {"CacheClusterId": "sealed-1", "ReplicationGroupId": "sealed", "EngineVersion": "7.1",
         "CacheSubnetGroupName": "s", "SecurityGroups": [{"SecurityGroupId": "sg-1"}],
         "CacheParameterGroup": {"CacheParameterGroupName": "p"}},
        {"CacheClusterId": "single", "ARN": f"{ARN}cluster:single", "Engine": "memcached"},
    ]  # fmt: skip
    return {
        "DescribeReplicationGroups": {"ReplicationGroups": list(groups)},
        "DescribeCacheClusters": {"CacheClusters": clusters},
        "DescribeUpdateActions": {"UpdateActions": []},
        "GetResources": {"ResourceTagMappingList": []},
        **more,
    }


def test_groups_as_terraform_has_them(
    answered: Callable[..., Any], judged: Callable[..., Any], written: Callable[..., Any]
) -> None:
    given = answers(described("open", sealed=False), described("sealed", sealed=True))
    found = answered("elasticache", given, GROUP)
    open_group, sealed = found.of(GROUP)
    assert sealed.properties["AuthToken"] == "(sensitive)"
    assert "AuthToken" not in open_group.properties
    assert sealed.properties["SecurityGroupIds"] == ["sg-1"]
    assert (sealed.properties["AutomaticFailoverEnabled"], sealed.properties["MultiAZEnabled"]) == (True, False)
    expected = judged(written(MODULE))
    assert {name: statuses for name, statuses in judged(found).items() if name in expected} == expected


def test_what_moto_has(aws: Callable[..., Any], collect: Callable[..., Any], judged: Callable[..., Any]) -> None:
    client = aws("elasticache")
    client.create_replication_group(
        ReplicationGroupId="g", ReplicationGroupDescription="d", TransitEncryptionEnabled=True
    )
    client.create_cache_cluster(
        CacheClusterId="single", Engine="memcached", CacheNodeType="cache.t3.micro", NumCacheNodes=1
    )
    found = collect(GROUP, CLUSTER)
    assert found.one(GROUP).properties["TransitEncryptionEnabled"] is True
    assert found.one(CLUSTER).properties["ClusterName"] == "single"
    assert judged(found)["elasticache.replication-group-requires-tls"] == {"pass"}


def test_clusters_of_groups_are_no_clusters_of_their_own(answered: Callable[..., Any]) -> None:
    found = answered("elasticache", answers(described("sealed", sealed=True)), GROUP, CLUSTER)
    assert found.one(CLUSTER).metadata["id"] == "single"
    (row,) = [row for row in found.ledger if row.operation == "DescribeCacheClusters"]
    assert row.calls == 1


def test_clusters_that_are_denied_leave_what_they_say_unknown(answered: Callable[..., Any]) -> None:
    given = answers(described("sealed", sealed=True), DescribeCacheClusters="AccessDenied")
    found = answered("elasticache", given, GROUP, CLUSTER)
    group = found.one(GROUP)
    assert "grant elasticache:DescribeCacheClusters" in group.unresolved["SecurityGroupIds"]
    assert group.properties["TransitEncryptionEnabled"] is True
    assert list(found.unread) == [CLUSTER]


def test_users(answered: Callable[..., Any], judged: Callable[..., Any]) -> None:
    def user(name: str, kind: str, access: str = "on ~* +@all") -> dict[str, Any]:
        return {"UserId": name, "UserName": name, "ARN": f"{ARN}user:{name}", "AccessString": access,
                "Authentication": {"Type": kind, "PasswordCount": 0}}  # fmt: skip

    def judge(*users: dict[str, Any]) -> Any:
        return judged(answered("elasticache", {"DescribeUsers": {"Users": list(users)}}, USER))

    control = "elasticache.user-needs-a-credential"
    assert judge(user("a", "no-password"))[control] == {"fail"}
    assert judge(user("a", "no-password", "off ~* +@all"))[control] == {"pass"}
    assert judge(user("a", "password"), user("b", "iam"))[control] == {"pass"}
    theirs = answered("elasticache", {"DescribeUsers": {"Users": [user("default", "no-password")]}}, USER).one(USER)
    assert theirs.metadata["managed"] == "by AWS"
    assert theirs.properties["NoPasswordRequired"] is True
