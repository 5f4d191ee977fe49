"""`Fn::ForEach` of the AWS::LanguageExtensions transform: loops over names, unrolled in the nodes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from bastide.sources.cloudformation.nodes import (
    Call,
    Map,
    Node,
    Seq,
    call_or_map,
    last_of_each,
    make_map,
    make_seq,
)
from bastide.sources.cloudformation.values import as_text, shown

if TYPE_CHECKING:
    from bastide.sources.cloudformation.evaluate import Evaluator

_PREFIX = "Fn::ForEach::"


class UnknownLoop(NamedTuple):
    """A loop that could not be unrolled, and why."""

    loop: str
    reason: str
    line: int


def is_loop(key: str) -> bool:
    """Whether a key begins a loop."""
    return key.startswith(_PREFIX)


def unroll(node: Map, evaluator: Evaluator) -> tuple[Map, list[UnknownLoop]]:
    """The object with its loops, and the loops that they make, replaced by what they stand for.

    What a loop makes has the lines of the loop's body. Loops over what is not known are left out and returned.
    """
    keys: list[str] = []
    values: list[Node] = []
    lines: list[int] = []
    unknown: list[UnknownLoop] = []
    pending = list(reversed(list(node.items_with_lines())))
    while pending:
        key, value, line = pending.pop()
        if not is_loop(key):
            keys.append(key)
            values.append(value)
            lines.append(line)
            continue
        made = _unrolled(key, value, line, evaluator)
        if isinstance(made, UnknownLoop):
            unknown.append(made)
        else:
            pending += reversed(made)
    keys, values, lines, _ = last_of_each(keys, values, lines)
    return make_map(keys, values, lines, node.end), unknown


def _unrolled(key: str, argument: Node, line: int, evaluator: Evaluator) -> list[tuple[str, Node, int]] | UnknownLoop:
    if type(argument) is not Seq or len(argument) != 3 or type(argument[0]) is not str:
        return UnknownLoop(key, "not a name, a list and an object", line)
    name, collection, body = argument
    items = evaluator.value(collection)
    if type(items) is not list:
        return UnknownLoop(key, f"loops over {shown(items)}", line)
    texts = [as_text(item) for item in items]
    if None in texts or type(body) not in (Map, Call):
        return UnknownLoop(key, "loops over values that are not known", line)
    entries = [(body.name, body.argument, body.line)] if type(body) is Call else list(body.items_with_lines())
    made = []
    for text in texts:
        loop = _Loop(name, text or "", evaluator)
        made += [(loop.text(inner), loop.node(value), at) for inner, value, at in entries]
    return made


class _Loop:
    """One round of a loop: puts the item into texts, for `${Name}` as it is, for `&{Name}` without punctuation."""

    def __init__(self, name: str, item: str, evaluator: Evaluator) -> None:
        self.name, self.item, self.evaluator = name, item, evaluator
        self.plain, self.bare = f"${{{name}}}", f"&{{{name}}}"

    def text(self, value: str) -> str:
        """A text with the item in it."""
        self.evaluator.spend(1)
        if self.plain not in value and self.bare not in value:
            return value
        value = value.replace(self.plain, self.item).replace(self.bare, re.sub(r"[^A-Za-z0-9]", "", self.item))
        self.evaluator.spend(0, len(value))
        return value

    def node(self, node: Node) -> Node:
        """A copy of a node with the item in it."""
        kind = type(node)
        if kind is str:
            return self.text(node)
        self.evaluator.spend(1)
        if kind is Call:
            if node.name == "Ref" and node.argument == self.name:
                return self.item
            return Call(self.text(node.name), self.node(node.argument), node.line)
        if kind is Seq:
            return make_seq([self.node(item) for item in node], node.lines)
        if kind is Map:
            values = [self.node(item) for item in node.values()]
            keys, values, lines, _ = last_of_each([self.text(key) for key in node], values, node.lines)
            return call_or_map(make_map(keys, values, lines, node.end))
        return node
