"""Log groups, and metric filters with who hears of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bastide.controls.evaluate import Evaluation
from bastide.controls.library import Library
from tests.sources.aws.groups.conftest import mark

FILTER = "AWS::Logs::MetricFilter"
ROOT = '{ $.userIdentity.type = "Root" }'
TOPIC = "arn:aws:sns:eu-west-1:123456789012:security"


def filter_over(pattern: str) -> dict[str, Any]:
    transformations = [{"metricName": "root", "metricNamespace": "Audit", "metricValue": "1"}]
    return {"logGroupName": "g", "filterName": "f", "filterPattern": pattern, "metricTransformations": transformations}


def alarm_over(metric: str, topic: str, aws: Callable[..., Any]) -> None:
    aws("cloudwatch").put_metric_alarm(
        AlarmName=f"over-{metric}",
        Namespace="Audit",
        MetricName=metric,
        ComparisonOperator="GreaterThanThreshold",
        EvaluationPeriods=1,
        Threshold=1,
        Period=60,
        Statistic="Sum",
        AlarmActions=[topic],
    )


def test_a_filter_over_events_knows_its_alarms_and_who_is_subscribed(
    aws: Callable[..., Any], collect: Callable[..., Any]
) -> None:
    aws("logs").create_log_group(logGroupName="g")
    aws("logs").put_metric_filter(**filter_over(ROOT))
    topic = aws("sns").create_topic(Name="security")["TopicArn"]
    aws("sns").subscribe(TopicArn=topic, Protocol="email", Endpoint="a@example.org")
    alarm_over("root", topic, aws)
    alarm_over("errors", topic, aws)
    found = collect(FILTER).one(FILTER)
    assert found.unresolved == {}
    assert found.properties["ConfirmedTopics"] == [topic]
    (alarm,) = found.properties["Alarms"]
    assert (alarm["AlarmName"], alarm["ActionsEnabled"], alarm["AlarmActions"]) == ("over-root", True, [topic])


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
    whole = [{"AlarmName": "c", "AlarmRule": "ALARM(a)"}]
    answers = {
        "DescribeMetricFilters": {"metricFilters": [filter_over(ROOT)]},
        "DescribeAlarms": {
            "CompositeAlarms": whole,
            "MetricAlarms": [{"AlarmName": "a", "Metrics": formula}, {"AlarmName": "b", "Namespace": "X"}],
        },
        "ListSubscriptions": {"Subscriptions": [{"SubscriptionArn": "PendingConfirmation", "TopicArn": TOPIC}]},
    }
    found = answered("logs", answers, FILTER).one(FILTER)
    assert [alarm["AlarmName"] for alarm in found.properties["Alarms"]] == ["a"]
    assert [alarm["AlarmRule"] for alarm in found.properties["CompositeAlarms"]] == ["ALARM(a)"]
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


def test_the_chain_from_the_trail_to_the_subscription_is_judged(
    aws: Callable[..., Any], collect: Callable[..., Any], library: Library
) -> None:
    control = "alarms.root-use-is-told"
    evaluation = Evaluation(library.controls, [one for one in library.compiled if one.id == control])

    def statuses() -> list[str]:
        found = collect("AWS::Logs::LogGroup", FILTER, "AWS::CloudTrail::Trail")
        return [verdict.status for verdict in evaluation.verdicts([*found.resources, mark({}, "eu-west-1")])]

    group = {"logGroupName": "g"}
    aws("logs").create_log_group(**group)
    assert statuses() == []
    place = {"LocationConstraint": "eu-west-1"}
    aws("s3").create_bucket(Bucket="logs", CreateBucketConfiguration=place)
    arn = aws("logs").describe_log_groups()["logGroups"][0]["arn"]
    role = "arn:aws:iam::123456789012:role/r"
    aws("cloudtrail").create_trail(
        Name="audit", S3BucketName="logs", CloudWatchLogsLogGroupArn=arn, CloudWatchLogsRoleArn=role
    )
    aws("logs").put_metric_filter(**filter_over(ROOT))
    topic = aws("sns").create_topic(Name="security")["TopicArn"]
    alarm_over("root", topic, aws)
    assert statuses() == ["fail"]
    aws("sns").subscribe(TopicArn=topic, Protocol="email", Endpoint="a@example.org")
    assert statuses() == ["pass"]
