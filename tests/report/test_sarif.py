"""SARIF 2.1.0 as its schema says it, and as code scanning reads it."""

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import jsonschema_rs
import pytest

from bastide.report import render
from bastide.resources.model import Problem

SCHEMA = Path(__file__).parents[1] / "schemas" / "sarif-2.1.0.json"


@pytest.fixture(scope="module")
def validator() -> Any:
    return jsonschema_rs.validator_for(json.loads(SCHEMA.read_text("utf-8")))


def run_of(report: Any, validator: Any) -> dict[str, Any]:
    log = json.loads(render("sarif", report))
    validator.validate(log)
    (run,) = log["runs"]
    return run


def test_an_empty_report(make: SimpleNamespace, validator: Any) -> None:
    run = run_of(make.report(), validator)
    assert run["results"] == []
    assert run["invocations"][0]["executionSuccessful"] is True


def test_results_are_failures_and_exempt_findings(make: SimpleNamespace, validator: Any) -> None:
    run = run_of(make.sample(), validator)
    assert [result["level"] for result in run["results"]] == ["error", "error", "note", "note", "error"]
    assert [result.get("baselineState") for result in run["results"]] == ["new", "new", "unchanged", "new", "new"]
    rules = run["tool"]["driver"]["rules"]
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
    assert [bool(result.get("suppressions")) for result in run["results"]] == [False] * 4 + [True]


def test_a_result(make: SimpleNamespace, validator: Any) -> None:
    result = run_of(make.sample(), validator)["results"][0]
    assert "primaryLocationLineHash" not in result["partialFingerprints"]
    assert len(result["partialFingerprints"]["bastide/v1"]) == 32
    location = result["locations"][0]
    assert location["physicalLocation"] == {
        "artifactLocation": {"uri": "modules/network/groups.tf", "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": 9},
    }
    assert location["logicalLocations"][0]["fullyQualifiedName"] == "module.network.aws_security_group.bastion"
    assert "0.0.0.0/0" in result["message"]["text"]
    assert result["properties"]["call"] == ["infra/main.tf:31 network"]


def test_a_suppression(make: SimpleNamespace, validator: Any) -> None:
    result = run_of(make.sample(), validator)["results"][-1]
    (suppression,) = result["suppressions"]
    assert suppression["kind"] == "inSource"
    assert suppression["status"] == "accepted"
    assert suppression["justification"] == "until 2027-03-01 by ana: public web site"
    assert suppression["location"]["physicalLocation"]["region"]["startLine"] == 11


def test_an_exemption_of_the_settings_is_external(make: SimpleNamespace, validator: Any) -> None:
    template = make.resource(path="stack.yaml", source="cloudformation")
    for place, kind in (("bastide.yaml:4", "external"), ("stack.yaml:4", "inSource")):
        piece = make.evidence(path="stack.yaml")
        verdict = make.verdict("exempt", on=template, evidence=(piece,), exemption=make.exemption(place=place))
        (result,) = run_of(make.report([verdict]), validator)["results"]
        assert result["suppressions"][0]["kind"] == kind


def test_unknown_is_a_notification_and_no_alert(make: SimpleNamespace, validator: Any) -> None:
    run = run_of(make.sample(), validator)
    assert not [result for result in run["results"] if result["ruleId"] == "sqs.queue-encrypted"]
    (note,) = [
        note
        for note in run["invocations"][0]["toolExecutionNotifications"]
        if note["descriptor"]["id"] == "bastide/unknown"
    ]
    assert note["level"] == "note"
    assert run["tool"]["driver"]["rules"][note["associatedRule"]["index"]]["id"] == "sqs.queue-encrypted"
    assert "parameter without a default" in note["message"]["text"]


def test_what_was_not_read_makes_the_run_unsuccessful(make: SimpleNamespace, validator: Any) -> None:
    invocation = run_of(make.sample(), validator)["invocations"][0]
    assert invocation["executionSuccessful"] is False
    levels = {note["descriptor"]["id"]: note["level"] for note in invocation["toolExecutionNotifications"]}
    assert levels["bastide/unreadable"] == "error"
    assert levels["bastide/partial"] == "warning"
    assert levels["bastide/external"] == "note"
    assert levels["bastide/broken-control"] == "error"
    assert invocation["startTimeUtc"] < invocation["endTimeUtc"]


def test_a_rule(make: SimpleNamespace, validator: Any) -> None:
    controls = [make.control(f"x.{name}", severity=name) for name in ("critical", "high", "medium", "low", "info")]
    run = run_of(make.report([make.verdict(of=control) for control in controls]), validator)
    rules = {rule["id"]: rule for rule in run["tool"]["driver"]["rules"]}
    scores = [rules[control.id]["properties"].get("security-severity") for control in controls]
    assert scores == ["9.5", "8.0", "5.5", "2.5", None]
    rule = rules["x.high"]
    assert rule["properties"]["tags"] == ["security", "S3", "SEC03-BP07", "T1530"]
    assert rule["helpUri"].startswith("https://docs.aws.amazon.com/")
    assert '```\nbucket = "x"\n```' in rule["help"]["markdown"].replace("  bucket", "bucket")
    assert "```" not in rule["help"]["text"]


def test_tags_are_few_enough_for_code_scanning(make: SimpleNamespace, validator: Any) -> None:
    control = make.control(attack=[f"T{number}" for number in range(1000, 1040)])
    run = run_of(make.report([make.verdict(of=control)]), validator)
    assert len(run["tool"]["driver"]["rules"][0]["properties"]["tags"]) == 10


@pytest.mark.parametrize(
    ("path", "artifact"),
    [
        ("a b/ü%#?.tf", {"uri": "a%20b/%C3%BC%25%23%3F.tf", "uriBaseId": "%SRCROOT%"}),
        ("./main.tf", {"uri": "main.tf", "uriBaseId": "%SRCROOT%"}),
        ("../x/main.tf", {"uri": "../x/main.tf"}),
        ("/srv/my code/main.tf", {"uri": "file:///srv/my%20code/main.tf"}),
    ],
)
def test_paths_are_uris(make: SimpleNamespace, validator: Any, path: str, artifact: dict[str, str]) -> None:
    piece = make.evidence(path=path, line=0)
    (result,) = run_of(make.report([make.verdict(evidence=(piece,))]), validator)["results"]
    assert result["locations"][0]["physicalLocation"] == {"artifactLocation": artifact}


def test_a_whole_file_has_no_region(make: SimpleNamespace, validator: Any) -> None:
    report = make.report()
    report.coverage.problems = [Problem("unreadable", "x.tf", 0, "")]
    (note,) = run_of(report, validator)["invocations"][0]["toolExecutionNotifications"]
    assert "region" not in note["locations"][0]["physicalLocation"]
    assert note["message"]["text"] == "unreadable"


def test_what_is_compensated_is_counted_and_no_result(make: SimpleNamespace) -> None:
    run = json.loads(render("sarif", make.compensated()))["runs"][0]
    assert run["results"] == []
    assert run["invocations"][0]["properties"]["compensated"] == {"AWS::S3::AccountPublicAccessBlock": 1}
