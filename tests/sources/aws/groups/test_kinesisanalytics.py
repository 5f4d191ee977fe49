"""Applications of Managed Service for Apache Flink and their properties."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

TYPE = "AWS::KinesisAnalyticsV2::Application"
CONTROL = "kinesisanalytics.application-properties-have-no-secrets"
ARN = "arn:aws:kinesisanalytics:eu-west-1:123456789012:application/a"
LISTED = {
    "ListApplications": {
        "ApplicationSummaries": [
            {
                "ApplicationName": "a",
                "ApplicationARN": ARN,
                "ApplicationStatus": "READY",
                "ApplicationVersionId": 1,
                "RuntimeEnvironment": "FLINK-1_20",
            }
        ]
    }
}


def application(properties: dict[str, str]) -> dict[str, Any]:
    group = {"PropertyGroupId": "sink", "PropertyMap": properties}
    return {
        "ApplicationDetail": {
            "ApplicationARN": ARN,
            "ApplicationName": "a",
            "RuntimeEnvironment": "FLINK-1_20",
            "ApplicationStatus": "READY",
            "ApplicationVersionId": 1,
            "ApplicationConfigurationDescription": {
                "EnvironmentPropertyDescriptions": {"PropertyGroupDescriptions": [group]}
            },
        }
    }


def test_properties_are_judged(answered: Callable[..., Any], judged: Callable[..., Any]) -> None:
    for properties, status in (({"topic": "orders"}, "pass"), ({"sink": "mongodb://a:s0mething@example.com"}, "fail")):
        found = answered("kinesisanalytics", {**LISTED, "DescribeApplication": application(properties)}, TYPE)
        assert judged(found)[CONTROL] == {status}


def test_properties_that_are_denied_are_unknown(answered: Callable[..., Any], judged: Callable[..., Any]) -> None:
    found = answered("kinesisanalytics", {**LISTED, "DescribeApplication": "AccessDeniedException"}, TYPE)
    assert judged(found)[CONTROL] == {"unknown"}
