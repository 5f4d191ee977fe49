"""Alerts in the formats of others."""

from __future__ import annotations

from typing import Any

import jsonschema_rs
import pytest
from ocsf_json_schema import OcsfJsonSchemaEmbedded, get_ocsf_schema

from bastide.detect.alerts import alerts_of, touch
from bastide.detect.finding import asff, ocsf
from bastide.detect.reach import Reach
from bastide.lake.classes import ocsf_version
from tests.detect.conftest import match, rule


@pytest.fixture(scope="module")
def validator() -> Any:
    schemas = OcsfJsonSchemaEmbedded(get_ocsf_schema(version=ocsf_version()))
    return jsonschema_rs.validator_for(schemas.get_class_schema(class_name="detection_finding", profiles=["cloud"]))


FULL = rule("Root acts", "high", ("persistence", "impact"), techniques=("T1098.001", "T9999"))


@pytest.mark.parametrize(
    "fields",
    [{}, {"actor": "", "account": "", "region": ""}, {"source": "10.1.2.3", "operation": "X", "service": "s3"},
     {"source": "s3.amazonaws.com", "resources": ("arn:x",)}, {"source": "fe80::1"}],
)  # fmt: skip
def test_ocsf(validator: Any, fields: dict[str, Any]) -> None:
    (alert,) = alerts_of([match(FULL, **fields)])
    event = ocsf(alert)
    validator.validate(event)
    assert (event["class_uid"], event["severity"], event["time"]) == (2004, "High", alert.last)
    assert event["finding_info"]["attacks"][0] == {
        "technique": {"uid": "T1098.001", "name": "Additional Cloud Credentials"},
        "tactic": {"uid": "TA0003", "name": "Persistence"},
    }


def test_what_is_known_of_the_actor_and_of_the_data_is_an_enrichment(validator: Any) -> None:
    (alert,) = alerts_of([match(FULL, resources=("arn:aws:s3:::b",))])
    assert "enrichments" not in ocsf(alert)
    alert.reach = Reach(identity="a", administrator=True)
    touch(alert, {"internal": 0.3})
    event = ocsf(alert)
    validator.validate(event)
    reach, data = event["enrichments"]
    assert (reach["value"], reach["type"], reach["data"]["administrator"]) == (alert.actor, "reach", True)
    assert reach["short_desc"] == "may do everything: it is an administrator"
    assert (data["value"], data["data"]) == ("arn:aws:s3:::b", {"classes": ["internal"]})


def test_all_events_of_a_correlation_are_related(validator: Any) -> None:
    (alert,) = alerts_of([match(FULL, event_uid="e2", event_uids=("e0", "e2"), count=2), match(event_uid="e2")])
    event = ocsf(alert)
    validator.validate(event)
    assert event["count"] == 2
    assert event["finding_info"]["related_events"] == [{"uid": "e0"}, {"uid": "e2", "type": "api_activity"}]


def test_asff() -> None:
    (alert,) = alerts_of([match(FULL, resources=("arn:aws:s3:::b",))])
    alert.reach = Reach(unknown="nobody looked")
    assert asff(alert, "1", "r")["Description"].endswith("the actor: what it may do is not known: nobody looked")
    found = asff(alert, "111122223333", "eu-west-1")
    assert found["ProductArn"] == "arn:aws:securityhub:eu-west-1:111122223333:product/111122223333/default"
    assert found["Severity"] == {"Label": "HIGH"}
    assert found["Resources"] == [{"Type": "Other", "Id": "arn:aws:s3:::b", "Region": "eu-west-1"}]
    (alert,) = alerts_of([match()])
    found = asff(alert, "1", "us-east-1")  # a hub in another account and region than the events
    assert found["Resources"] == [{"Type": "AwsAccount", "Id": "AWS::::Account:111122223333", "Region": "eu-west-1"}]
    assert found["Description"].startswith(f"by {alert.actor} in 111122223333, eu-west-1. ")
    (alert,) = alerts_of([match(account="", region="")])
    assert asff(alert, "1", "us-east-1")["Resources"] == [{"Type": "AwsAccount", "Id": "AWS::::Account:1"}]
