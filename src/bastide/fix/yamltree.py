"""Template texts, YAML or JSON, into nodes with offsets."""

from __future__ import annotations

import re
from typing import Any

import yaml

from bastide.fix.draft import NotFixable
from bastide.fix.tree import Entry, Node, emptied
from bastide.sources.cloudformation.nodes import is_function
from bastide.sources.cloudformation.yaml_text import plain

_Parser: Any = getattr(yaml, "CLoader", yaml.Loader)
_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
_WORDS = 60
_DEPTH = 200


def read_tree(text: str) -> Node:
    """The first document of a text; `NotFixable` for what is neither YAML nor JSON."""
    stripped = text.lstrip()
    if stripped[:1] == "{":
        from bastide.fix.jsontree import read_json_tree

        try:
            return read_json_tree(text, functions=True)
        except NotFixable:
            pass  # YAML may well begin with a brace
    try:
        return _Reader(text).document()
    except (yaml.YAMLError, RecursionError):
        raise NotFixable("the file is no YAML") from None


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.starts = [0, *(found.end() for found in _BREAK.finditer(text))]
        self.parser = _Parser(text)

    def document(self) -> Node:
        try:
            while True:
                event = self.parser.get_event()
                if isinstance(event, yaml.StreamEndEvent):
                    raise NotFixable("the file is empty")
                if isinstance(event, (yaml.ScalarEvent, yaml.CollectionStartEvent)):
                    return self.node(event, 0)
        finally:
            self.parser.dispose()

    def at(self, mark: Any) -> int:
        """The offset of a mark: columns are characters, and lines end where YAML says."""
        return min(int(self.starts[min(mark.line, len(self.starts) - 1)]) + int(mark.column), len(self.text))

    def node(self, event: Any, depth: int) -> Node:
        if depth > _DEPTH:
            raise NotFixable("the file is nested too deeply")
        start, end = self.at(event.start_mark), self.at(event.end_mark)
        if isinstance(event, yaml.AliasEvent):
            return Node("opaque", start, end, words=self.words(start, end))
        if isinstance(event, yaml.ScalarEvent):
            return self.scalar(event, start, end)
        is_map = isinstance(event, yaml.MappingStartEvent)
        made = Node("map" if is_map else "list", start, end, flow=bool(event.flow_style))
        made.shared = event.anchor is not None
        self.fill(made, depth)
        if event.tag is not None and not event.tag.startswith("tag:yaml.org"):
            made.kind, made.words = "opaque", self.words(start, made.end)
        if is_map and len(made.entries) == 1 and is_function(made.entries[0].key):
            made.kind, made.words = "opaque", self.words(start, made.last)
        return made

    def fill(self, made: Node, depth: int) -> None:
        """Read up to the end of a collection."""
        while not isinstance(event := self.parser.get_event(), (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
            item = self.node(event, depth + 1)
            if made.kind == "list":
                made.items.append(item)
                continue
            value = emptied(self.node(self.parser.get_event(), depth + 1))
            key = item.words if item.kind == "opaque" else self.text[item.start : item.end].strip("\"'")
            made.entries.append(
                Entry(str(item.value) if isinstance(item.value, str) else key, item.start, item.end, value)
            )
            if value.kind == "scalar" and value.start == value.end:
                value.start = value.end = self.after_colon(item.end)
        made.end = max(made.start, self.at(event.end_mark if made.flow else event.start_mark))

    def after_colon(self, end: int) -> int:
        """Where an empty value stands: behind the colon."""
        found = re.compile(r"\s*:").match(self.text, end)
        return found.end() if found else end

    def scalar(self, event: Any, start: int, end: int) -> Node:
        if event.style in ("|", ">"):
            end = start + len(self.text[start:end].rstrip())
        made = Node("scalar", start, end, event.value, shared=event.anchor is not None)
        if event.tag is not None and not event.tag.startswith("tag:yaml.org"):
            made.kind, made.words = "opaque", self.words(start, end)
        elif event.implicit[0]:
            made.value = plain(event.value)
        return made

    def words(self, start: int, end: int) -> str:
        text = " ".join(self.text[start : min(end, start + 10 * _WORDS)].split())
        return text if len(text) <= _WORDS else f"{text[: _WORDS - 1]}…"
