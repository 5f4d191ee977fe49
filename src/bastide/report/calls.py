"""The coverage ledger for a person: how many calls were made of live accounts, and how to close each gap."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from msgspec import Struct, field

from bastide.report.words import counted

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bastide.report.view import LedgerRow

GAPS = ("denied", "failed")
_ORDER = ("read", "empty", "absent", "denied", "failed", "skipped", "not offered")


class Gap(Struct):
    """One operation that did not answer, over all accounts and regions: what to do about it."""

    operation: str
    outcome: str
    code: str
    remedy: str
    calls: int = 0
    accounts: set[str] = field(default_factory=set)
    regions: set[str] = field(default_factory=set)

    @property
    def where(self) -> str:
        """`123456789012, 3 regions`; the only one by its name."""
        return ", ".join(
            next(iter(names)) if len(names) == 1 else counted(len(names), noun)
            for names, noun in ((self.accounts, "account"), (self.regions, "region"))
        )


def gaps(rows: Iterable[LedgerRow]) -> list[Gap]:
    """What was denied or failed, most accounts first."""
    found: dict[tuple[str, ...], Gap] = {}
    for row in rows:
        if row.outcome in GAPS:
            operation = f"{row.service}:{row.operation}"
            key = (operation, row.outcome, row.code)
            gap = found.setdefault(key, Gap(operation, row.outcome, row.code, row.remedy))
            gap.calls += row.calls
            gap.accounts.add(row.account)
            gap.regions.add(row.region)
    return sorted(found.values(), key=lambda gap: (-len(gap.accounts), -len(gap.regions), gap.operation))


def told(rows: list[LedgerRow]) -> str:
    """`24 calls to 2 accounts: 20 operations read, 3 empty, 1 denied`; operations are counted by account and region."""
    accounts = len({row.account for row in rows})
    outcomes = Counter(row.outcome for row in rows)
    parts = [f"{outcomes[name]:,} {name}" for name in _ORDER if outcomes[name]]
    calls = counted(sum(row.calls for row in rows), "call")
    return f"{calls} to {counted(accounts, 'account')}; operations: {', '.join(parts)}"
