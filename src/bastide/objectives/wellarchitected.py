"""The Security Pillar of the Well-Architected Framework, best practice by best practice, answered with evidence.

Evidence are the controls that name the practice, queries over all that is known (below `library/objectives`), and what
people attest. Nothing is answered because nobody looked.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Literal

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from bastide.cache import compiled
from bastide.controls.frameworks import framework
from bastide.errors import UsageError, near_miss
from bastide.library import FOLDER
from bastide.objectives.requirements import Standing, standings
from bastide.objectives.tables import ALWAYS, basis_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from bastide.workload.known import Known

Word = Literal["answered", "partly", "not", "manual"]
WORDS: dict[Word, str] = {
    "answered": "everything that was asked says yes",
    "partly": "some of it holds, or the word of a person is missing",
    "not": "what was asked says no, or nothing could be asked",
    "manual": "people see to it, and nobody attests it",
}


class Practice(Struct, frozen=True):
    """What answers a best practice beside its controls: queries, and what a person would attest."""

    id: str
    evidence: tuple[str, ...] = ()
    people: str = ""
    whole: bool = False
    place: str = ""


class Fact(Struct, frozen=True):
    """One piece of evidence: whether it speaks for the practice (None: not known), and what it says."""

    ok: bool | None
    text: str
    source: Literal["controls", "query", "person"]


class Answer(Struct, frozen=True):
    """The answer to one best practice, with all evidence. `missing` is what a person would still have to attest."""

    practice: Practice
    standing: Standing
    word: Word
    facts: tuple[Fact, ...]
    missing: str


@cache
def load_practices() -> dict[str, Practice]:
    """The library's entries by id of the best practice."""
    found = compiled("well-architected", _files(), lambda: [_practice(*one) for one in _entries()])
    return {one.id: one for one in msgspec.convert(found, list[Practice])}


def _files() -> list[Path]:
    return sorted((FOLDER / "objectives" / "well-architected").glob("*.yaml"))


def _entries() -> Iterator[tuple[dict[str, Any], str]]:
    from bastide.yamltext import read_yaml  # only when the cache is cold

    for file in _files():
        place = f"library/objectives/well-architected/{file.name}"
        value, lines = read_yaml(file.read_text("utf-8"), place)
        yield from ((item, f"{place}:{lines.get((number,), 1)}") for number, item in enumerate(value))


def _practice(item: dict[str, Any], place: str) -> Practice:
    return Practice(
        item["id"], tuple(item.get("evidence", ())), item.get("people", ""), item.get("whole", False), place
    )


def lint_practices() -> list[str]:
    """Complaints: every best practice has one entry, and each says how what no control tells of is answered."""
    known = framework(ALWAYS).requirements
    ids = [item.get("id") for item, _ in _entries()]
    found = [
        f"{place}: `{item.get('id')}` is no best practice" for item, place in _entries() if item.get("id") not in known
    ]
    found += [
        f"library/objectives/well-architected: {one} has {ids.count(one)} entries"
        for one in known
        if ids.count(one) != 1
    ]
    for item, place in _entries():
        if set(item) - {"id", "evidence", "people", "whole"}:
            found.append(f"{place}: an entry has id, evidence, people and whole")
        if item.get("id") in known and known[item["id"]].kind != "technical" and not item.get("people"):
            found.append(f"{place}: {item['id']} is for people, too, and does not say what they attest")
        if item.get("whole") and not item.get("evidence"):
            found.append(f"{place}: {item['id']} is whole without evidence")
    return found


def chosen(names: Sequence[str]) -> list[str]:
    """The ids of these questions (`SEC03`) and best practices, of all without; `UsageError` with the near miss."""
    known = framework(ALWAYS)
    found: list[str] = []
    for name in (one.upper() for one in names):
        if name in known.groups:
            found += [one.id for one in known.requirements.values() if one.group == name]
        elif name in known.requirements:
            found.append(name)
        else:
            near = near_miss(name, [*known.groups, *known.requirements])
            raise UsageError(f"`{name}` is no best practice of the Security Pillar", remedy=near or "as in SEC03-BP07")
    return found or list(known.requirements)


def answers(known: Known, names: Sequence[str] = ()) -> list[Answer]:
    """The answers to these best practices, in their order."""
    practices, basis = load_practices(), basis_of(known)
    by_id = {one.requirement.id: one for one in standings(framework(ALWAYS), basis)}
    told = {one.requirement.id: one for one in standings(framework(ALWAYS), replace(basis, attested={}))}
    return [_answer(known, practices[name], by_id[name], told[name]) for name in chosen(names)]


def _answer(known: Known, practice: Practice, standing: Standing, told: Standing) -> Answer:
    """The answer; `told` is how it stands by controls alone, whatever people attest."""
    facts = [*_of_controls(told), *_of_queries(known, practice)]
    if word := standing.attested:
        facts.append(Fact(ok=True, text=f"{word.by} attests until {word.until}: {word.statement}", source="person"))
    needs_person = standing.requirement.kind != "technical" and not practice.whole and not standing.attested
    missing = practice.people if needs_person or not facts else ""
    return Answer(practice, standing, _word(facts, standing, practice, missing), tuple(facts), missing)


def _of_controls(standing: Standing) -> Iterator[Fact]:
    counts = standing.counts
    if not standing.controls:
        return
    of = f"of {counts.total} verdicts of {_count(standing)}"
    if counts.passed:
        yield Fact(ok=True, text=f"{counts.passed} {of} pass", source="controls")
    if counts.failed:
        yield Fact(ok=False, text=f"{counts.failed} {of} fail", source="controls")
    if counts.unknown:
        yield Fact(ok=None, text=f"{counts.unknown} {of} are unknown", source="controls")
    elif not counts.total or standing.status == "unknown":
        absent = not counts.total and standing.status in ("not-applicable", "manual")
        text = standing.because.rpartition("; ")[2] if counts.total else standing.because
        text = text.partition("; ")[0] if absent else text
        yield Fact(ok=True if absent else None, text=text, source="controls")


def _count(standing: Standing) -> str:
    return f"{len(standing.controls)} controls" if len(standing.controls) > 1 else "one control"


def _of_queries(known: Known, practice: Practice) -> Iterator[Fact]:
    for sql in practice.evidence:
        for row in known.select(sql, practice.place):
            ok = row["ok"]
            yield Fact(ok=None if ok is None else bool(ok), text=str(row["detail"]), source="query")


def _word(facts: Sequence[Fact], standing: Standing, practice: Practice, missing: str) -> Word:
    """Where queries answer the whole practice, what its controls cannot tell takes nothing away."""
    good = any(fact.ok for fact in facts)
    asked = [fact for fact in facts if not (practice.whole and fact.source == "controls" and fact.ok is None)]
    bad = any(fact.ok is not True for fact in asked)
    if not facts:
        return "not" if standing.requirement.kind == "technical" else "manual"
    if not good:
        return "not"
    return "partly" if bad or missing else "answered"
