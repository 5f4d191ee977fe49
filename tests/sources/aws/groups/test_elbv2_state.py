"""Whether the targets behind a load balancer are healthy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

KIND = "AWS::ElasticLoadBalancingV2::TargetGroup"
ARN = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/t/1"


def _group(answered: Callable[..., Any], health: Any, *balancers: str) -> Any:
    group = {"TargetGroupArn": ARN, "TargetGroupName": "t", "LoadBalancerArns": list(balancers)}
    answers = {
        "DescribeTargetGroups": {"TargetGroups": [group]},
        "DescribeTags": {"TagDescriptions": []},
        "DescribeTargetHealth": health,
    }
    return answered("elbv2", answers, KIND).one(KIND)


def test_targets_and_their_health(answered: Callable[..., Any]) -> None:
    states = ("healthy", "unhealthy", "unhealthy", "draining")
    health = {"TargetHealthDescriptions": [{"TargetHealth": {"State": state}} for state in states]}
    found = _group(answered, health, "arn:lb").properties
    assert (found["RegisteredTargets"], found["HealthyTargets"], found["UnhealthyTargets"]) == (4, 1, 2)


def test_a_group_without_a_load_balancer_is_not_asked_for(answered: Callable[..., Any]) -> None:
    found = _group(answered, "AccessDenied")
    assert "RegisteredTargets" not in found.properties
    assert found.unresolved == {}


def test_health_that_is_denied(answered: Callable[..., Any]) -> None:
    found = _group(answered, "AccessDenied", "arn:lb")
    assert set(found.unresolved) == {"RegisteredTargets", "HealthyTargets", "UnhealthyTargets"}
