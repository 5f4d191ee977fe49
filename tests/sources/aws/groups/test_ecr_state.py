"""The newest image of a repository, and what a scan found in it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

KIND = "AWS::ECR::NewestImage"
ARN = "arn:aws:ecr:eu-west-1:123456789012:repository/rr"


def _digest(letter: str) -> str:
    return f"sha256:{letter * 64}"


def _image(letter: str, day: int, *tags: str) -> dict[str, Any]:
    return {
        "imageDigest": _digest(letter),
        "imagePushedAt": datetime(2026, 1, day, tzinfo=UTC),
        "imageTags": list(tags),
    }


def _newest(answered: Callable[..., Any], images: Any, findings: Any) -> Any:
    answers = {
        "DescribeRepositories": {"repositories": [{"repositoryName": "rr", "repositoryArn": ARN}]},
        "DescribeImages": images,
        "DescribeImageScanFindings": findings,
    }
    return answered("ecr", answers, KIND).one(KIND)


def test_the_newest_image_and_its_findings(answered: Callable[..., Any]) -> None:
    images = [_image("a", 3, "1.1"), _image("b", 9, f"sha256-{'a' * 64}.sig"), _image("c", 1, "1.0")]
    images[0]["lastRecordedPullTime"] = datetime(2026, 2, 3, tzinfo=UTC)

    def findings(asked: dict[str, Any]) -> dict[str, Any]:
        assert asked["imageId"] == {"imageDigest": _digest("a")}
        found = {
            "imageScanCompletedAt": datetime(2026, 1, 4, tzinfo=UTC),
            "findingSeverityCounts": {"CRITICAL": 2, "LOW": 9},
        }
        return {"imageScanStatus": {"status": "COMPLETE"}, "imageScanFindings": found}

    found = _newest(answered, {"imageDetails": images}, findings)
    assert found.address == f"{ARN}/newest-image"
    assert found.properties == {
        "RepositoryName": "rr",
        "Digest": _digest("a"),
        "PushedAt": "2026-01-03T00:00:00Z",
        "PulledAt": "2026-02-03T00:00:00Z",
        "ScanStatus": "COMPLETE",
        "ScannedAt": "2026-01-04T00:00:00Z",
        "CriticalFindings": 2,
    }
    assert found.unresolved == {}


def test_an_image_that_nobody_scanned_and_an_empty_repository(answered: Callable[..., Any]) -> None:
    found = _newest(answered, {"imageDetails": [_image("a", 3, "1.1")]}, "ScanNotFoundException")
    assert found.properties["Digest"] == _digest("a")
    assert "ScanStatus" not in found.properties
    assert found.unresolved == {}
    empty = _newest(answered, {"imageDetails": []}, "ScanNotFoundException")
    assert empty.properties == {"RepositoryName": "rr"}


def test_what_is_denied_is_unknown(answered: Callable[..., Any]) -> None:
    found = _newest(answered, "AccessDeniedException", {})
    assert {"Digest", "PushedAt", "ScanStatus"} <= set(found.unresolved)
    assert "grant ecr:DescribeImages" in found.unresolved["Digest"]
    found = _newest(answered, {"imageDetails": [_image("a", 3, "1.1")]}, "AccessDeniedException")
    assert "grant ecr:DescribeImageScanFindings" in found.unresolved["CriticalFindings"]
    assert "Digest" not in found.unresolved
