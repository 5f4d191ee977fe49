"""Threat Composer's JSON, version 1 of its format: read strictly where it matters, written as that tool takes it.

https://github.com/awslabs/threat-composer. Lengths, words and forms are those of its own validation; what a file has
beside them is kept.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
from msgspec import Meta, Struct, field

from bastide.errors import UsageError
from bastide.threats.exchange import Foreign, Imported, Told, cut, standing_of

if TYPE_CHECKING:
    from bastide.threats.register import Row

SCHEMA = 1
MAX_FIELD = 200
MAX_STATEMENT = 1_400
MAX_CONTENT = 1_000
MAX_TAG = 30
MAX_DESCRIPTION = 100_000
OURS = "custom:bastide-id"
"""The key of the metadata by which a threat that came from here is known again."""
STRIDE = {
    "S": "spoofing",
    "T": "tampering",
    "R": "repudiation",
    "I": "information-disclosure",
    "D": "denial-of-service",
    "E": "elevation-of-privilege",
}
PRIORITY = {"High": (4.0, 4.0), "Medium": (3.0, 3.0), "Low": (2.0, 2.0)}
"""What a priority says of likelihood and impact."""
_PRIORITY_OF = {"critical": "High", "high": "High", "medium": "Medium", "low": "Low"}
_READ = {"threatResolved": "mitigated", "threatResolvedNotUseful": "not-applicable"}
_WRITTEN = {
    "open": "threatIdentified",
    "mitigated": "threatResolved",
    "accepted": "threatResolved",
    "transferred": "threatResolved",
    "not-applicable": "threatResolvedNotUseful",
}
_MITIGATION = {"holds": "mitigationResolved", "broken": "mitigationInProgress"}
_SPACE = uuid.UUID("4a0b7a0e-6b56-5d5c-9d0c-0b8f7a1f6b1e")
_Id = Annotated[str, Meta(min_length=1, max_length=200)]


class _Metadata(Struct):
    key: str
    value: str | list[str] | None = None


class _Threat(Struct, rename="camel"):
    id: _Id
    numeric_id: float | None = None
    statement: str | None = None
    threat_source: str | None = None
    prerequisites: str | None = None
    threat_action: str | None = None
    threat_impact: str | None = None
    impacted_goal: list[str] | None = None
    impacted_assets: list[str] | None = None
    metadata: list[_Metadata] | None = None
    status: str | None = None

    def said(self, key: str) -> list[str]:
        """What the metadata has under a key."""
        values = [one.value for one in self.metadata or () if one.key == key]
        return [text for value in values for text in ([value] if isinstance(value, str) else value or [])]


class _Content(Struct, rename="camel"):
    id: _Id
    content: str = ""


class _Link(Struct, rename="camel"):
    linked_id: str
    mitigation_id: str | None = None
    assumption_id: str | None = None


class _Named(Struct):
    id: str | None = None
    name: str | None = None


class _Document(Struct, rename="camel"):
    schema: float
    application_info: _Named | None = None
    workspace: _Named | None = None
    threats: list[_Threat] = field(default_factory=list)
    mitigations: list[_Content] = field(default_factory=list)
    assumptions: list[_Content] = field(default_factory=list)
    mitigation_links: list[_Link] = field(default_factory=list)
    assumption_links: list[_Link] = field(default_factory=list)


def read(document: dict[str, Any], name: str) -> tuple[str, list[Foreign]]:
    """Which model a file is of, and its threats; `UsageError` with the path of what is wrong."""
    try:
        found = msgspec.convert(document, type=_Document)
    except msgspec.ValidationError as error:
        raise UsageError(f"not a file of Threat Composer: {error}", place=name) from None
    if found.schema != SCHEMA:
        raise UsageError(f"the file has schema {found.schema:g}, this program knows {SCHEMA}", place=name)
    names = [
        value
        for part in (found.workspace, found.application_info)
        for value in ((part.id, part.name) if part else ())
        if value
    ]
    return names[0] if names else name, [_foreign(one, name) for one in found.threats]


def _foreign(one: _Threat, name: str) -> Foreign:
    stride = next((STRIDE[letter] for letter in one.said("STRIDE") if letter in STRIDE), "")
    priority = next((text for text in one.said("Priority") if text in PRIORITY), "")
    known = ("confidentiality", "integrity", "availability")
    assets = tuple(one.impacted_assets or ())
    number = f"{one.numeric_id:g}" if one.numeric_id is not None else ""
    return Foreign(
        one.id,
        one.threat_action or one.statement or f"threat {number or one.id}",
        one.threat_source or "",
        one.prerequisites or "",
        one.threat_action or "",
        one.threat_impact or "",
        stride,
        tuple(goal for goal in (text.lower() for text in one.impacted_goal or ()) if goal in known),
        (),
        assets,
        assets,
        PRIORITY.get(priority, (3.0, 3.0)),
        f"priority {priority} in {name}" if priority else f"no priority in {name}",
        _READ.get(one.status or "", ""),
        next(iter(one.said(OURS)), ""),
    )


def exported(told: Told, base: Imported | None, only: str) -> dict[str, Any]:
    """The register as a file; with `base`, that file and what is new. `only` is `imported`, `derived` or `all`."""
    base = base if only != "derived" else None
    document: dict[str, Any] = base.document() if base else {"schema": SCHEMA}
    if base:
        _decided(document, base, told)
    if only == "imported":
        return document
    document.setdefault("applicationInfo", {"name": cut(told.workload, MAX_FIELD), "description": told.purpose})
    _add_threats(document, told, told.numbered(base, only))
    _add_dataflow(document, told)
    return document


def _decided(document: dict[str, Any], base: Imported, told: Told) -> None:
    """Say the status of the file's own threats where something else was decided here; touch nothing besides."""
    for item, foreign in zip(document.get("threats", ()), base.threats(), strict=True):
        standing = standing_of(told, base.id_of(foreign))
        if (
            standing
            and not foreign.ours
            and (status := _WRITTEN[standing.status]) != (item.get("status") or _WRITTEN["open"])
        ):
            item["status"] = status


def _add_threats(document: dict[str, Any], told: Told, rows: list[tuple[int, Row]]) -> None:
    threats = document.setdefault("threats", [])
    first = max((int(item.get("numericId") or 0) for item in threats), default=0)
    threats += [_threat(row, first + number) for number, row in rows]
    mitigations, links = document.setdefault("mitigations", []), document.setdefault("mitigationLinks", [])
    taken = {item["id"] for item in mitigations}
    last = max((int(item.get("numericId") or 0) for item in mitigations), default=0)
    aims = sorted({aim.id for _, row in rows for aim in row.threat.objectives})
    for number, aim in enumerate(aims, last + 1):
        if _id("objective", aim) not in taken:
            mitigations.append(_mitigation(aim, number, told))
    links += [
        {"mitigationId": _id("objective", aim.id), "linkedId": _id("threat", row.threat.id)}
        for _, row in rows
        for aim in row.threat.objectives
    ]


def _id(kind: str, name: str) -> str:
    return str(uuid.uuid5(_SPACE, f"{kind}\0{name}"))


def _threat(row: Row, number: int) -> dict[str, Any]:
    threat = row.threat
    letters = [letter for letter, word in STRIDE.items() if word == threat.stride]
    metadata: list[dict[str, Any]] = [{"key": "STRIDE", "value": letters}]
    if row.risk:
        metadata.append({"key": "Priority", "value": _PRIORITY_OF[row.risk.level]})
        residual = f"{row.risk.low:.1f} to {row.risk.high:.1f} of 25, {row.risk.level}"
        metadata.append({"key": "custom:residual-risk", "value": residual})
    reasons = "; ".join([*threat.because.get("likelihood", ()), *threat.because.get("impact", ())])
    metadata.append({"key": "Comments", "value": cut(reasons, MAX_CONTENT)})
    metadata += [{"key": "custom:attack", "value": threat.attack}] if threat.attack else []
    metadata.append({"key": "custom:element", "value": threat.element})
    metadata.append({"key": OURS, "value": threat.id})
    fields = {
        "threatSource": threat.source,
        "prerequisites": threat.prerequisites,
        "threatAction": threat.action,
        "threatImpact": threat.impact_text,
    }
    tags = [tag for tag in (threat.template.partition(".")[0], threat.data_class or "") if tag]
    return {
        "id": _id("threat", threat.id),
        "numericId": number,
        "displayOrder": number,
        "metadata": metadata,
        "tags": [cut(tag, MAX_TAG) for tag in tags],
        **{key: cut(text, MAX_FIELD) for key, text in fields.items() if text},
        "impactedGoal": threat.goals,
        "impactedAssets": [cut(asset, MAX_FIELD) for asset in threat.assets],
        "statement": cut(threat.statement, MAX_STATEMENT),
        "status": _WRITTEN[row.status],
    }


def _mitigation(aim: str, number: int, told: Told) -> dict[str, Any]:
    found = told.objectives.get(aim, {})
    return {
        "id": _id("objective", aim),
        "numericId": number,
        "displayOrder": number,
        "content": cut(f"{found.get('title') or aim} ({aim})", MAX_CONTENT),
        "status": _MITIGATION.get(found.get("status") or "", "mitigationIdentified"),
        "metadata": [{"key": "custom:bastide-objective", "value": aim}],
        "tags": [cut(aim.partition(".")[0], MAX_TAG)],
    }


def _add_dataflow(document: dict[str, Any], told: Told) -> None:
    """The drawing of the data flows, where the file has none."""
    from bastide.threats.diagram import diagram

    if told.model is None or (document.get("dataflow") or {}).get("description"):
        return
    text = f"```mermaid\n{diagram(told.model, 'mermaid')}\n```"
    if len(text) <= MAX_DESCRIPTION:
        document["dataflow"] = {**(document.get("dataflow") or {}), "description": text}
