"""Jobs, connections, security configurations and the catalog's settings of Glue."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

SETTINGS, CONNECTION = "AWS::Glue::DataCatalogEncryptionSettings", "AWS::Glue::Connection"
JOB, CONFIGURATION = "AWS::Glue::Job", "AWS::Glue::SecurityConfiguration"
TYPES = (SETTINGS, CONNECTION, JOB, CONFIGURATION)
MODULE = """
resource "aws_glue_data_catalog_encryption_settings" "s" {
  data_catalog_encryption_settings {
    connection_password_encryption { return_connection_password_encrypted = true }
    encryption_at_rest { catalog_encryption_mode = "SSE-KMS" }
  }
}
resource "aws_glue_job" "old" {
  name         = "old"
  role_arn     = "arn:aws:iam::123456789012:role/glue"
  glue_version = "2.0"
  command { script_location = "s3://b/x.py" }
  default_arguments = { "--db_password" = "correct-horse" }
}
resource "aws_glue_job" "new" {
  name                   = "new"
  role_arn               = "arn:aws:iam::123456789012:role/glue"
  glue_version           = "5.0"
  security_configuration = "c"
  command { script_location = "s3://b/x.py" }
}
resource "aws_glue_security_configuration" "c" {
  name = "c"
  encryption_configuration {
    cloudwatch_encryption { cloudwatch_encryption_mode = "SSE-KMS" }
    job_bookmarks_encryption { job_bookmarks_encryption_mode = "CSE-KMS" }
    s3_encryption { s3_encryption_mode = "SSE-S3" }
  }
}
"""


def make(client: Any) -> None:
    """What the module above has."""
    given = {
        "Role": "arn:aws:iam::123456789012:role/glue",
        "Command": {"Name": "glueetl", "ScriptLocation": "s3://b/x.py"},
    }
    client.create_job(Name="old", GlueVersion="2.0", DefaultArguments={"--db_password": "correct-horse"}, **given)
    client.create_job(Name="new", GlueVersion="5.0", SecurityConfiguration="c", **given)
    client.create_security_configuration(
        Name="c",
        EncryptionConfiguration={
            "S3Encryption": [{"S3EncryptionMode": "SSE-S3"}],
            "CloudWatchEncryption": {"CloudWatchEncryptionMode": "SSE-KMS"},
            "JobBookmarksEncryption": {"JobBookmarksEncryptionMode": "CSE-KMS"},
        },
    )
    client.put_data_catalog_encryption_settings(
        DataCatalogEncryptionSettings={
            "EncryptionAtRest": {"CatalogEncryptionMode": "SSE-KMS"},
            "ConnectionPasswordEncryption": {"ReturnConnectionPasswordEncrypted": True, "AwsKmsKeyId": "k"},
        }
    )


def test_what_terraform_has(
    aws: Callable[..., Any], collect: Callable[..., Any], judged: Callable[..., Any], written: Callable[..., Any]
) -> None:
    make(aws("glue"))
    found = collect(*TYPES)
    settings = found.one(SETTINGS).properties
    assert settings["CatalogId"] == "123456789012"
    assert settings["DataCatalogEncryptionSettings"]["ConnectionPasswordEncryption"]["KmsKeyId"] == "k"
    assert "correct-horse" not in str(found.of(JOB))
    verdicts = judged(found)
    assert verdicts == judged(written(MODULE))
    assert verdicts["glue.job-arguments-have-no-secrets"] == {"pass", "fail"}


def test_aws_is_not_asked_for_passwords(answered: Callable[..., Any], judged: Callable[..., Any]) -> None:
    asked = []

    def connections(given: dict[str, Any]) -> dict[str, Any]:
        asked.append(given)
        return {"ConnectionList": [{"Name": "c", "ConnectionType": "JDBC", "ConnectionProperties": {"USERNAME": "u"}}]}

    tags = {"ResourceTagMappingList": []}
    found = answered("glue", {"GetConnections": connections, "GetResources": tags}, CONNECTION)
    assert [given["HidePassword"] for given in asked] == [True]
    assert found.one(CONNECTION).properties["ConnectionInput"] == {
        "Name": "c", "ConnectionType": "JDBC", "ConnectionProperties": {"USERNAME": "u"}
    }  # fmt: skip
    assert "glue.connection-password-is-not-in-source" not in judged(found)


def test_settings_that_are_denied_are_there_and_unknown(
    answered: Callable[..., Any], judged: Callable[..., Any]
) -> None:
    answers: dict[str, Any] = {"GetDataCatalogEncryptionSettings": "AccessDeniedException", "GetJobs": {"Jobs": []}}
    found = answered("glue", answers, SETTINGS, JOB)
    assert (
        "grant glue:GetDataCatalogEncryptionSettings" in found.one(SETTINGS).unresolved["DataCatalogEncryptionSettings"]
    )
    assert judged(found) == {
        "glue.catalog-is-encrypted": {"unknown"},
        "glue.catalog-encrypts-connection-passwords": {"unknown"},
    }


def test_crawlers_with_and_without_a_security_configuration(
    answered: Callable[..., Any], judged: Callable[..., Any]
) -> None:
    crawlers = [{"Name": "a", "CrawlerSecurityConfiguration": "ours"}, {"Name": "b"}]
    found = answered("glue", {"GetCrawlers": {"Crawlers": crawlers}}, "AWS::Glue::Crawler")
    assert judged(found)["glue.crawler-has-a-security-configuration"] == {"pass", "fail"}
