"""What people attest: that a requirement is met, or that an objective is the right one and holds. Each has an end.

An attestation is an entry `attest` of the journal; the newest on a subject counts, until its last day or until an entry
`attest.revoke`. Evidence is an address, or a file of which the digest is kept.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from bastide.controls.frameworks import framework
from bastide.errors import UsageError, near_miss
from bastide.objectives.catalogue import load_objectives
from bastide.workload.fields import MAX_TEXT, is_day

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bastide.state.database import State
    from bastide.state.journal import Entry

ATTEST, REVOKE = "attest", "attest.revoke"
EXERCISES = {"response.exercise": "what to do in an incident was exercised"}
"""Subjects that are neither a requirement nor an objective: things that are done from time to time."""
MAX_DAYS = 3 * 366
MAX_BYTES = 1 << 30
_CHUNK = 1 << 20


class Attestation(Struct, frozen=True):
    """One word of one person. `evidence` are addresses, or `{file, sha256, bytes}`; `revoked` says by whom and why."""

    subject: str
    by: str
    at: str
    until: str
    statement: str
    evidence: list[dict[str, Any]]
    valid: bool
    number: int
    revoked: str = ""


def about(subject: str) -> str:
    """What a subject stands for, in words; `UsageError` with the near miss for one that there is not."""
    name, slash, requirement = subject.partition("/")
    if slash:
        known = framework(name).requirements
        if requirement not in known:
            near = near_miss(requirement, list(known))
            raise UsageError(
                f"`{requirement}` is no requirement of {name}", remedy=near or f"see `bastide comply {name}`"
            )
        return known[requirement].name
    titles = {one.id: one.title for one in load_objectives()} | EXERCISES
    if subject not in titles:
        near = near_miss(subject, list(titles))
        raise UsageError(
            f"nothing that can be attested is called `{subject}`",
            remedy=near or "write FRAMEWORK/REQUIREMENT, or an objective as `bastide objectives` lists them",
        )
    return titles[subject]


def attest(
    state: State,
    actor: str,
    subject: str,
    *,
    by: str,
    until: str,
    statement: str,
    evidence: Sequence[str] = (),
    today: str = "",
) -> Entry:
    """Write down an attestation; `UsageError` for an unknown subject, and for what is missing or cannot be."""
    from bastide.state.journal import append

    about(subject)
    _complete({"by": by, "until": until, "statement": statement})
    _last_day(until, today or _today())
    body = {"by": by, "until": until, "statement": statement, "evidence": [_evidence(one) for one in evidence]}
    return append(state, actor, ATTEST, subject, body)


def revoke(state: State, actor: str, subject: str, *, by: str, why: str) -> Entry:
    """Take the attestation on a subject back; `UsageError` when there is none that counts."""
    from bastide.state.journal import append, entries

    _complete({"by": by, "statement": why})
    if not any(one.subject == subject and not one.revoked for one in read_attestations(entries(state))):
        raise UsageError(f"nobody attests `{subject}`", remedy="see `bastide attest`")
    return append(state, actor, REVOKE, subject, {"by": by, "why": why})


def read_attestations(journal: Iterable[Entry], today: str = "") -> list[Attestation]:
    """The newest word on each subject, in the order in which subjects were first attested; valid or not on that day."""
    today = today or _today()
    found: dict[str, Attestation] = {}
    for entry in journal:
        body = entry.body
        if entry.action == ATTEST:
            texts = {key: str(body.get(key, "")) for key in ("by", "until", "statement")}
            found[entry.subject] = Attestation(
                entry.subject,
                at=entry.at,
                evidence=list(body.get("evidence", ())),
                valid=texts["until"] >= today,
                number=entry.number,
                **texts,
            )
        elif entry.action == REVOKE and (old := found.get(entry.subject)):
            said = f"by {body.get('by', '')} on {entry.at[:10]}: {body.get('why', '')}"
            found[entry.subject] = Attestation(
                old.subject, old.by, old.at, old.until, old.statement, old.evidence, valid=False, number=old.number,
                revoked=said,
            )  # fmt: skip
    return list(found.values())


def _today() -> str:
    return dt.datetime.now(dt.UTC).date().isoformat()


def _complete(texts: dict[str, str]) -> None:
    if missing := [key for key, text in texts.items() if not (text or "").strip()]:
        raise UsageError(
            f"an attestation needs {', '.join(f'--{key}' for key in missing)}",
            remedy="a named person says what is so, until a day",
        )
    for key, text in texts.items():
        if len(text) > MAX_TEXT:
            raise UsageError(f"--{key} has over {MAX_TEXT:,} characters")


def _last_day(until: str, today: str) -> None:
    if not is_day(until):
        raise UsageError(f"--until: `{until}` is no day", remedy="write it as 2027-03-01")
    if until < today:
        raise UsageError(f"--until: {until} has passed")
    if (dt.date.fromisoformat(until) - dt.date.fromisoformat(today)).days > MAX_DAYS:
        raise UsageError(f"--until: {until} is over three years away", remedy="who attests looks again some day")


def _evidence(text: str) -> dict[str, Any]:
    """An address as it is; a file by name, size and digest, so that it can be told whether it is still the same."""
    if text.startswith(("https://", "http://")):
        if "@" in text.split("/", 3)[2]:
            raise UsageError("--evidence: an address with a user name or password in it is not kept")
        return {"url": text}
    path = Path(text)
    digest, size = hashlib.sha256(), 0
    try:
        with path.open("rb") as stream:
            while chunk := stream.read(_CHUNK):
                digest.update(chunk)
                size += len(chunk)
                if size > MAX_BYTES:
                    raise UsageError("--evidence: the file has over 1 GB", place=text)
    except OSError as error:
        raise UsageError(f"--evidence: the file cannot be read: {error.strerror}", place=text) from None
    return {"file": text, "sha256": digest.hexdigest(), "bytes": size}
