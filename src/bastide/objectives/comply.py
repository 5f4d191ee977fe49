"""Frameworks as a workload meets them: one line a framework, or requirement by requirement with the evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct

from bastide.controls.frameworks import ATTACK, framework, framework_names
from bastide.objectives.evidence import Bad, Evidence, bad_json
from bastide.objectives.requirements import STATUSES, Standing, standings
from bastide.objectives.tables import basis_of
from bastide.redact import clean

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bastide.controls.frameworks import Framework
    from bastide.workload.known import Known

MAX_BAD = 50
"""Verdicts that do not pass, of one requirement, that are kept."""


class Proof(Struct, frozen=True):
    """What stands behind one requirement: counts by control, and the verdicts that do not pass, the worst first."""

    standing: Standing
    controls: list[dict[str, Any]]
    bad: list[Bad]


class Assessed(Struct, frozen=True):
    """One framework as the workload meets it."""

    framework: Framework
    required: bool
    why: str
    standings: list[Standing]

    @property
    def counts(self) -> dict[str, int]:
        """How many requirements have each status; only those that the manifest wants, where it wants some only."""
        wanted = self.wanted
        return {status: sum(one.status == status for one in wanted) for status in STATUSES}

    @property
    def wanted(self) -> list[Standing]:
        """The requirements that count: all, or those that the manifest names."""
        return [one for one in self.standings if one.required] or self.standings


def assess(known: Known, frameworks: Iterable[Framework]) -> list[Assessed]:
    """How each of these stands by the last scans, and by what is attested today."""
    basis = basis_of(known)
    why = {one.framework: one.why for one in known.manifest.requirements}
    return [Assessed(one, one.id in why, why.get(one.id, ""), standings(one, basis)) for one in frameworks]


def chosen(known: Known) -> list[Framework]:
    """All frameworks but ATT&CK, those first that the workload must meet."""
    required = [one.framework for one in known.manifest.requirements]
    others = [name for name in framework_names() if name != ATTACK and name not in required]
    return [framework(name) for name in (*dict.fromkeys(required), *others)]


def proofs(known: Known, wanted: Iterable[Standing], limit: int | None = MAX_BAD) -> list[Proof]:
    """The evidence of requirements, in their order; without a limit, something of every control that does not pass."""
    evidence = Evidence(known)
    return [Proof(one, evidence.counted(one.controls), evidence.bad(one.controls, limit)) for one in wanted]


def overview_json(found: Iterable[Assessed]) -> dict[str, Any]:
    """Version 1 of what programs read of all frameworks."""
    return {"version": 1, "frameworks": [_head(one) for one in found]}


def detail_json(known: Known, one: Assessed) -> dict[str, Any]:
    """Version 1 of what programs read of one framework."""
    requirements = [_requirement(one.framework, each) for each in proofs(known, one.standings)]
    return {"version": 1, **_head(one), "requirements": requirements}


def _head(one: Assessed) -> dict[str, Any]:
    return {
        "id": one.framework.id,
        "name": clean(one.framework.name),
        "version_of_framework": clean(one.framework.version),
        "required": one.required,
        "why": clean(one.why) or None,
        "total": len(one.wanted),
        "statuses": one.counts,
    }


def _requirement(one: Framework, found: Proof) -> dict[str, Any]:
    standing = found.standing
    word = standing.attested
    return {
        "id": standing.requirement.id,
        "name": clean(standing.requirement.name),
        "group": clean(one.groups.get(standing.requirement.group, "")),
        "kind": standing.requirement.kind,
        "required": standing.required,
        "status": standing.status,
        "because": clean(standing.because),
        "controls": found.controls,
        "not_judged": sorted(set(standing.controls) - {row["control"] for row in found.controls}),
        "not_passing": [bad_json(each) for each in found.bad],
        "attested": {"by": clean(word.by), "at": word.at, "until": word.until, "statement": clean(word.statement, 4000)}
        if word
        else None,
    }
