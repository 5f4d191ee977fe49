"""Whether logs and messages arrive: flow logs, logs of DNS queries, alarms, topics and subscriptions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

SUBSCRIPTION, TOPIC = "AWS::SNS::Subscription", "AWS::SNS::Topic"
ASSOCIATION = "AWS::Route53Resolver::ResolverQueryLoggingConfigAssociation"
ARN = "arn:aws:sns:eu-west-1:123456789012:t"


def test_subscriptions_say_whose_they_are_and_whether_they_are_confirmed(answered: Callable[..., Any]) -> None:
    pending = {
        "SubscriptionArn": "PendingConfirmation",
        "TopicArn": ARN,
        "Owner": "1",
        "Protocol": "email",
        "Endpoint": "a",
    }
    theirs = {**pending, "SubscriptionArn": f"{ARN}:x", "Owner": "444455556666", "Protocol": "sqs"}
    found = answered("sns", {"ListSubscriptions": {"Subscriptions": [pending, theirs]}}, SUBSCRIPTION).of(SUBSCRIPTION)
    assert sorted((one.properties["Owner"], one.properties["Confirmed"]) for one in found) == [
        ("1", False),
        ("444455556666", True),
    ]


def test_topics_count_who_is_subscribed(answered: Callable[..., Any]) -> None:
    answers = {
        "ListTopics": {"Topics": [{"TopicArn": ARN}]},
        "GetTopicAttributes": {"Attributes": {"SubscriptionsConfirmed": "2", "SubscriptionsPending": "0"}},
        "ListTagsForResource": {"Tags": []},
    }
    found = answered("sns", answers, TOPIC).one(TOPIC)
    assert (found.properties["SubscriptionsConfirmed"], found.properties["SubscriptionsPending"]) == (2, 0)
    denied = answered("sns", {**answers, "GetTopicAttributes": "AuthorizationError"}, TOPIC).one(TOPIC)
    assert "grant sns:GetTopicAttributes" in denied.unresolved["SubscriptionsConfirmed"]


def test_alarms_know_their_state_and_since_when(answered: Callable[..., Any]) -> None:
    kind = "AWS::CloudWatch::Alarm"
    alarm = {"AlarmName": "a", "AlarmArn": "arn:aws:cloudwatch:eu-west-1:123456789012:alarm:a", "StateValue": "ALARM",
             "StateTransitionedTimestamp": "2026-01-02T03:04:05Z"}  # fmt: skip
    found = answered("cloudwatch", {"DescribeAlarms": {"MetricAlarms": [alarm]}}, kind).one(kind)
    assert found.properties["StateValue"] == "ALARM"
    assert found.properties["StateTransitionedTimestamp"].startswith("2026-01-02")


def test_flow_logs_say_whether_they_deliver(answered: Callable[..., Any]) -> None:
    kind = "AWS::EC2::FlowLog"
    log = {"FlowLogId": "fl-1", "ResourceId": "vpc-1", "FlowLogStatus": "ACTIVE", "DeliverLogsStatus": "FAILED",
           "DeliverLogsErrorMessage": "Access error"}  # fmt: skip
    found = answered("ec2", {"DescribeFlowLogs": {"FlowLogs": [log]}}, kind).one(kind)
    names = ("FlowLogStatus", "DeliverLogsStatus", "DeliverLogsErrorMessage")
    assert [found.properties[name] for name in names] == ["ACTIVE", "FAILED", "Access error"]


def test_which_networks_have_their_dns_queries_logged(answered: Callable[..., Any]) -> None:
    one = {
        "Id": "a",
        "ResolverQueryLogConfigId": "c",
        "ResourceId": "vpc-1",
        "Status": "FAILED",
        "Error": "ACCESS_DENIED",
    }
    listed = {"ListResolverQueryLogConfigAssociations": {"ResolverQueryLogConfigAssociations": [one]}}
    found = answered("route53resolver", listed, ASSOCIATION).one(ASSOCIATION)
    assert (found.properties["ResourceId"], found.properties["Status"]) == ("vpc-1", "FAILED")
    denied = answered(
        "route53resolver", {"ListResolverQueryLogConfigAssociations": "AccessDeniedException"}, ASSOCIATION
    )
    assert "grant route53resolver:ListResolverQueryLogConfigAssociations" in denied.unread[ASSOCIATION]
