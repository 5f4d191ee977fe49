"""File systems of FSx."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

SYSTEM = "AWS::FSx::FileSystem"
ARN = "arn:aws:fsx:eu-west-1:123456789012:file-system/"
MODULE = """
resource "aws_fsx_windows_file_system" "w" {
  subnet_ids                      = ["subnet-12345678"]
  throughput_capacity             = 32
  automatic_backup_retention_days = 0
  audit_log_configuration { file_access_audit_log_level = "SUCCESS_AND_FAILURE" }
}
resource "aws_fsx_lustre_file_system" "l" {
  subnet_ids                      = ["subnet-12345678"]
  deployment_type                 = "PERSISTENT_2"
  automatic_backup_retention_days = 7
}
"""


def described(name: str, kind: str, **more: Any) -> dict[str, Any]:
    """A file system as AWS describes it."""
    return {
        "FileSystemId": name,
        "FileSystemType": kind,
        "ResourceARN": ARN + name,
        "SubnetIds": ["subnet-12345678"],
        **more,
    }


def test_file_systems_as_terraform_has_them(
    answered: Callable[..., Any], judged: Callable[..., Any], written: Callable[..., Any]
) -> None:
    audit = {"FileAccessAuditLogLevel": "SUCCESS_AND_FAILURE", "FileShareAccessAuditLogLevel": "DISABLED"}
    directory = {"DomainName": "corp", "UserName": "u"}
    windows = {
        "AutomaticBackupRetentionDays": 0, "AuditLogConfiguration": audit,
        "Aliases": [{"Name": "fs.corp", "Lifecycle": "AVAILABLE"}],
        "SelfManagedActiveDirectoryConfiguration": directory,
    }  # fmt: skip
    lustre = {"AutomaticBackupRetentionDays": 7, "DeploymentType": "PERSISTENT_2", "MountName": "m"}
    listed = [
        described("fs-00000001", "LUSTRE", LustreConfiguration=lustre),
        described("fs-00000002", "WINDOWS", WindowsConfiguration=windows),
    ]
    found = answered("fsx", {"DescribeFileSystems": {"FileSystems": listed}}, SYSTEM)
    of_lustre, of_windows = (one.properties for one in found.of(SYSTEM))
    assert of_lustre["LustreMountName"] == "m"
    assert of_windows["WindowsConfiguration"]["Aliases"] == ["fs.corp"]
    assert of_windows["WindowsConfiguration"]["SelfManagedActiveDirectoryConfiguration"] == directory
    verdicts = judged(found)
    assert verdicts == judged(written(MODULE))
    assert verdicts["fsx.file-system-keeps-backups"] == {"pass", "fail"}


def test_scratch_that_loads_from_a_bucket_is_not_judged(
    answered: Callable[..., Any], judged: Callable[..., Any]
) -> None:
    lustre = {"DeploymentType": "PERSISTENT_1", "DataRepositoryConfiguration": {"ImportPath": "s3://b"}}
    listed = [described("fs-00000001", "LUSTRE", LustreConfiguration=lustre)]
    found = answered("fsx", {"DescribeFileSystems": {"FileSystems": listed}}, SYSTEM)
    assert found.one(SYSTEM).properties["LustreConfiguration"]["ImportPath"] == "s3://b"
    assert "fsx.file-system-keeps-backups" not in judged(found)


def test_a_masked_password_is_none(answered: Callable[..., Any], judged: Callable[..., Any]) -> None:
    ontap = {"FsxAdminPassword": "********", "AutomaticBackupRetentionDays": 30}
    listed = [described("fs-00000003", "ONTAP", OntapConfiguration=ontap)]
    found = answered("fsx", {"DescribeFileSystems": {"FileSystems": listed}}, SYSTEM)
    assert found.one(SYSTEM).properties["OntapConfiguration"] == {"AutomaticBackupRetentionDays": 30}
    assert judged(found)["fsx.file-system-password-is-not-in-code"] == {"pass"}


def test_what_moto_has(aws: Callable[..., Any], collect: Callable[..., Any]) -> None:
    system = aws("fsx").create_file_system(
        FileSystemType="LUSTRE", StorageCapacity=1200, SubnetIds=["subnet-12345678"], Tags=[{"Key": "k", "Value": "v"}]
    )["FileSystem"]
    found = collect(SYSTEM).one(SYSTEM)
    assert found.address == system["ResourceARN"]
    assert found.properties["Tags"] == [{"Key": "k", "Value": "v"}]


def test_a_list_that_is_denied(answered: Callable[..., Any]) -> None:
    found = answered("fsx", {"DescribeFileSystems": "AccessDeniedException"}, SYSTEM)
    assert "grant fsx:DescribeFileSystems" in found.unread[SYSTEM]


def test_exports_of_the_root_volume_and_the_key_that_aws_manages(
    answered: Callable[..., Any], judged: Callable[..., Any]
) -> None:
    key = "arn:aws:kms:eu-west-1:123456789012:key/k"
    listed = [
        described(
            "fs-00000001", "OPENZFS", KmsKeyId=key, OpenZFSConfiguration={"RootVolumeId": "fsvol-11111111111111111"}
        )
    ]
    exports = [{"ClientConfigurations": [{"Clients": "*", "Options": ["rw", "no_root_squash"]}]}]
    volumes = [
        {"VolumeId": "fsvol-00000000000000000", "OpenZFSConfiguration": {"NfsExports": []}},
        {"VolumeId": "fsvol-11111111111111111", "OpenZFSConfiguration": {"NfsExports": exports}},
    ]
    alias = "arn:aws:kms:eu-west-1:123456789012:alias/aws/fsx"
    answers: dict[str, Any] = {
        "DescribeFileSystems": {"FileSystems": listed},
        "DescribeVolumes": {"Volumes": volumes},
        "ListAliases": {"Aliases": [{"AliasName": "alias/aws/fsx", "AliasArn": alias, "TargetKeyId": "k"}]},
    }
    verdicts = judged(answered("fsx", answers, SYSTEM))
    assert verdicts["fsx.openzfs-root-volume-squashes-root"] == {"fail"}
    assert verdicts["fsx.file-system-uses-customer-key"] == {"fail"}
    answers["ListAliases"] = {"Aliases": [{"AliasName": "alias/files", "TargetKeyId": "k"}]}
    answers["DescribeVolumes"] = "AccessDeniedException"
    verdicts = judged(answered("fsx", answers, SYSTEM))
    assert verdicts["fsx.openzfs-root-volume-squashes-root"] == {"unknown"}
    assert verdicts["fsx.file-system-uses-customer-key"] == {"pass"}
