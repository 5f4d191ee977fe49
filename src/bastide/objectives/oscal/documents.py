"""What bastide tells of a framework in OSCAL: component definition, assessment results, and plan of action."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bastide.objectives.comply import Proof, proofs
from bastide.objectives.oscal.catalog import token
from bastide.objectives.oscal.parts import identity, metadata, prop, text
from bastide.objectives.requirements import GOOD

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bastide.objectives.comply import Assessed
    from bastide.objectives.evidence import Bad
    from bastide.workload.known import Known

    Json = dict[str, Any]

KINDS = ("component", "results", "poam")
_REASONS = {"met": "pass", "attested": "pass", "not-met": "fail"}


def document(kind: str, known: Known, one: Assessed, at: str) -> Json:
    """The document of a kind, of one framework at the time of the last scan."""
    made = {"component": _component, "results": _results, "poam": _poam}[kind]
    return made(known, one, proofs(known, one.wanted, None), at)


def _results(known: Known, one: Assessed, proofs: list[Proof], at: str) -> Json:
    workload = known.manifest.name
    observations = _observations(known, proofs, at)
    plan = identity("plan", workload, one.framework.id)
    ids = list(dict.fromkeys(token(one.framework.id, each.standing.requirement.id) for each in proofs))
    result: Json = {
        "uuid": identity("result", workload, one.framework.id, at),
        "title": text(f"{one.framework.name} {one.framework.version}: {workload}"),
        "description": "What the controls of bastide say of it, and what people attest.",
        "start": at,
        "reviewed-controls": {"control-selections": [{"include-controls": [{"control-id": each} for each in ids]}]},
        "findings": [_finding(workload, one, each, observations) for each in proofs],
    }
    if items := _inventory(workload, proofs):
        result["local-definitions"] = {"inventory-items": items}
    if observations:
        result["observations"] = list(observations.values())
    title = text(f"{workload}: assessment against {one.framework.name} {one.framework.version}")
    return {
        "assessment-results": {
            "uuid": identity("results", workload, one.framework.id, at),
            "metadata": metadata(title, known.manifest, at),
            "import-ap": {"href": f"#{plan}"},
            "results": [result],
            "back-matter": {
                "resources": [
                    {
                        "uuid": plan,
                        "title": "How it was assessed",
                        "description": "Every control that serves a requirement judges every resource of its type "
                        "that the last scans of code and of live accounts read.",
                    }
                ]
            },
        }
    }


def _finding(workload: str, one: Assessed, found: Proof, observations: dict[str, Json]) -> Json:
    standing = found.standing
    name = token(one.framework.id, standing.requirement.id)
    status: Json = {"state": "satisfied" if standing.status in GOOD else "not-satisfied"}
    status |= {"reason": _REASONS.get(standing.status, "other"), "remarks": text(standing.because)}
    target: Json = {
        "type": "objective-id",
        "target-id": name,
        "title": text(standing.requirement.name),
        "status": status,
    }
    if standing.status == "not-applicable":
        target["implementation-status"] = {"state": "not-applicable"}
    finding: Json = {
        "uuid": identity("finding", workload, one.framework.id, standing.requirement.id),
        "title": text(f"{standing.requirement.id} {standing.requirement.name}"),
        "description": text(standing.because),
        "props": [prop("requirement", standing.requirement.id), prop("status", standing.status)],
        "target": target,
    }
    keys = [row["control"] for row in found.controls] + ([_word_key(found)] if standing.attested else [])
    if related := [{"observation-uuid": observations[key]["uuid"]} for key in keys if key in observations]:
        finding["related-observations"] = related
    return finding


def _word_key(found: Proof) -> str:
    return f"attest\0{found.standing.framework}/{found.standing.requirement.id}"


def _observations(known: Known, proofs: Iterable[Proof], at: str) -> dict[str, Json]:
    """One for each control that judged something and each attestation, by control id or subject."""
    workload = known.manifest.name
    titles = {row["id"]: row["title"] for row in known.run("select id, title from controls")}
    found: dict[str, Json] = {}
    for each in proofs:
        for row in each.controls:
            name = row["control"]
            if name not in found:
                bad = [one for one in each.bad if one.control == name]
                found[name] = _observation(workload, titles.get(name, name), row, bad, at)
        if word := each.standing.attested:
            key = _word_key(each)
            found[key] = {
                "uuid": identity("observation", workload, key, word.at),
                "title": text(f"{word.by} attests it until {word.until}"),
                "description": text(word.statement, 4000),
                "methods": ["INTERVIEW"],
                "types": ["control-objective"],
                "collected": word.at,
                "expires": f"{word.until}T23:59:59Z",
            }
    return found


def _observation(workload: str, title: str, row: Json, bad: list[Bad], at: str) -> Json:
    counts = ", ".join(f"{row[key]} {key}" for key in ("passed", "failed", "unknown", "exempt"))
    found: Json = {
        "uuid": identity("observation", workload, row["control"]),
        "title": text(title),
        "description": text(f"{row['control']}: {counts}"),
        "props": [prop("control", row["control"]), *(prop(key, str(row[key])) for key in ("passed", "failed"))],
        "methods": ["TEST"],
        "types": ["finding" if row["failed"] else "control-objective"],
        "collected": at,
    }
    if bad:
        resources = list(dict.fromkeys((one.resource, one.address) for one in bad))
        found["subjects"] = [
            {"subject-uuid": identity("resource", workload, one), "type": "inventory-item", "title": text(address)}
            for one, address in resources
        ]
        found["relevant-evidence"] = [
            {"description": text(f"{one.status} ({one.severity}): {one.address} at {one.place}")} for one in bad
        ]
    return found


def _inventory(workload: str, proofs: Iterable[Proof]) -> list[Json]:
    found = {one.resource: one for each in proofs for one in each.bad}
    return [
        {
            "uuid": identity("resource", workload, name),
            "description": text(one.address),
            "props": [prop("type", one.type), prop("place", one.place)],
        }
        for name, one in found.items()
    ]


def _component(known: Known, one: Assessed, proofs: list[Proof], at: str) -> Json:
    """A component for every service that the workload uses, with the requirements that its controls tell of."""
    workload = known.manifest.name
    by_service: dict[str, list[tuple[Proof, list[Json]]]] = {}
    for each in proofs:
        services: dict[str, list[Json]] = {}
        for row in each.controls:
            services.setdefault(row["control"].split(".", 1)[0], []).append(row)
        for service, rows in services.items():
            by_service.setdefault(service, []).append((each, rows))
    components = [_service(workload, one, service, told) for service, told in sorted(by_service.items())]
    title = text(f"{workload}: how it implements {one.framework.name} {one.framework.version}")
    found: Json = {
        "uuid": identity("component-definition", workload, one.framework.id, at),
        "metadata": metadata(title, known.manifest, at),
    }
    if components:
        found["components"] = components
    return {"component-definition": found}


def _service(workload: str, one: Assessed, service: str, told: list[tuple[Proof, list[Json]]]) -> Json:
    return {
        "uuid": identity("service", workload, service),
        "type": "service",
        "title": text(service),
        "description": text(f"What {workload} uses of {service}, as the controls of bastide judge it."),
        "control-implementations": [
            {
                "uuid": identity("implementation", workload, service, one.framework.id),
                "source": f"urn:bastide:framework:{token('', one.framework.id)}",
                "description": text(f"{one.framework.name} {one.framework.version}"),
                "implemented-requirements": [_implemented(workload, one, service, each, rows) for each, rows in told],
            }
        ],
    }


def _implemented(workload: str, one: Assessed, service: str, each: Proof, rows: list[Json]) -> Json:
    passed, failed = (sum(row[key] for row in rows) for key in ("passed", "failed"))
    names = ", ".join(row["control"] for row in rows)
    return {
        "uuid": identity("implemented", workload, service, one.framework.id, each.standing.requirement.id),
        "control-id": token(one.framework.id, each.standing.requirement.id),
        "description": text(f"{names}: {passed} passed, {failed} failed", 4000),
        "props": [
            prop("requirement", each.standing.requirement.id),
            prop("holds", "no" if failed else "yes" if passed else "unknown"),
            *(prop("control", row["control"]) for row in rows),
        ],
    }


def _poam(known: Known, one: Assessed, proofs: list[Proof], at: str) -> Json:
    """An item for every control that fails or is exempt, and for every requirement that waits for people."""
    workload = known.manifest.name
    observations = _observations(known, proofs, at)
    exempt = _exemptions(known)
    severities = {row["id"]: row["severity"] for row in known.run("select id, severity from controls")}
    items: list[Json] = []
    risks: list[Json] = []
    for name, (row, bad, requirements) in _weak(proofs).items():
        risk = _risk(workload, observations[name]["title"], row, bad, exempt)
        risks.append(risk)
        items.append(
            {
                "uuid": identity("poam-item", workload, one.framework.id, name),
                "title": text(observations[name]["title"]),
                "description": text(f"{name} does not pass; it serves {', '.join(requirements)}", 4000),
                "props": [prop("control", name), prop("severity", severities.get(name, "unknown"))],
                "related-observations": [{"observation-uuid": observations[name]["uuid"]}],
                "related-risks": [{"risk-uuid": risk["uuid"]}],
            }
        )
    items += [_of_people(workload, one, each) for each in proofs if each.standing.status in ("manual", "no-control")]
    if not items:
        items = [
            {"title": "Nothing is open", "description": "Every requirement is met, attested, or has nothing to judge."}
        ]
    found: Json = {
        "uuid": identity("poam", workload, one.framework.id, at),
        "metadata": metadata(f"{workload}: plan of action for {one.framework.name}", known.manifest, at),
        "system-id": {"identifier-type": "urn:bastide:workload", "id": text(workload)},
    }
    used = {each["observation-uuid"] for item in items for each in item.get("related-observations", ())}
    if kept := [each for each in observations.values() if each["uuid"] in used]:
        found["observations"] = kept
        found["local-definitions"] = {"inventory-items": _inventory(workload, proofs)}
    if risks:
        found["risks"] = risks
    return {"plan-of-action-and-milestones": found | {"poam-items": items}}


def _weak(proofs: Iterable[Proof]) -> dict[str, tuple[Json, list[Bad], list[str]]]:
    """By control of which something fails or is exempt: its counts, such verdicts of the last scan, and the
    requirements that it serves.
    """
    found: dict[str, tuple[Json, list[Bad], list[str]]] = {}
    for each in proofs:
        for row in each.controls:
            name = row["control"]
            if not (row["failed"] or row["exempt"]):
                continue
            if name not in found:
                bad = [one for one in each.bad if one.control == name and one.status != "unknown"]
                found[name] = (row, bad, [])
            found[name][2].append(each.standing.requirement.id)
    return found


def _exemptions(known: Known) -> dict[str, Json]:
    return {row["fingerprint"]: row for row in known.run('select fingerprint, "by", "until", reason from exemptions')}


def _risk(workload: str, title: str, row: Json, bad: list[Bad], exempt: dict[str, Json]) -> Json:
    """Open as long as one verdict fails; else somebody answers for it, until the first of their days."""
    control = row["control"]
    found: Json = {
        "uuid": identity("risk", workload, control),
        "title": title,
        "description": text(f"{control} fails for {row['failed']}, and {row['exempt']} are exempt"),
        "statement": text(", ".join(f"{one.address} ({one.place})" for one in bad), 4000),
        "status": "open" if row["failed"] else "deviation-approved",
    }
    words = [word for one in bad if (word := exempt.get(one.fingerprint))]
    if words:
        found["deadline"] = f"{min(word['until'] for word in words)}T23:59:59Z"
        reasons = "; ".join(f"{word['by']} until {word['until']}: {word['reason']}" for word in words)
        found["description"] = text(f"{found['description']}; {reasons}", 4000)
    return found


def _of_people(workload: str, one: Assessed, each: Proof) -> Json:
    requirement = each.standing.requirement
    return {
        "uuid": identity("poam-item", workload, one.framework.id, requirement.id),
        "title": text(f"{requirement.id} {requirement.name}"),
        "description": text(each.standing.because),
        "props": [prop("requirement", requirement.id), prop("status", each.standing.status)],
    }
