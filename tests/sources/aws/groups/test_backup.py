"""Vaults and plans of AWS Backup."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

VAULT, PLAN = "AWS::Backup::BackupVault", "AWS::Backup::BackupPlan"
ARN = "arn:aws:backup:eu-west-1:123456789012:"
KEY = "arn:aws:kms:eu-west-1:123456789012:key/"
ALIAS = "arn:aws:kms:eu-west-1:123456789012:alias/"
MODULE = """
resource "aws_backup_plan" "here" {
  name = "here"
  rule {
    rule_name         = "daily"
    target_vault_name = "v"
  }
}
resource "aws_backup_plan" "there" {
  name = "there"
  rule {
    rule_name         = "daily"
    target_vault_name = "v"
    copy_action { destination_vault_arn = "arn:aws:backup:eu-central-1:123456789012:backup-vault:w" }
  }
}
"""


def test_plans_as_terraform_has_them(
    aws: Callable[..., Any], collect: Callable[..., Any], judged: Callable[..., Any], written: Callable[..., Any]
) -> None:
    copies = [{"DestinationBackupVaultArn": "arn:aws:backup:eu-central-1:123456789012:backup-vault:w"}]
    client = aws("backup")
    client.create_backup_vault(BackupVaultName="v")
    for name, more in (("here", {}), ("there", {"CopyActions": copies})):
        rule = {"RuleName": "daily", "TargetBackupVaultName": "v", **more}
        client.create_backup_plan(BackupPlan={"BackupPlanName": name, "Rules": [rule]})
    found = collect(PLAN)
    rules = [one.properties["BackupPlan"]["BackupPlanRule"][0] for one in found.of(PLAN)]
    assert {rule["TargetBackupVault"] for rule in rules} == {"v"}
    verdicts = judged(found)
    assert verdicts == judged(written(MODULE))
    assert verdicts["backup.plan-copies-elsewhere"] == {"pass", "fail"}


def vaults(*vaults: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Answers with these vaults; the key `m` is one that AWS manages."""
    listed = [{"BackupVaultArn": f"{ARN}backup-vault:{one['BackupVaultName']}", **one} for one in vaults]
    aliases = [
        {"AliasName": "alias/aws/backup", "AliasArn": f"{ALIAS}aws/backup", "TargetKeyId": "m"},
        {"AliasName": "alias/ours", "AliasArn": f"{ALIAS}ours", "TargetKeyId": "c"},
        {"AliasName": "alias/aws/never-used"},
    ]  # fmt: skip
    return {
        "ListBackupVaults": {"BackupVaultList": listed},
        "GetBackupVaultAccessPolicy": "ResourceNotFoundException",
        "ListAliases": {"Aliases": aliases},
        "GetResources": {"ResourceTagMappingList": []},
        "ListRecoveryPointsByBackupVault": {"RecoveryPoints": []},
        **more,
    }


def test_keys_that_aws_manages_are_told_from_ones_own(answered: Callable[..., Any], judged: Callable[..., Any]) -> None:
    def judge(**key: Any) -> Any:
        return judged(answered("backup", vaults({"BackupVaultName": "v", **key}), VAULT))

    assert judge(EncryptionKeyArn=f"{KEY}m")["backup.vault-uses-customer-key"] == {"fail"}
    assert judge(EncryptionKeyArn=f"{KEY}c")["backup.vault-uses-customer-key"] == {"pass"}
    assert judge(EncryptionKeyArn=f"{KEY}of-another-account")["backup.vault-uses-customer-key"] == {"pass"}
    assert judge()["backup.vault-uses-customer-key"] == {"fail"}


def test_aliases_that_are_denied_leave_the_key_unknown(
    answered: Callable[..., Any], judged: Callable[..., Any]
) -> None:
    answers = vaults({"BackupVaultName": "v", "EncryptionKeyArn": f"{KEY}c"}, ListAliases="AccessDeniedException")
    found = answered("backup", answers, VAULT)
    assert found.one(VAULT).unresolved == {
        "EncryptionKeyArn": "kms:ListAliases is denied (AccessDeniedException): grant kms:ListAliases"
    }
    assert judged(found)["backup.vault-uses-customer-key"] == {"unknown"}


def test_a_lock_and_a_policy(answered: Callable[..., Any], judged: Callable[..., Any]) -> None:
    policy = '{"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "backup:*", "Resource": "*"}]}'
    locked = {"BackupVaultName": "v", "Locked": True, "MinRetentionDays": 7}
    found = answered("backup", vaults(locked, GetBackupVaultAccessPolicy={"Policy": policy}), VAULT)
    assert found.one(VAULT).properties["LockConfiguration"] == {"MinRetentionDays": 7}
    verdicts = judged(found)
    assert verdicts["backup.vault-is-locked"] == {"pass"}
    assert verdicts["backup.vault-policy-is-not-open"] == {"fail"}
    bare = answered("backup", vaults({"BackupVaultName": "v", "Locked": False}), VAULT)
    assert "LockConfiguration" not in bare.one(VAULT).properties
    assert judged(bare)["backup.vault-is-locked"] == {"fail"}


def test_vaults_of_other_types_are_left_out_and_those_of_aws_are_marked(answered: Callable[..., Any]) -> None:
    gapped = {"BackupVaultName": "g", "VaultType": "LOGICALLY_AIR_GAPPED_BACKUP_VAULT"}
    theirs = {"BackupVaultName": "aws/efs/automatic-backup-vault", "VaultType": "BACKUP_VAULT"}
    found = answered("backup", vaults(gapped, theirs), VAULT)
    assert found.one(VAULT).metadata["managed"] == "by AWS"


def test_a_plan_that_may_not_be_read(answered: Callable[..., Any], judged: Callable[..., Any]) -> None:
    plan = {"BackupPlanId": "p", "BackupPlanArn": f"{ARN}backup-plan:p", "BackupPlanName": "p"}
    answers = vaults(ListBackupPlans={"BackupPlansList": [plan]}, GetBackupPlan="AccessDeniedException")
    found = answered("backup", answers, PLAN)
    assert "grant backup:GetBackupPlan" in found.one(PLAN).unresolved["BackupPlan"]
    said = judged(found)
    assert said.pop("backup.plan-selects-something") == {"fail"}  # selections are another call
    assert set(map(tuple, said.values())) == {("unknown",)}
