"""Building CloudFormation entries out of the nodes of serverless ones, so that every part keeps its line."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from msgspec import Struct, field

from bastide.sources.cloudformation.nodes import (
    Call,
    Map,
    Node,
    Seq,
    as_map,
    last_of_each,
    locate,
    make_map,
    make_seq,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

_CARRIED = ("Condition", "Metadata")


class Source(NamedTuple):
    """A serverless entry of `Resources`, with its `Properties` after the globals were merged in."""

    name: str
    type: str
    node: Map
    line: int
    properties: Map


class Properties:
    """Properties in the making, from those of a serverless entry or of a part of one."""

    def __init__(self, source: Map, line: int) -> None:
        self.source, self.line = source, line
        self.at = dict(zip(source, source.lines, strict=True))
        self.keys: list[str] = []
        self.values: list[Node] = []
        self.lines: list[int] = []

    def put(self, key: str, value: object, like: str = "") -> Properties:
        """Sets a property to nodes or plain values, on the line where the source has `like`."""
        line = self.at.get(like, self.line)
        self.keys.append(key)
        self.values.append(locate(value, line))
        self.lines.append(line)
        return self

    def take(self, key: str, old: str = "") -> Properties:
        """Takes over a property of the source, if it is there, by its old name."""
        old = old or key
        if old in self.source:
            self.put(key, self.source[old], old)
        return self

    def take_all(self, but: Collection[str]) -> Properties:
        """Takes over all properties of the source but these."""
        for key in self.source:
            if key not in but:
                self.take(key)
        return self

    def node(self) -> Map:
        """The properties as an object; what was set last counts."""
        keys, values, lines, _ = last_of_each(self.keys, self.values, self.lines)
        return make_map(keys, values, lines, self.line)


class Output(Struct):
    """The entries that the transform makes: `written` has the serverless type that each stands for."""

    keys: list[str] = field(default_factory=list)
    nodes: list[Node] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    written: dict[str, str] = field(default_factory=dict)

    def keep(self, name: str, node: Node, line: int) -> None:
        """Adds an entry as it is."""
        self.keys.append(name)
        self.nodes.append(node)
        self.lines.append(line)

    def make(
        self,
        source: Source,
        name: str,
        kind: str,
        properties: Properties | Node,
        attributes: Collection[str] = (),
    ) -> str:
        """Adds an entry that is made for `source`, stands in its place and has its condition; its name."""
        node = properties.node() if isinstance(properties, Properties) else properties
        entry = Properties(source.node, source.line).put("Type", kind, "Type")
        for key in (*_CARRIED, *attributes):
            entry.take(key)
        made = entry.put("Properties", node, "Properties").node()
        made.end = source.node.end
        self.written[name] = source.type
        self.keep(name, made, source.line)
        return name

    def section(self, end: int) -> Map:
        """The entries as a section."""
        keys, nodes, lines, _ = last_of_each(self.keys, self.nodes, self.lines)
        return make_map(keys, nodes, lines, end)


def ref(name: str, line: int = 1) -> Call:
    """`Ref` to an entry."""
    return Call("Ref", name, line)


def get_att(name: str, attribute: str, line: int = 1) -> Call:
    """`Fn::GetAtt` of an entry."""
    return Call("Fn::GetAtt", f"{name}.{attribute}", line)


def no_value(line: int = 1) -> Call:
    """What makes a value vanish."""
    return Call("Ref", "AWS::NoValue", line)


def is_no_value(node: Node) -> bool:
    """Whether a node is `AWS::NoValue`."""
    return type(node) is Call and node.name == "Ref" and node.argument == "AWS::NoValue"


def through(node: Node, change: Callable[[Node], Node]) -> Node:
    """Applies a change to a value, or to both sides of an `Fn::If` in its place."""
    if is_no_value(node):
        return node
    if type(node) is Call and node.name == "Fn::If" and type(node.argument) is Seq and len(node.argument) == 3:
        condition, if_true, if_false = node.argument
        sides = [condition, through(if_true, change), through(if_false, change)]
        return Call("Fn::If", make_seq(sides, node.argument.lines), node.line)
    return change(node)


def tag_list(node: Node) -> Node:
    """Serverless tags, an object, as CloudFormation's list of keys and values."""

    def listed(tags: Node) -> Node:
        if type(tags) is not Map:
            return tags
        items = [locate({"Key": key, "Value": value}, line) for key, value, line in tags.items_with_lines()]
        return make_seq(items, list(tags.lines))

    return through(node, listed)


def s3_location(node: Node, names: tuple[str, str, str]) -> Node | None:
    """Where code lies in S3, under the names that a type has for bucket, key and version; None for a local path."""
    if type(node) is str and node.startswith("s3://"):
        bucket, _, key = node.removeprefix("s3://").partition("/")
        return {names[0]: bucket, names[1]: key}
    if type(node) is Map:
        made = Properties(node, node.lines[0] if node.lines else 1)
        for new, old in zip(names, ("Bucket", "Key", "Version"), strict=True):
            made.take(new, old)
        return made.node()
    return None


def part(node: Map, key: str) -> Map:
    """An object within an object, empty when it is not there or not written out."""
    value = node.get(key)
    return value if type(value) is Map else as_map(None)
