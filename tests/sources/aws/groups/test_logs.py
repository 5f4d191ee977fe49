"""Log groups, and metric filters with who hears of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

FILTER = "AWS::Logs::MetricFilter"
ROOT = '{ $.userIdentity.type = "Root" }'
TOPIC = "arn:aws:sns:eu-west-1:123456789012:security"


def filter_over(pattern: str) -> dict[str, Any]:
    transformations = [{"metricName": "root", "metricNamespace": "Audit", "metricValue": "1"}]
    return {"logGroupName": "g", "filterName": "f", "filterPattern": pattern, "metricTransformations": transformations}


def test_a_filter_over_events_knows_its_alarms_and_who_is_subscribed(
    aws: Callable[..., Any], collect: Callable[..., Any]
) -> None:
    aws("logs").create_log_group(logGroupName="g")
    aws("logs").put_metric_filter(**filter_over(ROOT))
    topic = aws("sns").create_topic(Name="security")["TopicArn"]
    aws("sns").subscribe(TopicArn=topic, Protocol="email", Endpoint="a@example.org")
    for name, metric in (("heard", "root"), ("other", "errors")):
        aws("cloudwatch").put_metric_alarm(
            AlarmName=name,
            Namespace="Audit",
            MetricName=metric,
            ComparisonOperator="GreaterThanThreshold",
            EvaluationPeriods=1,
            Threshold=1,
            Period=60,
            Statistic="Sum",
            AlarmActions=[topic],
        )
    found = collect(FILTER).one(FILTER)
    assert found.unresolved == {}
    assert found.properties["ConfirmedTopics"] == [topic]
    (alarm,) = found.properties["Alarms"]
    assert (alarm["AlarmName"], alarm["ActionsEnabled"], alarm["AlarmActions"]) == ("heard", True, [topic])


def test_of_a_filter_over_other_logs_nobody_asks_for_alarms(answered: Callable[..., Any]) -> None:
    found = answered("logs", {"DescribeMetricFilters": {"metricFilters": [filter_over("ERROR")]}}, FILTER).one(FILTER)
    assert "Alarms" not in found.properties
    assert found.unresolved == {}


def test_an_alarm_over_a_formula_counts_and_a_pending_subscription_does_not(answered: Callable[..., Any]) -> None:
    metric = {"Namespace": "Audit", "MetricName": "root"}
    formula = [
        {"Id": "m", "MetricStat": {"Metric": metric, "Period": 60, "Stat": "Sum"}},
        {"Id": "e", "Expression": "m"},
    ]
    answers = {
        "DescribeMetricFilters": {"metricFilters": [filter_over(ROOT)]},
        "DescribeAlarms": {
            "MetricAlarms": [{"AlarmName": "a", "Metrics": formula}, {"AlarmName": "b", "Namespace": "X"}]
        },
        "ListSubscriptions": {"Subscriptions": [{"SubscriptionArn": "PendingConfirmation", "TopicArn": TOPIC}]},
    }
    found = answered("logs", answers, FILTER).one(FILTER)
    assert [alarm["AlarmName"] for alarm in found.properties["Alarms"]] == ["a"]
    assert found.properties["ConfirmedTopics"] == []


def test_subscriptions_that_are_denied_leave_who_hears_unknown(answered: Callable[..., Any]) -> None:
    answers = {
        "DescribeMetricFilters": {"metricFilters": [filter_over(ROOT)]},
        "DescribeAlarms": {"MetricAlarms": []},
        "ListSubscriptions": "AuthorizationErrorException",
    }
    found = answered("logs", answers, FILTER).one(FILTER)
    assert "grant sns:ListSubscriptions" in found.unresolved["ConfirmedTopics"]
    assert found.properties["Alarms"] == []
