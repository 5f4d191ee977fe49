"""Detectors of GuardDuty."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

TYPE = "AWS::GuardDuty::Detector"
ON, PLANS = "guardduty.detector-is-on", "guardduty.detector-keeps-its-protection-plans"
MODULE = """
resource "aws_guardduty_detector" "main" {
  enable = true
}
resource "aws_guardduty_detector_feature" "s3" {
  detector_id = aws_guardduty_detector.main.id
  name        = "S3_DATA_EVENTS"
  status      = "DISABLED"
}
"""


def sources(**status: str) -> dict[str, Any]:
    """What GetDetector says of data sources: all enabled but those that are named."""
    return {
        "CloudTrail": {"Status": "ENABLED"},
        "DNSLogs": {"Status": "ENABLED"},
        "FlowLogs": {"Status": "ENABLED"},
        "S3Logs": {"Status": status.get("s3", "ENABLED")},
        "Kubernetes": {"AuditLogs": {"Status": status.get("eks", "ENABLED")}},
        "MalwareProtection": {"ScanEc2InstanceWithFindings": {"EbsVolumes": {"Status": status.get("ebs", "ENABLED")}}},
    }


def detector(status: str = "ENABLED", **more: Any) -> dict[str, Any]:
    """The answers for one detector."""
    described = {"ServiceRole": "arn:aws:iam::123456789012:role/x", "Status": status, **more}
    return {
        "ListDetectors": {"DetectorIds": ["d1"]},
        "GetDetector": described,
        "GetAdministratorAccount": {"Administrator": {}},
        "ListPublishingDestinations": {"Destinations": []},
        "DescribeOrganizationConfiguration": "BadRequestException",
        "GetFindingsStatistics": {"FindingStatistics": {"GroupedByDate": []}},
        "ListRules": {"Rules": []},
    }


def test_a_detector_of_moto(aws: Callable[..., Any], collect: Callable[..., Any], judged: Callable[..., Any]) -> None:
    made = aws("guardduty").create_detector(Enable=True)["DetectorId"]
    found = collect(TYPE)
    one = found.one(TYPE)
    assert one.address == f"arn:aws:guardduty:eu-west-1:123456789012:detector/{made}"
    assert (one.metadata["id"], one.properties["Id"]) == (made, made)
    assert judged(found)[ON] == {"pass"}


def test_a_detector_as_terraform_has_it(
    answered: Callable[..., Any], judged: Callable[..., Any], written: Callable[..., Any]
) -> None:
    features = [{"Name": "S3_DATA_EVENTS", "Status": "DISABLED"}, {"Name": "FLOW_LOGS", "Status": "ENABLED"}]
    found = answered("guardduty", detector(Features=features, DataSources=sources(s3="DISABLED")), TYPE)
    assert found.one(TYPE).properties["Features"] == features
    assert found.one(TYPE).properties["DataSources"] == {
        "S3Logs": {"Enable": False},
        "Kubernetes": {"AuditLogs": {"Enable": True}},
        "MalwareProtection": {"ScanEc2InstanceWithFindings": {"EbsVolumes": True}},
    }
    assert judged(found) == judged(written(MODULE)) == {ON: {"pass"}, PLANS: {"fail"}}


def test_data_sources_that_are_switched_off(answered: Callable[..., Any], judged: Callable[..., Any]) -> None:
    for name in ("eks", "ebs"):
        assert judged(answered("guardduty", detector(DataSources=sources(**{name: "DISABLED"})), TYPE))[PLANS] == {
            "fail"
        }
    assert judged(answered("guardduty", detector(DataSources=sources()), TYPE))[PLANS] == {"pass"}


def test_a_detector_that_is_suspended(answered: Callable[..., Any], judged: Callable[..., Any]) -> None:
    assert judged(answered("guardduty", detector("DISABLED"), TYPE))[ON] == {"fail"}


def test_a_region_without_detector_has_one_that_is_off(
    aws: Callable[..., Any], collect: Callable[..., Any], judged: Callable[..., Any]
) -> None:
    found = collect(TYPE)
    one = found.one(TYPE)
    assert one.address == "arn:aws:guardduty:eu-west-1:123456789012:detector/eu-west-1"
    assert (one.properties, one.unresolved) == ({"Enable": False}, {})
    assert judged(found)[ON] == {"fail"}


def test_what_is_denied_is_unknown_and_not_off(answered: Callable[..., Any], judged: Callable[..., Any]) -> None:
    found = answered("guardduty", {"ListDetectors": "AccessDeniedException"}, TYPE)
    assert "grant guardduty:ListDetectors" in found.one(TYPE).unresolved["Enable"]
    assert judged(found) == {ON: {"unknown"}, PLANS: {"unknown"}}
    found = answered("guardduty", {**detector(), "GetDetector": "AccessDeniedException"}, TYPE)
    assert "grant guardduty:GetDetector" in found.one(TYPE).unresolved["Enable"]
    assert judged(found) == {ON: {"unknown"}, PLANS: {"unknown"}}
