"""Instances of Verified Access."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

TYPE = "AWS::EC2::VerifiedAccessInstance"
CONTROL = "verifiedaccess.instance-logs-access"


def test_instances_with_and_without_logs(answered: Callable[..., Any], judged: Callable[..., Any]) -> None:
    logs = {"S3": {"Enabled": False}, "CloudWatchLogs": {"Enabled": True, "LogGroup": "g"}}
    answers: dict[str, Any] = {
        "DescribeVerifiedAccessInstances": {
            "VerifiedAccessInstances": [{"VerifiedAccessInstanceId": name} for name in ("vai-1", "vai-2")]
        },
        "DescribeVerifiedAccessInstanceLoggingConfigurations": {
            "LoggingConfigurations": [{"VerifiedAccessInstanceId": "vai-1", "AccessLogs": logs}]
        },
    }
    found = answered("verifiedaccess", answers, TYPE)
    first, second = found.of(TYPE)
    assert first.properties["LoggingConfigurations"]["CloudWatchLogs"] == {"Enabled": True, "LogGroup": "g"}
    assert "LoggingConfigurations" not in second.properties
    assert judged(found)[CONTROL] == {"pass", "fail"}
    denied = {**answers, "DescribeVerifiedAccessInstanceLoggingConfigurations": "UnauthorizedOperation"}
    assert judged(answered("verifiedaccess", denied, TYPE))[CONTROL] == {"unknown"}
