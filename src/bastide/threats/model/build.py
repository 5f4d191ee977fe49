"""The model of a workload, put together from resources, policies and what the manifest adds."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import msgspec

from bastide.threats.model.flows import exposures_of, flows_of
from bastide.threats.model.names import name_of
from bastide.threats.model.points import clear, prepare
from bastide.threats.model.rules import load_rules
from bastide.threats.model.shape import INTERNET, TABLES, Boundary, Element, Flow, Model

if TYPE_CHECKING:
    from bastide.threats.model.rules import Rules
    from bastide.workload.known import Known


def model_of(known: Known) -> Model:
    """The model; `UsageError` for what the manifest says of elements that are not there."""
    rules = load_rules()
    prepare(known, rules)
    try:
        elements = {element.id: element for element in _elements(known, rules)}
        flows: dict[str, Flow] = {}
        for row in flows_of(known, rules):
            _add(flows, row)
        for row in exposures_of(known, rules):
            _expose(elements, flows, row)
    finally:
        clear(known, "m_flow_rules", "m_exposures")
    boundaries = [Boundary("internet", "internet", "internet"), Boundary("aws", "aws", "AWS")]
    return Model(
        tuple(boundaries),
        tuple(elements[name] for name in sorted(elements)),
        tuple(flows[name] for name in sorted(flows)),
    )


def put_model(known: Known) -> Model:
    """The model, and the tables `boundaries`, `elements` and `flows` of it."""
    model = model_of(known)
    for name, columns in TABLES.items():
        known.put(name, columns, msgspec.to_builtins(getattr(model, name)))
    return model


def _elements(known: Known, rules: Rules) -> list[Element]:
    found = [
        Element(id=INTERNET, kind="entity", name="anybody on the internet", boundary="internet", why="the internet")
    ]
    sql = """
        select r.id, r.type, r.service, r.source, r.address, r.path, r.line, r.p, k.kind, k.noun
        from (select distinct element from m_owners) o join m_resources r on r.id = o.element
        join m_kinds k on k.type = r.type order by r.id"""
    for row in known.run(sql):
        properties = msgspec.json.decode(row["p"])
        found.append(
            Element(
                id=row["id"],
                kind=row["kind"],
                name=name_of(row["source"], row["address"], properties, row["noun"]),
                type=row["type"],
                service=row["service"],
                resource=row["id"],
                boundary="aws",
                why=f"{row['noun']} at {row['path']}:{row['line']}"
                if row["line"]
                else f"{row['noun']} in {row['path']}",
            )
        )
    return found


def _add(flows: dict[str, Flow], row: dict[str, Any]) -> None:
    key = "\0".join(str(row.get(name)) for name in ("source", "target", "kind", "resource", "property", "protocol"))
    name = "F-" + hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:12]
    flows[name] = Flow(
        id=name, source=row["source"], target=row["target"], kind=row["kind"], protocol=row.get("protocol"),
        encrypted=row.get("encrypted"), authenticated=row.get("authenticated"), actions=row.get("actions") or [],
        resource=row.get("resource"), property=row.get("property"),
    )  # fmt: skip


def _expose(elements: dict[str, Element], flows: dict[str, Flow], row: dict[str, Any]) -> None:
    element = elements[row["target"]]
    if row["exposed"] is None:
        element.exposed = element.exposed or None
        return
    element.exposed = True
    _add(flows, row)
