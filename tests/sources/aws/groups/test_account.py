"""Contacts and regions of an account."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

CONTACTS = "AWS::Account::Contacts"


def test_contacts_are_there_or_not_and_nothing_of_them_is_kept(answered: Callable[..., Any]) -> None:
    contact = {"EmailAddress": "security@example.com", "Name": "Kim", "PhoneNumber": "+49 1"}

    def alternate(given: dict[str, Any]) -> Any:
        kind = given["AlternateContactType"]
        if kind == "BILLING":
            return "AccessDeniedException"
        return {"AlternateContact": contact} if kind == "SECURITY" else "ResourceNotFoundException"

    primary = {"FullName": "Kim", "PhoneNumber": "+49 1", "AddressLine1": "x", "City": "x", "CountryCode": "DE",
               "PostalCode": "1"}  # fmt: skip
    answers = {"GetAlternateContact": alternate, "GetContactInformation": {"ContactInformation": primary}}
    found = answered("account", answers, CONTACTS).one(CONTACTS)
    assert found.properties == {"SecurityContact": True, "PrimaryContact": True}
    assert set(found.unresolved) == {"BillingContact"}
    assert "grant account:GetAlternateContact" in found.unresolved["BillingContact"]


def test_regions_that_are_enabled(answered: Callable[..., Any]) -> None:
    regions = {"Regions": [{"RegionName": "ap-east-1", "RegionOptStatus": "ENABLED"}]}
    found = answered("account", {"ListRegions": regions}, "AWS::Account::Region").one("AWS::Account::Region")
    assert found.properties == {"RegionName": "ap-east-1", "RegionOptStatus": "ENABLED"}
    denied = answered("account", {"ListRegions": "AccessDeniedException"}, "AWS::Account::Region")
    assert "grant account:ListRegions" in denied.unread["AWS::Account::Region"]


def test_settings_of_an_account_in_a_region(answered: Callable[..., Any]) -> None:
    images = {"State": "enabled", "ImageCriteria": [{"ImageProviders": ["amazon"]}, {"ImageProviders": ["1" * 12]}]}
    kind = "AWS::EC2::AllowedImagesSettings"
    found = answered("ec2", {"GetAllowedImagesSettings": images}, kind).one(kind)
    assert found.properties == {"State": "enabled", "ImageProviders": ["amazon", "1" * 12]}
    denied = answered("ec2", {"GetAllowedImagesSettings": "UnauthorizedOperation"}, kind).one(kind)
    assert "grant ec2:GetAllowedImagesSettings" in denied.unresolved["State"]
    rules = {"BlockPublicSecurityGroupRules": True,
             "PermittedPublicSecurityGroupRuleRanges": [{"MinRange": 22, "MaxRange": 22}]}  # fmt: skip
    made = {"CreationDateTime": "2026-01-01T00:00:00Z", "CreatedByArn": "arn:aws:iam::123456789012:root"}
    answer = {"BlockPublicAccessConfiguration": rules, "BlockPublicAccessConfigurationMetadata": made}
    kind = "AWS::EMR::BlockPublicAccess"
    open_ports = answered("emr", {"GetBlockPublicAccessConfiguration": answer}, kind).one(kind)
    assert open_ports.properties["PermittedRanges"] == [{"MinRange": 22, "MaxRange": 22}]
