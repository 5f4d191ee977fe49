"""Schedules of EventBridge Scheduler and what they send."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

TYPE = "AWS::Scheduler::Schedule"
CONTROL = "scheduler.schedule-input-has-no-secrets"
ARN = "arn:aws:scheduler:eu-west-1:123456789012:schedule/default/nightly"
LISTED = {"ListSchedules": {"Schedules": [{"Arn": ARN, "Name": "nightly", "GroupName": "default"}]}}


def test_the_input_is_judged(answered: Callable[..., Any], judged: Callable[..., Any]) -> None:
    for text, status in (('{"job": "report"}', "pass"), ('{"url": "https://a:s0mething@example.com"}', "fail")):
        target = {
            "Arn": "arn:aws:lambda:eu-west-1:123456789012:function:f",
            "RoleArn": "arn:aws:iam::123456789012:role/r",
        }
        answer = {"Arn": ARN, "Name": "nightly", "Target": {**target, "Input": text}}
        found = answered("scheduler", {**LISTED, "GetSchedule": answer}, TYPE)
        assert judged(found)[CONTROL] == {status}


def test_an_input_that_is_denied_is_unknown(answered: Callable[..., Any], judged: Callable[..., Any]) -> None:
    found = answered("scheduler", {**LISTED, "GetSchedule": "AccessDeniedException"}, TYPE)
    assert judged(found)[CONTROL] == {"unknown"}
