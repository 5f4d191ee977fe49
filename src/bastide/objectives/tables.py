"""Objectives and requirements as tables beside all else that is known of a workload."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bastide.controls.frameworks import ATTACK, Crosswalk, framework, framework_names
from bastide.controls.packs import refuse
from bastide.objectives.catalogue import by_objective, kinds_of, load_objectives
from bastide.objectives.counts import has_table, read_judged, read_since
from bastide.objectives.inuse import controls_known
from bastide.objectives.lint import lint_own
from bastide.objectives.requirements import Attested, Basis, check_required, standings
from bastide.objectives.responsibilities import put_responsibilities

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bastide.controls.entry import Summary
    from bastide.objectives.catalogue import Objective
    from bastide.objectives.counts import Judged
    from bastide.workload.known import Columns, Known

ALWAYS = "well-architected"
"""The framework whose requirements objectives are said to come from, whatever else the workload must meet."""

TABLES: dict[str, Columns] = {
    "objective_controls": {
        "objective": ("VARCHAR", "id of the objective"),
        "control": ("VARCHAR", "id of a control that serves it"),
        "kind": (
            "VARCHAR",
            "preventive: it judges code; detective: live accounts, or what sees; responsive: it has a fix",
        ),
    },
    "objectives": {
        "id": ("VARCHAR", "area and name"),
        "title": ("VARCHAR", "what must hold"),
        "why": ("VARCHAR", "why it must"),
        "area": ("VARCHAR", "the part of the id before the dot"),
        "status": ("VARCHAR", "holds, broken, unknown or not-judged"),
        "passed": ("INTEGER", "verdicts that pass, of the last scan and the newest of the other kind"),
        "failed": ("INTEGER", "verdicts that fail"),
        "unknown": ("INTEGER", "verdicts that are unknown"),
        "exempt": ("INTEGER", "verdicts that are exempt"),
        "share": ("DOUBLE", "which share of the verdicts passes, at the least; NULL without any"),
        "share_high": ("DOUBLE", "the same, were everything unknown to pass"),
        "since": ("VARCHAR", "time of the scan since which the status is what it is"),
        "in_code": ("VARCHAR", "the status by the newest scan of code alone"),
        "in_accounts": ("VARCHAR", "the status by the newest scan of live accounts alone"),
        "preventive": ("INTEGER", "controls that judged code"),
        "detective": ("INTEGER", "controls that judged live accounts, or logs and alarms"),
        "responsive": ("INTEGER", "controls that judged something and have a fix"),
        "controls": ("INTEGER", "controls that serve it, whether they judged something or not"),
        "live_only": ("INTEGER", "those of them that only a live account can answer"),
        "threats": ("VARCHAR[]", "ids of the threats that it mitigates and whose cause is there"),
        "requirements": (
            "VARCHAR[]",
            "what of the required frameworks and Well-Architected it answers, the nearest first",
        ),
        "validated_by": ("VARCHAR", "who attests that it is the right objective and is met; NULL for nobody"),
        "validated_at": ("VARCHAR", "when"),
        "validated_until": ("VARCHAR", "the last day on which that counts"),
    },
    "requirements": {
        "framework": ("VARCHAR", "id of the framework"),
        "id": ("VARCHAR", "its publisher's id of the requirement"),
        "name": ("VARCHAR", "a short name"),
        "kind": ("VARCHAR", "technical, shared or procedural"),
        "required": ("BOOLEAN", "whether the manifest says that the workload must meet it"),
        "status": ("VARCHAR", "met, not-met, unknown, manual, attested, no-control or not-applicable"),
        "because": ("VARCHAR", "why, in a few words"),
        "controls": ("VARCHAR[]", "ids of the controls that serve it"),
        "passed": ("INTEGER", "verdicts that pass"),
        "failed": ("INTEGER", "verdicts that fail"),
        "unknown": ("INTEGER", "verdicts that are unknown"),
        "exempt": ("INTEGER", "verdicts that are exempt"),
        "attested_by": ("VARCHAR", "who attests it today; NULL for nobody"),
        "attested_until": ("VARCHAR", "the last day on which that counts"),
    },
}
"""The tables of objectives: columns, types and meanings; the reference page is made from it."""


def put_catalogue(known: Known) -> None:
    """The table `objective_controls`, which needs no other; `UsageError` for objectives of packs without controls."""
    controls = controls_known(known)
    refuse(lint_own(controls))
    kinds = {control.id: kinds_of(control) for control in controls}
    known.put(
        "objective_controls",
        TABLES["objective_controls"],
        (
            {"objective": name, "control": control, "kind": kind}
            for name, ids in by_objective(controls).items()
            for control in sorted(ids)
            for kind in kinds[control]
        ),
    )


def put_objectives(known: Known) -> None:
    """The tables `objectives`, `requirements` and `responsibilities`, from `objective_controls` and the register's."""
    basis = basis_of(known)
    known.put("objectives", TABLES["objectives"], _objectives(known, basis))
    known.put("requirements", TABLES["requirements"], _requirements(basis))
    put_responsibilities(known, basis.controls.values())


def basis_of(known: Known) -> Basis:
    """What requirements are judged by: the last scans, and what is attested today."""
    check_required(known.manifest)
    controls = controls_known(known)
    by_id = {control.id: control for control in controls}
    return Basis(by_id, read_judged(known), attested(known), known.manifest, Crosswalk(controls))


def attested(known: Known) -> dict[str, Attested]:
    """The attestations that count today, by subject."""
    if not has_table(known, "attestations"):
        return {}
    rows = known.run('select subject, "by", "until", statement, "at" from attestations where valid')
    return {row["subject"]: Attested(row["by"], row["until"], row["statement"], row["at"]) for row in rows}


def _objectives(known: Known, basis: Basis) -> Iterator[dict[str, Any]]:
    judged = basis.judged
    serving = by_objective(basis.controls.values())
    since = read_since(known)
    threats = _threats(known)
    sources = _sources(basis, serving)
    for one in load_objectives():
        ids = serving[one.id]
        word = basis.attested.get(one.id)
        yield {
            **_counted(one, ids, judged),
            **_kinds([basis.controls[control] for control in judged.any_of(sorted(ids))], judged),
            "controls": len(ids),
            "live_only": sum(basis.controls[control].live for control in ids),
            "since": _since(since.get(one.id), judged.of(ids).status),
            "threats": threats.get(one.id, []),
            "requirements": sources[one.id],
            "validated_by": word.by if word else None,
            "validated_at": word.at if word else None,
            "validated_until": word.until if word else None,
        }


def _counted(one: Objective, ids: Iterable[str], judged: Judged) -> dict[str, Any]:
    ids = list(ids)
    counts = judged.of(ids)
    low, high = counts.share or (None, None)
    return {
        "id": one.id,
        "title": one.title,
        "why": one.why,
        "area": one.area,
        "status": counts.status,
        "passed": counts.passed,
        "failed": counts.failed,
        "unknown": counts.unknown,
        "exempt": counts.exempt,
        "share": low,
        "share_high": high,
        "in_code": judged.of_kind(ids, live=False).status,
        "in_accounts": judged.of_kind(ids, live=True).status,
    }


def _kinds(controls: list[Summary], judged: Judged) -> dict[str, int]:
    """How many controls are at work as what: one that judged code prevents, one that judged an account detects."""
    kinds = {control.id: kinds_of(control) for control in controls}
    sees = [control.id for control in controls if "preventive" not in kinds[control.id]]
    return {
        "preventive": sum(one in judged.code for one in kinds if "preventive" in kinds[one]),
        "detective": sum(one in judged.live or one in sees for one in kinds if "detective" in kinds[one]),
        "responsive": sum("responsive" in one for one in kinds.values()),
    }


def _since(found: tuple[str, str] | None, status: str) -> str | None:
    """The time, where the history says the same as the tables at hand."""
    return found[1] if found and found[0] == status and status != "not-judged" else None


def _threats(known: Known) -> dict[str, list[str]]:
    if not has_table(known, "threats"):
        return {}
    rows = known.run(
        "select o as objective, list(id order by high desc, id) as ids from threats, unnest(objectives) t(o) "
        "where status <> 'closed' group by o"
    )
    return {row["objective"]: row["ids"] for row in rows}


def _sources(basis: Basis, serving: dict[str, frozenset[str]]) -> dict[str, list[str]]:
    """Which requirements each objective answers: those with which it shares controls, most of them first."""
    required = [one.framework for one in basis.manifest.requirements]
    names = list(dict.fromkeys([*required, ALWAYS]))
    served = {f"{name}/{one}": ids for name in names for one, ids in basis.crosswalk.served(name).items()}
    found: dict[str, list[str]] = {}
    for objective, mine in serving.items():
        shared = {name: len(mine & ids) / len(mine | ids) for name, ids in served.items() if mine & ids}
        found[objective] = sorted(shared, key=lambda name: (-shared[name], name))
    return found


def _requirements(basis: Basis) -> Iterator[dict[str, Any]]:
    frameworks = (framework(name) for name in framework_names() if name != ATTACK)
    for one in (each for own in frameworks for each in standings(own, basis)):
        yield {
            "framework": one.framework,
            "id": one.requirement.id,
            "name": one.requirement.name,
            "kind": one.requirement.kind,
            "required": one.required,
            "status": one.status,
            "because": one.because,
            "controls": list(one.controls),
            "passed": one.counts.passed,
            "failed": one.counts.failed,
            "unknown": one.counts.unknown,
            "exempt": one.counts.exempt,
            "attested_by": one.attested.by if one.attested else None,
            "attested_until": one.attested.until if one.attested else None,
        }
