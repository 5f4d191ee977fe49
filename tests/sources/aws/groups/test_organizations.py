"""The organization, its tree of units and its policies."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

KIND = "AWS::Organizations::"
ORGANIZATION, POLICY, UNIT, ACCOUNT = (
    f"{KIND}{name}" for name in ("Organization", "Policy", "OrganizationalUnit", "Account")
)
RESOURCE_POLICY = f"{KIND}ResourcePolicy"
ATTACHED, FEATURES = "organizations.policy-is-attached", "organizations.organization-has-all-features"
DENY = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "cloudtrail:StopLogging", "Resource": "*"}]}
MODULE = """
resource "aws_organizations_organization" "org" { feature_set = "ALL" }
resource "aws_organizations_policy" "trail" {
  name    = "trail"
  content = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Deny", Action = "cloudtrail:StopLogging", Resource = "*" }]
  })
}
resource "aws_organizations_policy_attachment" "trail" {
  policy_id = aws_organizations_policy.trail.id
  target_id = "ou-1"
}
resource "aws_organizations_policy" "idle" {
  name    = "idle"
  content = jsonencode({ Version = "2012-10-17", Statement = [] })
}
"""
ORG = {"Id": "o-1", "Arn": "arn:aws:organizations::123456789012:organization/o-1", "FeatureSet": "ALL",
       "MasterAccountId": "123456789012"}  # fmt: skip
ROOT = {"Id": "r-1", "Name": "Root"}
TRUSTED = {"ListAWSServiceAccessForOrganization": {"EnabledServicePrincipals": []}}


def test_an_organization_as_terraform_has_it(
    aws: Callable[..., Any], collect: Callable[..., Any], judged: Callable[..., Any], written: Callable[..., Any]
) -> None:
    client = aws("organizations", "us-east-1")
    org = client.create_organization(FeatureSet="ALL")["Organization"]
    root = client.list_roots()["Roots"][0]["Id"]
    unit = client.create_organizational_unit(ParentId=root, Name="prod")["OrganizationalUnit"]["Id"]
    ids = {}
    for name, content in (("trail", DENY), ("idle", {"Version": "2012-10-17", "Statement": []})):
        made = client.create_policy(
            Name=name, Description="d", Type="SERVICE_CONTROL_POLICY", Content=json.dumps(content)
        )
        ids[name] = made["Policy"]["PolicySummary"]["Id"]
    client.attach_policy(PolicyId=ids["trail"], TargetId=unit)
    found = collect(ORGANIZATION, POLICY)
    one = found.one(ORGANIZATION)
    assert (one.address, one.metadata["id"]) == (org["Arn"], org["Id"])
    assert one.properties["RootId"] == root
    assert one.properties["ManagementAccountId"] == "123456789012"
    policies = {resource.properties["Name"]: resource for resource in found.of(POLICY)}
    assert policies["trail"].properties["TargetIds"] == [unit]
    assert policies["trail"].properties["Content"] == DENY
    assert policies["trail"].properties["Type"] == "SERVICE_CONTROL_POLICY"
    assert policies["FullAWSAccess"].metadata["managed"] == "by AWS"
    assert found.unread == {}
    verdicts = judged(found)
    assert verdicts == judged(written(MODULE))
    assert verdicts[ATTACHED] == {"pass", "fail"}
    assert verdicts[FEATURES] == {"pass"}


def test_the_tree(aws: Callable[..., Any], collect: Callable[..., Any]) -> None:
    client = aws("organizations", "us-east-1")
    client.create_organization(FeatureSet="ALL")
    root = parent = client.list_roots()["Roots"][0]["Id"]
    chain = [root]
    for depth in range(5):
        parent = client.create_organizational_unit(ParentId=parent, Name=f"u{depth}")["OrganizationalUnit"]["Id"]
        chain.append(parent)
    made = client.create_account(AccountName="deep", Email="deep@example.com")["CreateAccountStatus"]["AccountId"]
    client.move_account(AccountId=made, SourceParentId=root, DestinationParentId=parent)
    found = collect(UNIT, ACCOUNT)
    units = {resource.properties["Id"]: resource.properties["ParentId"] for resource in found.of(UNIT)}
    assert units == dict(zip(chain[1:], chain, strict=False))
    accounts = {resource.properties["AccountId"]: resource.properties["ParentIds"] for resource in found.of(ACCOUNT)}
    assert accounts == {"123456789012": [root], made: [parent]}
    listed = [row for row in found.ledger if row.operation == "ListOrganizationalUnitsForParent"]
    assert sum(row.calls for row in listed) == 5  # once for the root and each unit that may have some
    assert {resource.type for resource in found.resources} == {UNIT, ACCOUNT}


def test_an_account_of_no_organization_has_one_that_is_none(
    aws: Callable[..., Any], collect: Callable[..., Any], judged: Callable[..., Any]
) -> None:
    found = collect(ORGANIZATION, POLICY, UNIT, ACCOUNT, RESOURCE_POLICY)
    one = found.one(ORGANIZATION)
    assert one.address == "arn:aws:organizations::123456789012:organization/none"
    assert one.properties["FeatureSet"] == "NONE"
    assert one.unresolved == {}
    assert (len(found.resources), found.unread) == (1, {})
    assert judged(found) == {FEATURES: {"fail"}}


def test_a_member_leaves_the_organization_to_its_management_account(answered: Callable[..., Any]) -> None:
    answers = {"DescribeOrganization": {"Organization": {**ORG, "MasterAccountId": "999999999999"}}}
    found = answered("organizations", answers, ORGANIZATION, POLICY, UNIT, ACCOUNT)
    assert (found.resources, found.unread) == ([], {})


def test_who_the_organization_lets_in(answered: Callable[..., Any]) -> None:
    policy = {"ResourcePolicySummary": {"Id": "rp-1", "Arn": f"{ORG['Arn']}/rp-1"}, "Content": json.dumps(DENY)}
    answers = {"DescribeOrganization": {"Organization": ORG}, "ListRoots": {"Roots": [ROOT]}, **TRUSTED}
    found = answered(
        "organizations", {**answers, "DescribeResourcePolicy": {"ResourcePolicy": policy}}, RESOURCE_POLICY
    )
    assert found.one(RESOURCE_POLICY).properties == {"Id": "rp-1", "Arn": f"{ORG['Arn']}/rp-1", "Content": DENY}
    none = {**answers, "DescribeResourcePolicy": "ResourcePolicyNotFoundException"}
    assert answered("organizations", none, RESOURCE_POLICY).resources == []


def test_kinds_of_policies_that_a_partition_does_not_have(answered: Callable[..., Any]) -> None:
    def listed(given: dict[str, Any]) -> Any:
        service = given["Filter"] == "SERVICE_CONTROL_POLICY"
        return (
            {"Policies": [{"Id": "p-1", "Arn": "arn:aws:p-1", "Type": given["Filter"]}]}
            if service
            else "InvalidInputException"
        )

    answers = {
        "DescribeOrganization": {"Organization": ORG},
        **TRUSTED,
        "ListRoots": {"Roots": [ROOT]},
        "ListPolicies": listed,
        "ListTargetsForPolicy": {"Targets": []},
        "DescribePolicy": {"Policy": {"Content": json.dumps(DENY)}},
    }
    found = answered("organizations", answers, POLICY)
    assert found.one(POLICY).properties["Content"] == DENY
    assert found.unread == {}


def test_a_policy_of_aws_that_is_attached_nowhere_is_left_out(answered: Callable[..., Any]) -> None:
    def listed(given: dict[str, Any]) -> dict[str, Any]:
        own = {"Id": "p-1", "Arn": "arn:aws:p-1", "AwsManaged": False}
        everything = {"Id": "p-FullAWSAccess", "Arn": "arn:aws:p-FullAWSAccess", "AwsManaged": True}
        return {"Policies": [own, everything] if given["Filter"] == "SERVICE_CONTROL_POLICY" else []}

    answers = {
        "DescribeOrganization": {"Organization": ORG},
        **TRUSTED,
        "ListRoots": {"Roots": [ROOT]},
        "ListPolicies": listed,
        "ListTargetsForPolicy": {"Targets": []},
        "DescribePolicy": {"Policy": {"Content": "{}"}},
    }
    (own,) = answered("organizations", answers, POLICY).of(POLICY)
    assert (own.metadata["id"], own.properties["TargetIds"]) == ("p-1", [])
    found = answered("organizations", {**answers, "ListTargetsForPolicy": {"Targets": [{"TargetId": "r-1"}]}}, POLICY)
    assert [one.properties["TargetIds"] for one in found.of(POLICY)] == [["r-1"], ["r-1"]]
    found = answered("organizations", {**answers, "ListTargetsForPolicy": "AccessDeniedException"}, POLICY)
    assert ["TargetIds" in one.unresolved for one in found.of(POLICY)] == [True, True]


def test_what_is_denied_is_unknown_or_unread(answered: Callable[..., Any], judged: Callable[..., Any]) -> None:
    found = answered("organizations", {"DescribeOrganization": "AccessDeniedException"}, ORGANIZATION, POLICY, UNIT)
    assert "grant organizations:DescribeOrganization" in found.one(ORGANIZATION).unresolved["FeatureSet"]
    assert set(found.unread) == {POLICY, UNIT}
    assert judged(found) == {FEATURES: {"unknown"}}
    answers = {
        "DescribeOrganization": {"Organization": ORG},
        **TRUSTED,
        "ListRoots": "AccessDeniedException",
        "ListPolicies": lambda given: {"Policies": [{"Id": "p-1", "Arn": "arn:aws:p-1", "Type": given["Filter"]}]},
        "ListTargetsForPolicy": "AccessDeniedException",
        "DescribePolicy": {"Policy": {"Content": "{}"}},
    }
    found = answered("organizations", answers, ORGANIZATION, POLICY, UNIT, ACCOUNT)
    assert "grant organizations:ListRoots" in found.one(ORGANIZATION).unresolved["RootId"]
    assert "grant organizations:ListTargetsForPolicy" in found.one(POLICY).unresolved["TargetIds"]
    assert set(found.unread) == {UNIT, ACCOUNT}
    assert judged(found) == {FEATURES: {"pass"}, ATTACHED: {"unknown"}}
