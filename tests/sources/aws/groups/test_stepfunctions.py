"""State machines of Step Functions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

TYPE, CONTROL = "AWS::StepFunctions::StateMachine", "stepfunctions.state-machine-logs-executions"
ROLE = "arn:aws:iam::123456789012:role/orders"
ARN = "arn:aws:states:eu-west-1:123456789012:stateMachine:orders"
GROUP = "arn:aws:logs:eu-west-1:123456789012:log-group:/orders:*"
DEFINITION = '{"StartAt": "Done", "States": {"Done": {"Type": "Succeed"}}}'
KEY = "stepfunctions.state-machine-uses-customer-key"
MODULE = """
resource "aws_sfn_state_machine" "orders" {
  name       = "orders"
  role_arn   = "arn:aws:iam::123456789012:role/orders"
  definition = jsonencode({ StartAt = "Done", States = { Done = { Type = "Succeed" } } })
  logging_configuration {
    level           = "ERROR"
    log_destination = "arn:aws:logs:eu-west-1:123456789012:log-group:/orders:*"
  }
}
"""


def test_a_state_machine_as_terraform_has_it(
    aws: Callable[..., Any], collect: Callable[..., Any], judged: Callable[..., Any], written: Callable[..., Any]
) -> None:
    aws("stepfunctions").create_state_machine(
        name="orders",
        definition=DEFINITION,
        roleArn=ROLE,
        loggingConfiguration={
            "level": "ERROR",
            "destinations": [{"cloudWatchLogsLogGroup": {"logGroupArn": GROUP}}],
        },
    )
    found = collect(TYPE, reads={TYPE: {"DefinitionString", "LoggingConfiguration.Level"}})
    machine = found.one(TYPE)
    assert (machine.address, machine.metadata["id"]) == (ARN, ARN)
    assert machine.properties["StateMachineName"] == "orders"
    assert machine.properties["StateMachineType"] == "STANDARD"
    assert "decrypt" in machine.unresolved["DefinitionString"]
    assert judged(found)[CONTROL] == judged(written(MODULE))[CONTROL] == {"pass"}
    assert judged(found)[KEY] == judged(written(MODULE))[KEY] == {"fail"}


def test_a_state_machine_without_logs(answered: Callable[..., Any], judged: Callable[..., Any]) -> None:
    listed = {"stateMachineArn": ARN, "name": "orders", "type": "EXPRESS", "creationDate": 0}
    told = {**listed, "definition": "{}", "roleArn": ROLE, "loggingConfiguration": {"level": "OFF", "destinations": []}}
    asked: list[dict[str, Any]] = []

    def describe(given: dict[str, Any]) -> dict[str, Any]:
        asked.append(given)
        return told

    answers = {"ListStateMachines": {"stateMachines": [listed]}, "DescribeStateMachine": describe}
    assert judged(answered("stepfunctions", answers, TYPE))[CONTROL] == {"fail"}
    assert asked == [{"stateMachineArn": ARN, "includedData": "METADATA_ONLY"}]


def test_a_state_machine_that_is_denied_is_unknown(answered: Callable[..., Any], judged: Callable[..., Any]) -> None:
    listed = {"stateMachineArn": ARN, "name": "orders", "type": "EXPRESS", "creationDate": 0}
    answers = {"ListStateMachines": {"stateMachines": [listed]}, "DescribeStateMachine": "AccessDeniedException"}
    found = answered("stepfunctions", answers, TYPE)
    assert "grant states:DescribeStateMachine" in found.one(TYPE).unresolved["LoggingConfiguration"]
    assert set(map(tuple, judged(found).values())) == {("unknown",)}
