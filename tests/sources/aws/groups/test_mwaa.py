"""Environments of Managed Airflow and their options."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

TYPE = "AWS::MWAA::Environment"
CONTROL = "mwaa.environment-options-have-no-secrets"
LISTED = {"ListEnvironments": {"Environments": ["etl"]}}


def test_options_are_judged(answered: Callable[..., Any], judged: Callable[..., Any]) -> None:
    secret = {"core.sql_alchemy_conn": "postgres://etl:s0mething@db.example.com/etl"}
    for options, status in (({"core.default_task_retries": "3"}, "pass"), (secret, "fail")):
        environment = {"Environment": {"Name": "etl", "AirflowConfigurationOptions": options}}
        found = answered("mwaa", {**LISTED, "GetEnvironment": environment}, TYPE)
        assert found.one(TYPE).address == "arn:aws:airflow:eu-west-1:123456789012:environment/etl"
        assert judged(found)[CONTROL] == {status}


def test_options_that_are_denied_are_unknown(answered: Callable[..., Any], judged: Callable[..., Any]) -> None:
    found = answered("mwaa", {**LISTED, "GetEnvironment": "AccessDeniedException"}, TYPE)
    assert judged(found)[CONTROL] == {"unknown"}
