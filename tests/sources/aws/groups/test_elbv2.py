"""Application, network and gateway load balancers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

BALANCER = "AWS::ElasticLoadBalancingV2::LoadBalancer"
LISTENER = "AWS::ElasticLoadBalancingV2::Listener"
GROUP = "AWS::ElasticLoadBalancingV2::TargetGroup"
ARN = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/shop/1"
LISTED = {"LoadBalancers": [{"LoadBalancerArn": ARN, "LoadBalancerName": "shop", "Type": "application"}]}
UNTAGGED = {"TagDescriptions": [{"ResourceArn": ARN}]}

MODULE = """
resource "aws_lb" "shop" {
  name                       = "shop"
  internal                   = true
  subnets                    = ["subnet-1", "subnet-2"]
  drop_invalid_header_fields = true
  enable_deletion_protection = true
  desync_mitigation_mode     = "monitor"
}
resource "aws_lb_target_group" "shop" {
  name     = "shop"
  port     = 80
  protocol = "HTTP"
  vpc_id   = "vpc-1"
}
resource "aws_lb_listener" "shop" {
  load_balancer_arn = aws_lb.shop.arn
  port              = 80
  protocol          = "HTTP"
  default_action {
    type = "redirect"
    redirect {
      protocol    = "HTTPS"
      port        = "443"
      status_code = "HTTP_301"
    }
  }
}
"""


def make(aws: Callable[..., Any]) -> str:
    """What stands in the module above."""
    ec2, client = aws("ec2"), aws("elbv2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    zones = {"10.0.1.0/24": "eu-west-1a", "10.0.2.0/24": "eu-west-1b"}
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=block, AvailabilityZone=zone)["Subnet"]["SubnetId"]
        for block, zone in zones.items()
    ]
    created = client.create_load_balancer(
        Name="shop", Subnets=subnets, Scheme="internal", Tags=[{"Key": "team", "Value": "shop"}]
    )
    arn = created["LoadBalancers"][0]["LoadBalancerArn"]
    attributes = {
        "routing.http.drop_invalid_header_fields.enabled": "true",
        "deletion_protection.enabled": "true",
        "routing.http.desync_mitigation_mode": "monitor",
    }
    client.modify_load_balancer_attributes(
        LoadBalancerArn=arn, Attributes=[{"Key": key, "Value": value} for key, value in attributes.items()]
    )
    client.create_target_group(Name="shop", Protocol="HTTP", Port=80, VpcId=vpc)
    redirect = {"Protocol": "HTTPS", "Port": "443", "StatusCode": "HTTP_301"}
    client.create_listener(
        LoadBalancerArn=arn, Protocol="HTTP", Port=80, DefaultActions=[{"Type": "redirect", "RedirectConfig": redirect}]
    )
    return str(arn)


def test_a_load_balancer_as_terraform_has_it(
    aws: Callable[..., Any], collect: Callable[..., Any], judged: Callable[..., Any], written: Callable[..., Any]
) -> None:
    arn = make(aws)
    found = collect(BALANCER, LISTENER, GROUP)
    shop = found.one(BALANCER)
    assert shop.address == arn
    assert shop.properties["Scheme"] == "internal"
    assert shop.properties["LoadBalancerFullName"] == arn.partition(":loadbalancer/")[2]
    assert shop.properties["Tags"] == [{"Key": "team", "Value": "shop"}]
    assert len(shop.properties["Subnets"]) == 2
    assert found.one(LISTENER).properties["LoadBalancerArn"] == arn
    group = found.one(GROUP)
    assert group.properties["TargetGroupFullName"].startswith("targetgroup/shop/")
    assert (group.properties["Name"], group.properties["TargetType"]) == ("shop", "instance")
    verdicts = judged(found)
    assert verdicts == judged(written(MODULE))
    assert verdicts["elbv2.load-balancer-drops-invalid-headers"] == {"pass"}
    assert verdicts["elbv2.load-balancer-mitigates-desync"] == {"fail"}
    assert verdicts["elbv2.http-listener-redirects"] == {"pass"}
    assert verdicts["elbv2.target-group-encrypts"] == {"fail"}


def test_attributes_that_are_denied_are_unknown(answered: Callable[..., Any], judged: Callable[..., Any]) -> None:
    answers = {
        "DescribeLoadBalancers": LISTED,
        "DescribeLoadBalancerAttributes": "AccessDenied",
        "DescribeTags": UNTAGGED,
    }
    found = answered("elbv2", answers, BALANCER)
    unresolved = found.one(BALANCER).unresolved
    assert set(unresolved) == {"LoadBalancerAttributes"}
    assert "grant elasticloadbalancing:DescribeLoadBalancerAttributes" in unresolved["LoadBalancerAttributes"]
    assert judged(found)["elbv2.load-balancer-logs-access"] == {"unknown"}


def test_a_secret_of_single_sign_on_is_in_no_listener(answered: Callable[..., Any], judged: Callable[..., Any]) -> None:
    oidc = {
        "Issuer": "https://login.example.com",
        "AuthorizationEndpoint": "https://login.example.com/a",
        "TokenEndpoint": "https://login.example.com/t",
        "UserInfoEndpoint": "https://login.example.com/u",
        "ClientId": "shop",
    }
    listener = {
        "ListenerArn": ARN.replace("loadbalancer", "listener") + "/2",
        "LoadBalancerArn": ARN,
        "Port": 443,
        "Protocol": "HTTPS",
        "SslPolicy": "ELBSecurityPolicy-TLS13-1-2-2021-06",
        "DefaultActions": [{"Type": "authenticate-oidc", "AuthenticateOidcConfig": oidc}],
    }
    answers = {"DescribeLoadBalancers": LISTED, "DescribeListeners": {"Listeners": [listener]}}
    verdicts = judged(answered("elbv2", answers, LISTENER))
    assert verdicts["elbv2.listener-client-secret-is-not-in-code"] == {"pass"}
    assert verdicts["elbv2.listener-uses-modern-tls"] == {"pass"}
