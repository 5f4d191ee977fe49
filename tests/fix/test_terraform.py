"""Edits of Terraform configurations: in the block that says a property, or beside it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.fix.conftest import Planned

VERSIONS = "s3.bucket-keeps-versions"


def test_inline_arguments_stay_inline(planned: Planned) -> None:
    text = 'resource "aws_s3_bucket" "b" {\n  versioning {\n    enabled = false # off\n  }\n}\n'
    plan = planned({"main.tf": text}, VERSIONS)
    assert plan.drafts["main.tf"].text == text.replace("false", "true")


def test_a_separate_resource_in_another_file_is_edited_there(planned: Planned) -> None:
    other = (
        'resource "aws_s3_bucket_versioning" "v" {\n  bucket = aws_s3_bucket.b.id\n'
        '  versioning_configuration {\n    status = "Suspended"\n  }\n}\n'
    )
    plan = planned({"main.tf": 'resource "aws_s3_bucket" "b" {}\n', "other.tf": other}, VERSIONS)
    assert {path: draft.text for path, draft in plan.drafts.items()} == {
        "other.tf": other.replace("Suspended", "Enabled")
    }


def test_a_name_that_is_taken_is_told(planned: Planned) -> None:
    text = (
        'resource "aws_s3_bucket" "b" {}\nresource "aws_s3_bucket" "c" {}\n'
        'resource "aws_s3_bucket_versioning" "b" {\n  bucket = aws_s3_bucket.c.id\n'
        '  versioning_configuration {\n    status = "Enabled"\n  }\n}\n'
    )
    plan = planned({"main.tf": text}, VERSIONS)
    assert [one.reason for one in plan.outcomes] == ["there is a aws_s3_bucket_versioning.b already"]


def test_json_syntax(planned: Planned) -> None:
    text = json.dumps(
        {"resource": {"aws_s3_bucket": {"b": {"bucket": "data-1"}}, "aws_sns_topic": {"t": {}}}}, indent=2
    )
    plan = planned({"main.tf.json": text}, VERSIONS, "sns.topic-is-encrypted")
    assert [one.reason for one in plan.outcomes] == ["", ""]
    made = json.loads(plan.drafts["main.tf.json"].text)["resource"]
    assert made["aws_sns_topic"] == {"t": {"kms_master_key_id": "alias/aws/sns"}}
    assert made["aws_s3_bucket_versioning"]["b"] == {
        "bucket": "${aws_s3_bucket.b.id}",
        "versioning_configuration": {"status": "Enabled"},
    }


@pytest.mark.parametrize(
    ("text", "control", "reason"),
    [
        ('resource "awscc_sns_topic" "t" {}\n', "sns.topic-is-encrypted", "awscc"),
        ('resource "aws_dynamodb_table" "t" {\n  replica {\n    region_name = "eu-west-1"\n  }\n}\n',
         "dynamodb.global-table-is-protected-from-deletion", "part of another resource"),
        ((
            'resource "aws_ecs_task_definition" "t" {\n'
            '  container_definitions = jsonencode([{name = "a", privileged = true}])\n}\n'
        ),
         "ecs.task-definition-is-not-privileged", "one JSON text"),
    ],
)  # fmt: skip
def test_what_cannot_be_written_backwards(planned: Planned, text: str, control: str, reason: str) -> None:
    outcomes = planned({"main.tf": text}, control).outcomes
    assert outcomes
    assert all(reason in one.reason for one in outcomes)


def test_line_ends_and_mark_stay(planned: Planned) -> None:
    text = '\ufeffresource "aws_sns_topic" "t" {\r\n  name = "t"\r\n}'.encode()
    plan = planned({"main.tf": text}, "sns.topic-is-encrypted")
    expected = (
        '\ufeffresource "aws_sns_topic" "t" {\r\n  name              = "t"\r\n'
        '  kms_master_key_id = "alias/aws/sns"\r\n}'
    )
    assert plan.drafts["main.tf"].data == expected.encode()
