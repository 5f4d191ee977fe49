"""What a field is in a table, and what is no field."""

from __future__ import annotations

import pytest

from bastide.detect.fields import Unsupported, field_of
from bastide.detect.sources import CLOUDTRAIL, DNS, EKS, FLOW, GUARDDUTY, HTTP, SECURITY_HUB


def test_a_column() -> None:
    found = field_of("eventname", CLOUDTRAIL, "api_activity")
    assert (found.sql, found.many, found.path) == ('"api.operation"', False, "api.operation")
    assert field_of("API.Operation", CLOUDTRAIL, "api_activity").path == "api.operation"
    assert field_of("event.action", CLOUDTRAIL, "authentication").path == "api.operation"


def test_json_below_a_column() -> None:
    found = field_of("requestParameters.policyArn", CLOUDTRAIL, "api_activity")
    assert found.many
    assert found.reads == {"api.request.data"}
    assert field_of("api.request.data.policyArn", CLOUDTRAIL, "api_activity").sql == found.sql
    assert field_of("additionalEventData.x", CLOUDTRAIL, "api_activity").reads == {"unmapped"}
    assert field_of("resources.ARN.x", CLOUDTRAIL, "account_change").reads == {"raw_data"}


def test_lists_of_objects() -> None:
    found = field_of("resources.uid", CLOUDTRAIL, "api_activity")
    assert found.many
    assert found.reads == {"resources"}
    assert field_of("answer", DNS, "dns_activity").many


def test_numbers_stay_numbers() -> None:
    assert field_of("dstport", FLOW, "network_activity").number == '"dst_endpoint.port"'


@pytest.mark.parametrize(
    ("name", "source", "table", "why"),
    [
        ("eventNome", CLOUDTRAIL, "api_activity", "did you mean `eventname`"),
        ("items[0].name", CLOUDTRAIL, "api_activity", "leave the index out"),
        ("dst_prt", FLOW, "network_activity", "did you mean `dst_port`"),
        ("objctRef.name", EKS, "api_activity", "did you mean `objectref`"),
        ("hostNetwork", EKS, "api_activity", "no event of eks-audit has a field `hostNetwork`"),
        ("parent_domain", DNS, "dns_activity", "no event of dns has a field `parent_domain`"),
    ],
)
def test_what_no_event_has(name: str, source: object, table: str, why: str) -> None:
    with pytest.raises(Unsupported, match=why):
        field_of(name, source, table)  # type: ignore[arg-type]


def test_findings_keep_their_own_names() -> None:
    for name in ("service.action.actionType", "severity", "type"):
        assert field_of(name, GUARDDUTY, "detection_finding").reads == {"raw_data"}
    assert field_of("finding_info.title", GUARDDUTY, "detection_finding").path == "finding_info.title"
    assert field_of("Severity.Label", SECURITY_HUB, "detection_finding").reads == {"raw_data"}
    assert field_of("severity", SECURITY_HUB, "detection_finding").path == "severity"


def test_text_that_is_no_json_has_no_fields() -> None:
    with pytest.raises(Unsupported):
        field_of("action.name", FLOW, "network_activity")


def test_the_audit_log_of_a_cluster_is_read_from_columns() -> None:
    assert field_of("verb", EKS, "api_activity").path == "api.operation"
    assert field_of("responseStatus.code", EKS, "api_activity").number
    assert field_of("objectRef.resource", EKS, "api_activity").reads == {"unmapped"}
    assert field_of("requestObject.spec.hostPID", EKS, "api_activity").reads == {"api.request.data"}
    assert field_of("impersonatedUser.username", EKS, "api_activity").reads == {"raw_data"}


def test_what_others_call_parts_of_an_audit_log() -> None:
    assert field_of("hostPath", EKS, "api_activity").reads == {"api.request.data"}
    assert field_of("capabilities", EKS, "api_activity").reads == {"api.request.data"}
    assert field_of("apiGroup", EKS, "api_activity").reads == {"unmapped"}


def test_fields_of_queries_that_no_column_has_are_read_from_the_event() -> None:
    assert field_of("firewall_rule_action", DNS, "dns_activity").many
    assert field_of("srcids.instance", DNS, "dns_activity").reads == {"raw_data"}


def test_correlations_count_a_field_once() -> None:
    assert field_of("query", DNS, "dns_activity").kept == ('"query.hostname"', False)
    assert field_of("query_name", DNS, "dns_activity").kept == ('"query.hostname"', False)
    assert field_of("cs-uri-stem", HTTP, "http_activity").kept == ('"http_request.url.path"', False)
    sql, many = field_of("requestParameters.a", CLOUDTRAIL, "api_activity").kept
    assert (sql[:4], many) == ("case", True)
