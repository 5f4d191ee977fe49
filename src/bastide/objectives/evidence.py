"""The verdicts behind an objective or a requirement: counts by control, and the resources that do not pass."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct

from bastide.objectives.counts import unseen_counts
from bastide.redact import clean

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bastide.workload.known import Known

SEVERITIES = ("critical", "high", "medium", "low", "info")
STATUSES = ("fail", "unknown", "exempt")
MOST = 50
"""Verdicts that do not pass, of one control, that are kept."""


class Bad(Struct, frozen=True):
    """A verdict that does not pass. `place` is `file:line`, or the ARN's account and region of what is live."""

    control: str
    title: str
    status: str
    severity: str
    address: str
    type: str
    place: str
    fingerprint: str
    resource: str


_BAD = """
with found as (select distinct control, status, severity, resource, path, line, fingerprint from verdicts
  where status <> 'pass'),
named as (select id, any_value(address) as address, any_value(type) as type from resources group by id)
select v.control, c.title, v.status, v.severity, r.address, r.type, v.path, v.line, v.fingerprint, v.resource
from found v join named r on r.id = v.resource left join controls c on c.id = v.control
qualify row_number() over (partition by v.control
  order by list_position(['fail', 'unknown', 'exempt'], v.status), r.address, v.path, v.line) <= ?
"""
"""A resource whose properties hang on a condition that is not known stands twice among resources, with one id."""
_COUNTED = """
with last as (
  select control, count(*) filter (status = 'pass') as passed, count(*) filter (status = 'fail') as failed,
    count(*) filter (status = 'unknown') as unknown, count(*) filter (status = 'exempt') as exempt
  from verdicts group by control),
both_kinds as (
  select * from last union all by name select control, passed, failed, unknown, exempt from other_counts)
select control, sum(passed)::int as passed, sum(failed)::int as failed, sum(unknown)::int as unknown,
  sum(exempt)::int as exempt from both_kinds group by control
"""


class Evidence:
    """All of it, read once: counts and the verdicts that do not pass, by control."""

    def __init__(self, known: Known) -> None:
        self._counted = {row["control"]: row for row in known.run(_COUNTED)}
        for row in unseen_counts(known):
            none = dict.fromkeys(("passed", "failed", "unknown", "exempt"), 0)
            self._counted.setdefault(row["control"], {"control": row["control"], **none})["unknown"] += row["unknown"]
        self._bad: dict[str, list[Bad]] = {}
        for row in known.run(_BAD, [MOST]):
            self._bad.setdefault(row["control"], []).append(_bad(row))

    def counted(self, controls: Iterable[str]) -> list[dict[str, Any]]:
        """Counts by control, of the last scan and the newest of the other kind, the most failing first."""
        rows = [self._counted[one] for one in controls if one in self._counted]
        return sorted(rows, key=lambda row: (-row["failed"], -row["unknown"], row["control"]))

    def bad(self, controls: Iterable[str], limit: int | None = 20) -> list[Bad]:
        """What does not pass of these controls in the last scan: what fails first, the worst first."""
        return sorted((each for one in controls for each in self._bad.get(one, ())), key=_worst)[:limit]


def _worst(one: Bad) -> tuple[int, int, str, str, str]:
    return STATUSES.index(one.status), SEVERITIES.index(one.severity), one.control, one.address, one.place


def _bad(row: dict[str, Any]) -> Bad:
    place = f"{row['path']}:{row['line']}" if row["line"] else row["path"]
    return Bad(
        row["control"],
        row["title"] or "",
        row["status"],
        row["severity"],
        clean(row["address"], 300),
        row["type"],
        clean(place, 300),
        row["fingerprint"],
        row["resource"],
    )


def bad_json(one: Bad) -> dict[str, Any]:
    """For programs."""
    return {
        "control": one.control,
        "title": one.title,
        "status": one.status,
        "severity": one.severity,
        "resource": one.address,
        "type": one.type,
        "place": one.place,
        "fingerprint": one.fingerprint,
    }
