"""The picture: arrows begin and end at their nodes, and labels lie beside what is there already."""

from __future__ import annotations

import re

from bastide.threats.diagram_layout import HIGH, WIDE
from bastide.threats.diagram_nodes import Drawing, Edge, Node
from bastide.threats.diagram_svg import _curves, _overlap, svg_of
from bastide.threats.model import Boundary

NODES = [Node(name, "component", name, "thing", "aws") for name in ("a", "b", "c")]
EDGES = [
    Edge("a", "b", "HTTPS", plain=False, admin=False, about=[]),
    Edge("b", "a", "HTTP", plain=True, admin=False, about=[]),
    Edge("a", "c", "SSH", plain=False, admin=True, about=[]),
]  # fmt: skip
DRAWING = Drawing(NODES, EDGES, {"aws": Boundary("aws", "aws", "AWS")}, 0)


def test_arrows_touch_their_nodes() -> None:
    spots = {"a": (0.0, 0.0), "b": (400.0, 0.0), "c": (0.0, 200.0)}
    for edge, curve in zip(EDGES, _curves(DRAWING, spots), strict=True):
        for name, (x, y) in ((edge.source, curve[0]), (edge.target, curve[3])):
            assert x in (spots[name][0], spots[name][0] + WIDE)
            assert spots[name][1] <= y <= spots[name][1] + HIGH


def test_words_say_what_lines_say() -> None:
    text = svg_of(DRAWING)
    assert ">HTTP unencrypted</text>" in text
    assert text.count('stroke-dasharray="6 4"') == 1
    boxes = [
        tuple(map(float, one))
        for one in re.findall(r'<rect x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="15.0"', text)
    ]
    assert len(boxes) == 3
    edges = [(x, y, x + width, y + 15) for x, y, width in boxes]
    assert all(_overlap(one, other) == 0 for one in edges for other in edges if one is not other)
