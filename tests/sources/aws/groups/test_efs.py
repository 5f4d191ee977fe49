"""File systems and access points of EFS."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

SYSTEM, POINT = "AWS::EFS::FileSystem", "AWS::EFS::AccessPoint"
POLICY = (
    '{"Statement": [{"Effect": "Deny", "Principal": {"AWS": "*"}, "Action": "*", '
    '"Condition": {"Bool": {"aws:SecureTransport": "false"}}}]}'
)
MODULE = """
resource "aws_efs_file_system" "s" {
  encrypted = true
}
resource "aws_efs_file_system_policy" "s" {
  file_system_id = aws_efs_file_system.s.id
  policy = jsonencode({Statement = [{Effect = "Deny", Principal = {AWS = "*"}, Action = "*",
    Condition = {Bool = {"aws:SecureTransport" = "false"}}}]})
}
resource "aws_efs_backup_policy" "s" {
  file_system_id = aws_efs_file_system.s.id
  backup_policy { status = "ENABLED" }
}
resource "aws_efs_access_point" "open" {
  file_system_id = aws_efs_file_system.s.id
}
resource "aws_efs_access_point" "job" {
  file_system_id = aws_efs_file_system.s.id
  posix_user {
    uid = 1000
    gid = 1000
  }
  root_directory { path = "/job" }
}
"""


def make(client: Any) -> str:
    """The file system and the access points of the module above."""
    system = client.create_file_system(Encrypted=True, Backup=True, Tags=[{"Key": "k", "Value": "v"}])["FileSystemId"]
    client.put_file_system_policy(FileSystemId=system, Policy=POLICY)
    client.create_access_point(FileSystemId=system)
    client.create_access_point(
        FileSystemId=system, PosixUser={"Uid": 1000, "Gid": 1000}, RootDirectory={"Path": "/job"}
    )
    return str(system)


def test_file_systems_as_terraform_has_them(
    aws: Callable[..., Any], collect: Callable[..., Any], judged: Callable[..., Any], written: Callable[..., Any]
) -> None:
    system = make(aws("efs"))
    found = collect(SYSTEM, POINT)
    properties = found.one(SYSTEM).properties
    assert properties["FileSystemTags"] == [{"Key": "k", "Value": "v"}]
    assert properties["BackupPolicy"] == {"Status": "ENABLED"}
    assert {one.properties["FileSystemId"] for one in found.of(POINT)} == {system}
    verdicts, expected = judged(found), judged(written(MODULE))
    assert verdicts == expected
    assert verdicts["efs.access-point-limits-user-and-directory"] == {"pass", "fail"}


def system(**more: Any) -> dict[str, Any]:
    """A file system as AWS lists it."""
    return {
        "FileSystems": [
            {"OwnerId": "1", "CreationToken": "t", "FileSystemId": "fs-1", "CreationTime": 0, "NumberOfMountTargets": 0,
             "FileSystemArn": "arn:aws:elasticfilesystem:eu-west-1:123456789012:file-system/fs-1", "Tags": [],
             "LifeCycleState": "available", "SizeInBytes": {"Value": 0}, "PerformanceMode": "generalPurpose",
             "Encrypted": True, "KmsKeyId": "arn:aws:kms:eu-west-1:123456789012:key/k", **more}
        ]
    }  # fmt: skip


def answers(**more: Any) -> dict[str, Any]:
    """A file system without a policy, with a key of one's own."""
    return {
        "DescribeFileSystems": system(),
        "DescribeFileSystemPolicy": "PolicyNotFound",
        "DescribeBackupPolicy": "PolicyNotFound",
        "ListAliases": {"Aliases": [{"AliasName": "alias/ours", "TargetKeyId": "k"}]},
        **more,
    }


def test_no_backup_policy_is_none_in_one_zone_too(answered: Callable[..., Any], judged: Callable[..., Any]) -> None:
    one_zone = answers(DescribeFileSystems=system(AvailabilityZoneName="eu-west-1a"))
    assert judged(answered("efs", one_zone, SYSTEM))["efs.file-system-is-backed-up"] == {"fail"}
    soon = answers(DescribeBackupPolicy={"BackupPolicy": {"Status": "ENABLING"}})
    assert judged(answered("efs", soon, SYSTEM))["efs.file-system-is-backed-up"] == {"pass"}


def test_a_key_that_aws_manages(answered: Callable[..., Any], judged: Callable[..., Any]) -> None:
    assert judged(answered("efs", answers(), SYSTEM))["efs.file-system-uses-customer-key"] == {"pass"}
    alias = "arn:aws:kms:eu-west-1:123456789012:alias/aws/elasticfilesystem"
    theirs = {"AliasName": "alias/aws/elasticfilesystem", "AliasArn": alias, "TargetKeyId": "k"}
    found = answered("efs", answers(ListAliases={"Aliases": [theirs]}), SYSTEM)
    assert found.one(SYSTEM).properties["KmsKeyId"] == alias
    assert judged(found)["efs.file-system-uses-customer-key"] == {"fail"}


def test_what_is_denied_is_unknown(answered: Callable[..., Any], judged: Callable[..., Any]) -> None:
    denied = dict.fromkeys(("DescribeFileSystemPolicy", "DescribeBackupPolicy", "ListAliases"), "AccessDeniedException")
    found = answered("efs", answers(**denied), SYSTEM)
    assert set(found.one(SYSTEM).unresolved) == {"FileSystemPolicy", "BackupPolicy", "BackupPolicy.Status", "KmsKeyId"}
    assert "grant elasticfilesystem:DescribeBackupPolicy" in found.one(SYSTEM).unresolved["BackupPolicy"]
    assert judged(found) == {
        "efs.file-system-is-encrypted": {"pass"},
        "efs.file-system-uses-customer-key": {"unknown"},
        "efs.file-system-policy-is-not-open": {"unknown"},
        "efs.file-system-refuses-plain-connections": {"unknown"},
        "efs.file-system-is-backed-up": {"unknown"},
    }
