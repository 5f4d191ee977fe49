"""Policies of table buckets."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

TYPE = "AWS::S3Tables::TableBucketPolicy"
CONTROL = "s3tables.table-bucket-policy-is-not-open"
ARN = "arn:aws:s3tables:eu-west-1:123456789012:bucket/lake"
BUCKET = {"arn": ARN, "name": "lake", "ownerAccountId": "123456789012", "createdAt": "2026-01-01T00:00:00Z"}
LISTED = {"ListTableBuckets": {"tableBuckets": [BUCKET]}}
OPEN = '{"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}]}'


def test_policies_are_judged(answered: Callable[..., Any], judged: Callable[..., Any]) -> None:
    for answer, status in (
        ({"resourcePolicy": OPEN}, "fail"),
        ("NotFoundException", "pass"),
        ("AccessDeniedException", "unknown"),
    ):
        found = answered("s3tables", {**LISTED, "GetTableBucketPolicy": answer}, TYPE)
        assert judged(found)[CONTROL] == {status}


def test_buckets_with_keys_of_aws_and_of_ours(answered: Callable[..., Any], judged: Callable[..., Any]) -> None:
    ours = {"sseAlgorithm": "aws:kms", "kmsKeyArn": "arn:aws:kms:eu-west-1:123456789012:key/k"}
    for answer, status in (
        ({"encryptionConfiguration": {"sseAlgorithm": "AES256"}}, "fail"),
        ({"encryptionConfiguration": ours}, "pass"),
        ("NotFoundException", "fail"),
        ("AccessDeniedException", "unknown"),
    ):
        found = answered("s3tables", {**LISTED, "GetTableBucketEncryption": answer}, "AWS::S3Tables::TableBucket")
        assert judged(found)["s3tables.table-bucket-uses-customer-key"] == {status}
