"""Alarms of CloudWatch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

ALARM, COMPOSITE = "AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm"
TOPIC = "arn:aws:sns:eu-west-1:123456789012:alarms"
OPTIONS = {"ComparisonOperator": "GreaterThanThreshold", "EvaluationPeriods": 1, "Namespace": "n", "MetricName": "m",
           "Period": 60, "Statistic": "Sum", "Threshold": 1}  # fmt: skip
MODULE = """
resource "aws_cloudwatch_metric_alarm" "silent" {
  alarm_name          = "silent"
  comparison_operator = "GreaterThanThreshold"
  evaluation_periods  = 1
}
resource "aws_cloudwatch_metric_alarm" "off" {
  alarm_name          = "off"
  comparison_operator = "GreaterThanThreshold"
  evaluation_periods  = 1
  actions_enabled     = false
  alarm_actions       = ["arn:aws:sns:eu-west-1:123456789012:alarms"]
}
resource "aws_cloudwatch_metric_alarm" "on" {
  alarm_name          = "on"
  comparison_operator = "GreaterThanThreshold"
  evaluation_periods  = 1
  alarm_actions       = ["arn:aws:sns:eu-west-1:123456789012:alarms"]
}
"""


def test_alarms_as_terraform_has_them(
    aws: Callable[..., Any], collect: Callable[..., Any], judged: Callable[..., Any], written: Callable[..., Any]
) -> None:
    client = aws("cloudwatch")
    client.put_metric_alarm(AlarmName="silent", **OPTIONS)
    client.put_metric_alarm(AlarmName="off", ActionsEnabled=False, AlarmActions=[TOPIC], **OPTIONS)
    client.put_metric_alarm(AlarmName="on", AlarmActions=[TOPIC], **OPTIONS)
    found = collect(ALARM, COMPOSITE)
    alarm = found.of(ALARM)[1]
    assert (alarm.address, alarm.metadata["id"]) == ("arn:aws:cloudwatch:eu-west-1:123456789012:alarm:on", "on")
    assert alarm.properties["AlarmActions"] == [TOPIC]
    assert alarm.properties["ActionsEnabled"] is True
    assert judged(found) == judged(written(MODULE)) == {"cloudwatch.alarm-acts": {"pass", "fail"}}
    assert sum(row.calls for row in found.ledger if row.operation == "DescribeAlarms") == 1


def test_an_alarm_that_a_composite_speaks_for(answered: Callable[..., Any], judged: Callable[..., Any]) -> None:
    arn = "arn:aws:cloudwatch:eu-west-1:123456789012:alarm:"
    alarm = {"AlarmName": "too slow", "AlarmArn": f"{arn}too slow", "ActionsEnabled": True, "AlarmActions": []}
    rule = {"AlarmRule": 'ALARM("too slow")', "ActionsEnabled": True, "AlarmActions": [TOPIC]}
    composite = {"AlarmName": "service", "AlarmArn": f"{arn}service", **rule}
    answers = {"DescribeAlarms": {"MetricAlarms": [alarm], "CompositeAlarms": [composite]}}
    found = answered("cloudwatch", answers, ALARM, COMPOSITE)
    assert found.one(COMPOSITE).properties["AlarmRule"] == 'ALARM("too slow")'
    assert judged(found) == {"cloudwatch.composite-alarm-acts": {"pass"}}


def test_alarms_that_are_denied_are_unread(answered: Callable[..., Any]) -> None:
    found = answered("cloudwatch", {"DescribeAlarms": "AccessDenied"}, ALARM, COMPOSITE)
    assert set(found.unread) == {ALARM, COMPOSITE}
    assert "grant cloudwatch:DescribeAlarms" in found.unread[ALARM]
