"""Where nodes lie: in columns from outside on the left, through what is asked first, to where data lies on the right.

A boundary is a frame around what is in it. In a column, nodes are ordered so that they lie near those that they talk to.
"""

from __future__ import annotations

from collections import defaultdict, deque
from typing import TYPE_CHECKING

from msgspec import Struct, field

from bastide.threats.model.places import chain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bastide.threats.diagram_nodes import Drawing, Node
    from bastide.threats.model.shape import Boundary

WIDE, HIGH = 172, 52
"""Size of a node."""
GAP, CHANNEL, PADDING, TITLE = 18, 92, 18, 24
TALLEST = 9
"""Nodes in a column at most."""
SWEEPS = 6
DEEPEST = 3
"""How many columns of components lie before the networks and the stores."""
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
        """How many steps each node is from those that nothing flows to."""
        onward = defaultdict(list)
        for edge in self._drawing.edges:
            onward[edge.source].append(edge.target)
        begins = {edge.source for edge in self._drawing.edges} - {edge.target for edge in self._drawing.edges}
        begins |= {node.id for node in self._drawing.nodes if node.kind == "entity" and node.id in onward}
        found = dict.fromkeys(sorted(begins), 0)
        queue = deque(found)
        while queue:
            name = queue.popleft()
            for other in onward.get(name, ()):
                if other not in found:
                    found[other] = found[name] + 1
                    queue.append(other)
        return found

    def _whole(self) -> Block:
        """Outside what asks, then AWS, then outside what is only told."""
        asking, told = [], []
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
        """What lies in a boundary: others' accounts, components by depth, frames within, then stores."""
        nodes = self._inside[boundary.id]
        front = [node for node in nodes if node.kind != "store"]
        steps = sorted({min(self._depth.get(node.id, DEEPEST), DEEPEST) for node in front})
        columns = [
            self._columns([node for node in front if min(self._depth.get(node.id, DEEPEST), DEEPEST) == step])
            for step in steps
        ]
        if boundary.kind == "subnet" or len(nodes) <= 3:
            columns = [self._columns(front)] if front else []
        frames = [self._framed(one, self._content(one, depth + 1), depth) for one in self._children[boundary.id]]
        small = [one for one in frames if len(one.spots) == 1]
        large = [one for one in frames if len(one.spots) > 1]
        inner = beside(large, CHANNEL) if boundary.kind == "vpc" else below(large)
        stores = [node for node in nodes if node.kind == "store"]
        blocks = [below(small), *columns, inner, self._columns(stores)]
        return beside(blocks, CHANNEL)

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


def below(blocks: Sequence[Block]) -> Block:
    """Blocks from top to bottom."""
    whole = Block()
    for block in blocks:
        if block.spots:
            whole.height += GAP if whole.spots else 0
            _put(whole, block, 0, whole.height)
            whole.height += block.height
            whole.width = max(whole.width, block.width)
    return whole
