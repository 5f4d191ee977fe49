from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from bastide.resources.model import Resource


def test_a_function_with_globals(serverless: Callable[..., dict[str, Resource]]) -> None:
    found = serverless(
        """
        F:
          Type: AWS::Serverless::Function
          DeletionPolicy: Retain
          Metadata: {bastide: {allow: some.control}}
          Properties:
            Handler: a.b
            CodeUri: ./no-such-folder
            Role: !GetAtt R.Arn
            Timeout: 5
            Tracing: Active
            KmsKeyArn: arn:aws:kms:x
            DeadLetterQueue: {Type: SQS, TargetArn: !GetAtt Q.Arn}
            Environment: {Variables: {B: 2}}
            Tags: {team: me}
        R: {Type: AWS::IAM::Role}
        Q: {Type: AWS::SQS::Queue}
        """,
        "Globals: {Function: {Runtime: python3.13, Timeout: 3, Environment: {Variables: {A: 1}}}}",
    )
    assert list(found) == ["F", "R", "Q"]
    function = found["F"]
    assert function.properties == {
        "Handler": "a.b",
        "CodeFolder": "./no-such-folder",
        "Runtime": "python3.13",
        "Timeout": 5,
        "KmsKeyArn": "arn:aws:kms:x",
        "Environment": {"Variables": {"A": 1, "B": 2}},
        "Role": "${R.Arn}",
        "Tags": [{"Key": "team", "Value": "me"}],
        "TracingConfig": {"Mode": "Active"},
        "DeadLetterConfig": {"TargetArn": "${Q.Arn}"},
    }
    assert (function.type, function.name) == ("AWS::Lambda::Function", "AWS::Serverless::Function")
    assert function.metadata == {"deletion_policy": "Retain", "allow": "some.control"}
    assert (function.line, function.end_line) == (5, 18)
    assert function.locate("TracingConfig.Mode")[1] == 14
    assert function.locate("Environment.Variables.A")[1] == 2


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("InlineCode: 'return 1'", {"ZipFile": "return 1"}),
        ("ImageUri: repo/image:1", {"ImageUri": "repo/image:1"}),
        ("CodeUri: s3://b/k.zip", {"S3Bucket": "b", "S3Key": "k.zip"}),
        ("CodeUri: {Bucket: b, Key: k}", {"S3Bucket": "b", "S3Key": "k"}),
        ("CodeUri: no-such-folder/", None),
    ],
)
def test_where_the_code_is(serverless: Callable[..., dict[str, Resource]], written: str, code: object) -> None:
    found = serverless(f"F: {{Type: AWS::Serverless::Function, Properties: {{Role: r, {written}}}}}")
    assert found["F"].properties.get("Code") == code


@pytest.mark.parametrize(
    ("properties", "names"),
    [
        ("{}", ["AWSLambdaBasicExecutionRole"]),
        ("{VpcConfig: {}}", ["AWSLambdaVPCAccessExecutionRole"]),
        ("{Tracing: Active}", ["AWSLambdaBasicExecutionRole", "AWSXrayWriteOnlyAccess"]),
        ("{Tracing: Disabled}", ["AWSLambdaBasicExecutionRole"]),
        (
            "{Events: {A: {Type: SQS}, B: {Type: SQS}, C: text}}",
            ["AWSLambdaBasicExecutionRole", "AWSLambdaSQSQueueExecutionRole"],
        ),
    ],
)
def test_what_the_role_gets_for_the_set_up(
    serverless: Callable[..., dict[str, Resource]], properties: str, names: list[str]
) -> None:
    found = serverless(f"F: {{Type: AWS::Serverless::Function, Properties: {properties}}}")
    arns = found["FRole"].properties["ManagedPolicyArns"]
    assert [arn.rsplit("/", 1)[-1] for arn in arns] == names


def test_a_public_url_lets_everybody_in(serverless: Callable[..., dict[str, Resource]]) -> None:
    found = serverless(
        """
        F:
          Type: AWS::Serverless::Function
          Properties: {Role: r, FunctionUrlConfig: {AuthType: NONE, Cors: {AllowOrigins: ["*"]}}}
        G: {Type: AWS::Serverless::Function, Properties: {Role: r, FunctionUrlConfig: {AuthType: AWS_IAM}}}
        """
    )
    assert found["FUrl"].type == "AWS::Lambda::Url"
    assert found["FUrl"].properties == {
        "AuthType": "NONE",
        "Cors": {"AllowOrigins": ["*"]},
        "TargetFunctionArn": "${F}",
    }
    assert found["FUrlPublicPermissions"].properties["Principal"] == "*"
    assert found["GUrl"].properties["AuthType"] == "AWS_IAM"
    assert "GUrlPublicPermissions" not in found


def test_aliases_and_invocation_settings(serverless: Callable[..., dict[str, Resource]]) -> None:
    found = serverless(
        """
        F:
          Type: AWS::Serverless::Function
          Condition: C
          Properties:
            Role: r
            AutoPublishAlias: live
            ProvisionedConcurrencyConfig: {ProvisionedConcurrentExecutions: 2}
            EventInvokeConfig: {MaximumRetryAttempts: 0}
        Other: {Type: X::Y::Z, Properties: {A: !Ref F.Alias}}
        """,
        "Parameters: {P: {}}\nConditions: {C: !Equals [!Ref P, x]}",
    )
    assert found["FVersion"].properties == {"FunctionName": "${F}"}
    assert found["FAliaslive"].properties == {
        "Name": "live",
        "FunctionName": "${F}",
        "FunctionVersion": "${FVersion.Version}",
        "ProvisionedConcurrencyConfig": {"ProvisionedConcurrentExecutions": 2},
    }
    assert found["FEventInvokeConfig"].properties["MaximumRetryAttempts"] == 0
    assert {found[name].metadata["condition"] for name in ("F", "FVersion", "FAliaslive", "FEventInvokeConfig")} == {
        "C"
    }
    assert found["Other"].links[0].target == "F"
