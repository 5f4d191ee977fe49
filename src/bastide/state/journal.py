"""The log of what people decided: append-only, each entry sealed with the hash of the one before.

Whoever changes, drops, inserts or reorders an entry breaks the chain from there on, and `verify` says where. It cannot
tell that the newest entries were cut off, unless their hash is known from elsewhere: an attestation names it.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from bastide.errors import UsageError
from bastide.state.database import now

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bastide.state.database import State

START = "0" * 64
"""What stands for the hash before the first entry."""


class Entry(Struct, frozen=True):
    """One thing that somebody did: `action` (`threat.accept`) to `subject` (an id) with `body`, plain JSON."""

    number: int
    at: str
    actor: str
    action: str
    subject: str
    body: dict[str, Any]
    previous: str
    hash: str


def append(state: State, actor: str, action: str, subject: str, body: dict[str, Any]) -> Entry:
    """Write one more entry; when this returns it is on the disk."""
    return append_all(state, [(actor, action, subject, body)])[0]


def append_all(state: State, acts: Sequence[tuple[str, str, str, dict[str, Any]]], at: str = "") -> list[Entry]:
    """Write several entries, `(actor, action, subject, body)` each: all of them or none."""
    from sqlalchemy import insert, select

    from bastide.state.tables import journal

    made: list[Entry] = []
    at = at or now()
    with state.transaction() as connection:
        last = connection.execute(
            select(journal.c.number, journal.c.hash)
            .where(journal.c.workload == state.workload)
            .order_by(journal.c.number.desc())
            .limit(1)
        ).first()
        number, previous = (last.number, last.hash) if last else (0, START)
        for actor, action, subject, body in acts:
            number += 1
            text = json.dumps(body, sort_keys=True, ensure_ascii=False)
            seal = _seal(state.workload, number, at, actor, action, subject, text, previous)
            connection.execute(
                insert(journal).values(
                    workload=state.workload, number=number, at=at, actor=actor, action=action, subject=subject,
                    body=text, previous=previous, hash=seal,
                )
            )  # fmt: skip
            made.append(Entry(number, at, actor, action, subject, json.loads(text), previous, seal))
            previous = seal
    return made


def entries(state: State) -> list[Entry]:
    """All entries of the workload, the oldest first; `UsageError` for one that nobody can have written."""
    return [
        Entry(row.number, row.at, row.actor, row.action, row.subject, _body(row), row.previous, row.hash)
        for row in _rows(state)
    ]


def _body(row: Any) -> dict[str, Any]:
    try:
        body = json.loads(row.body)
    except (ValueError, RecursionError):
        body = None
    if not isinstance(body, dict):
        raise UsageError(
            f"entry {row.number} of the log of decisions was changed: it cannot be read",
            remedy="`bastide audit verify` says where the log breaks; restore the state from a copy",
        )
    return body


def seals(state: State) -> list[str]:
    """The hashes of all entries, the oldest first."""
    return [row.hash for row in _rows(state)]


def verify(state: State) -> list[str]:
    """What is wrong with the chain, a sentence each, the first break first; empty when it is whole."""
    wrong: list[str] = []
    expected, previous = 1, START
    for row in _rows(state):
        if row.number != expected:
            wrong.append(f"entry {expected} is missing: entry {row.number} follows {expected - 1}")
        if row.previous != previous:
            wrong.append(f"entry {row.number} does not follow what stands before it")
        seal = _seal(state.workload, row.number, row.at, row.actor, row.action, row.subject, row.body, row.previous)
        if row.hash != seal:
            wrong.append(f"entry {row.number} ({row.action} of {row.subject}, {row.at}) was changed")
        expected, previous = row.number + 1, row.hash
    return wrong


def _rows(state: State) -> Sequence[Any]:
    from sqlalchemy import select

    from bastide.state.tables import journal

    with state.transaction() as connection:
        return connection.execute(
            select(journal).where(journal.c.workload == state.workload).order_by(journal.c.number)
        ).all()


def _seal(*parts: str | int) -> str:
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()
