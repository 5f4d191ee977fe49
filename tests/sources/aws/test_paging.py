"""How the next page is asked for."""

from __future__ import annotations

import pytest
from botocore.session import Session

from bastide.sources.aws.client import paginators
from bastide.sources.aws.paging import Paging, paging_of


def paging(models: Session, service: str, operation: str) -> Paging | None:
    """How an operation is paged."""
    return paging_of(
        paginators(models.get_component("data_loader"), service),
        models.get_service_model(service).operation_model(operation),
    )


@pytest.mark.parametrize(
    ("service", "operation", "answer", "following"),
    [
        ("efs", "DescribeFileSystems", {"NextMarker": "m"}, {"Marker": "m"}),
        ("efs", "DescribeFileSystems", {}, None),
        ("kafka", "ListClustersV2", {"NextToken": "t"}, {"NextToken": "t"}),
        ("iam", "ListUsers", {"IsTruncated": False, "Marker": "m"}, None),
        ("firehose", "ListDeliveryStreams", {"DeliveryStreamNames": ["a", "b"], "HasMoreDeliveryStreams": True},
         {"ExclusiveStartDeliveryStreamName": "b"}),
        ("firehose", "ListDeliveryStreams", {"DeliveryStreamNames": ["a", "b"], "HasMoreDeliveryStreams": False}, None),
        ("lightsail", "GetBuckets", {"nextPageToken": "t", "buckets": []}, {"pageToken": "t"}),
        ("lightsail", "GetBuckets", {"buckets": []}, None),
    ],
)  # fmt: skip
def test_the_next_page(
    models: Session, service: str, operation: str, answer: dict[str, object], following: dict[str, str] | None
) -> None:
    found = paging(models, service, operation)
    assert found is not None
    assert found.following(answer) == following


def test_a_call_without_pages(models: Session) -> None:
    assert paging(models, "opensearch", "ListDomainNames") is None
