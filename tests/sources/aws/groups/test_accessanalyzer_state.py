"""What analyzers cover, and what they found."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

ARN = "arn:aws:access-analyzer:eu-west-1:123456789012:analyzer"
REGION, FINDING = "AWS::AccessAnalyzer::Region", "AWS::AccessAnalyzer::Finding"


def analyzer(name: str, kind: str, status: str = "ACTIVE") -> dict[str, Any]:
    """An analyzer as it is listed."""
    made = "2026-01-01T00:00:00Z"
    return {"arn": f"{ARN}/{name}", "name": name, "type": kind, "status": status, "createdAt": made}


def finding(name: str, kind: str, **more: Any) -> dict[str, Any]:
    """A finding as it is listed."""
    times = dict.fromkeys(("createdAt", "updatedAt", "analyzedAt"), "2026-01-01T00:00:00Z")
    return {
        "id": name,
        "resourceType": kind,
        "resourceOwnerAccount": "123456789012",
        "status": "ACTIVE",
        **times,
        **more,
    }


def test_a_region_is_covered_by_analyzers_that_work(answered: Callable[..., Any]) -> None:
    listed = [analyzer("a", "ACCOUNT", "FAILED"), analyzer("u", "ORGANIZATION_UNUSED_ACCESS")]
    found = answered("accessanalyzer", {"ListAnalyzers": {"analyzers": listed}}, REGION).one(REGION)
    assert found.properties == {"ExternalAccess": False, "UnusedAccess": True}
    none = answered("accessanalyzer", {"ListAnalyzers": {"analyzers": []}}, REGION).one(REGION)
    assert none.properties == {"ExternalAccess": False, "UnusedAccess": False}
    denied = answered("accessanalyzer", {"ListAnalyzers": "AccessDeniedException"}, REGION).one(REGION)
    assert "grant access-analyzer:ListAnalyzers" in denied.unresolved["ExternalAccess"]


def test_findings_of_both_kinds_and_roles_once(answered: Callable[..., Any]) -> None:
    bucket = finding(
        "b", "AWS::S3::Bucket", isPublic=True, condition={}, principal={"AWS": "*"}, action=["s3:GetObject"]
    )
    role = finding("r", "AWS::IAM::Role", isPublic=False, condition={}, principal={"AWS": "210987654321"})
    answers = {
        "ListAnalyzers": {"analyzers": [analyzer("a", "ACCOUNT"), analyzer("u", "ACCOUNT_UNUSED_ACCESS")]},
        "ListFindings": {"findings": [bucket, role]},
        "ListFindingsV2": {"findings": [finding("k", "AWS::IAM::User", findingType="UnusedIAMUserAccessKey")]},
    }
    public, unused = answered("accessanalyzer", answers, FINDING).of(FINDING)
    assert public.address == f"{ARN}/a/finding/b"
    assert public.properties["FindingType"] == "ExternalAccess"
    assert (public.properties["IsPublic"], public.properties["Principals"]) == (True, ["*"])
    assert unused.properties["FindingType"] == "UnusedIAMUserAccessKey"
    at_home = answered("accessanalyzer", answers, FINDING, region="us-east-1").of(FINDING)
    assert {one.properties["ResourceType"] for one in at_home} == {
        "AWS::S3::Bucket",
        "AWS::IAM::Role",
        "AWS::IAM::User",
    }


def test_findings_that_are_denied_are_not_none(answered: Callable[..., Any]) -> None:
    answers = {"ListAnalyzers": {"analyzers": [analyzer("a", "ACCOUNT")]}, "ListFindings": "AccessDeniedException"}
    found = answered("accessanalyzer", answers, FINDING)
    assert found.resources == []
    assert "grant access-analyzer:ListFindings" in found.unread[FINDING]
