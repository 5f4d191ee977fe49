"""The register: every threat that was ever seen, what people decided of it, and what risk is left.

What is decided stands in the journal and nowhere else; how a threat stands follows from reading it from the start.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct, field

from bastide.detect.sightings import Sighting, sightings
from bastide.errors import UsageError, near_miss
from bastide.state.journal import append_all
from bastide.threats.asked import names_of
from bastide.threats.exchange import IMPORTED
from bastide.threats.templates import Threat
from bastide.workload.fields import is_day

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from bastide.state.database import State
    from bastide.state.journal import Entry
    from bastide.threats.risk import Risk

ACTIONS = {
    "accept": "accepted",
    "mitigate": "mitigated",
    "transfer": "transferred",
    "not-applicable": "not-applicable",
    "reopen": "open",
    "assign": "",
    "comment": "",
    "review": "",
}
"""What can be done to a threat, and the status that it has then; empty where that stays."""
DECIDED = ("accepted", "transferred", "not-applicable")
"""A status by which a risk over the appetite is somebody's decision."""


class Looked(Struct, frozen=True):
    """Where a scan of live accounts has looked: accounts, each with its regions, `*` for what has none."""

    places: frozenset[tuple[str, str]]

    def at(self, resource: str) -> bool:
        """Whether a resource would have been seen if it were there, by its id."""
        unit, _, address = resource.partition("#")
        parts = address.split(":") if address.startswith("arn:") else []
        region = parts[3] if len(parts) > 3 else ""
        account = unit.removeprefix("aws:")
        return (account, region) in self.places if region else any(one == account for one, _ in self.places)


class Scanned(Struct, frozen=True):
    """A scan: what it looked at is the same as another's when their `scope` is; `whole` when nothing was left out.

    `fresh` is False when it was in the history already; `at` is a time as the state's tables have it. `looked` says
    where one of live accounts has looked, `newer` when another has looked at the same later, empty where none has.
    """

    id: str
    at: str
    live: bool
    whole: bool
    commit: str
    scope: str
    digest: str
    fresh: bool
    looked: Looked | None = None
    newer: str = ""


class Standing(Struct):
    """How a threat stands by the journal. `until` is an acceptance's last day, `review_by` when to look again.

    `level` is what the residual risk was when it was accepted, empty where nobody wrote it down.
    """

    status: str = "open"
    owner: str = ""
    decided_by: str = ""
    decided_at: str = ""
    until: str = ""
    reason: str = ""
    review_by: str = ""
    comments: list[tuple[str, str, str]] = field(default_factory=list)
    """When, who, what."""
    level: str = ""
    ended: bool = False
    """Whether an acceptance has passed its day: the status is `open` again."""
    outgrown: str = ""
    """The level that an accepted risk has grown to, over what was accepted: then, too, the status is `open` again."""


class Row(Struct):
    """One line of the register. `status` is `closed` when the cause is gone, whatever was decided before."""

    threat: Threat
    risk: Risk | None
    standing: Standing
    status: str
    in_appetite: bool
    first_seen: str
    last_seen: str
    gone_at: str | None
    sighting: Sighting = Sighting()

    @property
    def alarm(self) -> bool:
        """Whether the residual risk is over the appetite and nobody has decided that it may be."""
        return self.status not in (*DECIDED, "closed") and not self.in_appetite


def standings(entries: Iterable[Entry], today: str = "") -> dict[str, Standing]:
    """How each threat that is spoken of stands, by id."""
    found: dict[str, Standing] = {}
    today = today or dt.datetime.now(dt.UTC).date().isoformat()
    for entry in entries:
        kind, _, action = entry.action.partition(".")
        if kind == "threat" and action in ACTIONS:
            _apply(found.setdefault(entry.subject, Standing()), entry, action)
    for standing in found.values():
        if standing.status == "accepted" and standing.until and standing.until < today:
            standing.status, standing.ended = "open", True
    return found


def _apply(standing: Standing, entry: Entry, action: str) -> None:
    body = entry.body
    if action == "comment":
        standing.comments.append((entry.at, str(body.get("by", entry.actor)), str(body.get("text", ""))))
    elif action == "assign":
        standing.owner = str(body.get("owner", ""))
    elif action == "review":
        standing.review_by = str(body.get("until", ""))
    else:
        standing.status = ACTIONS[action]
        standing.decided_by, standing.decided_at = str(body.get("by", entry.actor)), entry.at
        standing.until, standing.reason = str(body.get("until", "")), str(body.get("why", ""))
        standing.level = str(body.get("level", "")) if action == "accept" else ""
        standing.owner = str(body.get("owner", "")) or standing.owner


def decide(
    state: State,
    actor: str,
    action: str,
    threats: Sequence[str],
    body: dict[str, Any],
    *,
    levels: Mapping[str, str] | None = None,
) -> None:
    """Write one decision about several threats: about all of them or none. Raises `UsageError` for what is missing.

    `levels` are those of their residual risks, by threat: who accepts one accepts it as it is, and no more.
    """
    needed = {
        "accept": ("by", "until", "why"),
        "mitigate": ("by", "why"),
        "transfer": ("by", "to", "why"),
        "not-applicable": ("by", "why"),
        "reopen": ("by", "why"),
        "assign": ("owner",),
        "comment": ("text",),
        "review": ("until",),
    }[action]
    body = {key: value for key, value in body.items() if value}
    if missing := [key for key in needed if not body.get(key)]:
        raise UsageError(
            f"to {action} needs {', '.join(f'--{key}' for key in missing)}",
            remedy="who decides answers for it by name, and says why",
        )
    if (until := body.get("until")) is not None:
        if not is_day(until):
            raise UsageError(f"--until: `{until}` is no day", remedy="write it as 2027-03-01")
        if until < dt.datetime.now(dt.UTC).date().isoformat():
            raise UsageError(f"--until: {until} has passed")
    known = levels if levels and action == "accept" else {}
    append_all(
        state,
        [
            (actor, f"threat.{action}", one, {**body, "level": known[one]} if known.get(one) else body)
            for one in threats
        ],
    )


def chosen(rows: Iterable[Row], wanted: Sequence[str]) -> list[Row]:
    """The rows of these ids, or of their beginnings where that is unambiguous; `UsageError` with the near miss."""
    by = {row.threat.id: row for row in rows}
    found = []
    for text in wanted:
        matches = [name for name in by if name == text] or [
            name for name in by if name.lower().startswith(text.lower())
        ]
        if len(matches) != 1:
            cause = f"{len(matches)} threats begin with `{text}`" if matches else f"no threat has the id `{text}`"
            raise UsageError(cause, remedy=near_miss(text, list(by)) or "see `bastide threats --status all`")
        found.append(by[matches[0]])
    return found


def record(
    state: State, threats: Iterable[Threat], risks: dict[str, Risk], scan: Scanned
) -> tuple[list[str], list[str]]:
    """Write what a scan saw: the ids of threats that are new or back, and of those whose cause is gone.

    A threat is gone when a whole scan of the same scope does not see it, and that looked where its resources were. A
    scan that is not the newest of its scope leaves the register as it is, but for what was taken in from files.
    """
    from sqlalchemy import delete, insert, select, update

    from bastide.state.tables import risks as risk_table
    from bastide.state.tables import threats as table

    seen = {one.id: one for one in threats if not scan.newer or one.template == IMPORTED}
    new: list[str] = []
    with state.transaction() as connection:
        mine = table.c.workload == state.workload
        before = {row.id: row for row in connection.execute(select(table).where(mine))}
        for name, threat in seen.items():
            threat.scope = scan.scope
            content = msgspec.json.encode(threat).decode()
            old = before.get(name)
            if old is None:
                new.append(name)
                connection.execute(
                    insert(table).values(
                        workload=state.workload, id=name, content=content, first_seen=scan.at, last_seen=scan.at
                    )
                )
            elif old.content != content or old.gone_at or old.last_seen != scan.at:
                new += [name] if old.gone_at else []
                connection.execute(
                    update(table)
                    .where(mine, table.c.id == name)
                    .values(content=content, last_seen=scan.at, gone_at=None)
                )
        gone = [
            name
            for name, row in before.items()
            if scan.whole and not scan.newer and name not in seen and not row.gone_at and _is_about(row.content, scan)
        ]
        if gone:
            connection.execute(update(table).where(mine, table.c.id.in_(gone)).values(gone_at=scan.at))
        connection.execute(delete(risk_table).where(risk_table.c.scan == scan.id))
        if risks:
            connection.execute(
                insert(risk_table),
                [
                    {"scan": scan.id, "threat": name, "inherent": one.inherent, "low": one.low, "high": one.high}
                    for name, one in risks.items()
                ],
            )
    return new, gone


def _outgrown(level: str, accepted: str) -> bool:
    from bastide.threats.risk import LEVELS, within

    return accepted in LEVELS and not within(level, accepted)


def _is_about(content: str, scan: Scanned) -> bool:
    """Whether a scan would have seen a threat if its cause were there."""
    threat = msgspec.json.decode(content, type=Threat)
    if threat.scope not in (scan.scope, ""):
        return False
    return scan.looked is None or all(scan.looked.at(resource) for resource in threat.resources)


def open_threats(state: State) -> list[Threat]:
    """Every threat of the register whose cause is there, by id."""
    from sqlalchemy import select

    from bastide.state.tables import threats as table

    wanted = select(table.c.content).where(table.c.workload == state.workload, table.c.gone_at.is_(None))
    with state.transaction() as connection:
        contents = connection.execute(wanted.order_by(table.c.id)).scalars().all()
    return [msgspec.json.decode(content, type=Threat) for content in contents]


def read_register(state: State, risks: dict[str, Risk], entries: Iterable[Entry], appetite: str) -> list[Row]:
    """Every threat that was ever seen, the worst first; `risks` are those of the scan at hand.

    A threat of another scan (of live accounts when the one at hand is of code) has the risk that was computed then.
    """
    from sqlalchemy import select

    from bastide.state.tables import risks as risk_table
    from bastide.state.tables import scans
    from bastide.state.tables import threats as table
    from bastide.threats.risk import Risk, level_of, within

    with state.transaction() as connection:
        stored = connection.execute(select(table).where(table.c.workload == state.workload)).all()
        newest = connection.execute(
            select(risk_table, scans.c.at)
            .join(scans, scans.c.id == risk_table.c.scan)
            .where(scans.c.workload == state.workload)
            .order_by(scans.c.at)
        ).all()
    older = {row.threat: Risk(row.inherent, row.low, row.high, ()) for row in newest}
    entries = list(entries)
    known, replayed = standings(entries), sightings(entries)
    rows = []
    for one in stored:
        threat = msgspec.json.decode(one.content, type=Threat)
        risk = risks.get(one.id) or older.get(one.id)
        standing = known.get(one.id, Standing())
        level = level_of(risk.high) if risk else ""
        fits = bool(level) and within(level, appetite)
        if standing.status == "accepted" and level and not fits and _outgrown(level, standing.level):
            standing.status, standing.outgrown = "open", level
        status = "closed" if one.gone_at else standing.status
        if status == "open" and fits and not standing.ended:
            status = "mitigated"
        sighting = replayed.of(names_of(threat), threat.attack)
        rows.append(Row(threat, risk, standing, status, fits, one.first_seen, one.last_seen, one.gone_at, sighting))
    rows.sort(key=lambda row: (row.status == "closed", -(row.risk.high if row.risk else 0), row.threat.id))
    return rows
