"""Open Threat Model, version 0.2.0: JSON or YAML in, JSON out. https://github.com/iriusrisk/OpenThreatModel

Likelihood and impact are percentages there and go from 1 to 5 here. The states of threats and mitigations are free text
in the format; the words are those of its examples.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import msgspec
from msgspec import Meta, Struct

from bastide.errors import UsageError
from bastide.threats.exchange import Foreign, Imported, Told, standing_of
from bastide.threats.templates import WORKLOAD
from bastide.workload.manifest import GOALS, STRIDE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bastide.threats.model import Element, Model
    from bastide.threats.register import Row

VERSION = "0.2.0"
OURS = "bastide"
"""The attribute by which a threat that came from here is known again."""
RATING = {
    "internet": 1, "own": 40, "aws": 60, "organization": 60, "account": 70, "region": 70, "vpc": 80, "subnet": 80,
}  # fmt: skip
"""How far a trust zone is trusted, of 100, by the kind of boundary: the further in, the more."""
NOWHERE = "zone:not-placed"
"""The trust zone of what no boundary is known of."""
_READ = {"mitigated": "mitigated", "not-applicable": "not-applicable"}
_WRITTEN = {"open": "exposed"}
"""The state of a threat by its status, where the word is another."""
_MITIGATION = {"holds": "implemented", "broken": "required"}
_Id = Annotated[str, Meta(min_length=1, max_length=1_000)]


class _Reference(Struct):
    threat: _Id
    state: str | None = None


class _Part(Struct):
    id: _Id
    name: str
    threats: list[_Reference | None] | None = None


class _Risk(Struct, rename="camel"):
    likelihood: float | None = None
    impact: float | None = None
    likelihood_comment: str | None = None
    impact_comment: str | None = None


class _Threat(Struct):
    id: _Id
    name: str
    risk: _Risk
    description: str | None = None
    categories: list[str | None] | None = None
    attributes: dict[str, Any] | None = None


class _Project(Struct):
    id: _Id
    name: str


class _Document(Struct, rename="camel"):
    otm_version: str
    project: _Project
    components: list[_Part] | None = None
    dataflows: list[_Part] | None = None
    threats: list[_Threat] | None = None


def read(document: dict[str, Any], name: str) -> tuple[str, list[Foreign]]:
    """Which project a file is of, and its threats: one for each component or data flow that has it.

    Raises `UsageError` with the path of what is wrong.
    """
    try:
        found = msgspec.convert(document, type=_Document)
    except msgspec.ValidationError as error:
        raise UsageError(f"not an Open Threat Model: {error}", place=name) from None
    known = {one.id: one for one in found.threats or ()}
    threats = []
    for part in (*(found.components or ()), *(found.dataflows or ())):
        for reference in part.threats or ():
            if reference is None:
                continue
            if reference.threat not in known:
                raise UsageError(
                    f"`{part.id[:80]}` has a threat `{reference.threat[:80]}`, which is not there", place=name
                )
            threats.append(_foreign(known[reference.threat], part, reference.state or "", name))
    placed = {one.key.partition("\0")[0] for one in threats}
    threats += [_foreign(one, None, "", name) for one in known.values() if one.id not in placed]
    return found.project.id, threats


def _foreign(one: _Threat, part: _Part | None, state: str, name: str) -> Foreign:
    words = [word.strip().lower().replace(" ", "-") for word in one.categories or () if word]
    comments = [text for text in (one.risk.likelihood_comment, one.risk.impact_comment) if text]
    about = (part.name, part.id) if part else ()
    return Foreign(
        f"{one.id}\0{part.id if part else ''}",
        one.name,
        action=one.description or one.name,
        stride=next((word for word in words if word in STRIDE), ""),
        goals=tuple(word for word in words if word in GOALS),
        assets=about[:1],
        about=about,
        level=(_level(one.risk.likelihood), _level(one.risk.impact)),
        because="; ".join(comments) or f"as {name} says",
        status=_READ.get(state.strip().lower(), ""),
        ours=str((one.attributes or {}).get(OURS, "")),
    )


def _level(percent: float | None) -> float:
    """From 1 to 5 for 0 to 100; 3 for what is not said."""
    return 3.0 if percent is None else 1 + 4 * min(max(percent, 0.0), 100.0) / 100


def _percent(level: float) -> float:
    return round((level - 1) * 25, 1)


def exported(told: Told, base: Imported | None, only: str) -> dict[str, Any]:
    """The model and the register as a file; with `base`, that file and what is new."""
    base = base if only != "derived" else None
    document: dict[str, Any] = base.document() if base else {}
    if base:
        _decided(document, base, told)
    if only == "imported":
        return document
    project = {"id": told.workload, "name": told.workload, "description": told.purpose, "owner": told.owner}
    document = {"otmVersion": VERSION, "project": project, **document}
    rows = [row for _, row in told.numbered(base, only)]
    for key, made in _lists(told, rows).items():
        there = document.get(key) or []
        taken = {item.get("id") for item in there}
        document[key] = [*there, *(item for item in made if item["id"] not in taken)]
    return document


def _decided(document: dict[str, Any], base: Imported, told: Told) -> None:
    """Say the state of the file's own threats where something else was decided here; touch nothing besides."""
    by_key = {one.key: one for one in base.threats()}
    for part in (*(document.get("components") or ()), *(document.get("dataflows") or ())):
        for reference in part.get("threats") or ():
            foreign = by_key.get(f"{reference['threat']}\0{part['id']}") if reference else None
            standing = standing_of(told, base.id_of(foreign)) if foreign and not foreign.ours else None
            said = (foreign.status if foreign else "") or "open"
            if standing and standing.status != said:
                reference["state"] = _WRITTEN.get(standing.status, standing.status)


def _lists(told: Told, rows: list[Row]) -> dict[str, list[dict[str, Any]]]:
    model: Model = told.model
    about: dict[str, list[Row]] = {}
    for row in rows:
        about.setdefault(row.threat.element, []).append(row)
    components = [_component(one, about.pop(one.id, []), told) for one in model.elements]
    left = [row for others in about.values() for row in others]
    components.append(
        {
            "id": WORKLOAD, "name": told.workload, "type": "workload", "parent": {"trustZone": NOWHERE},
            "threats": [_reference(row, told) for row in left],
        }
    )  # fmt: skip
    return {
        "assets": [_asset(name, value) for name, value in told.sensitivity.items()],
        "trustZones": list(_zones(model)),
        "components": components,
        "dataflows": list(_flows(model)),
        "threats": [_threat(row) for row in rows],
        "mitigations": [
            _mitigation(aim, told) for aim in sorted({a.id for row in rows for a in row.threat.objectives})
        ],
    }


def _asset(name: str, sensitivity: float) -> dict[str, Any]:
    value = round(100 * sensitivity)
    why = "the class says how sensitive data is; integrity and availability are taken to follow it"
    risk = {**dict.fromkeys(GOALS, value), "comment": why}
    return {"id": f"class:{name}", "name": name, "description": "a class of data", "risk": risk}


def _zones(model: Model) -> Iterator[dict[str, Any]]:
    for one in model.boundaries:
        zone = {"id": one.id, "name": one.name, "type": one.kind, "risk": {"trustRating": RATING[one.kind]}}
        yield zone | ({"parent": {"trustZone": one.within}} if one.within else {})
    yield {"id": NOWHERE, "name": "not placed", "type": "own", "risk": {"trustRating": RATING["own"]}}


def _component(one: Element, rows: list[Row], told: Told) -> dict[str, Any]:
    classes = [f"class:{one.classification}"] if one.classification else []
    return {
        "id": one.id,
        "name": one.name,
        "type": one.type or one.kind,
        "description": one.why,
        "parent": {"trustZone": one.boundary or NOWHERE},
        "tags": [one.kind],
        "assets": {"stored" if one.kind == "store" else "processed": classes},
        "attributes": {"exposed": one.exposed, "classFrom": one.class_from},
        "threats": [_reference(row, told) for row in rows],
    }


def _flows(model: Model) -> Iterator[dict[str, Any]]:
    for one in model.flows:
        yield {
            "id": one.id,
            "name": " ".join(text for text in (one.kind, one.protocol) if text),
            "source": one.source,
            "destination": one.target,
            "bidirectional": False,
            "tags": [one.kind],
            "assets": [f"class:{one.classification}"] if one.classification else [],
            "attributes": {"encrypted": one.encrypted, "authenticated": one.authenticated, "property": one.property},
        }


def _reference(row: Row, told: Told) -> dict[str, Any]:
    states = {aim.id: told.objectives.get(aim.id, {}).get("status") or "" for aim in row.threat.objectives}
    return {
        "threat": row.threat.id,
        "state": _WRITTEN.get(row.status, row.status),
        "mitigations": [
            {"mitigation": name, "state": _MITIGATION.get(state, "recommended")} for name, state in states.items()
        ],
    }


def _threat(row: Row) -> dict[str, Any]:
    threat = row.threat
    risk = row.risk
    residual = [round(risk.low, 2), round(risk.high, 2)] if risk else None
    return {
        "id": threat.id,
        "name": threat.title,
        "description": threat.statement,
        "categories": [*([threat.stride] if threat.stride else []), *threat.goals],
        "risk": {
            "likelihood": _percent(threat.likelihood),
            "likelihoodComment": "; ".join(threat.because.get("likelihood", ())),
            "impact": _percent(threat.impact),
            "impactComment": "; ".join(threat.because.get("impact", ())),
        },
        "tags": threat.attack,
        "attributes": {OURS: threat.id, "template": threat.template, "residual": residual},
    }


def _mitigation(aim: str, told: Told) -> dict[str, Any]:
    found = told.objectives.get(aim, {})
    share = found.get("share")
    return {
        "id": aim,
        "name": found.get("title") or aim,
        "description": f"objective {aim}, {found.get('status') or 'not judged'}",
        "riskReduction": round(100 * float(share)) if share is not None else 0,
    }
