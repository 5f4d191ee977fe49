"""The mappings backwards."""

from __future__ import annotations

from typing import Any

import pytest

from bastide.controls.fixes import steps_of
from bastide.fix.hcl import Arg
from bastide.fix.inverse import arguments, folded_into, in_fold, is_named, own_names, snake_case, spellings
from bastide.sources.terraform.convert import root_node
from bastide.sources.terraform.mapping import table_for


def first(kind: str, path: str, value: Any) -> Any:
    table = table_for(kind)
    assert table
    return next(arguments(root_node(table), steps_of(path), value), None)


def B(name: str, selector: Any = None) -> Arg:
    return Arg(name, block=True, selector=selector)


@pytest.mark.parametrize(
    ("kind", "path", "value", "expected"),
    [
        ("aws_db_instance", "EnableIAMDatabaseAuthentication", True,
         ((Arg("iam_database_authentication_enabled"),), True)),
        ("aws_db_instance", "MultiAZ", True, ((Arg("multi_az"),), True)),
        ("aws_launch_template", "LaunchTemplateData.MetadataOptions.HttpTokens", "required",
         ((B("metadata_options"), Arg("http_tokens")), "required")),
        ("aws_acm_certificate", "CertificateTransparencyLoggingPreference", "ENABLED",
         ((B("options"), Arg("certificate_transparency_logging_preference")), "ENABLED")),
        ("aws_ecs_cluster", "ClusterSettings[Name=containerInsights].Value", "enabled",
         ((B("setting", {"name": "containerInsights"}), Arg("value")), "enabled")),
        ("aws_lb", "LoadBalancerAttributes[Key=deletion_protection.enabled].Value", "true",
         ((Arg("enable_deletion_protection"),), True)),
        ("aws_sagemaker_notebook_instance", "RootAccess", "Disabled", ((Arg("root_access"),), "Disabled")),
        ("aws_ecs_service", "NetworkConfiguration.AwsvpcConfiguration.AssignPublicIp", "DISABLED",
         ((B("network_configuration"), Arg("assign_public_ip")), False)),
        ("aws_db_instance", "NoSuchProperty", True, None),
    ],
)  # fmt: skip
def test_arguments(kind: str, path: str, value: Any, expected: Any) -> None:
    assert first(kind, path, value) == expected


def test_separate_resources_of_the_most_particular_property_come_first() -> None:
    of_bucket = folded_into("AWS::S3::Bucket")
    path = steps_of("PublicAccessBlockConfiguration.BlockPublicAcls")
    found = [kind for kind, fold in of_bucket if in_fold(kind, fold, path, True)]
    assert found[0] == "aws_s3_bucket_public_access_block"
    assert "aws_s3_bucket_abac" not in found


def test_values_of_a_fold() -> None:
    kind, fold = next(one for one in folded_into("AWS::S3::Bucket") if one[0] == "aws_s3_bucket_versioning")
    found = in_fold(kind, fold, steps_of("VersioningConfiguration.Status"), "Enabled")
    assert found == ((B("versioning_configuration"), Arg("status")), "Enabled")
    assert in_fold(kind, fold, steps_of("BucketEncryption"), "Enabled") is None


def test_what_the_table_names() -> None:
    table = table_for("aws_db_instance")
    assert table
    assert "multi_az" not in own_names(root_node(table))
    assert "instance_class" in own_names(root_node(table))
    assert is_named(table, ((Arg("instance_class"),), "x"))
    assert not is_named(table, ((Arg("multi_az"),), True))


def test_spellings() -> None:
    assert snake_case("EnableIAMDatabaseAuthentication") == "enable_iam_database_authentication"
    assert "s3_logs" in spellings("S3Logs", "")
    assert "allowed_oauth_flows" in spellings("AllowedOAuthFlows", "UserPoolClient")
    assert "name" in spellings("TopicName", "Topic")
    assert "deletion_protection_enabled" in spellings("DeletionProtection", "")
