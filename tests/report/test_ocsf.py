"""OCSF Compliance Findings as OCSF's own schema says them."""

import json
from types import SimpleNamespace
from typing import Any

import jsonschema_rs
import pytest
from ocsf_json_schema import OcsfJsonSchemaEmbedded, get_ocsf_schema

from bastide.report import ocsf, render


@pytest.fixture(scope="module")
def validator() -> Any:
    schemas = OcsfJsonSchemaEmbedded(get_ocsf_schema(version=ocsf.VERSION))
    return jsonschema_rs.validator_for(schemas.get_class_schema(class_name="compliance_finding"))


def events_of(report: Any, validator: Any) -> list[dict[str, Any]]:
    events = [json.loads(line) for line in render("ocsf", report).splitlines()]
    for event in events:
        validator.validate(event)
    return events


def test_an_empty_report_has_no_lines(make: SimpleNamespace) -> None:
    assert render("ocsf", make.report()) == ""


def test_every_verdict_is_an_event(make: SimpleNamespace, validator: Any) -> None:
    events = events_of(make.sample(), validator)
    assert {event["class_uid"] for event in events} == {2003}
    assert [event["compliance"]["status"] for event in events] == ["Fail"] * 4 + ["Unknown", "Fail", "Pass"]
    assert [event["status"] for event in events] == ["New"] * 5 + ["Suppressed", "Resolved"]
    severities = ["Critical", "High", "Low", "Low", "Medium", "High", "Informational"]
    assert [event["severity"] for event in events] == severities


def test_times_are_milliseconds(make: SimpleNamespace, validator: Any) -> None:
    event = events_of(make.sample(), validator)[0]
    assert event["time"] == 1_780_000_000_662
    assert event["finding_info"]["created_time"] == event["time"]


def test_an_event(make: SimpleNamespace, validator: Any) -> None:
    event = events_of(make.sample(), validator)[0]
    assert event["finding_info"]["analytic"]["uid"] == "ec2.group-closes-ssh"
    assert event["finding_info"]["attacks"] == [{"technique": {"uid": "T1530"}}]
    assert event["compliance"]["standards"] == ["well-architected", "nist-800-53-r5"]
    assert "nist-800-53-r5 SC-7" in event["compliance"]["requirements"]
    assert event["resources"][0]["uid"] == "infra#module.network.aws_security_group.bastion"
    assert event["evidences"][0]["data"]["value"] == '"0.0.0.0/0"'
    assert event["remediation"]["desc"].startswith("Name the address ranges")
    assert event["unmapped"]["call"] == ["infra/main.tf:31 network"]
    assert (event["unmapped"]["path"], event["unmapped"]["line"]) == ("modules/network/groups.tf", 9)


def test_a_pass_needs_no_remedy(make: SimpleNamespace, validator: Any) -> None:
    assert "remediation" not in events_of(make.sample(), validator)[-1]


def test_sub_techniques(make: SimpleNamespace, validator: Any) -> None:
    verdict = make.verdict(of=make.control(attack=["T1098.001"]))
    (event,) = events_of(make.report([verdict]), validator)
    assert event["finding_info"]["attacks"] == [{"technique": {"uid": "T1098"}, "sub_technique": {"uid": "T1098.001"}}]


def test_what_compensates_is_told(make: SimpleNamespace) -> None:
    first, second = (json.loads(line) for line in render("ocsf", make.compensated()).splitlines())
    assert first["unmapped"]["compensated_by"] == "arn:aws:s3::111111111111:account-public-access-block"
    assert "compensated by AWS::S3::AccountPublicAccessBlock" in first["compliance"]["status_details"][-1]
    assert "compensated_by" not in second["unmapped"]
