"""Associations, shared documents and the age of parameters of Systems Manager."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

DOCUMENT = "AWS::SSM::Document"


def _document(answered: Callable[..., Any], permission: Any) -> Any:
    answers = {
        "ListDocuments": {"DocumentIdentifiers": [{"Name": "d"}]},
        "GetDocument": {"Content": "{}"},
        "DescribeDocumentPermission": permission,
    }
    return answered("ssm", answers, DOCUMENT).one(DOCUMENT)


def test_whom_a_document_is_shared_with(answered: Callable[..., Any]) -> None:
    assert _document(answered, {"AccountIds": ["all"]}).properties["SharedWith"] == ["all"]
    assert not _document(answered, {}).properties.get("SharedWith")
    denied = _document(answered, "AccessDeniedException").unresolved
    assert denied == {
        "SharedWith": "ssm:DescribeDocumentPermission is denied (AccessDeniedException): grant "
        "ssm:DescribeDocumentPermission"
    }


def test_a_document_in_an_account(aws: Callable[..., Any], collect: Callable[..., Any]) -> None:
    ssm = aws("ssm")
    text = '{"schemaVersion": "2.2", "description": "d", "mainSteps": []}'
    ssm.create_document(Content=text, Name="document", DocumentType="Command", DocumentFormat="JSON")
    ssm.modify_document_permission(Name="document", PermissionType="Share", AccountIdsToAdd=["210987654321"])
    assert collect(DOCUMENT).one(DOCUMENT).properties["SharedWith"] == ["210987654321"]


def test_how_an_association_went(answered: Callable[..., Any]) -> None:
    ran = datetime(2026, 1, 2, tzinfo=UTC)
    listed = [
        {
            "AssociationId": "a" * 36,
            "Name": "AWS-RunPatchBaseline",
            "Overview": {"Status": "Failed"},
            "LastExecutionDate": ran,
        },
        {"AssociationId": "b" * 36, "Name": "AWS-UpdateSSMAgent", "InstanceId": "i-0123456789abcdef0"},
    ]
    kind = "AWS::SSM::Association"
    failed, never = answered("ssm", {"ListAssociations": {"Associations": listed}}, kind).of(kind)
    assert failed.properties["LastStatus"] == "Failed"
    assert failed.properties["LastExecutionDate"] == "2026-01-02T00:00:00Z"
    assert "LastStatus" not in never.properties


def test_when_a_parameter_was_changed(aws: Callable[..., Any], collect: Callable[..., Any]) -> None:
    aws("ssm").put_parameter(Name="p", Value="v", Type="SecureString")
    found = collect("AWS::SSM::Parameter").one("AWS::SSM::Parameter").properties
    assert found["Type"] == "SecureString"
    assert datetime.fromisoformat(found["LastModifiedDate"]).tzinfo is not None


def test_whether_documents_may_be_public(answered: Callable[..., Any]) -> None:
    kind = "AWS::SSM::DocumentSharing"
    setting = {
        "ServiceSetting": {"SettingId": "/ssm/documents/console/public-sharing-permission", "SettingValue": "Disable"}
    }
    found = answered("ssm", {"GetServiceSetting": setting}, kind).one(kind)
    assert found.properties == {"PublicSharing": "Disable"}
    denied = answered("ssm", {"GetServiceSetting": "AccessDeniedException"}, kind).one(kind)
    assert "grant ssm:GetServiceSetting" in denied.unresolved["PublicSharing"]
