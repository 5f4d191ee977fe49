"""What only the management account knows: which policies can be used, what stands at the root, who administers what."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

ORGANIZATION = "AWS::Organizations::Organization"
ROOT = "AWS::Organizations::Root"
DELEGATE = "AWS::Organizations::DelegatedAdministrator"
UNIT = "AWS::Organizations::OrganizationalUnit"
ACCOUNT = "AWS::Organizations::Account"
OWN = {
    "Id": "o-ab12",
    "Arn": "arn:aws:organizations::123456789012:organization/o-ab12",
    "MasterAccountId": "123456789012",
}
TYPES = [{"Type": "SERVICE_CONTROL_POLICY", "Status": "ENABLED"}, {"Type": "TAG_POLICY", "Status": "PENDING_ENABLE"}]
ROOTS = [{"Id": "r-ab12", "Arn": "arn:aws:organizations::123456789012:root/o-ab12/r-ab12", "PolicyTypes": TYPES}]
MEMBER = {"Id": "222233334444", "Arn": "arn:aws:organizations::123456789012:account/o-ab12/222233334444"}
ANSWERS: dict[str, Any] = {
    "DescribeOrganization": {"Organization": OWN},
    "ListRoots": {"Roots": ROOTS},
    "ListAWSServiceAccessForOrganization": {"EnabledServicePrincipals": [{"ServicePrincipal": "sso.amazonaws.com"}]},
}


def test_policy_types_that_are_not_on_yet_do_not_count(answered: Callable[..., Any]) -> None:
    found = answered("organizations", ANSWERS, ORGANIZATION).one(ORGANIZATION)
    assert found.properties["PolicyTypes"] == ["SERVICE_CONTROL_POLICY"]
    assert found.properties["TrustedServices"] == ["sso.amazonaws.com"]


def test_an_account_of_no_organization_is_asked_nothing_more(answered: Callable[..., Any]) -> None:
    answers = {"DescribeOrganization": "AWSOrganizationsNotInUseException"}
    found = answered("organizations", answers, ORGANIZATION, ROOT, DELEGATE)
    assert [one.type for one in found.resources] == [ORGANIZATION]
    assert "PolicyTypes" not in found.resources[0].properties


def test_what_is_attached_to_the_root(answered: Callable[..., Any]) -> None:
    policies = [{"Id": "p-FullAWSAccess", "AwsManaged": True}, {"Id": "p-1", "AwsManaged": False}]
    answers = {**ANSWERS, "ListPoliciesForTarget": {"Policies": policies}}
    found = answered("organizations", answers, ROOT).one(ROOT)
    assert found.metadata["id"] == "r-ab12"
    assert found.properties["PolicyTypes"] == ["SERVICE_CONTROL_POLICY"]
    assert [one["AwsManaged"] for one in found.properties["ServiceControlPolicies"]] == [True, False]


def test_a_denied_list_of_policies_leaves_the_root_without_them(answered: Callable[..., Any]) -> None:
    found = answered("organizations", {**ANSWERS, "ListPoliciesForTarget": "AccessDeniedException"}, ROOT).one(ROOT)
    assert "grant organizations:ListPoliciesForTarget" in found.unresolved["ServiceControlPolicies"]
    assert found.properties["Id"] == "r-ab12"


def test_who_administers_what(answered: Callable[..., Any]) -> None:
    answers = {
        **ANSWERS,
        "ListDelegatedAdministrators": {"DelegatedAdministrators": [MEMBER]},
        "ListDelegatedServicesForAccount": {"DelegatedServices": [{"ServicePrincipal": "guardduty.amazonaws.com"}]},
    }
    found = answered("organizations", answers, DELEGATE).one(DELEGATE)
    assert found.properties == {
        "AccountId": "222233334444",
        "OrganizationId": "o-ab12",
        "Services": ["guardduty.amazonaws.com"],
    }


def test_units_know_how_deep_they_are_and_accounts_which_one_rules(
    aws: Callable[..., Any], collect: Callable[..., Any]
) -> None:
    client = aws("organizations")
    client.create_organization(FeatureSet="ALL")
    root = client.list_roots()["Roots"][0]["Id"]
    work = client.create_organizational_unit(ParentId=root, Name="work")["OrganizationalUnit"]["Id"]
    prod = client.create_organizational_unit(ParentId=work, Name="prod")["OrganizationalUnit"]["Id"]
    found = collect(UNIT, ACCOUNT)
    assert {one.metadata["id"]: one.properties["Depth"] for one in found.of(UNIT)} == {work: 1, prod: 2}
    own = found.one(ACCOUNT)
    assert (own.properties["AccountId"], own.properties["IsManagementAccount"]) == ("123456789012", True)
