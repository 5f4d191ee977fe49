"""What can be proved afterwards: that the log of decisions is whole, and that an attestation is genuine."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from bastide.commit import checked_out
from bastide.errors import UsageError
from bastide.posture.attestation import opened, public_keys, read_text
from bastide.report.words import counted
from bastide.state.database import open_state, state_url
from bastide.state.journal import entries, seals, verify
from bastide.workload.manifest import read_manifest

if TYPE_CHECKING:
    from bastide.state.journal import Entry


class Proof(Struct, frozen=True):
    """One thing that was looked at, and whether it is as it must be."""

    what: str
    good: bool
    detail: str


def journal_of(config: str, state: str, subject: str = "") -> list[Entry]:
    """The entries, those about `subject` (a pattern) only when one is given."""
    manifest = read_manifest(config)
    with open_state(manifest.name, state_url(state, manifest.state)) as opened_state:
        found = entries(opened_state)
    return [one for one in found if not subject or fnmatchcase(one.subject, subject)]


def verified(
    config: str, state: str, *, file: str = "", public_key: str = "", commit: str = "", journal: bool = True
) -> list[Proof]:
    """The proofs. `UsageError` for a file that is no attestation, or is not signed by the key."""
    found: list[Proof] = []
    log: list[str] = []
    if journal:
        manifest = read_manifest(config)
        with open_state(manifest.name, state_url(state, manifest.state)) as opened_state:
            log, broken = seals(opened_state), verify(opened_state)
        whole = f"{counted(len(log), 'entry', 'entries')}, each sealed by the next"
        found.append(Proof("log of decisions", not broken, "; ".join(broken) or whole))
    if file:
        keys = public_keys(public_key)
        content = opened(read_text(file), keys, file)
        found.append(Proof("signature", good=True, detail=f"by the key {keys[0].keyid[:16]}"))
        try:
            found += _of_attestation(content, commit or checked_out(), log if journal else None)
        except (KeyError, TypeError, IndexError, AttributeError):
            raise UsageError("it is signed, but not as a gate of this version writes it", place=file) from None
    return found


def _of_attestation(content: dict[str, Any], commit: str, log: list[str] | None) -> list[Proof]:
    predicate = content["predicate"]
    named = content["subject"][0]["digest"].get("gitCommit", "")
    found = [
        Proof(
            "commit",
            bool(commit) and named == commit,
            named[:12]
            if named == commit
            else f"it is about {named[:12]}, not about {commit[:12] or 'any that is here'}",
        )
    ]
    if log is not None:
        found.append(_of_head(predicate["journal"], log))
    if predicate["dirty"] is not False:
        told = (
            "there were changes that no commit has"
            if predicate["dirty"]
            else "whether anything was changed is not known"
        )
        found.append(Proof("work tree", good=False, detail=told))
    asked = predicate["environment"] or predicate["stage"] or "every stage"
    answers = [one["answer"] for one in predicate["criteria"]]
    told = (
        f"{predicate['verdict']} for {asked}, by {predicate['standard']['id']}, {predicate['at'][:16]}: "
        + ", ".join(f"{answers.count(word)} {word}" for word in ("yes", "no", "unknown", "off") if word in answers)
    )
    found.append(Proof("the gate's word", predicate["verdict"] == "yes", told))
    return found


def _of_head(named: dict[str, Any], log: list[str]) -> Proof:
    number, head = named["entries"], named["digest"]["sha256"]
    if number > len(log):
        return Proof("its entry in the log", good=False, detail=f"the log ends before entry {number}: it was cut off")
    good = log[number - 1] == head
    told = f"entry {number} is there" if good else f"entry {number} of the log is another: it was written anew"
    return Proof("its entry in the log", good, told)
