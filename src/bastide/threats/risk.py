"""Residual risk, computed from the verdicts behind a threat's objectives. docs/risk.md explains the formula.

An objective is as effective as the share of its controls' verdicts that pass, each weighed by its severity, and at most
as effective as the gravest of those on the element that do not pass: one open door is enough. That is an interval,
since what is unknown may turn out either way. What is exempt does not mitigate. Where nothing was judged, nothing is
known: from 0 to 1. The mitigation of a threat is the mean over its objectives; it takes from the likelihood, never from
the impact.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct

from bastide.objectives.counts import unseen_counts
from bastide.workload.manifest import LEVELS as NAMES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bastide.threats.templates import Threat
    from bastide.workload.known import Columns, Known

WEIGHTS = {"critical": 8.0, "high": 4.0, "medium": 2.0, "low": 1.0, "info": 0.25}
"""What a verdict counts, by its control's severity."""
CAPS = {"critical": 0.0, "high": 0.25, "medium": 0.5, "low": 0.75, "info": 1.0}
"""How effective an objective can still be for an element of which a control of this severity does not hold."""
LEVELS = dict(zip(NAMES, (5.0, 10.0, 15.0, 25.0), strict=True))
"""Levels of risk, and the highest value of each, from 1 to 25."""

AIMS: Columns = {
    "threat": ("VARCHAR", "id of the threat"),
    "objective": ("VARCHAR", "id of an objective that mitigates it"),
    "scope": ("VARCHAR", "element or workload: whose verdicts count"),
}
OF_THREATS: Columns = {
    "threat": ("VARCHAR", "id of the threat"),
    "resource": ("VARCHAR", "id of a resource whose verdicts count"),
}
COUNTS: Columns = {
    "control": ("VARCHAR", "id of the control"),
    "severity": ("VARCHAR", "its severity"),
    "passed": ("INTEGER", "verdicts that pass"),
    "failed": ("INTEGER", "verdicts that fail"),
    "unknown": ("INTEGER", "verdicts that are unknown"),
    "exempt": ("INTEGER", "verdicts that are exempt"),
}
"""The tables `other_counts`, the newest scan of the other kind, of live accounts or of code, and `unseen_counts`, what
could not be seen: in accounts that the last scan could not enter, and where resources could not be listed."""


class Mitigation(Struct, frozen=True):
    """How far one objective holds for one threat: how many verdicts, and its effectiveness as an interval of 0 to 1."""

    objective: str
    scope: str
    passed: int
    failed: int
    unknown: int
    exempt: int
    low: float
    high: float
    applies: bool = True
    """Whether any of its controls is about such resources as the threat's; else it is left out of the mean."""

    @property
    def judged(self) -> bool:
        """Whether any verdict speaks of it."""
        return bool(self.passed or self.failed or self.unknown or self.exempt)


class Risk(Struct, frozen=True):
    """The risk of one threat: inherent, and residual as an interval, all from 1 to 25."""

    inherent: float
    low: float
    high: float
    mitigations: tuple[Mitigation, ...]

    @property
    def level(self) -> str:
        """Of the upper bound: what is not known counts against it."""
        return level_of(self.high)


def level_of(value: float) -> str:
    """The level of a risk from 1 to 25, as it is shown: with one decimal."""
    return next((name for name, highest in LEVELS.items() if round(value, 1) <= highest), "critical")


def within(level: str, appetite: str) -> bool:
    """Whether a level of risk is not over the appetite."""
    return list(LEVELS).index(level) <= list(LEVELS).index(appetite)


def residual(likelihood: float, impact: float, mitigation: float) -> float:
    """The risk that is left; a mitigation is from 0, none, to 1, complete: then the likelihood is at its least."""
    return impact * (1 + (likelihood - 1) * (1 - mitigation))


def assess(known: Known, threats: Iterable[Threat]) -> dict[str, Risk]:
    """The risk of each threat by id. `known` has `verdicts`, `objective_controls` and `other_counts`."""
    threats = list(threats)
    known.put(
        "aims", AIMS, ({"threat": t.id, "objective": a.id, "scope": a.scope} for t in threats for a in t.objectives)
    )
    known.put("threat_resources", OF_THREATS, ({"threat": t.id, "resource": r} for t in threats for r in t.resources))
    known.put("unseen_counts", COUNTS, unseen_counts(known))
    found: dict[str, dict[str, Mitigation]] = {}
    for row in known.select(_SQL):
        found.setdefault(row["threat"], {})[row["objective"]] = _mitigation(row)
    return {threat.id: _risk(threat, found.get(threat.id, {})) for threat in threats}


def _risk(threat: Threat, mitigations: dict[str, Mitigation]) -> Risk:
    every = [mitigations[aim.id] for aim in threat.objectives if aim.id in mitigations]
    kept = tuple(one for one in every if one.applies) or tuple(every)
    low = sum(one.low for one in kept) / len(kept) if kept else 0.0
    high = sum(one.high for one in kept) / len(kept) if kept else 0.0
    return Risk(
        threat.inherent,
        residual(threat.likelihood, threat.impact, high),
        residual(threat.likelihood, threat.impact, low),
        kept,
    )


def _mitigation(row: dict[str, Any]) -> Mitigation:
    whole = row["whole"] or 0.0
    low = min(row["good"] / whole, row["at_least"]) if whole else 0.0
    high = min((row["good"] + row["vague"]) / whole, row["at_most"]) if whole else 1.0
    counts = {key: int(row[key] or 0) for key in ("passed", "failed", "unknown", "exempt")}
    return Mitigation(
        row["objective"], row["scope"], **counts, low=low, high=high, applies=bool(row["applies"] or whole)
    )


_CASES = " ".join(f"when '{name}' then {value}::double" for name, value in WEIGHTS.items())
_WEIGHT = f"(case severity {_CASES} else 0 end)"
_CAPPED = " ".join(f"when '{name}' then {value}::double" for name, value in CAPS.items())
_CAP = f"(case when scope = 'workload' then 1::double else case severity {_CAPPED} else 0 end end)"
_SQL = f"""
with behind as (select distinct objective, control from objective_controls),
here as (
  select a.threat, a.objective, a.scope, v.status, v.severity, v.n
  from aims a join behind b using (objective)
  join (select control, status, severity, count(*) as n from verdicts group by all) v using (control)
  where a.scope = 'workload'
  union all
  select a.threat, a.objective, a.scope, v.status, v.severity, 1
  from (select distinct threat, resource from threat_resources) r join verdicts v using (resource)
  join behind b using (control) join aims a on a.threat = r.threat and a.objective = b.objective
  where a.scope <> 'workload'),
counted as (
  select threat, objective, {_WEIGHT} as weight, {_CAP} as cap,
    (status = 'pass')::int * n as passed, (status = 'fail')::int * n as failed,
    (status = 'unknown')::int * n as unknown, (status = 'exempt')::int * n as exempt from here
  union all
  select a.threat, a.objective, {_WEIGHT}, {_CAP}, passed, failed, unknown, exempt
  from aims a join behind b using (objective)
  join (from other_counts union all by name from unseen_counts) o using (control) where a.scope = 'workload'),
summed as (
  select threat, objective, sum(passed) as passed, sum(failed) as failed, sum(unknown) as unknown,
    sum(exempt) as exempt, sum(weight * passed) as good, sum(weight * unknown) as vague,
    sum(weight * (passed + failed + unknown + exempt)) as whole,
    coalesce(min(cap) filter (failed + exempt + unknown > 0), 1) as at_least,
    coalesce(min(cap) filter (failed + exempt > 0), 1) as at_most
  from counted group by all),
about as (
  select distinct b.objective, c.type from behind b join controls c on c.id = b.control
  where c.type in (select type from resources)),
kinds as (select distinct t.threat, r.type from threat_resources t join resources r on r.id = t.resource)
select a.threat, a.objective, a.scope, s.* exclude (threat, objective),
  a.scope = 'workload' or exists (
    select 1 from kinds k join about o using (type) where k.threat = a.threat and o.objective = a.objective) as applies
from aims a left join summed s using (threat, objective)
"""  # noqa: S608 (numbers of ours)
