"""What is drawn: no more than can be read, and nothing of weight left out."""

from __future__ import annotations

from bastide.threats.diagram_nodes import MOST, drawing_of
from bastide.threats.model import Boundary, Element, Flow, Model

BOUNDARIES = (Boundary("internet", "internet", "internet"), Boundary("aws", "aws", "AWS"))


def store(name: str, **more: object) -> Element:
    return Element(id=name, kind="store", name=name, type="AWS::S3::Bucket", boundary="aws", **more)  # type: ignore[arg-type]


def request(source: str, target: str, **more: object) -> Flow:
    return Flow(id=f"{source}{target}{more}", source=source, target=target, kind="request", **more)  # type: ignore[arg-type]


def test_flows_between_the_same_are_one_arrow() -> None:
    flows = (request("a", "b", protocol="HTTP", encrypted=False), request("a", "b", protocol="HTTPS", encrypted=True))
    (edge,) = drawing_of(Model(BOUNDARIES, (store("a"), store("b")), flows)).edges
    assert (edge.label, edge.plain, edge.admin, len(edge.about)) == ("HTTP, HTTPS", True, False, 2)


def test_what_nothing_flows_to_is_one_node_unless_somebody_classed_it() -> None:
    elements = (store("a"), store("b"), store("c", classification="restricted", class_from="manifest"))
    nodes = drawing_of(Model(BOUNDARIES, elements, ())).nodes
    assert [(node.name, node.members) for node in nodes] == [("2 \u00d7 S3 bucket", 2), ("c", 1)]


def test_identities_are_drawn_when_somebody_outside_may_become_them() -> None:
    role = {"kind": "identity", "type": "AWS::IAM::Role", "boundary": "aws"}
    elements = (
        Element(id="entity:github", kind="entity", name="GitHub", boundary="internet"),
        Element(id="entity:service-lambda", kind="entity", name="AWS service", boundary="aws"),
        Element(id="in", name="in", **role),  # type: ignore[arg-type]
        Element(id="out", name="out", **role),  # type: ignore[arg-type]
        store("s"),
    )
    flows = (
        Flow(id="1", source="entity:github", target="in", kind="assume"),
        Flow(id="2", source="entity:service-lambda", target="out", kind="assume"),
        Flow(id="3", source="in", target="s", kind="access"),
    )
    drawn = drawing_of(Model(BOUNDARIES, elements, flows))
    assert {node.id for node in drawn.nodes} == {"entity:github", "in", "s"}
    assert next(node.noun for node in drawn.nodes if node.id == "in") == "role, reaches 1 store"
    assert drawn.left_out == 2


def test_thousands_are_few_nodes_and_those_of_weight_stay() -> None:
    elements = [store(f"s{number:04}", class_from="hint") for number in range(3_000)]
    elements += [Element(id="entity:internet", kind="entity", name="internet", boundary="internet")]
    elements += [store("open", exposed=True)]
    flows = [request("entity:internet", one.id) for one in elements if one.kind == "store"]
    drawn = drawing_of(Model(BOUNDARIES, tuple(elements), tuple(flows)))
    assert len(drawn.nodes) <= MOST
    assert {"open", "entity:internet"} <= {node.id for node in drawn.nodes}
    assert sum(node.members for node in drawn.nodes) == len(elements)
