"""A JSON or YAML text as nodes that know the offsets between which they stand."""

from __future__ import annotations

import re
from typing import Any, Literal

from msgspec import Struct, field

Kind = Literal["map", "list", "scalar", "opaque"]
_NO_VALUE = re.compile(r"""!Ref ["']?AWS::NoValue["']?|\{ ?["']?Ref["']? ?: ?["']?AWS::NoValue["']? ?\}""")


class Entry(Struct):
    """`key: value` of a map, the key from `start` to `end`."""

    key: str
    start: int
    end: int
    value: Node


class Node(Struct):
    """A value at `start` to `end`. `opaque` is one that the text only computes: a function, an alias, a merge.

    `last` is where its last character stands that is no space and no comment: blocks end before what follows them.
    `words` say what an opaque value is. `flow` is the form with brackets; `json` the one with quotes around keys.
    """

    kind: Kind
    start: int
    end: int
    value: Any = None
    entries: list[Entry] = field(default_factory=list)
    items: list[Node] = field(default_factory=list)
    flow: bool = True
    json: bool = False
    words: str = ""
    shared: bool = False
    """Whether an anchor stands before it: others may mean it, too."""

    def get(self, key: str) -> Entry | None:
        """The entry of a key, the last one where there are several."""
        return next((entry for entry in reversed(self.entries) if entry.key == key), None)

    @property
    def last(self) -> int:
        """Where its text ends."""
        if self.flow or self.kind in ("scalar", "opaque"):
            return self.end
        if self.kind == "map":
            return max((max(entry.end, entry.value.last) for entry in self.entries), default=self.end)
        return max((item.last for item in self.items), default=self.end)

    def plain(self) -> Any:
        """The value, if all of it is written out; `ValueError` with the words of the part that is not."""
        if self.kind == "opaque":
            raise ValueError(self.words)
        if self.kind == "map":
            return {entry.key: entry.value.plain() for entry in self.entries}
        return [item.plain() for item in self.items] if self.kind == "list" else self.value


def emptied(node: Node) -> Node:
    """The value of a key as it is, but `!Ref AWS::NoValue` as the empty value that it stands for."""
    if node.kind == "opaque" and _NO_VALUE.fullmatch(node.words):
        node.kind, node.value, node.entries = "scalar", None, []
    return node
