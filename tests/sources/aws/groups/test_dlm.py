"""Lifecycle policies of snapshots."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

TYPE = "AWS::DLM::LifecyclePolicy"
CONTROL = "dlm.policy-encrypts-copies"
MODULE = """
resource "aws_dlm_lifecycle_policy" "daily" {
  description        = "daily"
  execution_role_arn = "arn:aws:iam::123456789012:role/dlm"
  policy_details {
    resource_types = ["VOLUME"]
    schedule {
      name = "daily"
      create_rule { interval = 24 }
      cross_region_copy_rule {
        target    = "eu-central-1"
        encrypted = false
      }
    }
  }
}
"""


def test_a_policy_as_terraform_has_it(
    answered: Callable[..., Any], judged: Callable[..., Any], written: Callable[..., Any]
) -> None:
    rule = {"Target": "eu-central-1", "Encrypted": False}
    details = {"ResourceTypes": ["VOLUME"], "Schedules": [{"Name": "daily", "CrossRegionCopyRules": [rule]}]}
    answers: dict[str, Any] = {
        "GetLifecyclePolicies": {"Policies": [{"PolicyId": "policy-1"}]},
        "GetLifecyclePolicy": {"Policy": {"PolicyId": "policy-1", "PolicyDetails": details}},
    }
    found = answered("dlm", answers, TYPE)
    assert judged(found) == judged(written(MODULE)) == {CONTROL: {"fail"}}
    denied = answered("dlm", {**answers, "GetLifecyclePolicy": "AccessDeniedException"}, TYPE)
    assert "grant dlm:GetLifecyclePolicy" in denied.one(TYPE).unresolved["PolicyDetails"]
