"""How long a cluster's version is supported, and what EKS complains of."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

CLUSTER, NODES = "AWS::EKS::Cluster", "AWS::EKS::Nodegroup"
ANSWERS: dict[str, Any] = {
    "ListClusters": {"clusters": ["shop"]},
    "DescribeCluster": {
        "cluster": {
            "name": "shop",
            "version": "1.33",
            "health": {"issues": [{"code": "KmsKeyNotFound", "message": "m"}]},
        }
    },
    "DescribeClusterVersions": {
        "clusterVersions": [
            {"clusterVersion": "1.34", "endOfStandardSupportDate": datetime(2027, 1, 1, tzinfo=UTC)},
            {"clusterVersion": "1.33", "endOfStandardSupportDate": datetime(2026, 7, 29, tzinfo=UTC)},
        ]
    },
}


def test_support_and_health_of_a_cluster(answered: Callable[..., Any]) -> None:
    found = answered("eks", ANSWERS, CLUSTER).one(CLUSTER).properties
    assert found["StandardSupportEnds"] == "2026-07-29T00:00:00Z"
    assert found["HealthIssues"] == ["KmsKeyNotFound"]


def test_versions_that_may_not_be_listed(answered: Callable[..., Any]) -> None:
    found = answered("eks", {**ANSWERS, "DescribeClusterVersions": "AccessDeniedException"}, CLUSTER).one(CLUSTER)
    assert set(found.unresolved) == {"StandardSupportEnds", "ExtendedSupportEnds"}


def test_health_of_a_node_group(answered: Callable[..., Any]) -> None:
    issues = [{"code": "Ec2LaunchTemplateNotFound", "message": "m", "resourceIds": ["lt-1"]}]
    group = {
        "nodegroupName": "n",
        "nodegroupArn": "arn:aws:eks:eu-west-1:1:nodegroup/shop/n/1",
        "health": {"issues": issues},
    }
    answers = {**ANSWERS, "ListNodegroups": {"nodegroups": ["n"]}, "DescribeNodegroup": {"nodegroup": group}}
    assert answered("eks", answers, NODES).one(NODES).properties["HealthIssues"] == ["Ec2LaunchTemplateNotFound"]
