"""YAML text as nodes, built from libyaml's events with a stack of our own.

Events are quicker than PyYAML's node graph and, unlike it, cannot exhaust the C stack on deep input. Plain scalars
are typed as CloudFormation needs them, more narrowly than YAML 1.1 does: `2012-10-17` stays a string, `0755` and
`012345678901` too, and `5.10` since no number would print like it.
"""

from __future__ import annotations

import re
from typing import Any

import yaml
from yaml.events import (
    AliasEvent,
    DocumentEndEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from bastide.sources.cloudformation.limits import MAX_DEPTH, MAX_NODES
from bastide.sources.cloudformation.nodes import (
    Call,
    Duplicate,
    Map,
    Node,
    Seq,
    TemplateError,
    as_map,
    call_or_map,
    last_of_each,
    make_map,
    make_seq,
)

# PyYAML built without libyaml is ten times slower and yields the same events.
_Parser: Any = getattr(yaml, "CLoader", yaml.Loader)

_SCALAR: Any = ScalarEvent  # Any, since its stub allows every field to be None
_DOCUMENT: Any = DocumentStartEvent

_WORDS: dict[str, bool | None] = {"": None, "~": None}
for _forms, _value in (
    (("true", "yes", "on"), True),
    (("false", "no", "off"), False),
    (("null",), None),
):
    for _form in _forms:
        _WORDS |= dict.fromkeys((_form, _form.capitalize(), _form.upper()), _value)
_TYPED = frozenset("tTfFnNyYoO~-+.0123456789") | {""}
"""What a plain scalar begins with when it may be anything but text."""

_NUMBER_START = frozenset("-+.0123456789")
_INT = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,17})")
_FLOAT = re.compile(r"[-+]?(?:[0-9]+\.[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?")
_YAML_TAG = "tag:yaml.org,2002:"


def read_yaml(data: bytes) -> tuple[Node, list[Duplicate], int]:
    """The nodes of the first document, its duplicate keys, and the line of a second document or 0.

    An empty text is None. `TemplateError` for text that is no YAML, for an alias that contains itself, and over the
    limits, where an alias counts as all that it stands for.
    """
    try:
        reader = _Reader(data)
        return reader.document(), reader.duplicates, reader.second
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        cause = f"not YAML: {error.problem or error.context}"
        raise TemplateError(cause, *((mark.line + 1, mark.column + 1) if mark else (1, 1))) from None
    except yaml.reader.ReaderError as error:
        before = data[: error.position]
        line = before.count(b"\n") + 1
        raise TemplateError(f"not YAML: {error.reason}", line, len(before) - before.rfind(b"\n")) from None
    except yaml.YAMLError as error:
        raise TemplateError(f"not YAML: {str(error).splitlines()[0]}") from None


def plain(value: str) -> str | int | float | bool | None:
    """The value of an untagged plain scalar."""
    if value in _WORDS:
        return _WORDS[value]
    if value[0] in _NUMBER_START:
        if _INT.fullmatch(value):
            return int(value)
        if _FLOAT.fullmatch(value):
            number = float(value)
            return number if repr(number) == value else value
    return value


class _Frame:
    """A container that is being read: `items` are its values, for a map keys and values in turn."""

    __slots__ = ("anchor", "before", "is_map", "items", "line", "lines", "tag")

    def __init__(self, anchor: str | None, tag: str | None, line: int, before: int, *, is_map: bool) -> None:
        self.anchor, self.tag, self.line, self.before, self.is_map = anchor, tag, line, before, is_map
        self.items: list[Any] = []
        self.lines: list[int] = []


class _Reader:
    def __init__(self, data: bytes) -> None:
        self.next_event = _Parser(data).get_event
        self.stack = [_Frame(None, None, 1, 0, is_map=False)]
        self.anchors: dict[str, tuple[Node, int]] = {}
        self.heights: dict[int, tuple[Node, int]] = {}
        self.duplicates: list[Duplicate] = []
        self.second = 0

    def document(self) -> Node:
        next_event, stack, count = self.next_event, self.stack, 0
        items, lines, is_map = stack[0].items, stack[0].lines, False
        while count <= MAX_NODES:
            event: Any = next_event()
            if type(event) is _SCALAR:
                count += 1
                is_key = is_map and not len(items) & 1
                if is_key or not is_map:
                    lines.append(event.start_mark.line + 1)
                value = event.value
                if not is_key:
                    if not event.implicit[0]:
                        value = _scalar(event)
                    elif value[:1] in _TYPED:
                        value = plain(value)
                if event.anchor is not None:
                    self.anchors[event.anchor] = value, 1
                items.append(value)
                continue
            more = self.structure(event, count)
            if more < 0:
                break
            count += more
            items, lines, is_map = stack[-1].items, stack[-1].lines, stack[-1].is_map
        else:
            raise _at(event, f"more than {MAX_NODES} values, aliases included")
        return items[0] if items else None

    def structure(self, event: Any, count: int) -> int:
        """Follows an event that is no scalar; how many values it adds, or -1 when the first document ends."""
        kind = type(event)
        if kind is MappingStartEvent or kind is SequenceStartEvent:
            self.opened(event, count, is_map=kind is MappingStartEvent)
            return 1
        if kind is MappingEndEvent or kind is SequenceEndEvent:
            node = self.closed(event, count)
            self.stack[-1].items.append(node)
        elif kind is AliasEvent:
            return self.alias(event, self.stack[-1])
        elif kind is DocumentEndEvent:
            following: Any = self.next_event()
            if type(following) is _DOCUMENT:
                self.second = following.start_mark.line + 1
            return -1
        elif kind is StreamEndEvent:
            return -1
        return 0

    def opened(self, event: Any, count: int, *, is_map: bool) -> None:
        """Begins the frame of a container."""
        outer, line = self.stack[-1], event.start_mark.line + 1
        if not outer.is_map:
            outer.lines.append(line)
        elif not len(outer.items) & 1:
            raise _at(event, "a key must be text")
        if len(self.stack) > MAX_DEPTH:
            raise _at(event, f"nested deeper than {MAX_DEPTH} levels")
        frame = _Frame(event.anchor, event.tag, line, count, is_map=is_map)
        if frame.anchor is not None:
            self.anchors.pop(frame.anchor, None)  # not complete: an alias to it here would be a cycle
        self.stack.append(frame)

    def closed(self, event: Any, count: int) -> Node:
        """The node of the container that ends."""
        frame = self.stack.pop()
        node = self.map(frame, event) if frame.is_map else make_seq(frame.items, frame.lines)
        if frame.tag is not None and not frame.tag.startswith(_YAML_TAG):
            node = Call(_function(frame.tag), node, frame.line)
        if frame.anchor is not None:
            self.anchors[frame.anchor] = node, count - frame.before
        return node

    def map(self, frame: _Frame, event: Any) -> Node:
        keys, lines = frame.items[::2], frame.lines
        made = Map(zip(keys, frame.items[1::2], strict=True))
        if len(made) < len(keys):
            keys, values, lines, duplicates = last_of_each(keys, frame.items[1::2], lines)
            made = Map(zip(keys, values, strict=True))
            self.duplicates += duplicates
        made.lines, made.end = lines, lines[-1] if lines else frame.line
        if "<<" in made:
            made = _merged(made)
        if len(self.stack) <= _END_KNOWN:
            # A block ends where the next token begins; a flow ends with its bracket, which has a width.
            mark = event.start_mark
            made.end = max(made.end, mark.line + (event.end_mark.column != mark.column))
        return made if len(made) != 1 else call_or_map(made)

    def alias(self, event: Any, outer: _Frame) -> int:
        """Puts what an alias stands for in its place; how many values that is."""
        known = self.anchors.get(event.anchor)
        if known is None:
            inside = any(frame.anchor == event.anchor for frame in self.stack)
            raise _at(event, f"the alias `{event.anchor}` {'contains itself' if inside else 'is not defined'}")
        node, size = known
        if len(self.stack) + self.height(node) > MAX_DEPTH:
            raise _at(event, f"nested deeper than {MAX_DEPTH} levels")
        is_key = outer.is_map and not len(outer.items) & 1
        if is_key and type(node) is not str:
            raise _at(event, "a key must be text")
        if is_key or not outer.is_map:
            outer.lines.append(event.start_mark.line + 1)
        outer.items.append(node)
        return size

    def height(self, node: Node) -> int:
        """How many levels of containers a node has; kept by identity, with the node so that none is reused."""
        kind = type(node)
        if kind is not Map and kind is not Seq and kind is not Call:
            return 0
        if (known := self.heights.get(id(node))) is None:
            inner = [node.argument] if kind is Call else node.values() if kind is Map else node
            known = node, 1 + max((self.height(item) for item in inner), default=0)
            self.heights[id(node)] = known
        return known[1]


_END_KNOWN = 3  # frames around a resource: the stream, the template, its `Resources`


def _at(event: Any, cause: str) -> TemplateError:
    return TemplateError(cause, event.start_mark.line + 1, event.start_mark.column + 1)


def _scalar(event: Any) -> Node:
    """The value of a scalar that is quoted, a block, or tagged."""
    tag = event.tag
    if tag is None or event.implicit[1] or tag == "!":
        return event.value
    if not tag.startswith(_YAML_TAG):
        return Call(_function(tag), event.value, event.start_mark.line + 1)
    typed = tag[len(_YAML_TAG) :] in ("int", "float", "bool", "null")
    return plain(event.value) if typed else event.value


def _function(tag: str) -> str:
    """The long name of a short tag: `!Sub` is `Fn::Sub`."""
    name = tag.removeprefix("!").removeprefix("Fn::")
    return name if name in ("Ref", "Condition") else f"Fn::{name}"


def _merged(node: Map) -> Map:
    """An object without its `<<`: its own keys win, then the first of the merged objects that has one."""
    merged = {key: (value, line) for key, value, line in node.items_with_lines() if key != "<<"}
    sources = node["<<"]
    for source in sources if type(sources) is Seq else [sources]:
        if type(source) not in (Map, Call):
            raise TemplateError("only objects can be merged with `<<`", node.line_of("<<"))
        for key, value, line in as_map(source).items_with_lines():
            merged.setdefault(key, (value, line))
    lines = [line for _, line in merged.values()]
    return make_map(list(merged), [value for value, _ in merged.values()], lines, node.end)
