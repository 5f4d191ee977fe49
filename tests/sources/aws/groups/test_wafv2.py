"""Web ACLs of WAF, what they log and what they protect."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

ACL, LOGS, USE = "AWS::WAFv2::WebACL", "AWS::WAFv2::LoggingConfiguration", "AWS::WAFv2::WebACLAssociation"
ARN = "arn:aws:wafv2:eu-west-1:123456789012:regional/webacl/shop/1"
BALANCER = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/shop/1"
SEEN = {"SampledRequestsEnabled": True, "CloudWatchMetricsEnabled": True, "MetricName": "shop"}
MANAGED = {"ManagedRuleGroupStatement": {"VendorName": "AWS", "Name": "AWSManagedRulesCommonRuleSet"}}
SUMMARY = {"Name": "shop", "Id": "1", "ARN": ARN}
EMPTY = {**SUMMARY, "DefaultAction": {"Allow": {}}, "Rules": [], "VisibilityConfig": SEEN}
ANSWERS = {
    "ListWebACLs": {"WebACLs": [SUMMARY]},
    "GetWebACL": {"WebACL": EMPTY},
    "ListLoggingConfigurations": {"LoggingConfigurations": []},
}

MODULE = """
resource "aws_wafv2_web_acl" "shop" {
  name  = "shop"
  scope = "REGIONAL"
  default_action {
    allow {}
  }
  rule {
    name     = "common"
    priority = 1
    override_action {
      none {}
    }
    statement {
      managed_rule_group_statement {
        name        = "AWSManagedRulesCommonRuleSet"
        vendor_name = "AWS"
      }
    }
    visibility_config {
      cloudwatch_metrics_enabled = true
      metric_name                = "common"
      sampled_requests_enabled   = true
    }
  }
  visibility_config {
    cloudwatch_metrics_enabled = true
    metric_name                = "shop"
    sampled_requests_enabled   = true
  }
}
"""


def test_an_acl_as_terraform_has_it(
    aws: Callable[..., Any], collect: Callable[..., Any], judged: Callable[..., Any], written: Callable[..., Any]
) -> None:
    client = aws("wafv2")
    rule = {
        "Name": "common",
        "Priority": 1,
        "Statement": MANAGED,
        "OverrideAction": {"None": {}},
        "VisibilityConfig": {**SEEN, "MetricName": "common"},
    }
    made = client.create_web_acl(
        Name="shop", Scope="REGIONAL", DefaultAction={"Allow": {}}, Rules=[rule], VisibilityConfig=SEEN
    )
    found = collect(ACL, LOGS)
    assert found.one(ACL).address == made["Summary"]["ARN"]
    assert found.one(ACL).properties["Scope"] == "REGIONAL"
    assert found.one(ACL).properties["Rules"][0]["Statement"] == MANAGED
    verdicts = judged(found)
    assert verdicts == judged(written(MODULE))
    assert verdicts["wafv2.acl-can-refuse-requests"] == {"pass"}
    assert verdicts["wafv2.acl-logs-requests"] == {"fail"}


def test_acls_of_both_scopes(aws: Callable[..., Any], collect: Callable[..., Any], judged: Callable[..., Any]) -> None:
    for scope, region in (("REGIONAL", "eu-west-1"), ("CLOUDFRONT", "us-east-1")):
        aws("wafv2", region).create_web_acl(
            Name=scope, Scope=scope, DefaultAction={"Allow": {}}, Rules=[], VisibilityConfig=SEEN
        )
    found = collect(ACL)
    places = {one.properties["Scope"]: one.metadata["region"] for one in found.of(ACL)}
    assert places == {"REGIONAL": "eu-west-1", "CLOUDFRONT": "global"}
    assert judged(found)["wafv2.acl-can-refuse-requests"] == {"fail"}


def test_logs_of_each_kind_count_once(answered: Callable[..., Any], judged: Callable[..., Any]) -> None:
    logs = {"ResourceArn": ARN, "LogDestinationConfigs": ["arn:aws:s3:::aws-waf-logs-shop"]}

    def listed(parameters: dict[str, Any]) -> Any:
        if parameters.get("LogScope") == "CLOUDWATCH_TELEMETRY_RULE_MANAGED":
            return "WAFInvalidParameterException"
        return {"LoggingConfigurations": [logs]}

    answers = {**ANSWERS, "ListLoggingConfigurations": listed}
    for entries in (regional(), None):
        found = answered("wafv2", answers, ACL, LOGS, entries=entries)
        assert found.unread == {}
        assert found.one(LOGS).properties["ResourceArn"] == ARN
        assert judged(found)["wafv2.acl-logs-requests"] == {"pass"}


def test_rules_of_firewall_manager_count(answered: Callable[..., Any], judged: Callable[..., Any]) -> None:
    group = {
        "Name": "org",
        "Priority": 0,
        "FirewallManagerStatement": MANAGED,
        "OverrideAction": {"None": {}},
        "VisibilityConfig": SEEN,
    }
    managed = {**EMPTY, "ManagedByFirewallManager": True, "PreProcessFirewallManagerRuleGroups": [group]}
    for acl, status in ((EMPTY, "fail"), (managed, "pass")):
        found = answered("wafv2", {**ANSWERS, "GetWebACL": {"WebACL": acl}}, ACL, entries=regional())
        assert judged(found)["wafv2.acl-can-refuse-requests"] == {status}


def regional() -> list[Any]:
    """The collectors of what is in a region."""
    from bastide.sources.aws.collectors import load_collectors

    return [one for one in load_collectors().entries if one.group == "wafv2" and one.scope == "region"]


def test_what_an_acl_protects(answered: Callable[..., Any], judged: Callable[..., Any]) -> None:
    def protected(parameters: dict[str, Any]) -> Any:
        kind = parameters["ResourceType"]
        if kind == "APP_RUNNER_SERVICE":
            return "WAFInvalidParameterException"
        return {"ResourceArns": [BALANCER] if kind == "APPLICATION_LOAD_BALANCER" else []}

    answers = {**ANSWERS, "ListResourcesForWebACL": protected}
    found = answered("wafv2", answers, USE, entries=regional())
    assert found.unread == {}
    assert found.one(USE).properties == {"ResourceArn": BALANCER, "WebACLArn": ARN}
    listed = {
        "LoadBalancerArn": BALANCER,
        "LoadBalancerName": "shop",
        "Type": "application",
        "Scheme": "internet-facing",
    }
    other = {**listed, "LoadBalancerArn": BALANCER.replace("shop", "bare")}
    balancers = answered(
        "elbv2",
        {
            "DescribeLoadBalancers": {"LoadBalancers": [listed, other]},
            "DescribeLoadBalancerAttributes": {"Attributes": []},
            "DescribeTags": {"TagDescriptions": []},
        },
        "AWS::ElasticLoadBalancingV2::LoadBalancer",
    )
    assert judged([*found.resources, *balancers.resources])["elbv2.public-load-balancer-has-waf"] == {"pass", "fail"}


def test_what_is_denied_is_unknown(answered: Callable[..., Any], judged: Callable[..., Any]) -> None:
    answers = {**ANSWERS, **dict.fromkeys(("GetWebACL", "ListLoggingConfigurations"), "AccessDeniedException")}
    found = answered("wafv2", answers, ACL, LOGS, entries=regional())
    assert "grant wafv2:GetWebACL" in found.one(ACL).unresolved["Rules"]
    assert set(found.unread) == {LOGS}
    verdicts = judged(found)
    assert verdicts["wafv2.acl-can-refuse-requests"] == {"unknown"}
    assert verdicts["wafv2.acl-logs-requests"] == {"unknown"}


def test_what_refers_to_an_acl_is_looked_for_where_the_acl_is() -> None:
    from bastide.sources.aws.collectors import load_collectors

    scopes = {one.type: one.scope for one in load_collectors().entries}  # the last of a type counts, as for the engine
    assert {scopes[name] for name in (ACL, LOGS, USE)} == {"region"}


def test_a_partition_without_cloudfront(answered: Callable[..., Any]) -> None:
    found = answered("wafv2", {"ListWebACLs": "WAFInvalidParameterException"}, ACL)
    assert found.resources == []
    assert found.unread == {}
