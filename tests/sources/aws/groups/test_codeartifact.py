"""Domains of CodeArtifact."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

TYPE = "AWS::CodeArtifact::Domain"
ARN = "arn:aws:codeartifact:eu-west-1:123456789012:domain/packages"
DOMAIN = {"name": "packages", "owner": "123456789012", "arn": ARN,
          "encryptionKey": "arn:aws:kms:eu-west-1:123456789012:key/k-1"}  # fmt: skip
LISTED = {"ListDomains": {"domains": [DOMAIN]}}
NO_POLICY = {"GetDomainPermissionsPolicy": "ResourceNotFoundException"}
MANAGED = {
    "AliasName": "alias/aws/codeartifact",
    "AliasArn": "arn:aws:kms:eu-west-1:123456789012:alias/aws/codeartifact",
}
CONTROL = "codeartifact.domain-uses-customer-key"


def aliases(target: str) -> dict[str, Any]:
    """The answer of ListAliases: the key that AWS manages for CodeArtifact is this one."""
    return {"ListAliases": {"Aliases": [{**MANAGED, "TargetKeyId": target}]}}


def test_a_key_that_aws_manages_is_not_ones_own(answered: Callable[..., Any], judged: Callable[..., Any]) -> None:
    found = answered("codeartifact", {**LISTED, **NO_POLICY, **aliases("k-1")}, TYPE)
    domain = found.one(TYPE)
    assert (domain.address, domain.metadata["id"]) == (ARN, "packages")
    assert domain.properties["EncryptionKey"] == MANAGED["AliasArn"]
    assert domain.properties["DomainName"] == "packages"
    assert judged(found)[CONTROL] == {"fail"}


def test_a_key_of_ones_own(
    answered: Callable[..., Any], judged: Callable[..., Any], written: Callable[..., Any]
) -> None:
    found = answered("codeartifact", {**LISTED, **NO_POLICY, **aliases("k-2")}, TYPE)
    key = DOMAIN["encryptionKey"]
    assert found.one(TYPE).properties["EncryptionKey"] == key
    module = f'resource "aws_codeartifact_domain" "d" {{\n domain = "packages"\n encryption_key = "{key}"\n}}'
    assert judged(found)[CONTROL] == judged(written(module))[CONTROL] == {"pass"}


def test_a_policy(answered: Callable[..., Any]) -> None:
    policy = {"policy": {"document": '{"Statement": [{"Effect": "Allow", "Principal": "*"}]}'}}
    found = answered("codeartifact", {**LISTED, "GetDomainPermissionsPolicy": policy, **aliases("k-2")}, TYPE)
    document = found.one(TYPE).properties["PermissionsPolicyDocument"]
    assert document == {"Statement": [{"Effect": "Allow", "Principal": "*"}]}


def test_what_is_denied_is_unknown(answered: Callable[..., Any], judged: Callable[..., Any]) -> None:
    denied = {"GetDomainPermissionsPolicy": "AccessDeniedException", "ListAliases": "AccessDeniedException"}
    found = answered("codeartifact", {**LISTED, **denied}, TYPE)
    domain = found.one(TYPE)
    assert "EncryptionKey" not in domain.properties
    assert "grant kms:ListAliases" in domain.unresolved["EncryptionKey"]
    assert "grant codeartifact:GetDomainPermissionsPolicy" in domain.unresolved["PermissionsPolicyDocument"]
    assert judged(found)[CONTROL] == {"unknown"}
