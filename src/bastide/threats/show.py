"""The register for a person, and for programs."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from bastide.redact import clean
from bastide.report.words import counted
from bastide.threats.risk import LEVELS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bastide.detect.sightings import Status
    from bastide.report.lines import Lines
    from bastide.threats.register import Row
    from bastide.threats.risk import Mitigation
    from bastide.workload.known import Known

MAX_FAILING = 12
"""Failing verdicts of a threat that are listed."""
SIGHTINGS: tuple[Status, ...] = ("seen", "blind", "not tried")
SORTED_BY = ("critical", "high", "medium", "low")


def listing(lines: Lines, rows: Sequence[Row], limit: int, appetite: str) -> None:
    """The threats, the worst first: `limit` of them, or all when it is 0."""
    shown = rows[:limit] if limit else rows
    for row in shown:
        risk = row.risk
        level = risk.level if risk else "unknown"
        mark = " !" if row.alarm else "  "
        lines.add(
            (f"{level:<9}", level if level in LEVELS else "unknown"),
            (f"{_interval(row):>13}{mark} ", ""),
            (f"{row.threat.id}  ", "place"),
            (clean(row.threat.title, 160), "strong"),
            (f"  {_where(row)}", ""),
            (f"  {_standing(row)}", "faint"),
            (f"  {row.sighting.text}", "bad" if row.sighting.lost else "faint"),
            hang=27,
        )
    if len(shown) < len(rows):
        lines.add((f"… and {len(rows) - len(shown)} more: --limit 0 shows all", "faint"))
    _summary(lines, rows, appetite)


def _summary(lines: Lines, rows: Sequence[Row], appetite: str) -> None:
    living = [row for row in rows if row.status != "closed"]
    levels = Counter(row.risk.level if row.risk else "unknown" for row in living)
    statuses = Counter(row.status for row in rows)
    alarms = sum(row.alarm for row in rows)
    lines.blank()
    lines.add(("Summary   ", "strong"), (counted(len(living), "threat") + ": ", ""),
              (", ".join(f"{levels[name]} {name}" for name in (*SORTED_BY, "unknown") if levels[name]) or "none", ""),
              ("; residual risk, of 25, after what was judged", "faint"), hang=10)  # fmt: skip
    lines.add((", ".join(f"{number} {name}" for name, number in statuses.most_common()), ""), indent=10)
    seen = Counter(row.sighting.status for row in living)
    lines.add(("in replay: " + (", ".join(f"{seen[word]} {word}" for word in SIGHTINGS if seen[word]) or "none"), ""),
              indent=10)  # fmt: skip
    if lost := sum(row.sighting.lost for row in living):
        lines.add((f"detections see {counted(lost, 'threat')} no more that they saw before", "bad"), indent=10)
    if alarms:
        lines.add((f"{counted(alarms, 'risk')} over the appetite ({appetite}) without a decision, marked !", "bad"),
                  indent=10)  # fmt: skip
    else:
        lines.add((f"no risk is over the appetite ({appetite}) without a decision", "good"), indent=10)
    lines.add(("Next      ", "strong"), ("bastide threats --explain ID", ""), ("  the chain to the evidence", "faint"))


def _interval(row: Row) -> str:
    if row.risk is None:
        return "?"
    low, high = f"{row.risk.low:.1f}", f"{row.risk.high:.1f}"
    return high if low == high else f"{low} to {high}"


def _where(row: Row) -> str:
    threat = row.threat
    name = clean(threat.element_name, 120)
    return f"{name} ({clean(threat.data_class)})" if threat.data_class else name


def _standing(row: Row) -> str:
    standing = row.standing
    if row.status == "accepted":
        return f"accepted until {standing.until} by {clean(standing.decided_by, 60)}"
    if standing.outgrown:
        return f"open: accepted as {standing.level} by {clean(standing.decided_by, 60)}, and {standing.outgrown} now"
    if standing.ended:
        return f"open: accepted until {standing.until}, which has passed"
    if row.status in ("mitigated", "transferred", "not-applicable") and standing.decided_by:
        return f"{row.status}, says {clean(standing.decided_by, 60)}"
    if standing.owner:
        return f"{row.status}, {clean(standing.owner, 60)} looks after it"
    return row.status


def explain(lines: Lines, row: Row, known: Known) -> None:
    """One threat: what is feared and why, what should hold against it, whether it does, and what was decided."""
    threat = row.threat
    lines.add((f"{threat.id}  ", "place"), (clean(threat.title, 200), "strong"))
    lines.add((clean(threat.statement, 2000), ""), indent=2)
    lines.blank()
    kind = [clean(threat.stride), *map(clean, threat.attack)]
    lines.add(("what it is    ", "strong"), (", ".join(kind), ""), (f"  template {clean(threat.template)}", "faint"))
    lines.add(("is about      ", "strong"), (_where(row), ""), (f"  {clean(threat.element, 200)}", "place"), hang=14)
    for key, value in (("likelihood", threat.likelihood), ("impact", threat.impact)):
        reasons = "; ".join(clean(text, 300) for text in threat.because[key])
        lines.add((f"{key:<14}", "strong"), (f"{value:.1f} of 5  ", ""), (reasons, "faint"), hang=14)
    risk = row.risk
    if risk:
        lines.add(("inherent risk ", "strong"), (f"{risk.inherent:.1f} of 25", ""))
        fits = "in the appetite" if row.in_appetite else "over the appetite"
        left = f"{_interval(row)} of 25, {risk.level}"
        lines.add(("residual risk ", "strong"), (left, risk.level), (f"  {fits}", ""))
    lines.add(("status        ", "strong"), (_standing(row), ""))
    if row.standing.reason:
        lines.add((f"why: {clean(row.standing.reason, 600)}", ""), indent=14)
    lines.add(("seen          ", "strong"), (f"first {row.first_seen}, last {row.last_seen}", ""))
    _sighting(lines, row)
    for at, who, text in row.standing.comments:
        lines.add((f"{at}  {clean(who, 60)}: ", "faint"), (clean(text, 600), ""), indent=14, hang=16)
    lines.blank()
    lines.add(("What should hold against it", "strong"))
    titles = {one["id"]: one["title"] for one in known.select("select id, title from objectives")}
    for one in risk.mitigations if risk else ():
        _objective(lines, row, one, titles.get(one.objective, ""), known)


def _sighting(lines: Lines, row: Row) -> None:
    sighting = row.sighting
    told = {"seen": "good", "blind": "bad", "not tried": "unknown"}[sighting.status]
    lines.add(("detection     ", "strong"), (sighting.text, told))
    for word, titles in (("fired", sighting.rules), ("missed", sighting.missed)):
        for title in titles[:MAX_FAILING]:
            lines.add((f"{word:<8}", "faint"), (clean(title, 160), ""), indent=14, hang=22)
        if len(titles) > MAX_FAILING:
            lines.add((f"and {len(titles) - MAX_FAILING} more", "faint"), indent=14)


def _objective(lines: Lines, row: Row, one: Mitigation, title: str, known: Known) -> None:
    if not one.judged:
        name = (one.objective, "place")
        lines.add(("not judged     ", "unknown"), name, (f"  {clean(title)}", ""), indent=2, hang=16)
        return
    share = f"{one.low:.0%}" if one.low == one.high else f"{one.low:.0%} to {one.high:.0%}"
    style = "good" if one.low == 1 else "bad" if one.failed else "unknown"
    where = ", anywhere in the workload" if one.scope == "workload" else ""
    counts = ", ".join(f"{getattr(one, key)} {key}" for key in ("passed", "failed", "unknown", "exempt")
                       if getattr(one, key))  # fmt: skip
    lines.add((f"{'holds ' + share:<14} ", style), (one.objective, "place"), (f"  {clean(title)}", ""),
              (f"  {counts}{where}", "faint"), indent=2, hang=16)  # fmt: skip
    for verdict in failing(known, row.threat.id, one)[:MAX_FAILING]:
        place = f"{verdict['path']}:{verdict['line']}" if verdict["line"] else verdict["path"]
        style = verdict["severity"] if verdict["status"] == "fail" else "unknown"
        lines.add((f"{verdict['status']:<8}", style), (f"{verdict['control']}  ", ""),
                  (clean(verdict["address"], 200), ""), (f"  {clean(place, 200)}", "place"),
                  indent=16, hang=18)  # fmt: skip


def failing(known: Known, threat: str, one: Mitigation) -> list[dict[str, Any]]:
    """What does not pass of the verdicts behind an objective of a threat, the worst first."""
    quoted = threat.replace("'", "''")
    near = f"and v.resource in (select resource from threat_resources where threat = '{quoted}')"  # noqa: S608 (ours)
    return known.select(
        "select v.control, v.status, v.severity, r.address, v.path, v.line from verdicts v "  # noqa: S608 (locked)
        "join (select distinct control from objective_controls where objective = "
        f"'{one.objective}') using (control) join resources r on r.id = v.resource "
        f"where v.status <> 'pass' {near if one.scope == 'element' else ''} order by case v.status when 'fail' then 0 "
        "when 'unknown' then 1 else 2 end, case v.severity when 'critical' then 0 when 'high' then 1 when 'medium' "
        f"then 2 when 'low' then 3 else 4 end, v.control, r.address limit {MAX_FAILING + 1}"
    )


def as_json(rows: Sequence[Row], known: Known | None = None) -> dict[str, Any]:
    """The register for programs; with `known`, each with the verdicts that do not pass."""
    return {"version": 1, "threats": [_json(row, known) for row in rows]}


def _json(row: Row, known: Known | None) -> dict[str, Any]:
    threat, standing, risk = row.threat, row.standing, row.risk
    texts = ("id", "template", "title", "statement", "source", "prerequisites", "action", "impact_text", "stride",
             "element", "element_name")  # fmt: skip
    found: dict[str, Any] = {key: clean(getattr(threat, key), 4000) for key in texts}
    found |= {key: list(map(clean, getattr(threat, key))) for key in ("goals", "attack", "assets", "references")}
    found |= {"class": threat.data_class, "resources": list(map(clean, threat.resources))}
    found |= {"likelihood": threat.likelihood, "impact": threat.impact, "because": threat.because}
    found |= {"inherent": threat.inherent, "residual": [risk.low, risk.high] if risk else None}
    found |= {"level": risk.level if risk else None, "in_appetite": row.in_appetite, "alarm": row.alarm}
    found |= {"status": row.status, "owner": standing.owner, "decided_by": standing.decided_by}
    found |= {"decided_at": standing.decided_at, "until": standing.until, "reason": clean(standing.reason, 4000)}
    found |= {"review_by": standing.review_by, "first_seen": row.first_seen, "last_seen": row.last_seen}
    found |= {"gone_at": row.gone_at, "objectives": [_mitigation(row, one, known) for one in risk.mitigations] if risk
              else [{"id": aim.id, "scope": aim.scope} for aim in threat.objectives]}  # fmt: skip
    sighting = row.sighting
    found["replay"] = {"status": sighting.status, "on": sighting.on, "rules": list(map(clean, sighting.rules)),
                       "missed": list(map(clean, sighting.missed)), "last_seen": sighting.last_seen,
                       "lost": sighting.lost}  # fmt: skip
    found["comments"] = [{"at": at, "by": clean(who), "text": clean(text, 4000)} for at, who, text in standing.comments]
    return found


def _mitigation(row: Row, one: Mitigation, known: Known | None) -> dict[str, Any]:
    counts = {key: getattr(one, key) for key in ("passed", "failed", "unknown", "exempt")}
    found = {"id": one.objective, "scope": one.scope, "judged": one.judged, "holds": [one.low, one.high], **counts}
    if known:
        found["verdicts"] = [{**verdict, "address": clean(verdict["address"])} for verdict in
                             failing(known, row.threat.id, one)]  # fmt: skip
    return found
