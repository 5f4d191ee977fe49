"""The emulated account that live readers are measured with."""

from __future__ import annotations

import boto3
from harness.emulated import REGIONS, emulated


def test_it_has_what_was_made_and_no_images_of_amazon() -> None:
    """Each of these would cost every reader a call."""
    keys = {"aws_access_key_id": "x", "aws_secret_access_key": "x"}
    with emulated(1) as account:
        ec2 = boto3.client("ec2", REGIONS[0], endpoint_url=account.url, **keys)
        (snapshot,) = ec2.describe_snapshots(OwnerIds=["self"])["Snapshots"]
        ec2.close()
        assert snapshot["VolumeId"]
        assert sum(count for call, count in account.calls().items() if "DescribeSnapshots" in call) == 1
