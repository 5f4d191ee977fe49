"""JSON text as nodes: the standard library's C reader for the values, one regular expression for the lines.

Twice as fast as reading JSON as YAML, which matters since CDK writes templates of a megabyte, and free of
YAML's trouble with tabs. `json` says nothing of lines, but it validates; so once it has accepted a text, the text
with its strings blanked out is a plain sequence of tokens, in the order in which values are met when walking.
"""

from __future__ import annotations

import json
import re
from typing import Any

from bastide.sources.cloudformation.limits import MAX_DEPTH, MAX_NODES
from bastide.sources.cloudformation.nodes import (
    Duplicate,
    Node,
    Seq,
    TemplateError,
    call_or_map,
    last_of_each,
    make_map,
    make_seq,
)

_STRING = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"')
_TOKEN = re.compile(r'"|[{}\[\]]|[^\s",:{}\[\]]+')
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


def read_json(text: str) -> tuple[Node, list[Duplicate]]:
    """The nodes of a JSON text, and its duplicate keys (the last one counts); `TemplateError` for anything else."""
    try:
        value = json.loads(text, object_pairs_hook=tuple, parse_constant=_refuse, parse_float=_float, parse_int=_int)
    except json.JSONDecodeError as error:
        raise TemplateError(f"not JSON: {error.msg}", error.lineno, error.colno) from None
    except RecursionError:
        raise TemplateError(f"nested deeper than {MAX_DEPTH} levels") from None
    lines = _token_lines(text)
    if len(lines) > 2 * MAX_NODES:
        raise TemplateError(f"more than {MAX_NODES} values")
    reader = _Reader(lines, repair=bool(_SURROGATE.search(text)))
    return reader.node(value, 1), reader.duplicates


def _refuse(name: str) -> None:
    raise TemplateError(f"not JSON: {name} is no value")


def _float(text: str) -> float | str:
    value = float(text)
    return value if repr(value) == text else text


def _int(text: str) -> int | str:
    return int(text) if len(text) < 19 else text


def _token_lines(text: str) -> list[int]:
    """The line of every token (string, bracket, literal), in order; lines look alike, so each form is counted once."""
    counts: dict[str, int] = {}
    lines: list[int] = []
    for number, line in enumerate(_STRING.sub('"', text).split("\n"), 1):
        count = counts.get(line)
        if count is None:
            count = counts[line] = len(_TOKEN.findall(line))
        if count == 1:
            lines.append(number)
        elif count:
            lines += [number] * count
    return lines


def _repaired(text: str) -> str:
    """Without lone surrogates, which no encoding can carry."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


class _Reader:
    """Walks a value and the lines of its tokens side by side."""

    def __init__(self, lines: list[int], *, repair: bool) -> None:
        self.lines, self.at, self.repair = lines, 0, repair
        self.duplicates: list[Duplicate] = []

    def node(self, value: Any, depth: int) -> Node:
        kind = type(value)
        if kind is tuple or kind is list:
            if depth > MAX_DEPTH:
                raise TemplateError(f"nested deeper than {MAX_DEPTH} levels", self.lines[self.at])
            return self.map(value, depth) if kind is tuple else self.seq(value, depth)
        self.at += 1
        return _repaired(value) if self.repair and kind is str else value

    def map(self, pairs: tuple[tuple[str, Any], ...], depth: int) -> Node:
        keys, values, lines = [], [], []
        self.at += 1
        for key, value in pairs:
            lines.append(self.lines[self.at])
            self.at += 1
            keys.append(_repaired(key) if self.repair else key)
            values.append(self.node(value, depth + 1))
        end = self.lines[self.at]
        self.at += 1
        if len(set(keys)) < len(keys):
            keys, values, lines, duplicates = last_of_each(keys, values, lines)
            self.duplicates += duplicates
        return call_or_map(make_map(keys, values, lines, end))

    def seq(self, items: list[Any], depth: int) -> Seq:
        values, lines = [], []
        self.at += 1
        for item in items:
            lines.append(self.lines[self.at])
            values.append(self.node(item, depth + 1))
        self.at += 1
        return make_seq(values, lines)
