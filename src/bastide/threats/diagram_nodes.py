"""What of a model is drawn: its elements as nodes, those that are alike as one, and flows between nodes as edges.

Left out are flows of logs, identities that nobody outside may become, and AWS services as such. What nothing flows to
or from, and what is beyond `MOST` nodes, is drawn as one node for all of a type in a boundary.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from msgspec import Struct, field

from bastide.threats.classes import SAID
from bastide.threats.model.rules import load_rules
from bastide.threats.model.shape import INTERNET

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bastide.threats.model.shape import Boundary, Element, Flow, Model

MOST = 60
"""How many nodes are drawn at most before those that are alike are drawn as one."""
LEFT_OUT = ("AWS::EC2::FlowLog", "AWS::Config::ConfigurationRecorder", "AWS::Config::DeliveryChannel")
"""Types that only log."""
DRAWN = ("request", "event", "data", "replication", "admin")
TIMES = "\u00d7"
KINDS = {"entity": "external", "component": "component", "store": "data store", "identity": "identity"}


class Node(Struct):
    """A box: `noun` says what it is, `notes` are short words beneath its name; `members` is how many elements it is."""

    id: str
    kind: str
    name: str
    noun: str
    boundary: str | None
    classification: str = ""
    exposed: bool = False
    members: int = 1
    about: list[str] = field(default_factory=list)


class Edge(Struct):
    """An arrow for flows: `plain` when one of them is not encrypted, `admin` when all are administration."""

    source: str
    target: str
    label: str
    plain: bool
    admin: bool
    about: list[str]


class Drawing(Struct):
    """What is drawn, and the boundaries around it by id."""

    nodes: list[Node]
    edges: list[Edge]
    boundaries: dict[str, Boundary]
    left_out: int


def drawing_of(model: Model) -> Drawing:
    """The nodes and edges of a model, in an order that stays."""
    elements = {element.id: element for element in model.elements}
    flows = [flow for flow in model.flows if _is_drawn(flow, elements)]
    ends = Counter(end for flow in flows for end in (flow.source, flow.target))
    shown = {element.id: element for element in model.elements if _is_shown(element, ends)}
    flows = [flow for flow in flows if flow.source in shown and flow.target in shown]
    node_of = _gathered(shown, ends)
    members = defaultdict(list)
    for name, node in node_of.items():
        members[node].append(shown[name])
    nodes = [_node(name, those) for name, those in sorted(members.items())]
    _tell_reach(nodes, model)
    return Drawing(nodes, _edges(flows, node_of), {one.id: one for one in model.boundaries}, len(elements) - len(shown))


def _is_drawn(flow: Flow, elements: dict[str, Element]) -> bool:
    source = elements[flow.source]
    if source.id.startswith("entity:service-"):
        return False
    if flow.kind in ("assume", "access"):
        return source.kind == "entity"
    return flow.kind in DRAWN


def _is_shown(element: Element, ends: Counter[str]) -> bool:
    if element.kind in ("entity", "identity"):
        return element.id in ends
    if element.id.startswith("many:"):
        return False
    return element.type not in LEFT_OUT and (element.kind == "store" or element.id in ends)


def _gathered(shown: dict[str, Element], ends: Counter[str]) -> dict[str, str]:
    """The node of each element: its own, or one for those that are alike."""
    alike = defaultdict(list)
    for element in shown.values():
        if element.id not in ends and element.class_from not in SAID:
            alike[f"{element.boundary}\0{element.type}"].append(element.id)
    found = {name: name for name in shown}
    _gather(found, alike.values())
    for key in (("boundary", "kind", "type"), ("boundary", "kind"), ("kind",)):
        if len(set(found.values())) <= MOST:
            break
        weight = {name: _weight(element, ends) for name, element in shown.items()}
        kept = set(sorted(shown, key=lambda one: (-weight[one], one))[: MOST // 2])
        others = defaultdict(list)
        for element in shown.values():
            if element.id not in kept:
                others["\0".join(str(getattr(element, one)) for one in key)].append(element.id)
        _gather(found, others.values())
    return found


def _gather(found: dict[str, str], groups: Iterable[list[str]]) -> None:
    for group in groups:
        if len(group) > 1:
            found.update(dict.fromkeys(group, min(group)))


def _weight(element: Element, ends: Counter[str]) -> int:
    """How much it matters that an element is seen by itself."""
    said = {"manifest": 20, "tag": 10}.get(element.class_from or "", 0)
    return (
        (element.id == INTERNET) * 1000
        + (element.kind == "entity") * 50
        + bool(element.exposed) * 40
        + said
        + min(ends[element.id], 9)
    )


def _node(name: str, members: list[Element]) -> Node:
    first = next((one for one in members if one.id == name), members[0])
    nouns = load_rules().nouns
    classes = sorted({one.classification for one in members if one.classification})
    noun = nouns.get(first.type or "", "") or KINDS[first.kind]
    called = first.name
    if len(members) > 1:
        kinds = {one.type for one in members}
        called = f"{len(members)} {TIMES} {noun if len(kinds) == 1 else KINDS[first.kind]}"
        noun = ", ".join(one.name for one in members[:3]) + (", …" if len(members) > 3 else "")
    return Node(
        id=name, kind=first.kind, name=called, noun=noun, boundary=first.boundary,
        classification=", ".join(classes), exposed=any(one.exposed for one in members), members=len(members),
        about=[f"{one.name}: {one.why}" for one in members[:20]],
    )  # fmt: skip


def _tell_reach(nodes: list[Node], model: Model) -> None:
    """Say of identities how many stores their policies give them."""
    reached = defaultdict(set)
    for flow in model.flows:
        if flow.kind == "access":
            reached[flow.source].add(flow.target)
    for node in nodes:
        if node.kind == "identity" and node.members == 1 and (stores := len(reached[node.id])):
            node.noun = f"{node.noun}, reaches {stores} store{'s' if stores > 1 else ''}"


def _edges(flows: list[Flow], node_of: dict[str, str]) -> list[Edge]:
    merged = defaultdict(list)
    for flow in flows:
        ends = node_of[flow.source], node_of[flow.target]
        if ends[0] != ends[1]:
            merged[ends].append(flow)
    return [_edge(source, target, those) for (source, target), those in sorted(merged.items())]


def _edge(source: str, target: str, flows: list[Flow]) -> Edge:
    labels = dict.fromkeys(filter(None, map(_label, flows)))
    return Edge(
        source, target, ", ".join(labels), any(flow.encrypted is False for flow in flows),
        all(flow.kind == "admin" for flow in flows), [_about(flow) for flow in flows[:20]],
    )  # fmt: skip


def _label(flow: Flow) -> str:
    if flow.kind == "assume":
        return "becomes"
    if flow.kind in ("event", "replication"):
        return flow.kind
    if flow.kind == "access":
        return "access"
    return f"admin {flow.protocol or ''}".strip() if flow.kind == "admin" else flow.protocol or ""


def _about(flow: Flow) -> str:
    said = {True: "encrypted", False: "NOT encrypted", None: "encryption not known"}[flow.encrypted]
    why = f", by {flow.property} of {flow.resource}" if flow.resource and flow.property else ""
    return f"{flow.kind}, {flow.protocol or 'protocol not known'}, {said}{why}"
