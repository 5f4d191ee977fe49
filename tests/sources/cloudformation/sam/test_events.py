from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from bastide.resources.model import Resource

_HERE = "${AWS::Region}:${AWS::AccountId}"
_OTHERS = """
Q: {Type: AWS::SQS::Queue}
T: {Type: AWS::SNS::Topic}
B: {Type: AWS::S3::Bucket}
U: {Type: AWS::Cognito::UserPool}
"""


@pytest.mark.parametrize(
    ("kind", "properties", "made", "expected"),
    [
        (
            "SQS",
            "{Queue: !GetAtt Q.Arn, BatchSize: 5}",
            "AWS::Lambda::EventSourceMapping",
            {"EventSourceArn": "${Q.Arn}", "BatchSize": 5, "FunctionName": "${F}"},
        ),
        (
            "SelfManagedKafka",
            "{Topics: [t]}",
            "AWS::Lambda::EventSourceMapping",
            {"FunctionName": "${F}", "Topics": ["t"]},
        ),
        (
            "Schedule",
            "{Schedule: rate(1 day), Enabled: false}",
            "AWS::Events::Rule",
            {
                "ScheduleExpression": "rate(1 day)",
                "State": "DISABLED",
                "Targets": [{"Arn": "${F.Arn}", "Id": "FETarget"}],
            },
        ),
        (
            "EventBridgeRule",
            "{Pattern: {source: [x]}, EventBusName: bus, DeadLetterConfig: {Arn: !GetAtt Q.Arn}}",
            "AWS::Events::Rule",
            {
                "EventPattern": {"source": ["x"]},
                "EventBusName": "bus",
                "Targets": [{"Arn": "${F.Arn}", "Id": "FETarget", "DeadLetterConfig": {"Arn": "${Q.Arn}"}}],
            },
        ),
        (
            "ScheduleV2",
            "{ScheduleExpression: rate(1 day), RoleArn: r, KmsKeyArn: k}",
            "AWS::Scheduler::Schedule",
            {
                "FlexibleTimeWindow": {"Mode": "OFF"},
                "ScheduleExpression": "rate(1 day)",
                "KmsKeyArn": "k",
                "Target": {"Arn": "${F.Arn}", "RoleArn": "r"},
            },
        ),
        (
            "SNS",
            "{Topic: !Ref T, FilterPolicy: {a: [b]}}",
            "AWS::SNS::Subscription",
            {"Protocol": "lambda", "Endpoint": "${F.Arn}", "TopicArn": "${T}", "FilterPolicy": {"a": ["b"]}},
        ),
        (
            "CloudWatchLogs",
            "{LogGroupName: g, FilterPattern: ''}",
            "AWS::Logs::SubscriptionFilter",
            {"DestinationArn": "${F.Arn}", "FilterPattern": "", "LogGroupName": "g"},
        ),
        (
            "IoTRule",
            "{Sql: select}",
            "AWS::IoT::TopicRule",
            {
                "TopicRulePayload": {
                    "Sql": "select",
                    "RuleDisabled": False,
                    "Actions": [{"Lambda": {"FunctionArn": "${F.Arn}"}}],
                }
            },
        ),
    ],
)
def test_what_an_event_makes(
    serverless: Callable[..., dict[str, Resource]], kind: str, properties: str, made: str, expected: dict[str, Any]
) -> None:
    events = f"{{E: {{Type: {kind}, Properties: {properties}}}}}"
    function = f"F: {{Type: AWS::Serverless::Function, Properties: {{Role: r, Events: {events}}}}}"
    event = serverless(f"{_OTHERS}{function}")["FE"]
    assert (event.type, event.properties) == (made, expected)


@pytest.mark.parametrize(
    ("kind", "properties", "expected"),
    [
        ("S3", "{Bucket: !Ref B}", {"Principal": "s3.amazonaws.com", "SourceAccount": "${AWS::AccountId}"}),
        ("SNS", "{Topic: !Ref T}", {"Principal": "sns.amazonaws.com", "SourceArn": "${T}"}),
        ("Schedule", "{Schedule: rate(1 day)}", {"Principal": "events.amazonaws.com", "SourceArn": "${FE.Arn}"}),
        ("AlexaSkill", "{SkillId: amzn1}", {"Principal": "alexa-appkit.amazon.com", "EventSourceToken": "amzn1"}),
        ("AlexaSkill", "{}", {"Principal": "alexa-appkit.amazon.com"}),
        ("Cognito", "{UserPool: !Ref U}", {"Principal": "cognito-idp.amazonaws.com", "SourceArn": "${U.Arn}"}),
        (
            "CloudWatchLogs",
            "{LogGroupName: g}",
            {
                "Principal": "logs.amazonaws.com",
                "SourceArn": "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:g:*",
            },
        ),
        (
            "HttpApi",
            "{}",
            {
                "Principal": "apigateway.amazonaws.com",
                "SourceArn": f"arn:${{AWS::Partition}}:execute-api:{_HERE}:${{ServerlessHttpApi}}/*",
            },
        ),
    ],
)
def test_who_may_call_the_function(
    serverless: Callable[..., dict[str, Resource]], kind: str, properties: str, expected: dict[str, Any]
) -> None:
    events = f"{{E: {{Type: {kind}, Properties: {properties}}}}}"
    function = f"F: {{Type: AWS::Serverless::Function, Properties: {{Role: r, Events: {events}}}}}"
    permission = serverless(f"{_OTHERS}{function}")["FEPermission"]
    assert permission.type == "AWS::Lambda::Permission"
    assert permission.properties == {"Action": "lambda:InvokeFunction", "FunctionName": "${F.Arn}", **expected}


def test_events_of_no_known_kind_make_nothing(serverless: Callable[..., dict[str, Resource]]) -> None:
    events = "{A: {Type: New}, B: text, C: {}, D: {Type: [S3]}}"
    found = serverless(f"F: {{Type: AWS::Serverless::Function, Properties: {{Role: r, Events: {events}}}}}")
    assert list(found) == ["F"]


def test_a_rule_of_a_state_machine_needs_no_permission(serverless: Callable[..., dict[str, Resource]]) -> None:
    events = "{E: {Type: Schedule, Properties: {Schedule: rate(1 day)}}}"
    found = serverless(f"M: {{Type: AWS::Serverless::StateMachine, Properties: {{Role: r, Events: {events}}}}}")
    assert list(found) == ["M", "ME"]
    assert found["ME"].properties["Targets"][0]["Arn"] == "${M}"
