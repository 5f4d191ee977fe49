"""Updates that caches wait for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

GROUP, CLUSTER = "AWS::ElastiCache::ReplicationGroup", "AWS::ElastiCache::CacheCluster"
PREFIX = "arn:aws:elasticache:eu-west-1:123456789012"
UPDATES = [
    {"ReplicationGroupId": "r", "ServiceUpdateName": "u", "ServiceUpdateSeverity": "important"},
    {
        "CacheClusterId": "c",
        "ServiceUpdateName": "v",
        "ServiceUpdateSeverity": "low",
        "ServiceUpdateType": "security-update",
    },
]
ANSWERS: dict[str, Any] = {
    "DescribeReplicationGroups": {
        "ReplicationGroups": [{"ReplicationGroupId": "r", "ARN": f"{PREFIX}:replicationgroup:r"}]
    },
    "DescribeCacheClusters": {"CacheClusters": [{"CacheClusterId": "c", "ARN": f"{PREFIX}:cluster:c"}]},
    "DescribeUpdateActions": {"UpdateActions": UPDATES},
    "GetResources": {"ResourceTagMappingList": []},
}


def test_open_updates_by_what_they_are_for(answered: Callable[..., Any]) -> None:
    found = answered("elasticache", ANSWERS, GROUP, CLUSTER)
    (one,) = found.one(GROUP).properties["OpenUpdates"]
    assert (one["ServiceUpdateName"], one["ServiceUpdateSeverity"]) == ("u", "important")
    (other,) = found.one(CLUSTER).properties["OpenUpdates"]
    assert (other["ServiceUpdateName"], other["ServiceUpdateType"]) == ("v", "security-update")


def test_updates_that_are_denied(answered: Callable[..., Any]) -> None:
    found = answered("elasticache", {**ANSWERS, "DescribeUpdateActions": "AccessDenied"}, CLUSTER).one(CLUSTER)
    assert set(found.unresolved) == {"OpenUpdates"}
