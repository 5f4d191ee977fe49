"""What Inspector scans in an account and region."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

TYPE, CONTROL = "AWS::InspectorV2::Enabler", "inspectorv2.scans-instances-images-and-functions"
MODULE = """
resource "aws_inspector2_enabler" "main" {
  account_ids    = ["123456789012"]
  resource_types = ["EC2", "ECR", "LAMBDA"]
}
"""


def state(status: str) -> dict[str, str]:
    """A state of one kind of resource."""
    return {"status": status, "errorCode": "ALREADY_ENABLED", "errorMessage": "x"}


def account(**kinds: str) -> dict[str, Any]:
    """The answer of BatchGetAccountStatus; kinds that are not named are off."""
    states = {name: state(kinds.get(name, "DISABLED")) for name in ("ec2", "ecr", "lambda", "lambdaCode")}
    return {"accounts": [{"accountId": "123456789012", "state": state("ENABLED"), "resourceState": states}]}


def test_kinds_as_terraform_has_them(
    aws: Callable[..., Any], collect: Callable[..., Any], judged: Callable[..., Any], written: Callable[..., Any]
) -> None:
    aws("inspector2").enable(accountIds=["123456789012"], resourceTypes=["EC2", "ECR", "LAMBDA"])
    found = collect(TYPE)
    one = found.one(TYPE)
    assert one.address == "arn:aws:inspector2:eu-west-1:123456789012:enabler"
    assert one.properties == {"AccountIds": ["123456789012"], "ResourceTypes": ["EC2", "ECR", "LAMBDA"], "Errors": []}
    assert judged(found) == judged(written(MODULE)) == {CONTROL: {"pass"}}


def test_kinds_that_are_on_or_about_to_be(answered: Callable[..., Any], judged: Callable[..., Any]) -> None:
    status = account(ec2="ENABLED", ecr="SUSPENDED", lambdaCode="ENABLING")
    found = answered("inspectorv2", {"BatchGetAccountStatus": status}, TYPE)
    assert found.one(TYPE).properties["ResourceTypes"] == ["EC2", "LAMBDA_CODE"]
    assert judged(found) == {CONTROL: {"fail"}}


def test_an_account_where_it_is_off(answered: Callable[..., Any], judged: Callable[..., Any]) -> None:
    found = answered("inspectorv2", {"BatchGetAccountStatus": account()}, TYPE)
    assert found.one(TYPE).properties["ResourceTypes"] == []
    assert judged(found) == {CONTROL: {"fail"}}


def test_what_inspector_cannot_tell_is_unread_and_not_off(answered: Callable[..., Any]) -> None:
    failed = [{"accountId": "123456789012", "errorCode": "INTERNAL_ERROR", "errorMessage": "x"}]
    for answer in ({"accounts": [], "failedAccounts": failed}, {"accounts": []}):
        found = answered("inspectorv2", {"BatchGetAccountStatus": answer}, TYPE)
        assert found.resources == []
        assert "without an identity" in found.unread[TYPE]


def test_what_is_denied_is_unknown_and_not_off(answered: Callable[..., Any], judged: Callable[..., Any]) -> None:
    found = answered("inspectorv2", {"BatchGetAccountStatus": "AccessDeniedException"}, TYPE)
    assert "grant inspector2:BatchGetAccountStatus" in found.one(TYPE).unresolved["ResourceTypes"]
    assert judged(found) == {CONTROL: {"unknown"}}
