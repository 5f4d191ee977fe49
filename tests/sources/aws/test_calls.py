"""Requests have keys, and ledgers a row for each thing that became of an operation."""

from __future__ import annotations

from bastide.sources.aws.calls import Answer, Ledger, Request, Work

LIST = Request("kms", "ListKeys", "eu-west-1", {"Limit": 5}, "kms:ListKeys")


def test_keys_are_equal_for_equal_calls_only() -> None:
    others = [
        Request("kms", "ListKeys", "eu-west-2", {"Limit": 5}),
        Request("kms", "ListAliases", "eu-west-1", {"Limit": 5}),
        Request("sns", "ListKeys", "eu-west-1", {"Limit": 5}),
        LIST.page({"Marker": "m"}),
        LIST.page({"Limit": "5"}),
    ]
    assert len({LIST.key, *(other.key for other in others)}) == 6
    assert LIST.page({}).key == LIST.key
    assert Request("kms", "X", "r", {"a": 1, "b": 2}).key == Request("kms", "X", "r", {"b": 2, "a": 1}).key


def test_why() -> None:
    assert (
        LIST.why(Answer("denied", code="AccessDenied")) == "kms:ListKeys is denied (AccessDenied): grant kms:ListKeys"
    )
    assert LIST.why(Answer("failed", code="500", message="no")) == "kms:ListKeys failed (500): no"
    assert LIST.why(Answer("failed", code="500")) == "kms:ListKeys failed (500)"


def test_a_ledger_adds_up() -> None:
    ledger = Ledger("1")
    ledger.add(LIST, Answer("read", attempts=2, seconds=0.5), 3)
    ledger.add(LIST, Answer("read", seconds=0.5), 4)
    ledger.add(LIST, Answer("read"), 0)
    ledger.add(LIST, Answer("denied", code="AccessDenied"), 0)
    ledger.add(LIST, Answer("failed", code="500"), 0)
    rows = {row.outcome: row for row in ledger.rows.values()}
    assert set(rows) == {"read", "empty", "denied", "failed"}
    assert (rows["read"].calls, rows["read"].items, rows["read"].seconds) == (3, 7, 1.0)
    assert (rows["denied"].permission, rows["denied"].remedy) == ("kms:ListKeys", "grant kms:ListKeys")
    assert "scan again" in rows["failed"].remedy
    assert rows["read"].remedy == ""


def test_where_a_unit_calls() -> None:
    assert Work("1", "eu-west-1", "s3", "aws", "us-east-1").client_region == "eu-west-1"
    assert Work("1", "global", "s3", "aws", "us-east-1").client_region == "us-east-1"
