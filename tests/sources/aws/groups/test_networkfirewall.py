"""Firewalls of Network Firewall, their policies and logs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

FIREWALL, LOGS = "AWS::NetworkFirewall::Firewall", "AWS::NetworkFirewall::LoggingConfiguration"
POLICY = "AWS::NetworkFirewall::FirewallPolicy"
ARN = "arn:aws:network-firewall:eu-west-1:123456789012:firewall/edge"
POLICY_ARN = "arn:aws:network-firewall:eu-west-1:123456789012:firewall-policy/pass"
EDGE = {
    "FirewallName": "edge",
    "FirewallArn": ARN,
    "FirewallPolicyArn": POLICY_ARN,
    "VpcId": "vpc-1",
    "SubnetMappings": [{"SubnetId": "subnet-1"}],
    "FirewallId": "00000000-0000-0000-0000-000000000001",
    "DeleteProtection": False,
}
DESTINATION = {"LogType": "FLOW", "LogDestinationType": "S3", "LogDestination": {"bucketName": "logs"}}
ANSWERS = {
    "ListFirewalls": {"Firewalls": [{"FirewallName": "edge", "FirewallArn": ARN}]},
    "DescribeFirewall": {"Firewall": EDGE},
    "DescribeLoggingConfiguration": {
        "FirewallArn": ARN,
        "LoggingConfiguration": {"LogDestinationConfigs": [DESTINATION]},
    },
    "ListFirewallPolicies": {"FirewallPolicies": [{"Name": "pass", "Arn": POLICY_ARN}]},
    "DescribeFirewallPolicy": {
        "UpdateToken": "00000000-0000-0000-0000-000000000000",
        "FirewallPolicyResponse": {
            "FirewallPolicyName": "pass",
            "FirewallPolicyArn": POLICY_ARN,
            "FirewallPolicyId": "00000000-0000-0000-0000-000000000002",
            "Tags": [{"Key": "team", "Value": "shop"}],
        },
        "FirewallPolicy": {
            "StatelessDefaultActions": ["aws:pass"],
            "StatelessFragmentDefaultActions": ["aws:forward_to_sfe"],
        },
    },
}

MODULE = """
resource "aws_networkfirewall_firewall_policy" "pass" {
  name = "pass"
  firewall_policy {
    stateless_default_actions          = ["aws:pass"]
    stateless_fragment_default_actions = ["aws:forward_to_sfe"]
  }
}
resource "aws_networkfirewall_firewall" "edge" {
  name                = "edge"
  firewall_policy_arn = aws_networkfirewall_firewall_policy.pass.arn
  vpc_id              = "vpc-1"
  subnet_mapping { subnet_id = "subnet-1" }
}
resource "aws_networkfirewall_logging_configuration" "edge" {
  firewall_arn = aws_networkfirewall_firewall.edge.arn
  logging_configuration {
    log_destination_config {
      log_destination      = { bucketName = "logs" }
      log_destination_type = "S3"
      log_type             = "FLOW"
    }
  }
}
"""


def test_a_firewall_as_terraform_has_it(
    answered: Callable[..., Any], judged: Callable[..., Any], written: Callable[..., Any]
) -> None:
    found = answered("networkfirewall", ANSWERS, FIREWALL, LOGS, POLICY)
    assert found.one(FIREWALL).properties["SubnetMappings"] == [{"SubnetId": "subnet-1"}]
    assert found.one(LOGS).properties == {
        "FirewallArn": ARN,
        "FirewallName": "edge",
        "LoggingConfiguration": {"LogDestinationConfigs": [DESTINATION]},
    }
    policy = found.one(POLICY)
    assert policy.properties["FirewallPolicyName"] == "pass"
    assert policy.properties["Tags"] == [{"Key": "team", "Value": "shop"}]
    verdicts = judged(found)
    assert verdicts == judged(written(MODULE))
    assert verdicts["networkfirewall.firewall-logs"] == {"pass"}
    assert verdicts["networkfirewall.policy-passes-nothing-unseen"] == {"fail"}
    assert verdicts["networkfirewall.firewall-is-protected-from-deletion"] == {"fail"}


def test_a_firewall_without_logs(answered: Callable[..., Any], judged: Callable[..., Any]) -> None:
    empty: list[dict[str, Any]] = [
        {"FirewallArn": ARN},
        {"FirewallArn": ARN, "LoggingConfiguration": {"LogDestinationConfigs": []}},
    ]
    for answer in empty:
        found = answered("networkfirewall", {**ANSWERS, "DescribeLoggingConfiguration": answer}, FIREWALL, LOGS)
        assert found.of(LOGS) == []
        assert judged(found)["networkfirewall.firewall-logs"] == {"fail"}


def test_what_is_denied_is_unknown(answered: Callable[..., Any], judged: Callable[..., Any]) -> None:
    denied = ("DescribeLoggingConfiguration", "DescribeFirewallPolicy")
    answers = {**ANSWERS, **dict.fromkeys(denied, "AccessDeniedException")}
    found = answered("networkfirewall", answers, FIREWALL, LOGS, POLICY)
    assert found.one(LOGS).properties["FirewallArn"] == ARN
    verdicts = judged(found)
    assert verdicts["networkfirewall.firewall-logs"] == {"unknown"}
    assert verdicts["networkfirewall.policy-passes-nothing-unseen"] == {"unknown"}
    assert verdicts["networkfirewall.firewall-is-protected-from-deletion"] == {"fail"}


def test_a_firewall_over_http(aws: Callable[..., Any], collect: Callable[..., Any]) -> None:
    client = aws("network-firewall")
    made = client.create_firewall(
        FirewallName="edge",
        FirewallPolicyArn=POLICY_ARN,
        VpcId="vpc-1",
        SubnetMappings=[{"SubnetId": "subnet-1"}],
        DeleteProtection=True,
    )["Firewall"]["FirewallArn"]
    found = collect(FIREWALL, LOGS)
    assert found.one(FIREWALL).address == made
    assert found.one(FIREWALL).properties["DeleteProtection"] is True
    assert found.of(LOGS) == []
