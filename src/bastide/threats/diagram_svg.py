"""The drawing as an SVG that stands alone: no style, no script, nothing from elsewhere; words say what colour says."""

from __future__ import annotations

from html import escape
from itertools import pairwise
from typing import TYPE_CHECKING

from bastide.redact import clean
from bastide.threats.diagram_layout import GAP, HIGH, WIDE, Frame, Layout

if TYPE_CHECKING:
    from bastide.threats.diagram_layout import Spot
    from bastide.threats.diagram_nodes import Drawing, Edge, Node

MARGIN, LEGEND = 24, 74
XMLNS = 'xmlns="http://www.w3.org/2000/svg"'
TIP = (
    '<defs><marker id="dfd-tip" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" '
    'orient="auto-start-reverse"><path d="M0 0L10 5L0 10z" fill="#374151"/></marker></defs>'
)
FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif"
FILLS = {"entity": "#f3f4f6", "component": "#e8f1fd", "store": "#fff5e0", "identity": "#efe9fb"}
LINES = {"entity": "#4b5563", "component": "#1d5fad", "store": "#a06400", "identity": "#6341a8"}
FRAMES = {
    "internet": "#fafafa", "aws": "#fcfcfd", "account": "#ffffff", "organization": "#ffffff", "region": "#fdfdfe",
    "vpc": "#f4faf5", "subnet": "#ffffff", "own": "#fafafa",
}  # fmt: skip
ALONG = (0.5, 0.4, 0.6, 0.3, 0.7, 0.22, 0.78, 0.15, 0.85)
"""Where along an arrow its label may be, the best first."""
Box = tuple[float, float, float, float]


def svg_of(drawing: Drawing) -> str:
    """The picture; where there is nothing to draw, it says so."""
    layout = Layout(drawing)
    block = layout.block
    spots = {name: (x + MARGIN, y + MARGIN) for name, (x, y) in block.spots.items()}
    width = max(block.width + 2 * MARGIN, 760)
    height = block.height + 2 * MARGIN + LEGEND
    size = f'width="{width:.0f}" height="{height:.0f}"'
    parts = [
        f'<svg {XMLNS} viewBox="0 0 {width:.0f} {height:.0f}" {size} role="img" font-family="{FONT}" font-size="12">',
        "<title>Data-flow diagram</title>",
        f"<desc>{len(drawing.nodes)} elements and {len(drawing.edges)} flows between them</desc>",
        TIP,
        f'<rect {size} fill="#ffffff"/>',
        *(_frame(frame) for frame in block.frames),
        *_arrows(drawing, spots),
        *(_node(node, *spots[node.id]) for node in drawing.nodes),
    ]
    if not drawing.nodes:
        parts.append(_text(MARGIN, MARGIN + 20, "Nothing was found that a diagram would show.", 14))
    parts += [*_labels(drawing, spots), *_legend(drawing, height - LEGEND), "</svg>"]
    return "\n".join(parts) + "\n"


def _frame(frame: Frame) -> str:
    x, y = frame.x + MARGIN, frame.y + MARGIN
    fill = FRAMES[frame.boundary.kind]
    dash = ' stroke-dasharray="7 4"' if frame.boundary.kind != "aws" else ""
    shape = _rect(x, y, frame.width, frame.height, f'rx="6" fill="{fill}" stroke="#8b93a1"{dash}')
    fits = max(int(frame.width / 6.9), 8)
    return shape + _text(x + 10, y + 18, _cut(frame.boundary.name, fits), 12, fill="#4b5563", weight="600")


def _node(node: Node, x: float, y: float) -> str:
    line, heavy = LINES[node.kind], 2.6 if node.exposed else 1.2
    paint = f'fill="{FILLS[node.kind]}" stroke="{line}" stroke-width="{heavy}"'
    shapes = {
        "entity": _rect(x, y, WIDE, HIGH, paint),
        "component": _rect(x, y, WIDE, HIGH, f'rx="14" {paint}'),
        "identity": f'<path d="M{x + 12:.1f} {y:.1f}H{x + WIDE - 12:.1f}L{x + WIDE:.1f} {y + HIGH / 2:.1f}'
        f'L{x + WIDE - 12:.1f} {y + HIGH:.1f}H{x + 12:.1f}L{x:.1f} {y + HIGH / 2:.1f}z" {paint}/>',
        "store": _drum(x, y, paint),
    }
    middle = x + WIDE / 2
    lower = 7 if node.kind == "store" else 2
    words = [word for word in (node.classification, "exposed" if node.exposed else "") if word]
    rows = [_text(middle, y + 17 + lower, _cut(node.name, 24), 12, anchor="middle", weight="600")]
    rows.append(_text(middle, y + 30 + lower, _cut(node.noun, 30), 10, anchor="middle", fill="#4b5563"))
    if words:
        rows.append(
            _text(middle, y + 43 + lower * 0.7, _cut(" · ".join(words), 30), 10, anchor="middle", fill="#8a1c1c")
        )
    about = "\n".join([node.name, *node.about])
    return f"<g><title>{_plain(about, 2000)}</title>{shapes[node.kind]}{''.join(rows)}</g>"


def _drum(x: float, y: float, paint: str) -> str:
    end, top, foot = x + WIDE, y + 6, y + HIGH - 6
    body = f"M{x:.1f} {top:.1f}C{x:.1f} {top - 8:.1f} {end:.1f} {top - 8:.1f} {end:.1f} {top:.1f}"
    body += f"V{foot:.1f}C{end:.1f} {foot + 8:.1f} {x:.1f} {foot + 8:.1f} {x:.1f} {foot:.1f}z"
    rim = f"M{x:.1f} {top:.1f}C{x:.1f} {top + 7:.1f} {end:.1f} {top + 7:.1f} {end:.1f} {top:.1f}"
    return f'<path d="{body}{rim}" {paint}/>'


def _arrows(drawing: Drawing, spots: dict[str, Spot]) -> list[str]:
    found = []
    for edge, curve in zip(drawing.edges, _curves(drawing, spots), strict=True):
        (x0, y0), (x1, y1), (x2, y2), (x3, y3) = curve
        dash = ' stroke-dasharray="6 4"' if edge.plain else ""
        ink = "#b42318" if edge.plain else "#6b4fa3" if edge.admin else "#374151"
        about = _plain("\n".join(edge.about), 2000)
        found.append(
            f'<path d="M{x0:.1f} {y0:.1f}C{x1:.1f} {y1:.1f} {x2:.1f} {y2:.1f} {x3:.1f} {y3:.1f}" fill="none" '
            f'stroke="{ink}" stroke-width="1.3"{dash} marker-end="url(#dfd-tip)"><title>{about}</title></path>'
        )
    return found


def _curves(drawing: Drawing, spots: dict[str, Spot]) -> list[tuple[Spot, Spot, Spot, Spot]]:
    """The curve of each edge; those at one side of a node begin and end below each other."""
    sides = [_sides(spots[edge.source], spots[edge.target]) for edge in drawing.edges]
    ports: dict[tuple[str, int], list[tuple[float, int, int]]] = {}
    for number, (edge, (begin, end)) in enumerate(zip(drawing.edges, sides, strict=True)):
        ports.setdefault((edge.source, begin), []).append((spots[edge.target][1], number, 0))
        ports.setdefault((edge.target, end), []).append((spots[edge.source][1], number, 1))
    at: dict[tuple[int, int], Spot] = {}
    for (name, side), those in ports.items():
        x, y = spots[name]
        for place, (_, number, which) in enumerate(sorted(those)):
            share = (place + 1) / (len(those) + 1)
            at[number, which] = (x + (WIDE if side > 0 else 0), y + 6 + (HIGH - 12) * share)
    return [_curve(at[number, 0], at[number, 1], *side) for number, side in enumerate(sides)]


def _sides(source: Spot, target: Spot) -> tuple[int, int]:
    """At which side an edge leaves and arrives: 1 for right, -1 for left."""
    if target[0] >= source[0] + WIDE:
        return 1, -1
    if target[0] + WIDE <= source[0]:
        return -1, 1
    return 1, 1


def _curve(begin: Spot, end: Spot, leave: int, arrive: int) -> tuple[Spot, Spot, Spot, Spot]:
    bend = max(abs(end[0] - begin[0]) * 0.45, 34)
    if leave == arrive:
        bend = 34 + min(abs(end[1] - begin[1]) * 0.12, 40)
    return begin, (begin[0] + leave * bend, begin[1]), (end[0] + arrive * bend, end[1]), end


def _labels(drawing: Drawing, spots: dict[str, Spot]) -> list[str]:
    """The labels of edges, each where it hides least."""
    taken: list[Box] = [(x, y, x + WIDE, y + HIGH) for x, y in spots.values()]
    found = []
    for edge, curve in zip(drawing.edges, _curves(drawing, spots), strict=True):
        text = _label(edge)
        if not text:
            continue
        width = 6.1 * len(text) + 8
        boxes = [_around(_point(curve, share), width) for share in ALONG]
        box = min(boxes, key=lambda one: sum(_overlap(one, other) for other in taken))
        taken.append(box)
        ink = "#8a1c1c" if edge.plain else "#374151"
        found.append(
            _rect(box[0], box[1], width, 15, 'rx="3" fill="#ffffff" fill-opacity="0.92"')
            + _text((box[0] + box[2]) / 2, box[1] + 11, text, 10, anchor="middle", fill=ink)
        )
    return found


def _label(edge: Edge) -> str:
    text = _cut(edge.label, 22)
    return f"{text} unencrypted".strip() if edge.plain else text


def _point(curve: tuple[Spot, Spot, Spot, Spot], share: float) -> Spot:
    """The point of a Bézier curve at a share of its way."""
    points = list(curve)
    while len(points) > 1:
        points = [(a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share) for a, b in pairwise(points)]
    return points[0]


def _around(point: Spot, width: float) -> Box:
    return point[0] - width / 2, point[1] - 8, point[0] + width / 2, point[1] + 7


def _overlap(one: Box, other: Box) -> float:
    wide = min(one[2], other[2]) - max(one[0], other[0])
    high = min(one[3], other[3]) - max(one[1], other[1])
    return wide * high if wide > 0 and high > 0 else 0


def _legend(drawing: Drawing, y: float) -> list[str]:
    x, top = float(MARGIN), y + 6
    found = []
    for kind, said in (
        ("entity", "outside"),
        ("component", "component"),
        ("store", "data store"),
        ("identity", "identity"),
    ):
        corner = 5 if kind == "component" else 0
        found.append(_rect(x, top, 16, 12, f'rx="{corner}" fill="{FILLS[kind]}" stroke="{LINES[kind]}"'))
        found.append(_text(x + 22, top + 10, said, 11))
        x += 40 + 6.4 * len(said)
    said = (
        "thick border, “exposed”: reachable from the internet · dashed arrow, “unencrypted”: not encrypted on the way"
    )
    found.append(_text(x + 8, top + 10, said, 11))
    more = (
        f" {drawing.left_out} elements that only log, or that nobody outside may become, are not drawn."
        if drawing.left_out
        else ""
    )
    said = (
        f"Dashed frames are trust boundaries; red words are the class of the data. Flows of logs are not drawn.{more}"
    )
    found.append(_text(MARGIN, top + GAP + 12, said, 11, fill="#4b5563"))
    return found


def _text(
    x: float, y: float, text: str, size: int, *, anchor: str = "start", fill: str = "#111827", weight: str = ""
) -> str:
    heavy = f' font-weight="{weight}"' if weight else ""
    paint = f'font-size="{size}" text-anchor="{anchor}" fill="{fill}"{heavy}'
    return f'<text x="{x:.1f}" y="{y:.1f}" {paint}>{_plain(text)}</text>'


def _rect(x: float, y: float, width: float, height: float, paint: str) -> str:
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" {paint}/>'


def _plain(text: str, limit: int = 200) -> str:
    """Text for XML: nothing in it is markup, and no character that XML has not."""
    return escape("\n".join(clean(line) for line in text[:limit].split("\n")))


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"
