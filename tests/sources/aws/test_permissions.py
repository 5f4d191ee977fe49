"""IAM's names of calls."""

from __future__ import annotations

import pytest
from botocore.session import Session

from bastide.sources.aws.collectors import load_collectors
from bastide.sources.aws.permissions import PREFIXES, permission_of


@pytest.mark.parametrize(
    ("service", "operation", "permission"),
    [("kms", "ListKeys", "kms:ListKeys"), ("elbv2", "DescribeListeners", "elasticloadbalancing:DescribeListeners"),
     ("stepfunctions", "ListStateMachines", "states:ListStateMachines"), ("neptune", "DescribeDBClusters",
     "rds:DescribeDBClusters")],
)  # fmt: skip
def test_permissions(service: str, operation: str, permission: str) -> None:
    assert permission_of(service, operation) == permission


def test_prefixes_are_of_services_that_there_are(models: Session) -> None:
    assert set(PREFIXES) <= set(models.get_available_services())


READING = ("List", "Describe", "Get", "BatchGet", "GenerateCredentialReport", "Search", "CheckDNSAvailability")


def test_no_call_of_the_library_changes_anything() -> None:
    for entry in load_collectors().entries:
        for call in (call for call in entry.calls if call.call):
            assert call.call.startswith(
                ("List", "Describe", "Get", "BatchGet", "GenerateCredentialReport", "Search", "CheckDNSAvailability")
            ), call
