"""The layout: no node lies on another, each lies in its frames, and any graph has one."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from bastide.threats.diagram_layout import HIGH, WIDE, Layout
from bastide.threats.diagram_nodes import Drawing, Edge, Node
from bastide.threats.model import Boundary
from bastide.threats.model.places import chain

BOUNDARIES = {
    one.id: one
    for one in (
        Boundary("internet", "internet", "internet"), Boundary("aws", "aws", "AWS"),
        Boundary("account", "account", "account", "aws"), Boundary("vpc", "vpc", "VPC", "account"),
        Boundary("public", "subnet", "public", "vpc"), Boundary("inner", "subnet", "inner", "vpc"),
        Boundary("own", "own", "office"),
    )
}  # fmt: skip
KINDS = ("entity", "component", "store", "identity")


def drawing(places: list[tuple[str | None, str]], edges: list[tuple[int, int]]) -> Drawing:
    nodes = [Node(f"n{i}", kind, f"n{i}", "thing", place) for i, (place, kind) in enumerate(places)]
    made = [
        Edge(f"n{a}", f"n{b}", "x", plain=False, admin=False, about=[])
        for a, b in sorted(set(edges))
        if a != b and max(a, b) < len(nodes)
    ]
    return Drawing(nodes, made, BOUNDARIES, 0)


_PLACES = st.lists(st.tuples(st.sampled_from([*BOUNDARIES, None]), st.sampled_from(KINDS)), max_size=14)
_EDGES = st.lists(st.tuples(st.integers(0, 13), st.integers(0, 13)), max_size=25)


@given(_PLACES, _EDGES)
def test_every_node_lies_apart_and_within_its_frames(
    places: list[tuple[str | None, str]], edges: list[tuple[int, int]]
) -> None:
    drawn = drawing(places, edges)
    block = Layout(drawn).block
    assert block.spots.keys() == {node.id for node in drawn.nodes}
    for one, other in combinations(block.spots.values(), 2):
        assert abs(one[0] - other[0]) >= WIDE or abs(one[1] - other[1]) >= HIGH
    for node in drawn.nodes:
        x, y = block.spots[node.id]
        assert 0 <= x <= block.width - WIDE
        assert 0 <= y <= block.height - HIGH
        for name in chain(BOUNDARIES, node.boundary):
            assert any(
                f.boundary.id == name and f.x <= x <= f.x + f.width - WIDE and f.y <= y <= f.y + f.height - HIGH
                for f in block.frames
            )


def test_what_is_asked_lies_to_the_right_of_who_asks() -> None:
    places: list[tuple[str | None, str]] = [("internet", "entity"), ("public", "component"), ("inner", "store")]
    spots = Layout(drawing(places, [(0, 1), (1, 2)])).block.spots
    assert spots["n0"][0] < spots["n1"][0] < spots["n2"][0]
