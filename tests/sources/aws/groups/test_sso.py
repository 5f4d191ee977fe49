"""Permission sets and assignments of IAM Identity Center."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

SET, ASSIGNMENT, INSTANCE = "AWS::SSO::PermissionSet", "AWS::SSO::Assignment", "AWS::SSO::Instance"
ADMIN = "arn:aws:iam::aws:policy/AdministratorAccess"
IN = "arn:aws:sso:::instance/ssoins-1"
PS = "arn:aws:sso:::permissionSet/ssoins-1/ps-1"
MODULE = """
resource "aws_ssoadmin_permission_set" "admin" {
  name             = "admin"
  instance_arn     = "arn:aws:sso:::instance/ssoins-1"
  session_duration = "PT12H"
}
resource "aws_ssoadmin_managed_policy_attachment" "admin" {
  instance_arn       = "arn:aws:sso:::instance/ssoins-1"
  permission_set_arn = aws_ssoadmin_permission_set.admin.arn
  managed_policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
}
resource "aws_ssoadmin_account_assignment" "kim" {
  instance_arn       = "arn:aws:sso:::instance/ssoins-1"
  permission_set_arn = aws_ssoadmin_permission_set.admin.arn
  principal_id       = "kim"
  principal_type     = "USER"
  target_id          = "123456789012"
  target_type        = "AWS_ACCOUNT"
}
"""


def test_a_permission_set_as_terraform_has_it(
    aws: Callable[..., Any], collect: Callable[..., Any], judged: Callable[..., Any], written: Callable[..., Any]
) -> None:
    client = aws("sso-admin")
    instance = client.list_instances()["Instances"][0]["InstanceArn"]
    made = client.create_permission_set(Name="admin", InstanceArn=instance, SessionDuration="PT12H")
    arn = made["PermissionSet"]["PermissionSetArn"]
    both = {"InstanceArn": instance, "PermissionSetArn": arn}
    client.attach_managed_policy_to_permission_set(ManagedPolicyArn=ADMIN, **both)
    client.put_inline_policy_to_permission_set(InlinePolicy='{"Statement": []}', **both)
    target = {"TargetId": "123456789012", "TargetType": "AWS_ACCOUNT"}
    client.create_account_assignment(PrincipalType="USER", PrincipalId="kim", **both, **target)
    client.provision_permission_set(TargetType="ALL_PROVISIONED_ACCOUNTS", **both)
    found = collect(SET, ASSIGNMENT)
    one = found.one(SET)
    assert one.address == arn
    assert one.properties["ManagedPolicies"] == [ADMIN]
    assert one.properties["InlinePolicy"] == {"Statement": []}
    assert one.properties["InstanceArn"] == instance
    assert found.one(ASSIGNMENT).properties == {
        "PrincipalType": "USER",
        "PrincipalId": "kim",
        **both,
        **target,
    }
    assert found.one(ASSIGNMENT).address == f"{arn}/account/123456789012/USER/kim"
    assert {resource.type for resource in found.resources} == {SET, ASSIGNMENT}
    verdicts = judged(found)
    assert verdicts == judged(written(MODULE))
    assert verdicts == {"sso.administrator-session-is-short": {"fail"}, "sso.assignment-is-to-a-group": {"fail"}}


def instance(owner: str = "123456789012") -> dict[str, Any]:
    """The answer of ListInstances."""
    return {"ListInstances": {"Instances": [{"InstanceArn": IN, "IdentityStoreId": "d-1", "OwnerAccountId": owner}]}}


def test_the_instance_of_another_account_is_its_own_to_tell(answered: Callable[..., Any]) -> None:
    found = answered("sso", instance("999999999999"), INSTANCE, SET, ASSIGNMENT)
    assert (found.resources, found.unread) == ([], {})


def test_an_instance_is_read_where_it_belongs(answered: Callable[..., Any]) -> None:
    listed = instance()
    (one,) = listed["ListInstances"]["Instances"]
    one["PrimaryRegion"] = "eu-west-1"
    assert answered("sso", listed, INSTANCE).one(INSTANCE).address == IN
    one["PrimaryRegion"] = "us-east-1"
    assert answered("sso", listed, INSTANCE).resources == []


def test_what_is_denied_is_unknown(answered: Callable[..., Any], judged: Callable[..., Any]) -> None:
    answers = {
        **instance(),
        "ListPermissionSets": {"PermissionSets": [PS]},
        "DescribePermissionSet": {
            "PermissionSet": {"Name": "admin", "PermissionSetArn": PS, "SessionDuration": "PT12H"}
        },
        "ListManagedPoliciesInPermissionSet": "AccessDeniedException",
        "GetInlinePolicyForPermissionSet": {},
        "ListAccountsForProvisionedPermissionSet": {"AccountIds": ["123456789012"]},
        "ListAccountAssignments": "AccessDeniedException",
    }
    found = answered("sso", answers, SET, ASSIGNMENT)
    assert "grant sso:ListManagedPoliciesInPermissionSet" in found.one(SET).unresolved["ManagedPolicies"]
    assert "InlinePolicy" not in found.one(SET).properties
    assert "grant sso:ListAccountAssignments" in found.unread[ASSIGNMENT]
    assert judged(found)["sso.administrator-session-is-short"] == {"unknown"}
