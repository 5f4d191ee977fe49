"""Domains that are registered in the account."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

KIND = "AWS::Route53Domains::Domain"


def test_a_domain(answered: Callable[..., Any]) -> None:
    domain = {
        "DomainName": "example.com",
        "AutoRenew": False,
        "TransferLock": True,
        "Expiry": datetime(2027, 1, 2, tzinfo=UTC),
    }
    found = answered("route53domains", {"ListDomains": {"Domains": [domain]}}, KIND).one(KIND)
    assert found.properties == {
        "DomainName": "example.com",
        "AutoRenew": False,
        "TransferLock": True,
        "Expiry": "2027-01-02T00:00:00Z",
    }


def test_domains_that_may_not_be_listed(answered: Callable[..., Any]) -> None:
    found = answered("route53domains", {"ListDomains": "AccessDeniedException"}, KIND)
    assert "grant route53domains:ListDomains" in found.unread[KIND]
