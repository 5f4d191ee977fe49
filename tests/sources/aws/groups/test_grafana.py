"""Workspaces of Managed Grafana."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

TYPE = "AWS::Grafana::Workspace"
CONTROL = "grafana.workspace-is-reached-from-named-networks"


def test_a_workspace_that_the_internet_reaches(answered: Callable[..., Any], judged: Callable[..., Any]) -> None:
    listed = {
        "authentication": {"providers": ["SAML"], "samlConfigurationStatus": "CONFIGURED"}, "created": 0,
        "endpoint": "x", "grafanaVersion": "10.4", "id": "g-0123456789", "modified": 0, "status": "ACTIVE",
    }  # fmt: skip
    told: dict[str, Any] = {**listed, "dataSources": []}
    answers = {"ListWorkspaces": {"workspaces": [listed]}, "DescribeWorkspace": {"workspace": told}}
    found = answered("grafana", answers, TYPE)
    assert found.one(TYPE).properties["AuthenticationProviders"] == ["SAML"]
    assert judged(found) == {CONTROL: {"fail"}}
    told["networkAccessControl"] = {"prefixListIds": [], "vpceIds": ["vpce-1"]}
    assert judged(answered("grafana", answers, TYPE)) == {CONTROL: {"pass"}}
