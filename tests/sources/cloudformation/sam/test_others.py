from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from bastide.resources.model import Resource


def test_a_simple_table(serverless: Callable[..., dict[str, Resource]]) -> None:
    found = serverless(
        """
        A: {Type: AWS::Serverless::SimpleTable}
        B:
          Type: AWS::Serverless::SimpleTable
          Properties:
            PrimaryKey: {Name: k, Type: Number}
            ProvisionedThroughput: {ReadCapacityUnits: 1}
            SSESpecification: {SSEEnabled: true}
            Tags: {a: b}
        """
    )
    assert found["A"].type == "AWS::DynamoDB::Table"
    assert found["A"].properties == {
        "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
        "BillingMode": "PAY_PER_REQUEST",
    }
    assert found["B"].properties == {
        "ProvisionedThroughput": {"ReadCapacityUnits": 1},
        "SSESpecification": {"SSEEnabled": True},
        "AttributeDefinitions": [{"AttributeName": "k", "AttributeType": "N"}],
        "KeySchema": [{"AttributeName": "k", "KeyType": "HASH"}],
        "Tags": [{"Key": "a", "Value": "b"}],
    }
    assert found["B"].locate("KeySchema[0].AttributeName")[1] == 9


def test_a_layer(serverless: Callable[..., dict[str, Resource]]) -> None:
    found = serverless(
        "L: {Type: AWS::Serverless::LayerVersion, Properties: {ContentUri: s3://b/k, CompatibleRuntimes: [python3.13]}}"
    )
    assert found["L"].type == "AWS::Lambda::LayerVersion"
    assert found["L"].properties == {
        "LayerName": "L",
        "CompatibleRuntimes": ["python3.13"],
        "Content": {"S3Bucket": "b", "S3Key": "k"},
    }


def test_a_state_machine(serverless: Callable[..., dict[str, Resource]]) -> None:
    found = serverless(
        """
        M:
          Type: AWS::Serverless::StateMachine
          Properties:
            Name: m
            Type: EXPRESS
            Definition: {StartAt: a}
            Logging: {Level: ALL}
            Tracing: {Enabled: true}
            Policies: [{Statement: [{Effect: Allow}]}]
            Tags: {a: b}
        N: {Type: AWS::Serverless::StateMachine, Properties: {Role: r, DefinitionUri: {Bucket: b, Key: k}}}
        """
    )
    assert found["M"].properties == {
        "Definition": {"StartAt": "a"},
        "StateMachineName": "m",
        "StateMachineType": "EXPRESS",
        "LoggingConfiguration": {"Level": "ALL"},
        "TracingConfiguration": {"Enabled": True},
        "RoleArn": "${MRole.Arn}",
        "Tags": [{"Key": "a", "Value": "b"}],
    }
    role = found["MRole"].properties
    assert role["AssumeRolePolicyDocument"]["Statement"][0]["Principal"] == {"Service": ["states.amazonaws.com"]}
    assert role["ManagedPolicyArns"] == []
    assert found["N"].properties == {"DefinitionS3Location": {"Bucket": "b", "Key": "k"}, "RoleArn": "r"}


def test_an_application(serverless: Callable[..., dict[str, Resource]]) -> None:
    # Where its template is looked for is tested with nested stacks.
    found = serverless(
        "F: {Type: AWS::Serverless::Function, Properties: {Role: r}}\nC: {Type: AWS::Serverless::Connector}"
    )
    assert found["C"].type == "AWS::Serverless::Connector"
