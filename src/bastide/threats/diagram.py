"""The data-flow diagram of a model: as Mermaid, for Markdown, or as an SVG that stands alone, for reports."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, Literal

from msgspec import Struct

from bastide.errors import UsageError
from bastide.threats.diagram_nodes import drawing_of
from bastide.threats.diagram_svg import svg_of

if TYPE_CHECKING:
    from bastide.threats.diagram_nodes import Drawing, Node
    from bastide.threats.model.shape import Boundary, Model

Form = Literal["mermaid", "svg"]
FORMS: tuple[Form, ...] = ("mermaid", "svg")
MAX_LABEL = 40
_UNSAFE = re.compile(r"[^A-Za-z0-9 _.,:/()\u00d7…-]")
_SHAPES = {"entity": ("[", "]"), "component": ("(", ")"), "store": ("[(", ")]"), "identity": ("{{", "}}")}


def diagram(model: Model, form: str) -> str:
    """The diagram in one of `FORMS`; `UsageError` for another."""
    if form == "mermaid":
        return mermaid_of(drawing_of(model))
    if form == "svg":
        return svg_of(drawing_of(model))
    raise UsageError(f"`{form}` is no form of a diagram", remedy=f"it is one of {', '.join(FORMS)}")


def mermaid_of(drawing: Drawing) -> str:
    """A flowchart: boundaries are subgraphs, a dashed arrow is not encrypted. All text stands in quotes, escaped."""
    names = {node.id: f"n{number}" for number, node in enumerate(drawing.nodes)}
    lines = ["flowchart LR"]
    inside = defaultdict(list)
    for node in drawing.nodes:
        inside[node.boundary].append(node)
    children = defaultdict(list)
    for boundary in drawing.boundaries.values():
        children[boundary.within].append(boundary)
    _open(Opening(inside, children, names, lines), None, "  ")
    for edge in drawing.edges:
        text = escaped(f"{edge.label}{', not encrypted' if edge.plain else ''}".lstrip(", "))
        arrow = "-.->" if edge.plain else "-->"
        label = f'|"{text}"|' if text else ""
        lines.append(f"  {names[edge.source]} {arrow}{label} {names[edge.target]}")
    return "\n".join(lines) + "\n"


def escaped(text: str, limit: int = MAX_LABEL) -> str:
    """A text for the quotes of Mermaid: whatever could be read as more than text is the number of its character."""
    cut = text if len(text) <= limit else text[: limit - 1] + "…"
    return _UNSAFE.sub(lambda match: f"#{ord(match[0])};", cut)


class Opening(Struct):
    """What is needed at each boundary: nodes and boundaries by the one around them, names of nodes, lines so far."""

    inside: dict[str | None, list[Node]]
    children: dict[str | None, list[Boundary]]
    names: dict[str, str]
    lines: list[str]


def _open(chart: Opening, within: str | None, indent: str) -> bool:
    """Write what lies directly in a boundary, then the boundaries in it; whether there was anything."""
    lines = chart.lines
    any_there = bool(chart.inside.get(within))
    for node in chart.inside.get(within, ()):
        left, right = _SHAPES[node.kind]
        words = [node.noun, node.classification, "exposed" if node.exposed else ""]
        label = "<br/>".join(escaped(text) for text in (node.name, ", ".join(filter(None, words))) if text)
        lines.append(f'{indent}{chart.names[node.id]}{left}"{label}"{right}')
    for boundary in chart.children.get(within, ()):
        at = len(lines)
        lines.append(f'{indent}subgraph b{at}["{escaped(boundary.name)}"]')
        if _open(chart, boundary.id, indent + "  "):
            lines.append(f"{indent}end")
            any_there = True
        else:
            del lines[at:]
    return any_there
