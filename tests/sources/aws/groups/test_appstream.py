"""Fleets of AppStream."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

TYPE = "AWS::AppStream::Fleet"
MODULE = """
resource "aws_appstream_fleet" "office" {
  name                               = "office"
  instance_type                      = "stream.standard.medium"
  enable_default_internet_access     = true
  idle_disconnect_timeout_in_seconds = 600
}
"""


def test_a_fleet_as_terraform_has_it(
    answered: Callable[..., Any], judged: Callable[..., Any], written: Callable[..., Any]
) -> None:
    fleet = {
        "Arn": "arn:aws:appstream:eu-west-1:123456789012:fleet/office",
        "Name": "office",
        "InstanceType": "stream.standard.medium",
        "FleetType": "ON_DEMAND",
        "ComputeCapacityStatus": {"Desired": 1},
        "State": "RUNNING",
        "EnableDefaultInternetAccess": True,
        "IdleDisconnectTimeoutInSeconds": 600,
    }
    found = answered("appstream", {"DescribeFleets": {"Fleets": [fleet]}}, TYPE)
    expected = {
        "appstream.fleet-has-no-direct-internet-access": {"fail"},
        "appstream.fleet-ends-idle-sessions": {"pass"},
    }
    assert judged(found) == judged(written(MODULE)) == expected
