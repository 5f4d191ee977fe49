from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bastide.sources.cloudformation.sam.roles import managed_arn

if TYPE_CHECKING:
    from collections.abc import Callable

    from bastide.resources.model import Resource

_BASIC = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"


@pytest.mark.parametrize(
    ("name", "arn"),
    [
        ("AmazonS3ReadOnlyAccess", "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"),
        ("AWSLambdaBasicExecutionRole", _BASIC),
        ("AWSLambda_FullAccess", "arn:aws:iam::aws:policy/AWSLambda_FullAccess"),
    ],
)
def test_names_of_managed_policies(name: str, arn: str) -> None:
    assert managed_arn(name) == arn


def test_every_form_of_policies(serverless: Callable[..., dict[str, Resource]]) -> None:
    found = serverless(
        """
        F:
          Type: AWS::Serverless::Function
          Properties:
            PermissionsBoundary: arn:aws:iam::1:policy/b
            RolePath: /p/
            Policies:
              - AmazonS3ReadOnlyAccess
              - arn:aws:iam::1:policy/own
              - !Ref Managed
              - S3ReadPolicy: {BucketName: !Ref Bucket}
              - Statement: [{Effect: Allow, Action: "*", Resource: "*"}]
              - !If [Never, AdministratorAccess, !Ref AWS::NoValue]
              - !If [Always, {Version: "2012-10-17", Statement: [{Effect: Deny}]}, AdministratorAccess]
        Managed: {Type: AWS::IAM::ManagedPolicy}
        Bucket: {Type: AWS::S3::Bucket}
        """,
        "Conditions: {Never: !Equals [a, b], Always: !Equals [a, a]}",
    )
    role = found["FRole"]
    assert (role.type, role.name) == ("AWS::IAM::Role", "AWS::Serverless::Function")
    assert role.properties["AssumeRolePolicyDocument"]["Statement"][0]["Principal"] == {
        "Service": ["lambda.amazonaws.com"]
    }
    assert role.properties["ManagedPolicyArns"] == [
        _BASIC,
        "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess",
        "arn:aws:iam::1:policy/own",
        "${Managed}",
        "S3ReadPolicy",
    ]
    assert [policy["PolicyDocument"]["Statement"] for policy in role.properties["Policies"]] == [
        [{"Effect": "Allow", "Action": "*", "Resource": "*"}],
        [{"Effect": "Deny"}],
    ]
    assert role.properties["PermissionsBoundary"] == "arn:aws:iam::1:policy/b"
    assert role.properties["Path"] == "/p/"
    assert role.locate("Policies[0].PolicyDocument.Statement[0].Action")[1] == 15
    assert found["F"].properties["Role"] == "${FRole.Arn}"


def test_one_policy_and_a_choice_of_policies(serverless: Callable[..., dict[str, Resource]]) -> None:
    found = serverless(
        """
        F: {Type: AWS::Serverless::Function, Properties: {Policies: AdministratorAccess}}
        G:
          Type: AWS::Serverless::Function
          Properties:
            Policies: !If [Always, [{Statement: {Effect: Allow}}, AmazonS3FullAccess], AdministratorAccess]
            AssumeRolePolicyDocument: {Statement: own}
        """,
        "Conditions: {Always: !Equals [a, a]}",
    )
    assert found["FRole"].properties["ManagedPolicyArns"][1:] == ["arn:aws:iam::aws:policy/AdministratorAccess"]
    assert found["FRole"].properties["Policies"] == []
    assert found["GRole"].properties["ManagedPolicyArns"] == [_BASIC, "arn:aws:iam::aws:policy/AmazonS3FullAccess"]
    assert [policy["PolicyDocument"] for policy in found["GRole"].properties["Policies"]] == [
        {"Statement": {"Effect": "Allow"}}
    ]
    assert found["GRole"].properties["AssumeRolePolicyDocument"] == {"Statement": "own"}
