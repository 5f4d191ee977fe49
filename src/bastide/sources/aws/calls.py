"""What the pure core and the edge say to each other: a request for one call, and the answer to it."""

from __future__ import annotations

import hashlib
import json
from typing import Any, Literal, NamedTuple

from msgspec import Struct, field
from msgspec.structs import replace

Outcome = Literal["read", "empty", "absent", "denied", "failed", "skipped", "not offered"]
"""What became of a call; `empty` is a list that was read and has nothing in it."""


class Work(NamedTuple):
    """A unit of work: one group of collectors in one account and region (`global` has the partition's home region)."""

    account: str
    region: str
    group: str
    partition: str = "aws"
    home: str = ""

    @property
    def client_region(self) -> str:
        """The region whose endpoint is called."""
        return self.home if self.region == "global" else self.region


class Request(Struct, frozen=True):
    """One call to make: one page, if there are pages. `absent` and `not_offered` are the error codes that mean that."""

    service: str
    operation: str
    region: str
    parameters: dict[str, Any]
    permission: str = ""
    absent: tuple[str, ...] = ()
    not_offered: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """Equal for equal calls, and only for these."""
        text = json.dumps([self.service, self.operation, self.region, self.parameters], sort_keys=True, default=str)
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:24]

    def page(self, parameters: dict[str, Any]) -> Request:
        """The same call for another page."""
        return replace(self, parameters={**self.parameters, **parameters})

    def why(self, answer: Answer) -> str:
        """Why what the call would have given is not known, and what to do about it."""
        name = f"{self.service}:{self.operation}"
        if answer.outcome == "denied":
            return f"{name} is denied ({answer.code}): grant {self.permission}"
        return f"{name} failed ({answer.code}){f': {answer.message}' if answer.message else ''}"


class Answer(Struct):
    """What a call gave: plain JSON without secrets, or the error's code. `next` are the parameters of the next page."""

    outcome: Outcome
    value: Any = None
    code: str = ""
    message: str = ""
    next: dict[str, Any] | None = None
    attempts: int = 1
    seconds: float = 0.0


class LedgerRow(Struct):
    """Calls of one operation in one account and region that came to the same: the coverage ledger's row."""

    account: str
    region: str
    service: str
    operation: str
    outcome: Outcome
    calls: int = 0
    items: int = 0
    seconds: float = 0.0
    code: str = ""
    permission: str = ""
    remedy: str = ""


class Ledger(Struct):
    """The rows of one unit of work."""

    account: str
    rows: dict[tuple[str, ...], LedgerRow] = field(default_factory=dict)

    def add(self, request: Request, answer: Answer, items: int) -> None:
        """Count one call and what it gave."""
        outcome: Outcome = "empty" if answer.outcome == "read" and not items else answer.outcome
        row = self.row(request.region, request.service, request.operation, outcome, answer.code)
        row.calls += answer.attempts
        row.items += items
        row.seconds += answer.seconds
        if outcome in ("denied", "failed"):
            row.permission = request.permission
            row.remedy = f"grant {request.permission}" if outcome == "denied" else _REMEDY

    def row(self, region: str, service: str, operation: str, outcome: Outcome, code: str = "") -> LedgerRow:
        """The row for these, made if need be."""
        key = (region, service, operation, outcome, code)
        if key not in self.rows:
            self.rows[key] = LedgerRow(self.account, region, service, operation, outcome, code=code)
        return self.rows[key]


_REMEDY = "scan again; if it stays, see the code in AWS's documentation of the operation"
