"""The register as a table for spreadsheets: CSV (RFC 4180) in which no cell is a formula."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

from bastide.redact import cell

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bastide.threats.register import Row

COLUMNS = (
    "id", "title", "statement", "stride", "attack", "goals", "element", "element id", "class", "likelihood", "impact",
    "inherent risk", "residual risk, least", "residual risk, most", "level", "in appetite", "status", "owner",
    "decided by", "decided at", "until", "reason", "review by", "objectives", "template", "first seen", "last seen",
    "gone at", "in replay", "replay on", "replay last seen",
)  # fmt: skip


def as_csv(rows: Iterable[Row]) -> str:
    """A line of headings, and a line a threat."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for row in rows:
        writer.writerow(cell(value) for value in _cells(row))
    return text.getvalue()


def _cells(row: Row) -> list[Any]:
    threat, standing, risk = row.threat, row.standing, row.risk
    aims = ", ".join(aim.id for aim in threat.objectives)
    return [
        threat.id, threat.title, threat.statement, threat.stride, ", ".join(threat.attack), ", ".join(threat.goals),
        threat.element_name, threat.element, threat.data_class, round(threat.likelihood, 2), round(threat.impact, 2),
        round(threat.inherent, 2), round(risk.low, 2) if risk else None, round(risk.high, 2) if risk else None,
        risk.level if risk else None, row.in_appetite, row.status, standing.owner, standing.decided_by,
        standing.decided_at, standing.until, standing.reason, standing.review_by, aims, threat.template,
        row.first_seen, row.last_seen, row.gone_at, row.sighting.status, row.sighting.on,
        row.sighting.last_seen,
    ]  # fmt: skip
