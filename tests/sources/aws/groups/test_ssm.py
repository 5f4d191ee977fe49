"""Documents and parameters of Systems Manager."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

DOCUMENT, PARAMETER = "AWS::SSM::Document", "AWS::SSM::Parameter"
SYNC = {
    "schemaVersion": "2.2",
    "mainSteps": [
        {
            "action": "aws:runShellScript",
            "name": "sync",
            "inputs": {"runCommand": ["export AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE", "aws s3 sync . s3://backup"]},
        }
    ],
}
MODULE = """
resource "aws_ssm_document" "sync" {
  name          = "sync"
  document_type = "Command"
  content       = <<EOT
%s
EOT
}
"""
SESSION = {"schemaVersion": "1.0", "sessionType": "Standard_Stream", "inputs": {"s3BucketName": ""}}
SHARED = {"DescribeDocumentPermission": {"AccountIds": []}}
IDENTIFIER = {"Name": "SSM-SessionManagerRunShell", "Owner": "123456789012", "DocumentType": "Session"}


def test_a_document_as_terraform_has_it(
    aws: Callable[..., Any], collect: Callable[..., Any], judged: Callable[..., Any], written: Callable[..., Any]
) -> None:
    aws("ssm").create_document(Name="sync", DocumentType="Command", Content=json.dumps(SYNC))
    found = collect(DOCUMENT)
    document = found.one(DOCUMENT)
    assert document.address == "arn:aws:ssm:eu-west-1:123456789012:document/sync"
    assert document.properties["Content"]["schemaVersion"] == "2.2"
    assert "AKIA" not in str(document.properties)
    verdicts = judged(found)
    assert verdicts == judged(written(MODULE % json.dumps(SYNC)))
    assert verdicts["ssm.document-holds-no-credentials"] == {"fail"}


def test_the_document_of_sessions(answered: Callable[..., Any], judged: Callable[..., Any]) -> None:
    listed = {**SHARED, "ListDocuments": {"DocumentIdentifiers": [IDENTIFIER]}}
    found = answered("ssm", {**listed, "GetDocument": {"Content": json.dumps(SESSION)}}, DOCUMENT)
    assert judged(found)["ssm.session-document-logs"] == {"fail"}
    logged = json.dumps({**SESSION, "inputs": {"s3BucketName": "logs"}})
    found = answered("ssm", {**listed, "GetDocument": {"Content": logged}}, DOCUMENT)
    assert judged(found)["ssm.session-document-logs"] == {"pass"}


def test_content_that_is_denied_is_unknown(answered: Callable[..., Any], judged: Callable[..., Any]) -> None:
    answers = {**SHARED, "ListDocuments": {"DocumentIdentifiers": [IDENTIFIER]}, "GetDocument": "AccessDeniedException"}
    found = answered("ssm", answers, DOCUMENT)
    assert "grant ssm:GetDocument" in found.one(DOCUMENT).unresolved["Content"]
    assert judged(found)["ssm.document-holds-no-credentials"] == {"unknown"}


def test_parameters_and_no_value_of_any(
    aws: Callable[..., Any], collect: Callable[..., Any], judged: Callable[..., Any]
) -> None:
    client = aws("ssm")
    client.put_parameter(Name="/app/github-token", Type="String", Value="hush-hush-hush")
    client.put_parameter(Name="db-password", Type="SecureString", Value="hush-hush-hush")
    client.put_parameter(Name="/app/level", Type="String", Value="info", Description="d")
    found = collect(PARAMETER)
    token, level, password = found.of(PARAMETER)
    assert token.address == "arn:aws:ssm:eu-west-1:123456789012:parameter/app/github-token"
    assert password.address == "arn:aws:ssm:eu-west-1:123456789012:parameter/db-password"
    assert (level.properties["Type"], level.properties["Description"]) == ("String", "d")
    assert "Value" not in password.properties
    assert {row.operation for row in found.ledger if row.service == "ssm"} == {"DescribeParameters"}
    assert judged(found) == {
        "ssm.secret-parameter-is-secure-string": {"pass", "fail"},
        "ssm.parameter-value-is-not-in-source": {"pass"},
    }


def test_policies_of_a_parameter_are_one_text(answered: Callable[..., Any]) -> None:
    policies = [{"PolicyText": '{"Type": "Expiration"}'}, {"PolicyText": '{"Type": "NoChange"}'}]
    one = {"Name": "level", "Type": "String", "Policies": policies}
    found = answered("ssm", {"DescribeParameters": {"Parameters": [one, {"Name": "x", "Policies": []}]}}, PARAMETER)
    level, other = found.of(PARAMETER)
    assert level.address == "arn:aws:ssm:eu-west-1:123456789012:parameter/level"
    assert json.loads(level.properties["Policies"]) == [{"Type": "Expiration"}, {"Type": "NoChange"}]
    assert "Policies" not in other.properties


def test_parameters_that_are_denied_are_unread(answered: Callable[..., Any]) -> None:
    found = answered("ssm", {"DescribeParameters": "AccessDeniedException"}, PARAMETER)
    assert "grant ssm:DescribeParameters" in found.unread[PARAMETER]
