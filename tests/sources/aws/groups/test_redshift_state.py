"""Snapshots of Redshift clusters."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

KIND = "AWS::Redshift::ClusterSnapshot"


def test_a_snapshot_and_whom_it_is_shared_with(answered: Callable[..., Any]) -> None:
    listed = [
        {"SnapshotIdentifier": "s", "ClusterIdentifier": "c", "Encrypted": False,
         "AccountsWithRestoreAccess": [{"AccountId": "210987654321", "AccountAlias": "a"}]},
        {"SnapshotIdentifier": "t", "ClusterIdentifier": "c", "Encrypted": True},
    ]  # fmt: skip
    shared, own = answered("redshift", {"DescribeClusterSnapshots": {"Snapshots": listed}}, KIND).of(KIND)
    assert shared.address == "arn:aws:redshift:eu-west-1:123456789012:snapshot:c/s"
    assert shared.properties["SharedWith"] == ["210987654321"]
    assert shared.properties["Encrypted"] is False
    assert not own.properties.get("SharedWith")
    assert own.properties["Encrypted"] is True


def test_snapshots_that_are_denied(answered: Callable[..., Any]) -> None:
    found = answered("redshift", {"DescribeClusterSnapshots": "AccessDenied"}, KIND)
    assert "grant redshift:DescribeClusterSnapshots" in found.unread[KIND]
