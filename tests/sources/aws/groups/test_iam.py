"""Identities: users and keys by the credential report, the root user, roles, what hangs nowhere."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

ACCOUNT = "arn:aws:iam::123456789012"
HEAD = (
    "user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,password_next_rotation,"
    "mfa_active,access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,"
    "access_key_1_last_used_region,access_key_1_last_used_service,access_key_2_active,access_key_2_last_rotated,"
    "access_key_2_last_used_date,access_key_2_last_used_region,access_key_2_last_used_service,cert_1_active,"
    "cert_1_last_rotated,cert_2_active,cert_2_last_rotated"
)
ROOT = (
    f"<root_account>,{ACCOUNT}:root,2020-01-01T00:00:00+00:00,not_supported,2026-01-05T08:00:00+00:00,not_supported,"
    "not_supported,true,true,2020-02-01T00:00:00+00:00,2026-03-01T00:00:00+00:00,us-east-1,s3,false,N/A,N/A,N/A,N/A,"
    "false,N/A,false,N/A"
)
KIM = (
    f"kim,{ACCOUNT}:user/kim,2021-01-01T00:00:00+00:00,true,no_information,2021-01-02T00:00:00+00:00,N/A,false,"
    "true,2021-01-01T00:00:00+00:00,2026-02-03T00:00:00+00:00,eu-west-1,sts,false,2022-01-01T00:00:00+00:00,N/A,N/A,N/A,"
    "true,2021-01-01T00:00:00+00:00,false,N/A"
)
USERS = ("kim", "new")
DETAILS = {
    "UserDetailList": [
        {"UserName": name, "Arn": f"{ACCOUNT}:user/{name}", "Path": "/", "CreateDate": "2021-01-01T00:00:00Z"}
        for name in USERS
    ]
}
REPORT = {
    "GetAccountAuthorizationDetails": DETAILS,
    "GenerateCredentialReport": {"State": "COMPLETE"},
    "GetCredentialReport": {"Content": "\n".join((HEAD, ROOT, KIM)).encode(), "ReportFormat": "text/csv"},
}
SUMMARY = {"GetAccountSummary": {"SummaryMap": {"AccountMFAEnabled": 1, "AccountAccessKeysPresent": 1, "Users": 2}}}
ORGANIZATION = {"DescribeOrganization": {"Organization": {"Id": "o-1234567890", "MasterAccountId": "123456789012"}}}
USER, KEY, ROOT_USER = "AWS::IAM::User", "AWS::IAM::AccessKey", "AWS::IAM::RootUser"


def test_users_and_keys_by_the_credential_report(answered: Callable[..., Any]) -> None:
    found = answered("iam", REPORT, USER, KEY)
    kim, new = found.of(USER)
    assert kim.properties["PasswordEnabled"] is True
    assert kim.properties["MfaActive"] is False
    assert kim.properties["ActiveSigningCertificates"] == 1
    assert "PasswordLastUsed" not in kim.properties
    assert kim.properties["LastActivity"].startswith("2026-02-03")
    assert [key["Active"] for key in kim.properties["AccessKeys"]] == [True, False]
    assert "LastUsed" not in kim.properties["AccessKeys"][1]
    assert not kim.unresolved
    first, second = found.of(KEY)
    assert (first.properties["Status"], first.properties["LastUsedService"]) == ("Active", "sts")
    assert second.properties == {
        "UserName": "kim", "Status": "Inactive", "CreateDate": "2022-01-01T00:00:00+00:00"
    }  # fmt: skip
    assert "says nothing about it" in new.unresolved["PasswordEnabled"]
    assert "PermissionsBoundary" not in new.unresolved
    assert sum(row.calls for row in found.ledger) == 3


def test_keys_of_a_user_that_the_report_does_not_have_are_not_known(answered: Callable[..., Any]) -> None:
    assert "says nothing about it" in answered("iam", REPORT, KEY).unread[KEY]


def test_a_report_that_is_denied_leaves_users_known_and_their_credentials_not(answered: Callable[..., Any]) -> None:
    found = answered("iam", {**REPORT, "GenerateCredentialReport": "AccessDenied"}, USER, KEY)
    kim = found.of(USER)[0]
    assert kim.properties["CreateDate"] == "2021-01-01T00:00:00Z"
    assert "grant iam:GenerateCredentialReport" in kim.unresolved["MfaActive"]
    assert "grant iam:GenerateCredentialReport" in found.unread[KEY]


def test_the_root_user_of_a_management_account(answered: Callable[..., Any]) -> None:
    virtual = {"SerialNumber": f"{ACCOUNT}:mfa/phone", "User": {"Arn": f"{ACCOUNT}:root", "UserId": "1" * 16,
               "Path": "/", "UserName": "root", "CreateDate": "2020-01-01T00:00:00Z"}}  # fmt: skip
    answers = {**REPORT, **SUMMARY, **ORGANIZATION, "ListVirtualMFADevices": {"VirtualMFADevices": [virtual]}}
    root = answered("iam", answers, ROOT_USER).one(ROOT_USER)
    assert root.address == f"{ACCOUNT}:root"
    assert root.properties["LastUsed"].startswith("2026-03-01")
    assert (root.properties["MfaEnabled"], root.properties["HardwareMfa"]) == (True, False)
    assert root.properties["AccessKeyCount"] == 1
    assert root.properties["IsManagementAccount"] is True
    nobodys = {"VirtualMFADevices": [{"SerialNumber": f"{ACCOUNT}:mfa/kim", "User": {**virtual["User"],
               "Arn": f"{ACCOUNT}:user/kim"}}]}  # fmt: skip
    other = answered("iam", {**answers, "ListVirtualMFADevices": nobodys}, ROOT_USER).one(ROOT_USER)
    assert other.properties["HardwareMfa"] is True


def test_a_root_user_outside_an_organization_with_a_summary_that_is_denied(answered: Callable[..., Any]) -> None:
    answers = {**REPORT, "GetAccountSummary": "AccessDenied", "ListVirtualMFADevices": {"VirtualMFADevices": []}}
    answers["DescribeOrganization"] = "AWSOrganizationsNotInUseException"
    root = answered("iam", answers, ROOT_USER).one(ROOT_USER)
    assert "grant iam:GetAccountSummary" in root.unresolved["MfaEnabled"]
    assert "grant iam:GetAccountSummary" in root.unresolved["AccessKeyCount"]


def test_the_summary_counts_passwords_and_knows_support(answered: Callable[..., Any]) -> None:
    entities = {"PolicyRoles": [{"RoleName": "support", "RoleId": "AROA12345678901234"}]}
    found = answered("iam", {**REPORT, **SUMMARY, "ListEntitiesForPolicy": entities}, "AWS::IAM::AccountSummary")
    summary = found.one("AWS::IAM::AccountSummary").properties
    assert (summary["PasswordUsers"], summary["SupportRoles"], summary["Users"]) == (1, ["support"], 2)


def test_root_access_of_the_organization(answered: Callable[..., Any]) -> None:
    kind = "AWS::IAM::OrganizationRootAccess"
    on = {**ORGANIZATION, "ListOrganizationsFeatures": {"EnabledFeatures": ["RootCredentialsManagement"]}}
    found = answered("iam", on, kind).one(kind)
    assert found.properties == {"RootCredentialsManagement": True, "RootSessions": False}
    off = {**ORGANIZATION, "ListOrganizationsFeatures": "ServiceAccessNotEnabledException"}
    assert answered("iam", off, kind).one(kind).properties["RootCredentialsManagement"] is False
    denied = answered("iam", {**ORGANIZATION, "ListOrganizationsFeatures": "AccessDenied"}, kind).one(kind)
    assert "grant iam:ListOrganizationsFeatures" in denied.unresolved["RootSessions"]
    member = {"DescribeOrganization": {"Organization": {"Id": "o-1234567890", "MasterAccountId": "999999999999"}}}
    assert answered("iam", member, kind).resources == []


def test_roles_know_their_last_use_and_the_organizations_accounts(answered: Callable[..., Any]) -> None:
    role = {"RoleName": "deploy", "Arn": f"{ACCOUNT}:role/deploy", "Path": "/", "CreateDate": "2021-01-01T00:00:00Z",
            "RoleLastUsed": {"LastUsedDate": "2026-05-05T00:00:00Z", "Region": "eu-west-1"}}  # fmt: skip
    answers = {"GetAccountAuthorizationDetails": {"RoleDetailList": [role]}, **ORGANIZATION,
               "ListAccounts": {"Accounts": [{"Id": "123456789012"}, {"Id": "210987654321"}]}}  # fmt: skip
    found = answered("iam", answers, "AWS::IAM::Role").one("AWS::IAM::Role")
    assert found.properties["LastUsed"] == "2026-05-05T00:00:00Z"
    assert found.properties["OrganizationAccounts"] == ["123456789012", "210987654321"]
    answers["DescribeOrganization"] = "AWSOrganizationsNotInUseException"
    alone = answered("iam", answers, "AWS::IAM::Role").one("AWS::IAM::Role")
    assert "OrganizationAccounts" not in {**alone.properties, **alone.unresolved}


def test_an_account_of_moto(aws: Callable[..., Any], collect: Callable[..., Any]) -> None:
    iam = aws("iam")
    iam.create_user(UserName="kim")
    iam.create_access_key(UserName="kim")
    iam.create_virtual_mfa_device(VirtualMFADeviceName="spare")
    iam.create_open_id_connect_provider(Url="https://token.example.com", ClientIDList=["a"], ThumbprintList=["f" * 40])
    found = collect(USER, KEY, ROOT_USER, "AWS::IAM::VirtualMFADevice", "AWS::IAM::OIDCProvider")
    assert found.one(USER).properties["MfaActive"] is False
    assert found.one(KEY).properties["Status"] == "Active"
    assert found.one(ROOT_USER).properties["AccessKeyCount"] == 0
    assert "Users" not in found.one("AWS::IAM::VirtualMFADevice").properties
    assert found.one("AWS::IAM::OIDCProvider").properties["ClientIdList"] == ["a"]
