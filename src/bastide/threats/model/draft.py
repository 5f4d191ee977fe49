"""A model while it is made: elements and flows by id, and what is known of them that no table has."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from typing import TYPE_CHECKING, Any

import msgspec

from bastide.redact import clean
from bastide.threats.classes import Facts, Scale
from bastide.threats.model.names import name_of
from bastide.threats.model.shape import INTERNET, PEOPLE, Element, Flow
from bastide.threats.model.trust import entity_named

if TYPE_CHECKING:
    from bastide.threats.model.places import Places
    from bastide.threats.model.rules import Rules
    from bastide.workload.known import Known
    from bastide.workload.manifest import Manifest

MAX_NAMES, MAX_TAGS = 20, 100
SEVERAL = ("access", "assume")
"""Kinds of flows of which each cause is a row of its own; of all others one stands for those that are alike."""

_ELEMENTS = """
select r.id, r.type, r.service, r.source, r.address, r.unit, r.path, r.line, r.p::varchar as p, k.kind, k.noun, n.names
from m_resources r join m_kinds k on k.type = r.type
left join (select resource, list(distinct text) as names from m_ids where not starts_with(text, 'arn:') group by 1) n
  on n.resource = r.id
where r.id in (select element from m_owners) order by r.id
"""


class Draft:
    """What is there so far. `addresses` are ids by address, `unread` ids of requests by which nothing is read."""

    def __init__(self, known: Known, rules: Rules, places: Places) -> None:
        self._known, self._rules, self.places = known, rules, places
        self.elements: dict[str, Element] = {}
        self.flows: dict[str, Flow] = {}
        self.facts: dict[str, Facts] = {}
        self.addresses: dict[str, list[str]] = defaultdict(list)
        self.unread: set[str] = set()
        self._groups: dict[str, tuple[str, str]] = {}
        self._speaks = _spoken(known, rules)
        self._linked: set[tuple[str, str]] = set()
        self._had: dict[tuple[str, str, str, str | None], str] = {}
        self._entity(INTERNET)

    def read_elements(self) -> None:
        """The elements that are resources."""
        for row in self._known.run(_ELEMENTS):
            properties = msgspec.json.decode(row["p"])
            where = f"{row['path']}:{row['line']}" if row["line"] else row["path"]
            element = Element(
                id=row["id"], kind=row["kind"], type=row["type"], service=row["service"], resource=row["id"],
                name=name_of(row["source"], row["address"], properties, row["noun"]),
                why=clean(f"{row['noun']} {row['address']} at {where}"),
            )  # fmt: skip
            element.boundary = self.places.place(element, row)
            self.elements[element.id] = element
            self.addresses[row["address"]].append(element.id)
            names = sorted(row["names"] or ())[:MAX_NAMES]
            self.facts[element.id] = Facts(row["address"], names, _tags(properties.get("Tags")))

    def flow(self, row: dict[str, Any]) -> Flow | None:
        """A flow between two elements; None where one of them is not there, or both are the same."""
        source, target = row["source"], row["target"]
        if source == target or source not in self.elements or target not in self.elements:
            return None
        protocol, encrypted = row.get("protocol"), row.get("encrypted")
        if row["kind"] == "acts-as":
            protocol, encrypted, row = None, None, {**row, "authenticated": None}
        if protocol is None and row["kind"] in ("request", "data", "event", "log") and target in self._speaks:
            protocol, encrypted = self._speaks[target]
        if row["kind"] not in SEVERAL and (same := (source, target, row["kind"], protocol)) in self._had:
            return self.flows[self._had[same]]
        cause = (source, target, row["kind"], row.get("resource"), row.get("property"), protocol)
        name = "F-" + hashlib.sha256("\0".join(map(str, cause)).encode("utf-8", "surrogatepass")).hexdigest()[:12]
        flow = Flow(
            id=name, source=source, target=target, kind=row["kind"], protocol=protocol, encrypted=encrypted,
            authenticated=row.get("authenticated"), actions=list(row.get("actions") or ()),
            classification=row.get("class"), resource=row.get("resource"), property=row.get("property") or None,
        )  # fmt: skip
        self.flows[name] = flow
        self._had[source, target, flow.kind, protocol] = name
        if flow.kind not in ("access", "assume", "acts-as"):
            self._linked.add((source, target))
        return flow

    def outside(self, row: dict[str, Any]) -> None:
        """What connects an element with somebody outside."""
        element = self.elements.get(row["element"])
        if element is None:
            return
        if row["certain"] is None:
            if row["entity"] == INTERNET and not row["out"] and not element.exposed:
                element.exposed = None
            return
        entity = self._entity(row["entity"])
        ends = (element.id, entity.id) if row["out"] else (entity.id, element.id)
        self._reached(self.flow({**row, "source": ends[0], "target": ends[1]}))

    def administered(self, row: dict[str, Any]) -> None:
        """Who may open a session on a machine. A public door of what has no public address exposes nothing."""
        element = self.elements.get(row["target"])
        if element is None or element.kind != "component":
            return
        if row["source"] == INTERNET and element.exposed is False:
            return
        self._entity(row["source"])
        self._reached(self.flow(row))

    def let_in(self, entity: Element | None, row: dict[str, Any]) -> None:
        """Who a policy lets in."""
        if entity is not None and entity.id not in self.elements:
            entity.boundary = self.places.outside(entity.boundary)
            entity.why = clean(f"let in by {row['property']} of {row['resource']}")
            self.elements[entity.id] = entity
        self._reached(self.flow(row))

    def given(self, row: dict[str, Any]) -> None:
        """What an identity may do to a store, or to many."""
        if "target" not in row:
            row = {**row, "target": self._group(row["unit"], row["type"])}
        self.flow({**row, "protocol": "HTTPS", "encrypted": True, "authenticated": True})

    def used(self, row: dict[str, Any]) -> None:
        """What a component may do to a store by the role that it acts as, unless there is a flow already."""
        if (row["source"], row["target"]) in self._linked or (row["target"], row["source"]) in self._linked:
            return
        store = self._rules.stores.get(row["type"])
        kind = store.flow if store else "request"
        flow = self.flow({**row, "kind": kind, "authenticated": True})
        if flow is not None and not row["reads"]:
            self.unread.add(flow.id)

    def allowed(self, row: dict[str, Any]) -> None:
        """What one security group opens to another, unless there is a flow already."""
        if (row["source"], row["target"]) in self._linked:
            return
        target = self.elements.get(row["target"])
        if target is not None and target.id in self._speaks and row["encrypted"] is None:
            row = {**row, "encrypted": self._speaks[target.id][1]}
        self.flow(row)

    def leave_out_unused(self) -> None:
        """Take away what says nothing: a public address beside what is open on it, entities without a flow."""
        told = {flow.target for flow in self.flows.values() if flow.source == INTERNET and flow.protocol}
        for flow in list(self.flows.values()):
            if flow.source == INTERNET and flow.kind == "request" and not flow.protocol and flow.target in told:
                del self.flows[flow.id]
        used = {end for flow in self.flows.values() for end in (flow.source, flow.target)}
        for name in [one.id for one in self.elements.values() if one.kind == "entity" and one.id not in used]:
            if name.startswith("entity:"):
                del self.elements[name]

    def class_groups(self, manifest: Manifest) -> None:
        """An element that stands for many stores has the most sensitive class among them."""
        scale = Scale(manifest.scale)
        for name, (unit, kind) in self._groups.items():
            members = (one for one in self.elements.values() if one.type == kind and one.id.startswith(f"{unit}#"))
            self.elements[name].classification = scale.highest(one.classification for one in members)
            self.elements[name].class_from = "flow" if self.elements[name].classification else None

    def _reached(self, flow: Flow | None) -> None:
        if flow is not None and flow.source == INTERNET:
            self.elements[flow.target].exposed = True

    def _entity(self, name: str) -> Element:
        if name not in self.elements:
            entity = entity_named(name, self.places.own)
            entity.boundary = self.places.outside(entity.boundary)
            self.elements[name] = entity
        return self.elements[name]

    def _group(self, unit: str, kind: str) -> str:
        name = f"many:{unit}:{kind}"
        if name not in self.elements:
            members = [one for one in self.elements.values() if one.type == kind and one.id.startswith(f"{unit}#")]
            noun = self._rules.nouns[kind]
            self.elements[name] = Element(
                id=name, kind="store", name=f"{len(members):,} times {noun}", service=members[0].service,
                boundary=members[0].boundary, why=f"stands for the {len(members):,} of its kind in {clean(unit)}",
            )  # fmt: skip
            self._groups[name] = (unit, kind)
        return name


def _spoken(known: Known, rules: Rules) -> dict[str, tuple[str, bool | None]]:
    """Protocol and encryption of what stores are spoken to with, by id."""
    cases = "".join(
        f" when {_text(name)} then ({store.encrypted or ('true' if store.protocol == 'HTTPS' else 'null')})"
        for name, store in rules.stores.items()
    )
    types = ", ".join(map(_text, rules.stores))
    sql = f"select id, type, case type{cases} end as encrypted from m_resources where type in ({types})"  # noqa: S608 (ours)
    return {row["id"]: (rules.stores[row["type"]].protocol, row["encrypted"]) for row in known.run(sql)}


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _tags(tags: Any) -> dict[str, str]:
    """Tags by key, whether they are written as a list of keys and values or as a mapping."""
    if isinstance(tags, dict):
        pairs = list(tags.items())
    elif isinstance(tags, list):
        pairs = [(one.get("Key"), one.get("Value")) for one in tags if isinstance(one, dict)]
    else:
        pairs = []
    return {key: value for key, value in pairs[:MAX_TAGS] if isinstance(key, str) and isinstance(value, str)}


__all__ = ["PEOPLE", "Draft"]
