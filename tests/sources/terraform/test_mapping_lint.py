"""The linter of mappings: the library passes it, and it sees what it is there for."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bastide.sources.terraform import mapping_lint
from bastide.sources.terraform.mapping import normal
from bastide.sources.terraform.mapping_lint import lint_mappings, unmatched

PROVIDER: dict[str, Any] = json.loads(Path(__file__).with_name("provider_attributes.json").read_text("utf-8"))

OLDER = {
    "aws_db_instance: the provider has no name",
    "aws_default_security_group: the provider has no description",
    "aws_default_security_group: the provider has no name",
    "aws_elasticache_replication_group: the provider has no number_cache_clusters",
    "aws_elasticache_replication_group: the provider has no replication_group_description",
    "aws_network_acl_rule: the provider has no action",
    "aws_network_acl_rule: the provider has no rule_no",
    "aws_redshift_cluster: the provider has no logging",
    "aws_redshift_cluster: the provider has no logging.enable",
    "aws_redshift_cluster: the provider has no logging.s3_key_prefix",
    "aws_route: the provider has no cidr_block",
    "aws_route: the provider has no ipv6_cidr_block",
    "aws_spot_instance_request: the provider has no instance_market_options",
    "aws_spot_instance_request: the provider has no network_interface.network_card_index",
    "aws_spot_instance_request: the provider has no primary_network_interface",
    "aws_vpc_endpoint_service_allowed_principal: the provider has no allowed_principals",
}
"""Attributes that only older providers have, that a block of another type is emitted with, or that `like` brings."""


def test_the_library_passes() -> None:
    assert set(lint_mappings(PROVIDER)) == OLDER


def test_attributes_without_a_place_are_few_and_not_the_ones_that_are_judged() -> None:
    lost = unmatched(PROVIDER)
    names = sum(count(tree) for tree in PROVIDER.values())
    assert sum(map(len, lost.values())) < names * 0.04
    telling = ("encrypt", "public", "policy", "logging", "kms", "tls_", "ssl_", "rotation", "versioning")
    untold = {
        f"{kind}.{path}"
        for kind, paths in lost.items()
        for path in paths
        for word in telling
        if word in path.rpartition(".")[2]
    }
    assert untold == UNTOLD


UNTOLD = {
    "aws_codeartifact_domain_permissions_policy.policy_revision",  # guards an update, says nothing of the policy
    "aws_datasync_task.task_report_config.s3_object_versioning",  # what a report lists
    "aws_kinesisanalyticsv2_application.cloudwatch_logging_options",  # a type of its own in AWS
    "aws_sagemaker_domain.retention_policy",  # what is deleted with the domain
    "aws_vpn_connection.tunnel1_phase1_encryption_algorithms",  # AWS has a list of tunnels, not two names
    "aws_vpn_connection.tunnel1_phase2_encryption_algorithms",
    "aws_vpn_connection.tunnel2_phase1_encryption_algorithms",
    "aws_vpn_connection.tunnel2_phase2_encryption_algorithms",
}
"""Attributes with telling names that have no place, and why."""


def count(tree: dict[str, Any], depth: int = 0) -> int:
    return sum(1 + (count(inside, depth + 1) if depth < 4 else 0) for inside in tree.values())


def linted(monkeypatch: pytest.MonkeyPatch, entry: dict[str, Any]) -> list[str]:
    monkeypatch.setattr(mapping_lint, "read_entries", lambda: {"aws_made_up": normal(entry)})
    monkeypatch.setattr(mapping_lint, "mapping_files", list)
    return lint_mappings({"aws_made_up": {"a": {"b": {}}, "c": {}}})


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ({}, "needs a type or a fold"),
        ({"type": "AWS::S3::Bucket", "renames": {}}, "no key is called renames"),
        ({"type": "AWS::S3::Bucket", "ignore": {}}, "ignore is a list"),
        ({"type": "AWS::S3::Bucket", "rename": []}, "rename is a table of names"),
        ({"type": "AWS::S3::Bukket"}, "AWS has no type AWS::S3::Bukket"),
        ({"type": "AWS::S3::Bucket", "rename": {"a": "No"}}, "rename a: No is no property there"),
        ({"type": "AWS::S3::Bucket", "rename": {"z.b": "BucketName"}}, "rename z.b: BucketName is no property there"),
        ({"type": "AWS::S3::Bucket", "values": {"c": {"x": "y"}}}, "c: has no place"),
        ({"type": "AWS::S3::Bucket", "rename": {"a": "BucketName"}, "ignore": ["a"]}, "a: is renamed and ignored"),
        ({"type": "AWS::S3::Bucket", "set": {"No.Where": 1}}, "set No.Where: is no property"),
        ({"type": "AWS::S3::Bucket", "ignore": ["d"]}, "the provider has no d"),
        ({"type": "AWS::S3::Bucket", "ignore": ["a.c"]}, "the provider has no a.c"),
        ({"type": "AWS::S3::Bucket", "emit": {"a": {"as": "aws_no", "parent": "c"}}}, "emit: aws_no has no table"),
        ({"type": "AWS::S3::Bucket", "emit": {"a": {"as": "aws_no"}}}, "emit has as, parent, set and whole"),
        ({"type": "AWS::S3::Bucket", "explode": {".": {"a": "No"}}}, "explode ..a: No is no property there"),
        ({"fold": {"into": "AWS::S3::Bucket"}}, "fold needs by"),
        ({"fold": {"into": "AWS::S3::No", "by": "a"}}, "fold: AWS has no type AWS::S3::No"),
        ({"fold": {"into": "AWS::S3::Bucket", "by": "a", "at": "No"}}, "fold: AWS::S3::Bucket has no No"),
        ({"fold": {"into": "AWS::S3::Bucket", "by": "a", "key": "No"}}, "fold: AWS::S3::Bucket has no No"),
        ({"fold": {"into": "AWS::S3::Bucket", "by": "a", "how": "push"}}, "how is one of set, append, merge"),
        ({"switch": "a"}, "switch and cases belong together"),
        ({"fold": {"into": "AWS::S3::Bucket", "by": "a", "where": "x"}}, "no key of fold is called where"),
    ],
)
def test_a_mistake_is_named(monkeypatch: pytest.MonkeyPatch, entry: dict[str, Any], expected: str) -> None:
    found = linted(monkeypatch, entry)
    assert any(expected in problem and problem.startswith("aws_made_up: ") for problem in found), found


def test_a_good_entry_has_no_mistake(monkeypatch: pytest.MonkeyPatch) -> None:
    entry = {"type": "AWS::S3::Bucket", "rename": {"a": ".", "a.b": "BucketName"}, "ignore": ["c"]}
    assert linted(monkeypatch, entry) == []


def test_doubles_are_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "one.yaml").write_text("aws_a: AWS::SNS::Topic\naws_b: AWS::SNS::Topic\naws_b: AWS::SQS::Queue\n")
    (tmp_path / "two.yaml").write_text("aws_a: AWS::SNS::Topic\n")
    monkeypatch.setattr(mapping_lint, "mapping_files", lambda: sorted(tmp_path.iterdir()))
    assert list(mapping_lint.doubles()) == ["aws_b: twice in one.yaml", "aws_a: in one.yaml and in two.yaml"]
