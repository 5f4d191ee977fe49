"""Policies of devices."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

TYPE = "AWS::IoT::Policy"
CONTROL = "iot.policy-names-what-devices-may-do"
ARN = "arn:aws:iot:eu-west-1:123456789012:policy/sensor"
LISTED = {"ListPolicies": {"policies": [{"policyName": "sensor", "policyArn": ARN}]}}


def test_the_document_is_judged(answered: Callable[..., Any], judged: Callable[..., Any]) -> None:
    for action, status in (("iot:*", "fail"), ("iot:GetThingShadow", "pass")):
        text = f'{{"Statement": [{{"Effect": "Allow", "Action": "{action}", "Resource": "*"}}]}}'
        found = answered("iot", {**LISTED, "GetPolicy": {"policyDocument": text}}, TYPE)
        assert judged(found)[CONTROL] == {status}


def test_a_document_that_is_denied_is_unknown(answered: Callable[..., Any], judged: Callable[..., Any]) -> None:
    assert judged(answered("iot", {**LISTED, "GetPolicy": "AccessDeniedException"}, TYPE))[CONTROL] == {"unknown"}
