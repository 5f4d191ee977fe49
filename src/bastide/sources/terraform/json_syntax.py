"""Files of the Terraform language's JSON syntax (`*.tf.json`) into the same bodies as native ones.

Without the provider's schema an object within a resource may be a block or a map: it becomes an attribute whose
value is the object (a list of objects for a list), which the mapping takes for either.
"""

from __future__ import annotations

import re
from json.decoder import scanstring  # type: ignore[attr-defined]
from typing import TYPE_CHECKING, Any

from bastide.sources.limits import MAX_DEPTH
from bastide.sources.terraform import nodes
from bastide.sources.terraform.parser import parse_expression, parse_template
from bastide.sources.terraform.syntax import Block, Body, SyntaxFault, Text

if TYPE_CHECKING:
    from collections.abc import Iterable

_SPACE = re.compile(r"[ \t\r\n]*+")
_SCALAR = re.compile(r"true|false|null|-?\d++(?>(?:\.\d++)?)(?>(?:[eE][+-]?\d++)?)")
_LABELS = {"resource": 2, "data": 2, "ephemeral": 2, "variable": 1, "output": 1, "module": 1, "provider": 1}
_LITERAL = frozenset({"source", "version", "type", "description", "alias"})
_EXPRESSIONS = frozenset({"provider", "providers", "depends_on"})


class Written:
    """A JSON value with where it stands; `value` is a scalar, a list of these, or (for an object) of pairs."""

    __slots__ = ("end", "kind", "start", "value")

    def __init__(self, kind: str, value: Any, start: int, end: int) -> None:
        self.kind, self.value, self.start, self.end = kind, value, start, end


class _Reader:
    def __init__(self, text: str) -> None:
        self.text, self.pos = text, 0

    def value(self, depth: int = 0) -> Written:
        if depth > MAX_DEPTH:
            raise SyntaxFault("it is nested too deep", self.pos)
        sign = self.peek()
        start = self.pos
        if sign == "{":
            return Written("object", self.entries(depth), start, self.pos)
        if sign == "[":
            return Written("list", self.items(depth), start, self.pos)
        if sign == '"':
            return Written("string", self.string(), start, self.pos)
        found = _SCALAR.match(self.text, self.pos)
        if not found:
            raise SyntaxFault("a JSON value is wanted here", self.pos)
        self.pos = found.end()
        plain = {"true": True, "false": False, "null": None}
        return Written("scalar", plain.get(found[0], found[0]), start, self.pos)

    def peek(self) -> str:
        found = _SPACE.match(self.text, self.pos)
        self.pos = found.end() if found else self.pos
        return self.text[self.pos : self.pos + 1]

    def string(self) -> str:
        try:
            text, self.pos = scanstring(self.text, self.pos + 1, False)  # noqa: FBT003  the decoder's own order
        except ValueError:
            raise SyntaxFault("the string is not closed", self.pos) from None
        return str(text)

    def separator(self, closing: str) -> bool:
        sign = self.peek()
        if sign not in (",", closing) or not sign:
            raise SyntaxFault(f"a comma or {closing} is wanted here", self.pos)
        self.pos += 1
        return sign == ","

    def items(self, depth: int) -> list[Written]:
        self.pos += 1
        result: list[Written] = []
        if self.peek() == "]":
            self.pos += 1
            return result
        while True:
            result.append(self.value(depth + 1))
            if not self.separator("]"):
                return result

    def entries(self, depth: int) -> list[tuple[str, int, Written]]:
        self.pos += 1
        result: list[tuple[str, int, Written]] = []
        if self.peek() == "}":
            self.pos += 1
            return result
        while True:
            if self.peek() != '"':
                raise SyntaxFault("a name in quotes is wanted here", self.pos)
            start = self.pos
            name = self.string()
            if self.peek() != ":":
                raise SyntaxFault(": is wanted here", self.pos)
            self.pos += 1
            result.append((name, start, self.value(depth + 1)))
            if not self.separator("}"):
                return result


def read_written(text: str) -> Written:
    """The value of a whole text and where each part of it stands; a `SyntaxFault` for what is no JSON."""
    reader = _Reader(text)
    top = reader.value()
    if reader.peek():
        raise SyntaxFault("the file should end here", reader.pos)
    return top


def parse_json(source: Text) -> Body:
    """The body of a file in JSON syntax; a `SyntaxFault` says what is wrong with it and where."""
    try:
        return _file(read_written(source.content), source)
    except RecursionError:
        raise SyntaxFault("it is nested too deep", 0) from None


def _file(top: Written, source: Text) -> Body:
    body = Body()
    for one in _objects(top):
        for name, start, value in one.value:
            if name == "//":
                continue
            for labels, at, inside in _labelled(value, _LABELS.get(name, 0), start):
                block = Block(name, labels, _body(inside, source, name), (at, inside.end), source)
                body.blocks.append(block)
    return body


def _objects(value: Written) -> list[Written]:
    found = value.value if value.kind == "list" else [value]
    for one in found:
        if one.kind != "object":
            raise SyntaxFault("an object is wanted here", one.start)
    return list(found)


def _labelled(value: Written, labels: int, start: int) -> list[tuple[tuple[str, ...], int, Written]]:
    if not labels:
        return [((), start, one) for one in _objects(value)]
    return [
        ((name, *more), at, inside)
        for one in _objects(value)
        for name, begin, item in one.value
        for more, at, inside in _labelled(item, labels - 1, begin)
    ]


def _body(value: Written, source: Text, kind: str) -> Body:
    body = Body()
    for name, start, item in value.value:
        if name == "//":
            continue
        if name == "dynamic":
            body.blocks.extend(_dynamics(item, source))
        elif kind in ("variable", "module", "terraform") and name in _LITERAL:
            text = item.value if item.kind == "string" else None
            body.attributes[name] = (_type(text) if name == "type" else text, start, item.end)
        else:
            literal = kind == "variable"
            expression = name in _EXPRESSIONS and not literal
            body.attributes[name] = (_expression(item, literal=literal, bare=expression), start, item.end)
    return body


def _dynamics(value: Written, source: Text) -> list[Block]:
    return [_dynamic(labels, at, inside, source) for labels, at, inside in _labelled(value, 1, value.start)]


def _dynamic(labels: tuple[str, ...], start: int, value: Written, source: Text) -> Block:
    body = Body()
    for name, at, item in value.value:
        if name == "content":
            inside = Block(name, (), _body(item, source, name), (at, item.end), source)
            body.blocks.append(inside)
        else:
            body.attributes[name] = (_expression(item, bare=name == "iterator"), at, item.end)
    return Block("dynamic", labels, body, (start, value.end), source)


def _type(text: Any) -> Any:
    try:
        return parse_expression(text) if isinstance(text, str) else None
    except SyntaxFault:
        return None


def _expression(value: Written, *, literal: bool = False, bare: bool = False) -> Any:
    if value.kind == "scalar":
        if not isinstance(value.value, str):
            return value.value
        return parse_expression(value.value.lstrip("-")) * (-1 if value.value.startswith("-") else 1)
    if value.kind == "string":
        if literal:
            return value.value
        return _string(value, bare=bare)
    if value.kind == "list":
        items = [_expression(item, literal=literal, bare=bare) for item in value.value]
        return items if _constant(items) else nodes.Items(nodes.NOWHERE, items)
    entries = [(name, _expression(item, literal=literal, bare=bare)) for name, _, item in value.value]
    entries = [(name, item) for name, item in entries if name != "//"]
    return dict(entries) if _constant(item for _, item in entries) else nodes.Entries(nodes.NOWHERE, entries)


def _constant(items: Iterable[Any]) -> bool:
    return not any(isinstance(item, nodes.Node) for item in items)


def _string(value: Written, *, bare: bool) -> Any:
    try:
        if bare and value.value:
            return parse_expression(value.value.removeprefix("${").removesuffix("}"))
        return parse_template(value.value)
    except SyntaxFault as fault:
        raise SyntaxFault(fault.cause, value.start) from None
