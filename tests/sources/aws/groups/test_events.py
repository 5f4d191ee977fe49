"""Event buses, rules and connections of EventBridge."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

BUS, RULE, CONNECTION = "AWS::Events::EventBus", "AWS::Events::Rule", "AWS::Events::Connection"
ARN = "arn:aws:events:eu-west-1:123456789012:event-bus/orders"
MODULE = """
resource "aws_cloudwatch_event_bus" "orders" { name = "orders" }
resource "aws_cloudwatch_event_bus_policy" "orders" {
  event_bus_name = aws_cloudwatch_event_bus.orders.name
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Sid = "all", Effect = "Allow", Principal = "*", Action = "events:PutEvents", Resource = "%s" }]
  })
}
"""


def test_a_bus_as_terraform_has_it(
    aws: Callable[..., Any], collect: Callable[..., Any], judged: Callable[..., Any], written: Callable[..., Any]
) -> None:
    client = aws("events")
    client.create_event_bus(Name="orders")
    statement = {"Sid": "all", "Effect": "Allow", "Principal": "*", "Action": "events:PutEvents", "Resource": ARN}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    client.put_permission(EventBusName="orders", Policy=policy)
    found = collect(BUS)
    default, orders = found.of(BUS)
    assert (default.metadata["id"], default.metadata["default"]) == ("default", "true")
    assert "Policy" not in default.properties
    assert (orders.address, orders.metadata["id"]) == (ARN, "orders")
    assert orders.properties["Policy"]["Statement"] == [statement]
    verdicts = judged(found)
    assert verdicts == judged(written(MODULE % ARN))
    assert verdicts["events.bus-policy-is-not-open"] == {"fail"}


def test_rules_of_every_bus_with_their_targets(aws: Callable[..., Any], collect: Callable[..., Any]) -> None:
    client = aws("events")
    client.create_event_bus(Name="orders")
    client.put_rule(Name="nightly", ScheduleExpression="rate(1 day)")
    client.put_rule(Name="paid", EventBusName="orders", EventPattern='{"source": ["shop"]}')
    topic = "arn:aws:sns:eu-west-1:123456789012:orders"
    client.put_targets(Rule="paid", EventBusName="orders", Targets=[{"Id": "1", "Arn": topic}])
    found = collect(RULE)
    nightly, paid = sorted(found.of(RULE), key=lambda rule: str(rule.metadata["id"]))
    assert nightly.properties["ScheduleExpression"] == "rate(1 day)"
    assert nightly.properties["State"] == "ENABLED"
    assert paid.address == "arn:aws:events:eu-west-1:123456789012:rule/orders/paid"
    assert paid.properties["EventPattern"] == {"source": ["shop"]}
    assert paid.properties["Targets"] == [{"Id": "1", "Arn": topic}]


def test_a_connection_shows_no_secret(
    aws: Callable[..., Any], collect: Callable[..., Any], judged: Callable[..., Any]
) -> None:
    told = {"ApiKeyAuthParameters": {"ApiKeyName": "x-api-key", "ApiKeyValue": "hush-hush-hush"}}
    made = aws("events").create_connection(Name="crm", AuthorizationType="API_KEY", AuthParameters=told)
    found = collect(CONNECTION)
    assert found.one(CONNECTION).address == made["ConnectionArn"]
    assert "hush" not in str(found.one(CONNECTION).properties)
    assert judged(found) == {"events.connection-has-no-secret-in-source": {"pass"}}


def test_what_is_denied_is_unread_or_unknown(answered: Callable[..., Any]) -> None:
    found = answered("events", {"ListEventBuses": "AccessDeniedException"}, BUS, RULE)
    assert set(found.unread) == {BUS, RULE}
    answers = {
        "ListEventBuses": {"EventBuses": [{"Name": "orders", "Arn": ARN}]},
        "ListRules": {"Rules": [{"Name": "paid", "Arn": f"{ARN}/paid"}]},
        "ListTargetsByRule": "AccessDeniedException",
    }
    found = answered("events", answers, RULE)
    assert "grant events:ListTargetsByRule" in found.one(RULE).unresolved["Targets"]
    assert found.of(BUS) == []
