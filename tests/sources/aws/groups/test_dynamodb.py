"""Tables of DynamoDB."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

TABLE = "AWS::DynamoDB::Table"
ARN = "arn:aws:dynamodb:eu-west-1:123456789012:table/table"
KEY = "arn:aws:kms:eu-west-1:123456789012:key/"
MODULE = """
resource "aws_dynamodb_table" "plain" {
  name         = "plain"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "id"
  attribute {
    name = "id"
    type = "S"
  }
}
"""
ALIASES = {
    "Aliases": [
        {"AliasName": "alias/aws/dynamodb", "AliasArn": "arn:aws:kms:eu-west-1:123456789012:alias/aws/dynamodb",
         "TargetKeyId": "m"},
        {"AliasName": "alias/ours", "TargetKeyId": "c"},
    ]
}  # fmt: skip


def test_a_table_as_terraform_has_it(
    aws: Callable[..., Any], collect: Callable[..., Any], judged: Callable[..., Any], written: Callable[..., Any]
) -> None:
    aws("dynamodb").create_table(
        TableName="plain", BillingMode="PAY_PER_REQUEST", KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
    )  # fmt: skip
    found = collect(TABLE)
    assert found.one(TABLE).properties["BillingMode"] == "PAY_PER_REQUEST"
    assert judged(found) == judged(written(MODULE))


def answers(key: str, **more: Any) -> dict[str, Any]:
    """A table with this key."""
    described = {
        "TableName": "table",
        "TableArn": ARN,
        "SSEDescription": {"Status": "ENABLED", "KMSMasterKeyArn": KEY + key},
    }
    return {
        "ListTables": {"TableNames": ["table"]},
        "DescribeTable": {"Table": described},
        "DescribeContinuousBackups": {},
        "DescribeTimeToLive": {},
        "ListTagsOfResource": {"Tags": []},
        "GetResourcePolicy": "PolicyNotFoundException",
        "ListAliases": ALIASES,
        **more,
    }


@pytest.mark.parametrize(
    ("key", "aliases", "status"),
    [("m", ALIASES, "fail"), ("c", ALIASES, "pass"), ("c", "AccessDeniedException", "unknown")],
)
def test_a_key_that_aws_manages_is_told_from_ones_own(
    answered: Callable[..., Any], judged: Callable[..., Any], key: str, aliases: Any, status: str
) -> None:
    found = answered("dynamodb", answers(key, ListAliases=aliases), TABLE)
    assert found.one(TABLE).properties["SSESpecification"]["SSEEnabled"] is True
    assert judged(found)["dynamodb.table-uses-customer-key"] == {status}


def test_a_table_that_may_not_be_described(answered: Callable[..., Any]) -> None:
    found = answered("dynamodb", answers("c", DescribeTable="AccessDeniedException"), TABLE).one(TABLE)
    assert "BillingMode" not in found.properties
    assert "grant dynamodb:DescribeTable" in found.unresolved["BillingMode"]
