"""Findings as ASFF: botocore's shape holds, and the limits that AWS publishes and botocore does not know."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from botocore.session import Session
from botocore.validate import ParamValidator

from bastide.export import asff
from bastide.export.asff import TYPES, Target, asff_of, digest_of, fitting

NOW = dt.datetime(2026, 1, 4, 5, 6, 7)
HERE = Target("123456789012", "eu-west-1")
MODEL = Session().get_service_model("securityhub")


def held(found: dict[str, Any]) -> dict[str, Any]:
    """Itself, when botocore and the published limits let it pass."""
    shape = MODEL.operation_model("BatchImportFindings").input_shape
    report = ParamValidator().validate({"Findings": [found]}, shape)
    assert not report.has_errors(), report.generate_report()
    assert len(found["Title"]) <= 256
    assert 0 < len(found["Description"]) <= 1024
    assert len(found["Id"]) <= 512
    assert len(found["GeneratorId"]) <= 512
    assert len(found.get("Remediation", {}).get("Recommendation", {}).get("Text", "")) <= 512
    assert all(len(key) <= 128 and len(value) <= 2048 for key, value in found["ProductFields"].items())
    requirements = found["Compliance"].get("RelatedRequirements", ["x"])
    assert 0 < len(requirements) <= 32
    assert all(0 < len(one) <= 64 for one in requirements)
    assert len(found["Resources"][0]["Id"]) <= 512
    told = {
        "Partition": found["Resources"][0]["Partition"],
        "ComplianceStatus": found["Compliance"]["Status"],
        "RecordState": found["RecordState"],
        "SeverityLabel": found["Severity"]["Label"],
    }
    for name, members in told.items():
        assert members in MODEL.shape_for(name).enum
    return found


def test_every_control_of_the_library_fits(make: Any, texts: dict[str, Any]) -> None:
    assert len(texts) > 500
    for name, one in texts.items():
        found = held(asff_of(make(control=name, type=one.row.resource), one, HERE, NOW))
        assert found["Title"].startswith(one.row.title[:200])


def test_an_open_finding(make: Any, texts: dict[str, Any]) -> None:
    finding = make()
    found = held(asff_of(finding, texts[finding.control], HERE, NOW))
    assert found["ProductArn"] == "arn:aws:securityhub:eu-west-1:123456789012:product/123456789012/default"
    assert found["Id"] == f"bastide/123456789012/{'f' * 32}"
    assert (found["CreatedAt"], found["UpdatedAt"]) == ("2026-01-02T00:00:00.000Z", "2026-01-04T05:06:07.000Z")
    assert (found["RecordState"], found["Compliance"]["Status"]) == ("ACTIVE", "FAILED")
    assert found["Severity"] == {"Label": "HIGH", "Original": "high"}
    assert found["Resources"] == [
        {"Type": "AwsS3Bucket", "Id": "arn:aws:s3:::data", "Partition": "aws", "Region": "eu-west-1"}
    ]
    assert found["Remediation"]["Recommendation"]["Text"]
    assert "Workflow" not in found  # it belongs to those who work on the finding
    assert "Note" not in found


@pytest.mark.parametrize(
    ("reason", "status"),
    [("fixed", "PASSED"), ("gone", "NOT_AVAILABLE"), ("not applicable", "NOT_AVAILABLE"), ("exempt", "FAILED")],
)
def test_a_closed_finding_says_why_and_claims_no_more(make: Any, reason: str, status: str) -> None:
    found = held(asff_of(make(closed=dt.datetime(2026, 1, 3), reason=reason), None, HERE, NOW))
    assert (found["RecordState"], found["Compliance"]["Status"]) == ("ARCHIVED", status)
    assert found["ProductFields"]["bastide/reason"] == reason


def test_one_place_for_all_keeps_where_it_comes_from(make: Any) -> None:
    found = held(asff_of(make(), None, Target("999999999999", "us-east-1"), NOW))
    assert found["AwsAccountId"] == "999999999999"
    assert ":us-east-1:999999999999:" in found["ProductArn"]
    assert found["Id"].startswith("bastide/123456789012/")
    assert found["Resources"][0]["Region"] == "eu-west-1"
    assert found["ProductFields"]["bastide/account"] == "123456789012"


@pytest.mark.parametrize(
    ("resource", "region", "partition", "home"),
    [
        ("aws:1#arn:aws:iam::1:user/x", "global", "aws", "us-east-1"),
        ("aws:1#arn:aws-cn:iam::1:user/x", "global", "aws-cn", "cn-north-1"),
        ("aws:1#arn:aws-us-gov:iam::1:user/x", "global", "aws-us-gov", "us-gov-west-1"),
        ("aws:1#arn:nonsense:iam::1:user/x", "global", "aws", "us-east-1"),
        ("aws:1#vpc-1", "cn-north-1", "aws-cn", "cn-north-1"),
    ],
)
def test_what_has_no_region_goes_home(make: Any, resource: str, region: str, partition: str, home: str) -> None:
    finding = make(resource=resource, region=region)
    assert (finding.partition, finding.own.region) == (partition, home)


def test_hostile_texts_are_cut_and_shown(make: Any) -> None:
    key = "AKIA" + "Q3ZJ5XW2N7LT4RVB"
    resource = f"aws:1#arn:aws:s3:::\x1b[31m{key}" + "x" * 5000
    found = held(asff_of(make(resource=resource, control="own.c" + "y" * 900, type="No::Such::Type"), None, HERE, NOW))
    assert key not in str(found)
    assert "\x1b" not in str(found)
    assert found["Resources"][0]["Type"] == "Other"


def test_a_cut_identity_is_nobody_elses() -> None:
    one, other = fitting("a" * 600), fitting("a" * 599 + "b")
    assert len(one) == len(other) == 512
    assert one != other
    assert fitting("short") == "short"


def test_the_digest_sees_what_is_said_and_not_when(make: Any) -> None:
    first = asff_of(make(), None, HERE, NOW)
    later = asff_of(make(last_seen=NOW), None, HERE, NOW + dt.timedelta(days=1))
    assert digest_of(first) == digest_of(later)
    assert digest_of(first) != digest_of(asff_of(make(severity="low"), None, HERE, NOW))


def test_requirements_that_do_not_fit_are_counted(make: Any, texts: dict[str, Any], monkeypatch: Any) -> None:
    name = max(texts, key=lambda one: sum(map(len, texts[one].row.frameworks.values())))
    monkeypatch.setattr(asff, "REQUIREMENTS", 2)
    found = asff_of(make(control=name), texts[name], HERE, NOW)
    assert len(found["Compliance"]["RelatedRequirements"]) == 2
    total = sum(map(len, texts[name].row.frameworks.values()))
    assert found["ProductFields"]["bastide/requirementsNotListed"] == str(total - 2)


def test_every_type_is_one_of_asff() -> None:
    assert set(TYPES.values()) <= set(MODEL.shape_for("ResourceDetails").members)
