"""What is backed up, what of it is in the open, and which jobs failed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

VAULT, PROTECTED, FAILED = "AWS::Backup::BackupVault", "AWS::Backup::ProtectedResource", "AWS::Backup::FailedJobs"
FILES = "arn:aws:elasticfilesystem:eu-west-1:123456789012:file-system/fs-1"
LISTED = {
    "BackupVaultName": "v",
    "BackupVaultArn": "arn:aws:backup:eu-west-1:123456789012:backup-vault:v",
}


def _vault(answered: Callable[..., Any], points: Any) -> Any:
    answers = {
        "ListBackupVaults": {"BackupVaultList": [LISTED]},
        "GetBackupVaultAccessPolicy": "ResourceNotFoundException",
        "ListRecoveryPointsByBackupVault": points,
        "GetResources": {"ResourceTagMappingList": []},
    }
    return answered("backup", answers, VAULT).one(VAULT)


def test_recovery_points_of_a_vault(answered: Callable[..., Any]) -> None:
    first = {"RecoveryPoints": [{"IsEncrypted": False, "Status": "COMPLETED"}, {"IsEncrypted": True}], "NextToken": "n"}
    second = {
        "RecoveryPoints": [{"IsEncrypted": False, "Status": "DELETING"}, {"IsEncrypted": False, "Status": "PARTIAL"}]
    }
    found = _vault(answered, [first, second]).properties
    assert found["UnencryptedRecoveryPoints"] == 2
    assert found["PartialRecoveryPoints"] == 1


def test_a_vault_without_points_and_one_that_may_not_be_read(answered: Callable[..., Any]) -> None:
    assert _vault(answered, {"RecoveryPoints": []}).properties["UnencryptedRecoveryPoints"] == 0
    denied = _vault(answered, "AccessDeniedException")
    assert set(denied.unresolved) == {"UnencryptedRecoveryPoints", "PartialRecoveryPoints"}


def test_protected_resources(answered: Callable[..., Any]) -> None:
    backed = {"ResourceArn": FILES, "ResourceType": "EFS", "LastBackupTime": datetime(2026, 1, 2, tzinfo=UTC)}
    found = answered("backup", {"ListProtectedResources": {"Results": [backed]}}, PROTECTED).one(PROTECTED)
    assert found.properties["ResourceArn"] == FILES
    assert found.properties["LastBackupTime"] == "2026-01-02T00:00:00Z"
    assert found.metadata["id"] == FILES


def test_jobs_that_failed(answered: Callable[..., Any]) -> None:
    summaries = [
        {"ResourceType": "EFS", "Count": 2},
        {"ResourceType": "RDS", "Count": 0},
        {"ResourceType": "EBS", "Count": 1},
    ]
    answers = {"ListBackupJobSummaries": {"BackupJobSummaries": summaries, "AggregationPeriod": "SEVEN_DAYS"}}
    found = answered("backup", answers, FAILED).one(FAILED)
    assert found.properties == {"Count": 3, "ResourceTypes": ["EFS", "EBS"]}
    none = answered("backup", {"ListBackupJobSummaries": {"BackupJobSummaries": []}}, FAILED).one(FAILED)
    assert none.properties["Count"] == 0
    denied = answered("backup", {"ListBackupJobSummaries": "AccessDeniedException"}, FAILED).one(FAILED)
    assert "grant backup:ListBackupJobSummaries" in denied.unresolved["Count"]
