"""Shared responsibility in OSCAL: a system security plan that says by component who implements what, and how it stands.

It is a draft that the owner of the system completes: what bastide does not know (impact levels, users) says so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bastide.controls.frameworks import framework
from bastide.objectives.oscal.catalog import NIST, token
from bastide.objectives.oscal.parts import identity, metadata, prop, text
from bastide.objectives.responsibilities import WHO
from bastide.objectives.tables import basis_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bastide.objectives.responsibilities import Cell
    from bastide.workload.known import Known

    Json = dict[str, Any]

STATES = {
    "holds": "implemented",
    "broken": "partial",
    "unknown": "planned",
    "not-judged": "planned",
    "no-control": "planned",
}
"""The states of an implementation in OSCAL, by that of our part; what is not known is planned."""


def security_plan(known: Known, found: Sequence[Cell], at: str) -> Json:
    """The plan, with a statement by component for each layer of each service, under the controls of NIST SP 800-53."""
    workload = known.manifest.name
    services = list({one.service.id: one.service for one in found}.values())
    components = [
        {
            "uuid": identity("service", workload, one.id),
            "type": "service",
            "title": text(one.name),
            "description": text(f"{one.kind}; run by Amazon Web Services"),
            "status": {"state": "operational"},
        }
        for one in services
    ]
    return {
        "system-security-plan": {
            "uuid": identity("plan-of-system", workload, at),
            "metadata": metadata(f"{workload}: who implements what", known.manifest, at),
            "import-profile": {"href": f"urn:bastide:framework:{NIST}"},
            "system-characteristics": _characteristics(known),
            "system-implementation": {
                "users": [{"uuid": identity("user", workload), "title": "Owner", "role-ids": ["owner"]}],
                "components": [_this_system(workload), *components],
            },
            "control-implementation": {
                "description": "Who is responsible for which layer of which service, and how our part stands.",
                "implemented-requirements": _requirements(known, found),
            },
        }
    }


def _characteristics(known: Known) -> Json:
    manifest = known.manifest
    classes = ", ".join(manifest.scale)
    return {
        "system-ids": [{"identifier-type": "urn:bastide:workload", "id": text(manifest.name)}],
        "system-name": text(manifest.name),
        "description": text(manifest.purpose or "Its manifest does not say what it is for.", 4000),
        "system-information": {
            "information-types": [
                {
                    "uuid": identity("information", manifest.name),
                    "title": "Data of the workload",
                    "description": text(f"Its classes are {classes}; impact levels are for the owner to say."),
                }
            ]
        },
        "status": {"state": "operational"},
        "authorization-boundary": {"description": "The resources that the last scan read; see the threat model."},
    }


def _this_system(workload: str) -> Json:
    return {
        "uuid": identity("system", workload),
        "type": "this-system",
        "title": text(workload),
        "description": "What the workload team builds and sets.",
        "status": {"state": "operational"},
    }


def _requirements(known: Known, found: Sequence[Cell]) -> list[Json]:
    """For each layer the requirements that its objectives answer most nearly, each with the services that need it."""
    workload = known.manifest.name
    nearest = _nearest(known)
    by_requirement: dict[str, list[Cell]] = {}
    for cell in found:
        if cell.who != "none":
            for name in dict.fromkeys(nearest[one] for one in cell.layer.objectives if one in nearest):
                by_requirement.setdefault(name, []).append(cell)
    return [
        {
            "uuid": identity("plan-requirement", workload, name),
            "control-id": token(NIST, name),
            "props": [prop("requirement", name)],
            "by-components": [_statement(workload, name, cell) for cell in cells],
        }
        for name, cells in sorted(by_requirement.items())
    ]


def _nearest(known: Known) -> dict[str, str]:
    """The requirement of NIST SP 800-53 with which each objective shares most of its controls."""
    rows = known.run("select objective, list(distinct control) as all_ from objective_controls group by objective")
    served = basis_of(known).crosswalk.served(NIST)
    order = list(framework(NIST).requirements)
    found = {}
    for row in rows:
        mine = set(row["all_"])
        shared = {name: len(mine & ids) / len(mine | ids) for name, ids in served.items() if mine & ids}
        if shared:
            found[row["objective"]] = max(shared, key=lambda name: (shared[name], -order.index(name)))
    return found


def _statement(workload: str, name: str, cell: Cell) -> Json:
    parts = [f"{cell.layer.title}: {WHO[cell.who]}."]
    if cell.who in ("aws", "shared"):
        parts.append(f"AWS {cell.layer.aws}.")
    if cell.who in ("us", "shared"):
        parts.append(f"The workload team {cell.layer.us}.")
    key = (workload, name, cell.service.id, cell.layer.id)
    found: Json = {
        "component-uuid": identity("service", workload, cell.service.id),
        "uuid": identity("by-component", *key),
        "description": text(" ".join(parts), 2000),
        "props": [prop("layer", cell.layer.id), prop("responsible", cell.who)],
    }
    if cell.status:
        found["implementation-status"] = {"state": STATES.get(cell.status, "planned")}
        found["remarks"] = text(
            f"{cell.counts.passed} of {cell.counts.total} verdicts pass; {', '.join(cell.layer.objectives)}"
        )
    elif cell.who == "aws":
        found["inherited"] = [{"uuid": identity("inherited", *key), "description": text(f"AWS {cell.layer.aws}.")}]
    return found
