"""Desktops of WorkSpaces."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

TYPE = "AWS::WorkSpaces::Workspace"
DESKTOP = {"WorkspaceId": "ws-123456789", "DirectoryId": "d-1234567890", "UserName": "ada", "BundleId": "wsb-123456789"}

MODULE = """
resource "aws_workspaces_workspace" "ada" {
  directory_id                   = "d-1234567890"
  bundle_id                      = "wsb-123456789"
  user_name                      = "ada"
  root_volume_encryption_enabled = true
}
"""


def test_a_desktop_as_terraform_has_it(
    answered: Callable[..., Any], judged: Callable[..., Any], written: Callable[..., Any]
) -> None:
    half = {**DESKTOP, "State": "AVAILABLE", "RootVolumeEncryptionEnabled": True}
    gone = {**DESKTOP, "WorkspaceId": "ws-987654321", "State": "TERMINATED"}
    found = answered("workspaces", {"DescribeWorkspaces": {"Workspaces": [half, gone]}}, TYPE)
    assert found.one(TYPE).address == "arn:aws:workspaces:eu-west-1:123456789012:workspace/ws-123456789"
    assert found.one(TYPE).properties["UserName"] == "ada"
    expected = {"workspaces.volumes-are-encrypted": {"fail"}, "workspaces.volumes-use-customer-key": {"fail"}}
    assert judged(found) == judged(written(MODULE)) == expected


def test_a_desktop_with_both_volumes_encrypted(answered: Callable[..., Any], judged: Callable[..., Any]) -> None:
    both = {"RootVolumeEncryptionEnabled": True, "UserVolumeEncryptionEnabled": True}
    key = "arn:aws:kms:eu-west-1:123456789012:key/k"
    whole = {**DESKTOP, **both, "State": "STOPPED", "VolumeEncryptionKey": key}
    found = answered("workspaces", {"DescribeWorkspaces": {"Workspaces": [whole]}}, TYPE)
    expected = {"workspaces.volumes-are-encrypted": {"pass"}, "workspaces.volumes-use-customer-key": {"pass"}}
    assert judged(found) == expected


def test_a_list_that_is_denied_is_unread(answered: Callable[..., Any]) -> None:
    found = answered("workspaces", {"DescribeWorkspaces": "AccessDeniedException"}, TYPE)
    assert "grant workspaces:DescribeWorkspaces" in found.unread[TYPE]
