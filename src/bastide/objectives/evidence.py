"""The verdicts behind an objective or a requirement: counts by control, and the resources that do not pass."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct

from bastide.redact import clean

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bastide.workload.known import Known

SEVERITY_ORDER = "list_position(['critical', 'high', 'medium', 'low', 'info'], v.severity)"


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


_BAD = f"""
with found as (select distinct control, status, severity, resource, path, line, fingerprint from verdicts
  where status <> 'pass' and control in (select unnest(?::varchar[])))
select v.control, c.title, v.status, v.severity, r.address, r.type, v.path, v.line, v.fingerprint, v.resource
from found v join resources r on r.id = v.resource left join controls c on c.id = v.control
order by list_position(['fail', 'unknown', 'exempt'], v.status), {SEVERITY_ORDER}, v.control, r.address, v.path, v.line
limit ?
"""  # noqa: S608 (ours)


def bad(known: Known, controls: Iterable[str], limit: int = 20) -> list[Bad]:
    """What does not pass of these controls in the last scan: what fails first, the worst first."""
    return [
        Bad(
            row["control"],
            row["title"] or "",
            row["status"],
            row["severity"],
            clean(row["address"], 300),
            row["type"],
            clean(f"{row['path']}:{row['line']}" if row["line"] else row["path"], 300),
            row["fingerprint"],
            row["resource"],
        )
        for row in known.run(_BAD, [list(controls), limit])
    ]


_COUNTED = """
with last as (
  select control, count(*) filter (status = 'pass') as passed, count(*) filter (status = 'fail') as failed,
    count(*) filter (status = 'unknown') as unknown, count(*) filter (status = 'exempt') as exempt
  from verdicts where control in (select unnest(?::varchar[])) group by control),
both_kinds as (select * from last union all by name
  select control, passed, failed, unknown, exempt from other_counts where control in (select unnest(?::varchar[])))
select control, sum(passed)::int as passed, sum(failed)::int as failed, sum(unknown)::int as unknown,
  sum(exempt)::int as exempt from both_kinds group by control order by failed desc, unknown desc, control
"""


def counted(known: Known, controls: Iterable[str]) -> list[dict[str, Any]]:
    """Counts by control, of the last scan and the newest of the other kind, the most failing first."""
    wanted = list(controls)
    return known.run(_COUNTED, [wanted, wanted])


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
