"""Whether certificates hold, are used, and are renewed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

KIND = "AWS::CertificateManager::Certificate"
ARN = "arn:aws:acm:eu-west-1:123456789012:certificate/c"


def _certificate(answered: Callable[..., Any], **about: Any) -> Any:
    answers = {
        "ListCertificates": {"CertificateSummaryList": [{"CertificateArn": ARN, "Status": "ISSUED"}]},
        "DescribeCertificate": {"Certificate": {"CertificateArn": ARN, **about}},
        "GetResources": {"ResourceTagMappingList": []},
        "ListTagsForCertificate": {"Tags": []},
    }
    return answered("acm", answers, KIND).one(KIND)


def test_the_state_of_a_certificate(answered: Callable[..., Any]) -> None:
    renewal = {"RenewalStatus": "FAILED", "DomainValidationOptions": [], "UpdatedAt": datetime(2026, 1, 1, tzinfo=UTC)}
    found = _certificate(
        answered,
        Status="EXPIRED",
        Type="AMAZON_ISSUED",
        NotAfter=datetime(2026, 1, 2, tzinfo=UTC),
        CreatedAt=datetime(2025, 1, 2, tzinfo=UTC),
        InUseBy=["arn:aws:cloudfront::123456789012:distribution/E"],
        RenewalSummary={**renewal, "DomainValidationOptions": [{"DomainName": "example.com"}]},
    ).properties
    assert (found["Status"], found["Type"], found["RenewalStatus"]) == ("EXPIRED", "AMAZON_ISSUED", "FAILED")
    assert found["NotAfter"] == "2026-01-02T00:00:00Z"
    assert found["CreatedAt"] == "2025-01-02T00:00:00Z"
    assert found["InUseBy"] == ["arn:aws:cloudfront::123456789012:distribution/E"]


def test_a_certificate_that_waits(answered: Callable[..., Any]) -> None:
    found = _certificate(answered, Status="PENDING_VALIDATION", InUseBy=[]).properties
    assert found["Status"] == "PENDING_VALIDATION"
    assert "RenewalStatus" not in found
    assert not found["InUseBy"]
