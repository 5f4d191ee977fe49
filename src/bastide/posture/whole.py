"""Everything that is known of a workload, opened together: what the commands of the loop start from.

Opening writes the last scan into the history and the register, once. Where there is none of the whole workload here,
its code is scanned first: a register of a part would close what the rest has.
"""

from __future__ import annotations

import json
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field
from msgspec.structs import asdict

from bastide.posture.sync import record_scan
from bastide.state.database import open_state, state_url
from bastide.state.journal import entries
from bastide.threats.register import read_register, record
from bastide.threats.risk import COUNTS, assess
from bastide.threats.templates import load_templates, threats_of
from bastide.workload.known import Known
from bastide.workload.manifest import read_manifest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from bastide.settings import Settings
    from bastide.state.database import State
    from bastide.state.journal import Entry
    from bastide.threats.model import Model
    from bastide.threats.register import Row, Scanned
    from bastide.threats.risk import Risk
    from bastide.workload.known import Columns
    from bastide.workload.manifest import Manifest

    Told = Callable[[str, int, int], None]

HISTORY = ("scans", "control_counts", "findings", "risks")
"""Tables of the state that are put beside the others as they are."""

TABLES: dict[str, Columns] = {
    "threats": {
        "id": ("VARCHAR", "`T-` and eight hex digits; stays while the cause stays"),
        "template": ("VARCHAR", "id of its template, `own` for one of the manifest, `imported` for one of a file"),
        "title": ("VARCHAR", "what could happen"),
        "statement": ("VARCHAR", "the same as a whole sentence"),
        "stride": ("VARCHAR", "kind of threat"),
        "attack": ("VARCHAR[]", "ATT&CK technique ids"),
        "goals": ("VARCHAR[]", "confidentiality, integrity, availability"),
        "element": ("VARCHAR", "id of the element of the model that it is about, or `workload`"),
        "element_name": ("VARCHAR", "its name"),
        "class": ("VARCHAR", "class of its data; NULL when nothing is known"),
        "resources": ("VARCHAR[]", "ids of resources whose verdicts tell how far it is mitigated"),
        "objectives": ("VARCHAR[]", "ids of objectives that mitigate it"),
        "likelihood": ("DOUBLE", "1 to 5"),
        "impact": ("DOUBLE", "1 to 5"),
        "inherent": ("DOUBLE", "likelihood times impact"),
        "low": ("DOUBLE", "residual risk at the least"),
        "high": ("DOUBLE", "residual risk at the most"),
        "level": ("VARCHAR", "low, medium, high or critical: of the most"),
        "in_appetite": ("BOOLEAN", "whether the residual risk needs no decision"),
        "alarm": ("BOOLEAN", "whether it needs one and has none"),
        "status": ("VARCHAR", "open, mitigated, accepted, transferred, not-applicable or closed"),
        "owner": ("VARCHAR", "who looks after it"),
        "decided_by": ("VARCHAR", "who decided"),
        "decided_at": ("VARCHAR", "when"),
        "until": ("VARCHAR", "last day of an acceptance"),
        "reason": ("VARCHAR", "why"),
        "review_by": ("VARCHAR", "when to look again"),
        "replay": ("VARCHAR", "seen, blind or not tried: whether detections have seen it in a replay"),
        "replay_on": ("VARCHAR", "day of the newest replay that has seen it or was blind to it"),
        "replay_rules": ("VARCHAR[]", "titles of the detections that fired"),
        "replay_last_seen": ("VARCHAR", "day of the newest replay that has seen it, also where it is blind since"),
        "first_seen": ("VARCHAR", "time of the scan that saw it first"),
        "last_seen": ("VARCHAR", "time of the scan that saw it last"),
        "gone_at": ("VARCHAR", "when its cause was seen no more"),
    },
    "mitigations": {
        "threat": ("VARCHAR", "id of the threat"),
        "objective": ("VARCHAR", "id of the objective"),
        "scope": ("VARCHAR", "element or workload: whose verdicts count"),
        "passed": ("INTEGER", "verdicts that pass"),
        "failed": ("INTEGER", "verdicts that fail"),
        "unknown": ("INTEGER", "verdicts that are unknown"),
        "exempt": ("INTEGER", "verdicts that are exempt"),
        "low": ("DOUBLE", "effectiveness at the least, 0 to 1"),
        "high": ("DOUBLE", "effectiveness at the most, 0 to 1"),
    },
    "journal": {
        "number": ("INTEGER", "from 1"),
        "at": ("VARCHAR", "when"),
        "actor": ("VARCHAR", "whose command it was"),
        "action": ("VARCHAR", "what was done, as `threat.accept`"),
        "subject": ("VARCHAR", "to what"),
        "body": ("JSON", "the rest"),
        "hash": ("VARCHAR", "seal of the entry and all before it"),
    },
    "attestations": {
        "subject": ("VARCHAR", "`framework/requirement`, or id of an objective or exercise"),
        "by": ("VARCHAR", "who attests"),
        "at": ("VARCHAR", "when"),
        "until": ("VARCHAR", "last day on which it counts"),
        "statement": ("VARCHAR", "what is attested"),
        "valid": ("BOOLEAN", "whether it counts today"),
    },
}


class Whole(Struct):
    """All of it; `new` and `gone` are threats that this opening announced, by id."""

    manifest: Manifest
    known: Known
    state: State
    scanned: Scanned
    model: Model
    register: list[Row]
    journal: list[Entry]
    new: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)


@contextmanager
def open_whole(config: str = "", state: str = "", told: Told | None = None) -> Iterator[Whole]:
    """Open it for the manifest at `config` (or the nearest) and the state of this URL (or the project's own).

    Raises `UsageError` for a manifest with mistakes, and for a state or a library that cannot be used.
    """
    manifest = read_manifest(config)
    scan_first(manifest, told)
    with open_state(manifest.name, state_url(state, manifest.state)) as opened, Known(manifest) as known:
        yield _whole(manifest, known, opened)


def scan_first(manifest: Manifest, told: Told | None) -> None:
    """Scan the workload's code where the last scan from this folder was not of it, nor of live accounts."""
    from bastide.lastscan import Keeper
    from bastide.scan import scan
    from bastide.settings import load_settings

    settings = load_settings({}, manifest.path)
    if is_of_all(settings, manifest):
        return
    targets = settings.targets or list(manifest.code)
    keeper = Keeper()
    try:
        keeper.report(scan(targets, settings.scan, settings.exemptions, told, seen=keeper.resources))
    finally:
        keeper.close()


def is_of_all(settings: Settings, manifest: Manifest) -> bool:
    """Whether the last scan from this folder was of all the workload's code, or of live accounts.

    `settings` are those of the workload: a scan for which the command line chose among controls or files was not.
    """
    from bastide.lastscan import last_asked
    from bastide.tables import choice_of

    found, choice = last_asked()
    if found[:1] in (["aws"], ["config-snapshot"]):
        return True
    code = settings.targets or manifest.code
    same = {os.path.normpath(one) for one in found} == {os.path.normpath(one) for one in code}
    return same and choice == choice_of(settings.scan)


def _whole(manifest: Manifest, known: Known, state: State) -> Whole:
    from bastide.objectives.tables import put_catalogue, put_objectives
    from bastide.posture.weighed import put_weighed
    from bastide.threats.bearing import put_bearing
    from bastide.threats.exchange import imported_threats
    from bastide.threats.model import put_model

    scanned = record_scan(known, state)
    model = put_model(known)
    put_bearing(known)
    put_weighed(known)
    put_catalogue(known)
    _put_history(known, state, scanned)
    journal = entries(state)
    threats = [*threats_of(known, load_templates(manifest.packs), manifest), *imported_threats(journal, known)]
    risks = assess(known, threats)
    new, gone = record(state, threats, risks, scanned)
    register = read_register(state, risks, journal, manifest.appetite)
    _put_register(known, register, journal)
    put_objectives(known)
    return Whole(manifest, known, state, scanned, model, register, journal, new, gone)


def _put_history(known: Known, state: State, scanned: Scanned) -> None:
    """The history's tables, and what the newest scan of the other kind counted."""
    from sqlalchemy import select

    from bastide.state.tables import metadata

    found: dict[str, list[dict[str, Any]]] = {}
    with state.transaction() as connection:
        for name in HISTORY:
            table = metadata.tables[name]
            query = select(table)
            if "workload" in table.c:
                query = query.where(table.c.workload == state.workload)
            else:
                scans = metadata.tables["scans"]
                query = query.join(scans, scans.c.id == table.c.scan).where(scans.c.workload == state.workload)
            found[name] = [dict(row._mapping) for row in connection.execute(query)]  # noqa: SLF001 (its public name)
    for name, rows in found.items():
        known.put(name, columns_of(name), rows)
    others = [row for row in found["scans"] if row["live"] != scanned.live]
    newest = max(others, key=lambda row: row["at"], default={"id": ""})["id"]
    known.put("other_counts", COUNTS, [row for row in found["control_counts"] if row["scan"] == newest])


def columns_of(name: str) -> Columns:
    """The columns of a table of the state as DuckDB has them."""
    from sqlalchemy import Boolean, Float, Integer

    from bastide.state.tables import metadata

    kinds = {Boolean: "BOOLEAN", Float: "DOUBLE", Integer: "INTEGER"}
    return {column.name: (kinds.get(type(column.type), "VARCHAR"), "") for column in metadata.tables[name].c}


def _put_register(known: Known, register: list[Row], journal: list[Entry]) -> None:
    from bastide.objectives.attest import read_attestations

    known.put("threats", TABLES["threats"], (_row(one) for one in register))
    known.put("mitigations", TABLES["mitigations"], _mitigations(register))
    known.put(
        "journal",
        TABLES["journal"],
        (
            {
                "number": one.number, "at": one.at, "actor": one.actor, "action": one.action, "subject": one.subject,
                "body": json.dumps(one.body), "hash": one.hash,
            }
            for one in journal
        ),
    )  # fmt: skip
    known.put("attestations", TABLES["attestations"], map(asdict, read_attestations(journal)))


def _mitigations(register: Iterable[Row]) -> Iterator[dict[str, Any]]:
    for row in register:
        for one in row.risk.mitigations if row.risk else ():
            counts = {key: getattr(one, key) for key in ("passed", "failed", "unknown", "exempt", "low", "high")}
            yield {"threat": row.threat.id, "objective": one.objective, "scope": one.scope, **counts}


def _row(row: Row) -> dict[str, Any]:
    threat, standing = row.threat, row.standing
    risk: Risk | None = row.risk
    same = {key: getattr(threat, key) for key in ("id", "template", "title", "statement", "stride", "attack", "goals",
                                                 "element", "element_name", "resources", "likelihood", "impact",
                                                 "inherent")}  # fmt: skip
    decided = {key: getattr(standing, key) or None for key in ("owner", "decided_by", "decided_at", "until", "reason",
                                                              "review_by")}  # fmt: skip
    return {
        **same,
        **decided,
        "class": threat.data_class,
        "objectives": [aim.id for aim in threat.objectives],
        "low": risk.low if risk else None,
        "high": risk.high if risk else None,
        "level": risk.level if risk else None,
        "in_appetite": row.in_appetite,
        "alarm": row.alarm,
        "status": row.status,
        "replay": row.sighting.status,
        "replay_on": row.sighting.on or None,
        "replay_rules": row.sighting.rules,
        "replay_last_seen": row.sighting.last_seen or None,
        "first_seen": row.first_seen,
        "last_seen": row.last_seen,
        "gone_at": row.gone_at,
    }
