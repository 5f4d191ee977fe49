"""The ledger for a person: what was called, and how to close each gap."""

from __future__ import annotations

from typing import Any

from bastide.report.calls import gaps, told
from bastide.report.view import LedgerRow


def row(outcome: str = "read", **changes: Any) -> LedgerRow:
    values: dict[str, Any] = {
        "account": "111111111111", "region": "eu-west-1", "service": "s3", "operation": "GetBucketPolicy", "calls": 2,
        "items": 1, "seconds": 0.5, "code": "", "permission": "", "remedy": "",
    }  # fmt: skip
    return LedgerRow(outcome=outcome, **(values | changes))


def denied(**changes: Any) -> LedgerRow:
    return row(
        "denied", code="AccessDenied", permission="s3:GetBucketPolicy", remedy="grant s3:GetBucketPolicy", **changes
    )


def test_the_sum() -> None:
    rows = [row(), row("empty", region="eu-west-2"), denied(account="222222222222")]
    assert told(rows) == "6 calls to 2 accounts; operations: 1 read, 1 empty, 1 denied"


def test_gaps_are_one_for_all_accounts_and_regions() -> None:
    rows = [row(), denied(), denied(region="eu-west-2"), denied(account="222222222222"), row("failed", code="500")]
    first, second = gaps(rows)
    assert (first.operation, first.outcome, first.code, first.calls) == (
        "s3:GetBucketPolicy",
        "denied",
        "AccessDenied",
        6,
    )
    assert first.where == "2 accounts, 2 regions"
    assert first.remedy == "grant s3:GetBucketPolicy"
    assert second.where == "111111111111, eu-west-1"


def test_what_is_no_gap() -> None:
    assert gaps([row(), row("absent"), row("empty"), row("not offered"), row("skipped")]) == []
