"""A template as it was written: plain values, and three kinds of node that know their lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from bastide.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Iterator


Node = Any
"""`Map`, `Seq`, `Call`, or a str, int, float, bool or None."""


_LONGEST = 120


class Map(dict[str, Any]):
    """An object as written: `lines[i]` is the line of its i-th key, `end` the last line it can reach."""

    __slots__ = ("end", "lines")
    lines: list[int]
    end: int

    def items_with_lines(self) -> Iterator[tuple[str, Node, int]]:
        """Key, value and line of every entry, as written."""
        for (key, value), line in zip(self.items(), self.lines, strict=True):
            yield key, value, line

    def line_of(self, key: str, default: int = 1) -> int:
        """The line on which a key is written."""
        return next((line for name, line in zip(self, self.lines, strict=True) if name == key), default)


class Seq(list[Any]):
    """A list as written: `lines[i]` is the line of its i-th item."""

    __slots__ = ("lines",)
    lines: list[int]


class Call:
    """A call of an intrinsic function, whatever its form: `!Sub x` and `{"Fn::Sub": "x"}` are the same.

    `name` is the long name (`Ref`, `Condition`, `Fn::Sub`), `argument` a node.
    """

    __slots__ = ("argument", "line", "name")

    def __init__(self, name: str, argument: Node, line: int) -> None:
        self.name, self.argument, self.line = name, argument, line

    def __repr__(self) -> str:
        return f"Call({self.name!r}, {self.argument!r})"


class TemplateError(SourceError):
    """A document that is not what it claims to be; `line` and `column` count from one."""

    def __init__(self, cause: str, line: int = 1, column: int = 1) -> None:
        self.line, self.column = line, column
        super().__init__(cause)


class Duplicate(NamedTuple):
    """A key that is written more than once in one object; the last one counts."""

    key: str
    line: int
    first: int


def make_map(keys: list[str], values: list[Node], lines: list[int], end: int) -> Map:
    """A map of entries whose keys differ."""
    made = Map(zip(keys, values, strict=True))
    made.lines, made.end = lines, end
    return made


def make_seq(values: list[Node], lines: list[int]) -> Seq:
    """A list of items with the line of each."""
    made = Seq(values)
    made.lines = lines
    return made


def last_of_each(
    keys: list[str], values: list[Node], lines: list[int]
) -> tuple[list[str], list[Node], list[int], list[Duplicate]]:
    """The entries of an object with every key once, and the keys that were there more than once."""
    entries: dict[str, tuple[Node, int]] = {}
    duplicates = []
    for key, value, line in zip(keys, values, lines, strict=True):
        if key in entries:
            duplicates.append(Duplicate(key, line, entries.pop(key)[1]))
        entries[key] = value, line
    return (
        list(entries),
        [value for value, _ in entries.values()],
        [line for _, line in entries.values()],
        duplicates,
    )


def is_function(key: str) -> bool:
    """Whether an object with this one key is a call."""
    return key == "Ref" or key.startswith("Fn::")


def call_or_map(made: Map) -> Node:
    """The call that an object with a single function key stands for, else the object."""
    if len(made) == 1:
        ((key, value),) = made.items()
        if is_function(key):
            return Call(key, value, made.lines[0])
    return made


def as_map(node: Node) -> Map:
    """The object that a node is, for places where only names can stand; empty for anything else.

    A call turns back into the object with one key that it was written as: `Resources` may hold nothing but
    one `Fn::ForEach::…`.
    """
    if type(node) is Map:
        return node
    if type(node) is Call:
        return make_map([node.name], [node.argument], [node.line], node.line)
    return make_map([], [], [], 1)


def cut(name: str) -> str:
    """A name for a message: what is long says no more than its beginning."""
    return name if len(name) <= _LONGEST else f"{name[: _LONGEST - 1]}…"


def locate(value: Any, line: int) -> Node:
    """Nodes for plain objects and lists, all of them on one line; nodes within them keep their own lines."""
    if type(value) is dict:
        made = make_map(list(value), [locate(item, line) for item in value.values()], [line] * len(value), line)
        return call_or_map(made)
    if type(value) is list:
        return make_seq([locate(item, line) for item in value], [line] * len(value))
    return value
