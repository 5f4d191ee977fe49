"""Files of one YAML document that is no template: read within limits, into nodes that know their lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bastide.resources.model import Loaded, Origin, Problem, Resource, SourceKind, settle
from bastide.sources.cloudformation.document import read_document, read_file
from bastide.sources.cloudformation.nodes import Map, Node, Seq, TemplateError, as_map

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_BYTES = 1024 * 1024
"""Bytes of one such file."""
MAX_ITEMS = 5_000
"""Elements of one list of properties."""


def read_root(path: str, text: bytes | None, loaded: Loaded) -> Map | None:
    """The mapping at the top of a file, read from `path` when `text` is None; None, and a problem, when it has none."""
    try:
        data = read_file(path, MAX_BYTES) if text is None else text
        document = read_document(path, data)
    except TemplateError as error:
        cause = error.cause.replace("not an object of sections", "no mapping at its top")
        cause = cause.replace("a binary file, not a template", "a binary file")
        message = f"column {error.column}: {cause}" if error.column > 1 else cause
        loaded.problems.append(Problem("unreadable", path, error.line, message))
        return None
    loaded.problems += document.problems
    return document.root


def text_of(node: Node) -> str | None:
    """A scalar as text, as it would be in a variable; None for what is none."""
    if isinstance(node, bool):
        return str(node).lower()
    return str(node) if isinstance(node, (str, int, float)) else None


def entries(node: Node) -> Iterator[tuple[str, Node, int]]:
    """Key, value and line of a mapping; nothing for what is none."""
    yield from as_map(node).items_with_lines()


def items(node: Node) -> Iterator[tuple[Node, int]]:
    """Elements and lines of a list; nothing for what is none."""
    if type(node) is Seq:
        yield from zip(node, node.lines, strict=True)


class Tree:
    """A property tree that grows list by list, and where its parts are written."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.properties: dict[str, Any] = {}
        self.origins: dict[str, Origin] = {}
        self.full = False

    def put(self, name: str, value: Any, line: int, end: int = 0) -> None:
        """A property with its line."""
        self.properties[name] = value
        self.origins[name] = Origin(self.path, line, max(line, end))

    def add(self, name: str, entry: dict[str, Any], line: int, end: int = 0) -> None:
        """One more element of a list; what is over the limit is left out, and `full` says so."""
        found = self.properties.setdefault(name, [])
        if len(found) >= MAX_ITEMS:
            self.full = True
            return
        self.origins[f"{name}[{len(found)}]"] = Origin(self.path, line, max(line, end))
        found.append(entry)

    def finish(self, loaded: Loaded, type_: str, address: str, name: str, end: int) -> None:
        """The resource, into what is loaded."""
        if self.full:
            loaded.problems.append(Problem("partial", self.path, 1, f"more than {MAX_ITEMS} entries of one kind"))
        properties, unresolved, links = settle(self.properties)
        source: SourceKind = loaded.source
        loaded.resources.append(
            Resource(
                type_,
                address,
                loaded.unit,
                source,
                self.path,
                1,
                end,
                properties,
                name,
                unresolved,
                links,
                self.origins,
            )
        )
