"""Stacks of CloudFormation and their parameters."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

TYPE = "AWS::CloudFormation::Stack"
CONTROL = "cloudformation.stack-parameters-have-no-secrets"


def stack(name: str, **parameters: str) -> dict[str, Any]:
    return {
        "StackName": name,
        "StackId": f"arn:aws:cloudformation:eu-west-1:123456789012:stack/{name}/1",
        "StackStatus": "CREATE_COMPLETE",
        "CreationTime": "2026-01-01T00:00:00Z",
        "Parameters": [{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()],
    }


def test_a_password_that_everybody_is_shown_fails(answered: Callable[..., Any], judged: Callable[..., Any]) -> None:
    url = "postgres://shop:s0mething@db.example.com/shop"
    found = answered("cloudformation", {"DescribeStacks": {"Stacks": [stack("open", Url=url)]}}, TYPE)
    assert "s0mething" not in str(found.one(TYPE).properties)
    assert judged(found)[CONTROL] == {"fail"}


def test_what_the_template_hides_passes(answered: Callable[..., Any], judged: Callable[..., Any]) -> None:
    found = answered("cloudformation", {"DescribeStacks": {"Stacks": [stack("hidden", DbPassword="****")]}}, TYPE)
    assert judged(found)[CONTROL] == {"pass"}


def test_a_stack_that_is_gone_is_no_resource(answered: Callable[..., Any]) -> None:
    gone = {**stack("gone"), "StackStatus": "DELETE_COMPLETE"}
    assert answered("cloudformation", {"DescribeStacks": {"Stacks": [gone]}}, TYPE).of(TYPE) == []
