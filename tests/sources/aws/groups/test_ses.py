"""Configuration sets and receipt rules of SES."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

SET = "AWS::SES::ConfigurationSet"
RULE = "AWS::SES::ReceiptRule"
MODULE = """
resource "aws_ses_receipt_rule" "in" {
  name          = "in"
  rule_set_name = "main"
  enabled       = true
  scan_enabled  = true
  tls_policy    = "Optional"
}
"""


def test_configuration_sets(answered: Callable[..., Any], judged: Callable[..., Any]) -> None:
    answers: dict[str, Any] = {
        "ListConfigurationSets": {"ConfigurationSets": ["mail"]},
        "GetConfigurationSet": {"ConfigurationSetName": "mail", "DeliveryOptions": {"TlsPolicy": "REQUIRE"}},
    }
    control = "ses.configuration-set-requires-tls"
    assert judged(answered("ses", answers, SET))[control] == {"pass"}
    answers["GetConfigurationSet"] = {"ConfigurationSetName": "mail"}
    assert judged(answered("ses", answers, SET))[control] == {"fail"}
    answers["GetConfigurationSet"] = "AccessDeniedException"
    found = answered("ses", answers, SET)
    assert judged(found)[control] == {"unknown"}
    assert "grant ses:GetConfigurationSet" in found.one(SET).unresolved["DeliveryOptions"]


def test_rules_of_the_active_set_as_terraform_has_them(
    answered: Callable[..., Any], judged: Callable[..., Any], written: Callable[..., Any]
) -> None:
    rule = {"Name": "in", "Enabled": True, "ScanEnabled": True, "TlsPolicy": "Optional"}
    found = answered("ses", {"DescribeActiveReceiptRuleSet": {"Metadata": {"Name": "main"}, "Rules": [rule]}}, RULE)
    expected = {"ses.receipt-rule-scans-mail": {"pass"}, "ses.receipt-rule-requires-tls": {"fail"}}
    assert judged(found) == judged(written(MODULE)) == expected


def test_an_account_that_takes_no_mail_has_no_rules(answered: Callable[..., Any]) -> None:
    assert answered("ses", {"DescribeActiveReceiptRuleSet": {}}, RULE).of(RULE) == []
