"""Classic load balancers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

TYPE = "AWS::ElasticLoadBalancing::LoadBalancer"
LISTENER = {"Protocol": "HTTPS", "LoadBalancerPort": 443, "InstanceProtocol": "HTTP", "InstancePort": 80}
BALANCER = {
    "LoadBalancerName": "shop",
    "Scheme": "internet-facing",
    "ListenerDescriptions": [{"Listener": LISTENER, "PolicyNames": ["new"]}],
    "Policies": {"OtherPolicies": ["new", "old"]},
    "BackendServerDescriptions": [],
}
ATTRIBUTES = {"AccessLog": {"Enabled": False}, "CrossZoneLoadBalancing": {"Enabled": True}}
ANSWERS = {
    "DescribeLoadBalancers": {"LoadBalancerDescriptions": [BALANCER]},
    "DescribeLoadBalancerPolicies": {
        "PolicyDescriptions": [
            {
                "PolicyName": "new",
                "PolicyTypeName": "SSLNegotiationPolicyType",
                "PolicyAttributeDescriptions": [
                    {
                        "AttributeName": "Reference-Security-Policy",
                        "AttributeValue": "ELBSecurityPolicy-TLS-1-2-2017-01",
                    }
                ],
            }
        ]
    },
    "DescribeLoadBalancerAttributes": {"LoadBalancerAttributes": ATTRIBUTES},
    "DescribeTags": {"TagDescriptions": [{"LoadBalancerName": "shop", "Tags": [{"Key": "a", "Value": "b"}]}]},
}

MODULE = """
resource "aws_elb" "shop" {
  name    = "shop"
  subnets = ["subnet-1"]
  listener {
    instance_port     = 80
    instance_protocol = "http"
    lb_port           = 80
    lb_protocol       = "http"
  }
  access_logs {
    bucket  = "logs"
    enabled = true
  }
}
"""


def test_a_load_balancer_as_terraform_has_it(
    aws: Callable[..., Any], collect: Callable[..., Any], judged: Callable[..., Any], written: Callable[..., Any]
) -> None:
    client = aws("elb")
    listener = {"Protocol": "http", "LoadBalancerPort": 80, "InstanceProtocol": "http", "InstancePort": 80}
    client.create_load_balancer(
        LoadBalancerName="shop",
        Listeners=[listener],
        AvailabilityZones=["eu-west-1a"],
        Tags=[{"Key": "team", "Value": "shop"}],
    )
    logs = {"Enabled": True, "S3BucketName": "logs", "EmitInterval": 60, "S3BucketPrefix": ""}
    client.modify_load_balancer_attributes(LoadBalancerName="shop", LoadBalancerAttributes={"AccessLog": logs})
    found = collect(TYPE)
    shop = found.one(TYPE)
    assert shop.address == "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/shop"
    assert shop.properties["Listeners"][0]["LoadBalancerPort"] == "80"
    assert shop.properties["Tags"] == [{"Key": "team", "Value": "shop"}]
    verdicts = judged(found)
    assert verdicts == judged(written(MODULE))
    assert verdicts["elb.listeners-encrypt"] == {"fail"}
    assert verdicts["elb.logs-access"] == {"pass"}


def test_policies_in_use_are_asked_for_and_no_others(answered: Callable[..., Any], judged: Callable[..., Any]) -> None:
    asked = []

    def policies(parameters: dict[str, Any]) -> Any:
        asked.append(parameters)
        return ANSWERS["DescribeLoadBalancerPolicies"]

    found = answered("elb", {**ANSWERS, "DescribeLoadBalancerPolicies": policies}, TYPE)
    assert asked == [{"LoadBalancerName": "shop", "PolicyNames": ["new"]}]
    (policy,) = found.one(TYPE).properties["Policies"]
    assert policy["PolicyType"] == "SSLNegotiationPolicyType"
    verdicts = judged(found)
    assert verdicts["elb.accepts-modern-tls-only"] == {"pass"}
    assert verdicts["elb.listeners-encrypt"] == {"pass"}
    assert verdicts["elb.logs-access"] == {"fail"}


def test_policies_that_are_denied_are_unknown(answered: Callable[..., Any], judged: Callable[..., Any]) -> None:
    denied = {"DescribeLoadBalancerPolicies": "AccessDenied", "DescribeLoadBalancerAttributes": "AccessDenied"}
    found = answered("elb", {**ANSWERS, **denied}, TYPE)
    assert "grant elasticloadbalancing:DescribeLoadBalancerPolicies" in found.one(TYPE).unresolved["Policies"]
    assert "Policies" not in found.one(TYPE).properties
    verdicts = judged(found)
    assert verdicts["elb.accepts-modern-tls-only"] == {"unknown"}
    assert verdicts["elb.logs-access"] == {"unknown"}
    assert verdicts["elb.listeners-encrypt"] == {"pass"}
