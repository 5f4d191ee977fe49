"""Keys of databases of RDS."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

ARN = "arn:aws:rds:eu-west-1:123456789012:"
KEY = "arn:aws:kms:eu-west-1:123456789012:key/"
ALIASES = {
    "Aliases": [
        {
            "AliasName": "alias/aws/rds",
            "AliasArn": "arn:aws:kms:eu-west-1:123456789012:alias/aws/rds",
            "TargetKeyId": "m",
        },
        {"AliasName": "alias/ours", "TargetKeyId": "c"},
    ]
}


def answers(key: str, aliases: Any) -> dict[str, Any]:
    """An instance and a cluster with this key."""
    given: dict[str, Any] = {"Engine": "postgres", "StorageEncrypted": True, "KmsKeyId": KEY + key}
    instance = {"DBInstanceIdentifier": "i", "DBInstanceArn": f"{ARN}db:i", **given}
    cluster = {"DBClusterIdentifier": "c", "DBClusterArn": f"{ARN}cluster:c", **given}
    return {
        "DescribeDBInstances": {"DBInstances": [instance]},
        "DescribeDBClusters": {"DBClusters": [cluster]},
        "DescribePendingMaintenanceActions": {"PendingMaintenanceActions": []},
        "DescribeDBEngineVersions": {"DBEngineVersions": []},
        "DescribeDBMajorEngineVersions": {"DBMajorEngineVersions": []},
        "ListAliases": aliases,
    }


@pytest.mark.parametrize(
    ("key", "aliases", "status"),
    [("m", ALIASES, "fail"), ("c", ALIASES, "pass"), ("c", "AccessDeniedException", "unknown")],
)
def test_a_key_that_aws_manages_is_told_from_ones_own(
    answered: Callable[..., Any], judged: Callable[..., Any], key: str, aliases: Any, status: str
) -> None:
    found = answered("rds", answers(key, aliases), "AWS::RDS::DBInstance", "AWS::RDS::DBCluster")
    verdicts = judged(found)
    assert verdicts["rds.instance-uses-customer-key"] == {status}
    assert verdicts["rds.cluster-uses-customer-key"] == {status}
