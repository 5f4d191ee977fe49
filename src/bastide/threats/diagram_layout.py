"""Where nodes lie: from outside on the left to where data lies on the right, a row for each part that is connected.

A boundary is a frame around what is in it. In a column, nodes lie near those that they talk to.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from msgspec import Struct, field

from bastide.threats.model.places import chain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bastide.threats.diagram_nodes import Drawing, Node
    from bastide.threats.model.shape import Boundary

WIDE, HIGH = 172, 56
"""Size of a node."""
GAP, CHANNEL, PADDING, TITLE = 18, 92, 18, 24
TALLEST = 9
"""Nodes in a column at most."""
SWEEPS = 6
DEEPEST = 3
"""The depth of what nothing flows to, beside what something flows to."""
Spot = tuple[float, float]


class Frame(Struct):
    """A boundary as it is drawn."""

    boundary: Boundary
    x: float
    y: float
    width: float
    height: float
    depth: int


class Block(Struct):
    """Something that is laid out, from its own corner: nodes with their spots and frames."""

    width: float = 0
    height: float = 0
    spots: dict[str, Spot] = field(default_factory=dict)
    frames: list[Frame] = field(default_factory=list)


class Layout:
    """The layout of one drawing: `block` has the spots of nodes, and the frames, the outermost first."""

    def __init__(self, drawing: Drawing) -> None:
        self._drawing = drawing
        self._neighbours: dict[str, list[str]] = defaultdict(list)
        for edge in drawing.edges:
            self._neighbours[edge.source].append(edge.target)
            self._neighbours[edge.target].append(edge.source)
        self._depth = self._depths()
        self._inside: dict[str | None, list[Node]] = defaultdict(list)
        self._children: dict[str | None, list[Boundary]] = defaultdict(list)
        for node in drawing.nodes:
            self._inside[node.boundary].append(node)
        used = {name for node in drawing.nodes for name in chain(drawing.boundaries, node.boundary)}
        for boundary in drawing.boundaries.values():
            if boundary.id in used:
                self._children[boundary.within].append(boundary)
        self._heights: dict[str, float] = {}
        for _ in range(SWEEPS):
            self.block = self._whole()
            self._heights = {name: spot[1] for name, spot in self.block.spots.items()}
        self.block.frames.sort(key=lambda frame: frame.depth)

    def _depths(self) -> dict[str, int]:
        """How many steps each node is at most from where flows begin; one that closes a circle does not count."""
        onward: dict[str, list[str]] = defaultdict(list)
        for edge in self._drawing.edges:
            onward[edge.source].append(edge.target)
        kinds = {node.id: node.kind for node in self._drawing.nodes}
        begins = onward.keys() - {edge.target for edge in self._drawing.edges}
        begins |= {name for name, kind in kinds.items() if kind == "entity" and name in onward}
        place = {name: number for number, name in enumerate(_forwards([*sorted(begins), *sorted(onward)], onward))}
        found = dict.fromkeys(place, 0)
        for name, number in place.items():
            for other in onward.get(name, ()):
                if place[other] > number:
                    found[other] = max(found[other], found[name] + 1)
        return found

    def _whole(self) -> Block:
        """Outside what asks, then AWS, then outside what is only told."""
        asking: list[Block] = []
        told: list[Block] = []
        for top in (*self._children[None], None):
            if top is not None and top.kind == "aws":
                continue
            nodes = self._inside[top.id if top else None]
            first = [node for node in nodes if self._asks(node)]
            rest = [node for node in nodes if not self._asks(node)]
            if top is not None and self._children[top.id]:
                asking.append(self._framed(top, self._content(top, 1), 0))
                continue
            for those, side in ((first, asking), (rest, told)):
                if those:
                    block = self._columns(those)
                    side.append(self._framed(top, block, 0) if top else block)
        middle = [self._framed(top, self._content(top, 1), 0) for top in self._children[None] if top.kind == "aws"]
        return beside([below(asking), below(middle), below(told)], CHANNEL)

    def _asks(self, node: Node) -> bool:
        return self._depth.get(node.id, 1) == 0 or node.kind != "entity"

    def _content(self, boundary: Boundary, depth: int) -> Block:
        """What lies in a boundary: a row for each part that is connected, below them what nothing flows to or from."""
        nodes = self._inside[boundary.id]
        frames = sorted(self._children[boundary.id], key=self._begins)
        if boundary.kind in ("vpc", "subnet"):
            inner = [self._framed(one, self._content(one, depth + 1), depth) for one in frames]
            return beside([*inner, *self._steps(nodes)], CHANNEL)
        rows = self._rows(nodes, frames)
        asked = [row for row in rows if len(row) > 1 and self._outside(row)]
        single = [self._row(row, frames, depth) for row in rows if len(row) == 1 and self._outside(row)]
        others = [self._row(row, frames, depth) for row in rows if not self._outside(row)]
        big = [self._row(row, frames, depth) for row in asked]
        wide = [one for one in single if len(one.spots) > 1]
        lower = beside([below([one for one in single if len(one.spots) == 1]), below(others)], CHANNEL)
        whole = below([*big, *wide, lower], GAP * 2)
        alone = [node for node in nodes if not self._neighbours[node.id]]
        return below([whole, self._grid(alone, max(int(whole.width // (WIDE + GAP)), 5))], GAP * 2)

    def _outside(self, row: set[str]) -> bool:
        """Whether somebody outside asks something of a row."""
        within = {node.id for node in self._drawing.nodes if self._holds(row, node)}
        kinds = {node.id: node.kind for node in self._drawing.nodes}
        return any(edge.target in within and kinds[edge.source] == "entity" for edge in self._drawing.edges)

    def _holds(self, row: set[str], node: Node) -> bool:
        return node.id in row or bool(row & set(chain(self._drawing.boundaries, node.boundary)))

    def _rows(self, nodes: Sequence[Node], frames: Sequence[Boundary]) -> list[set[str]]:
        """What belongs together, by the ids of nodes and frames directly in a boundary, the largest first."""
        holder = {node.id: node.id for node in nodes if self._neighbours[node.id]}
        for node in self._drawing.nodes:
            around = chain(self._drawing.boundaries, node.boundary)
            holder.update((node.id, frame.id) for frame in frames if frame.id in around)
        group = {name: name for name in {*holder.values(), *(frame.id for frame in frames)}}
        for edge in self._drawing.edges:
            if edge.source in holder and edge.target in holder:
                old, new = group[holder[edge.source]], group[holder[edge.target]]
                group = {name: new if one == old else one for name, one in group.items()}
        rows: dict[str, set[str]] = defaultdict(set)
        for name, one in group.items():
            rows[one].add(name)
        return sorted(rows.values(), key=lambda row: (-len(row), sorted(row)))

    def _row(self, row: set[str], frames: Sequence[Boundary], depth: int) -> Block:
        """From left to right: what is asked before the frames of the row, those, and what comes after."""
        mine = [frame for frame in frames if frame.id in row]
        nodes = [node for node in self._drawing.nodes if node.id in row]
        first = min((self._begins(frame) for frame in mine), default=10_000)
        before = [node for node in nodes if self._depth.get(node.id, 0) <= first and not self._is_fed(node, mine)]
        after = [node for node in nodes if node not in before]
        inner = below([self._framed(one, self._content(one, depth + 1), depth) for one in mine])
        return beside([*self._steps(before), inner, *self._steps(after)], CHANNEL)

    def _is_fed(self, node: Node, frames: Sequence[Boundary]) -> bool:
        """Whether something within these frames flows to a node."""
        inside = {frame.id for frame in frames}
        where = {one.id: chain(self._drawing.boundaries, one.boundary) for one in self._drawing.nodes}
        return any(edge.target == node.id and inside & set(where[edge.source]) for edge in self._drawing.edges)

    def _begins(self, boundary: Boundary) -> float:
        """The mean depth of what lies in a boundary."""
        depths = [
            self._depth.get(node.id, DEEPEST)
            for node in self._drawing.nodes
            if boundary.id in chain(self._drawing.boundaries, node.boundary)
        ]
        return sum(depths) / len(depths) if depths else 0

    def _steps(self, nodes: Sequence[Node]) -> list[Block]:
        """A block for each depth that nodes have."""
        by = defaultdict(list)
        for node in nodes:
            by[self._depth.get(node.id, 0)].append(node)
        steps: list[list[Node]] = []
        for depth in sorted(by):
            if steps and len(steps[-1]) < TALLEST and not self._joined(steps[-1], by[depth]):
                steps[-1] += by[depth]
            else:
                steps.append(by[depth])
        return [self._columns(step) for step in steps]

    def _joined(self, some: Sequence[Node], others: Sequence[Node]) -> bool:
        names = {node.id for node in others}
        return any(names & set(self._neighbours[node.id]) for node in some)

    def _grid(self, nodes: Sequence[Node], across: int) -> Block:
        ordered = sorted(nodes, key=lambda node: (node.noun, node.name, node.id))
        rows = [ordered[start : start + across] for start in range(0, len(ordered), across)]
        return below([beside([_single(node) for node in row], GAP) for row in rows])

    def _columns(self, nodes: Sequence[Node]) -> Block:
        """Nodes on top of each other, in as many columns as are needed."""
        ordered = sorted(nodes, key=lambda node: (self._wish(node), node.name, node.id))
        count = -(-len(ordered) // TALLEST)
        columns = [ordered[number::count] for number in range(count)]
        return beside([below([_single(node) for node in column]) for column in columns], GAP * 2)

    def _wish(self, node: Node) -> float:
        heights = [self._heights[name] for name in self._neighbours[node.id] if name in self._heights]
        return sum(heights) / len(heights) if heights else self._heights.get(node.id, 0.0) + 10_000

    def _framed(self, boundary: Boundary, block: Block, depth: int) -> Block:
        width = max(block.width + 2 * PADDING, 7.5 * len(boundary.name[:40]) + 2 * PADDING)
        framed = Block(width, block.height + 2 * PADDING + TITLE)
        _put(framed, block, PADDING, PADDING + TITLE)
        framed.frames.append(Frame(boundary, 0, 0, framed.width, framed.height, depth))
        return framed


def _forwards(begins: Sequence[str], onward: dict[str, list[str]]) -> list[str]:
    """All that is reached in an order in which flows go forwards, but for those that close a circle."""
    seen: set[str] = set()
    backwards: list[str] = []
    for begin in begins:
        stack = [(begin, False)]
        while stack:
            name, done = stack.pop()
            if done:
                backwards.append(name)
            elif name not in seen:
                seen.add(name)
                stack.append((name, True))
                stack += [(other, False) for other in reversed(onward.get(name, ())) if other not in seen]
    return backwards[::-1]


def _single(node: Node) -> Block:
    return Block(WIDE, HIGH, {node.id: (0, 0)})


def _put(into: Block, block: Block, x: float, y: float) -> None:
    for name, spot in block.spots.items():
        into.spots[name] = (spot[0] + x, spot[1] + y)
    for frame in block.frames:
        into.frames.append(Frame(frame.boundary, frame.x + x, frame.y + y, frame.width, frame.height, frame.depth))


def beside(blocks: Sequence[Block], gap: float) -> Block:
    """Blocks from left to right, their middles at one height; those with nothing in them are left out."""
    whole = Block(height=max((block.height for block in blocks), default=0))
    for block in blocks:
        if block.spots:
            whole.width += gap if whole.spots else 0
            _put(whole, block, whole.width, (whole.height - block.height) / 2)
            whole.width += block.width
    return whole


def below(blocks: Sequence[Block], gap: float = GAP) -> Block:
    """Blocks from top to bottom."""
    whole = Block()
    for block in blocks:
        if block.spots:
            whole.height += gap if whole.spots else 0
            _put(whole, block, 0, whole.height)
            whole.height += block.height
            whole.width = max(whole.width, block.width)
    return whole
