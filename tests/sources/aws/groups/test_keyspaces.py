"""Tables of Keyspaces."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

SPACE = "AWS::Cassandra::Keyspace"
TABLE = "AWS::Cassandra::Table"
ARN = "arn:aws:cassandra:eu-west-1:123456789012:/keyspace/"
MODULE = """
resource "aws_keyspaces_table" "orders" {
  keyspace_name = "shop"
  table_name    = "orders"
  encryption_specification {
    type               = "CUSTOMER_MANAGED_KMS_KEY"
    kms_key_identifier = "arn:aws:kms:eu-west-1:123456789012:key/k"
  }
  point_in_time_recovery { status = "DISABLED" }
}
"""


def answers(**table: Any) -> dict[str, Any]:
    """A keyspace with a table, and one of the service's own."""
    spaces = [
        {"keyspaceName": name, "resourceArn": ARN + name + "/", "replicationStrategy": "SINGLE_REGION"}
        for name in ("shop", "system_schema")
    ]
    names = {"keyspaceName": "shop", "tableName": "orders", "resourceArn": ARN + "shop/table/orders"}
    return {
        "ListKeyspaces": {"keyspaces": spaces},
        "ListTables": {"tables": [names]},
        "GetTable": {**names, **table},
    }


def test_a_table_as_terraform_has_it(
    answered: Callable[..., Any], judged: Callable[..., Any], written: Callable[..., Any]
) -> None:
    key = {"type": "CUSTOMER_MANAGED_KMS_KEY", "kmsKeyIdentifier": "arn:aws:kms:eu-west-1:123456789012:key/k"}
    told = answers(encryptionSpecification=key, pointInTimeRecovery={"status": "DISABLED"})
    found = answered("keyspaces", told, SPACE, TABLE)
    assert [one.metadata["id"] for one in found.of(SPACE)] == ["shop"]
    expected = {"keyspaces.table-has-point-in-time-recovery": {"fail"}, "keyspaces.table-uses-customer-key": {"pass"}}
    assert judged(found) == judged(written(MODULE)) == expected


def test_a_table_that_may_not_be_described(answered: Callable[..., Any], judged: Callable[..., Any]) -> None:
    found = answered("keyspaces", {**answers(), "GetTable": "AccessDeniedException"}, SPACE, TABLE)
    assert judged(found)["keyspaces.table-has-point-in-time-recovery"] == {"unknown"}
    assert "grant cassandra:Select" in found.one(TABLE).unresolved["EncryptionSpecification"]
