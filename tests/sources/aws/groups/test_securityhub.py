"""Security Hub and the standards that it looks at."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

HUB, STANDARD, CONTROL = "AWS::SecurityHub::Hub", "AWS::SecurityHub::Standard", "securityhub.hub-runs-new-controls"
ARN = "arn:aws:securityhub:eu-west-1:123456789012:hub/default"
ALONE: dict[str, Any] = {
    "GetAdministratorAccount": {},
    "GetEnabledStandards": {"StandardsSubscriptions": []},
    "ListFindingAggregators": {"FindingAggregators": []},
    "ListEnabledProductsForImport": {"ProductSubscriptions": []},
    "DescribeOrganizationConfiguration": "InvalidAccessException: not an administrator",
}


def test_a_hub_as_terraform_has_it(
    aws: Callable[..., Any], collect: Callable[..., Any], judged: Callable[..., Any], written: Callable[..., Any]
) -> None:
    aws("securityhub").enable_security_hub()
    found = collect(HUB)
    hub = found.one(HUB)
    assert (hub.address, hub.metadata["id"]) == (ARN, ARN)
    assert hub.properties["SubscribedAt"]
    assert judged(found) == judged(written('resource "aws_securityhub_account" "main" {}')) == {CONTROL: {"pass"}}


def test_a_hub_that_leaves_new_controls_out(answered: Callable[..., Any], judged: Callable[..., Any]) -> None:
    told = {"HubArn": ARN, "SubscribedAt": "2024-01-01T00:00:00Z", "AutoEnableControls": False}
    assert judged(answered("securityhub", {"DescribeHub": told, **ALONE}, HUB)) == {CONTROL: {"fail"}}


def test_where_it_is_off_a_hub_stands_in_that_nobody_subscribed_to(
    aws: Callable[..., Any], collect: Callable[..., Any], judged: Callable[..., Any]
) -> None:
    found = collect(HUB)
    hub = found.one(HUB)
    assert hub.address == ARN
    assert (hub.properties, hub.unresolved) == ({"AutoEnableControls": False}, {})
    assert judged(found) == {CONTROL: {"fail"}}


def test_standards(answered: Callable[..., Any]) -> None:
    one = {"StandardsSubscriptionArn": f"{ARN}/s", "StandardsArn": "arn:aws:securityhub:::standards/x",
           "StandardsInput": {}, "StandardsStatus": "READY"}  # fmt: skip
    found = answered("securityhub", {"GetEnabledStandards": {"StandardsSubscriptions": [one]}}, STANDARD)
    assert found.one(STANDARD).properties["StandardsArn"] == "arn:aws:securityhub:::standards/x"
    off = "InvalidAccessException: Account 123456789012 is not subscribed to AWS Security Hub"
    found = answered("securityhub", {"GetEnabledStandards": off}, STANDARD)
    assert (found.resources, found.unread) == ([], {})


def test_what_is_denied_is_unknown_and_not_off(answered: Callable[..., Any], judged: Callable[..., Any]) -> None:
    found = answered("securityhub", {"DescribeHub": "AccessDeniedException"}, HUB)
    assert "grant securityhub:DescribeHub" in found.one(HUB).unresolved["AutoEnableControls"]
    assert judged(found) == {CONTROL: {"unknown"}}
    found = answered("securityhub", {"DescribeHub": "InvalidAccessException: something else"}, HUB)
    assert judged(found) == {CONTROL: {"unknown"}}
