"""Evidence: the properties that made a verdict, with their values as they may be shown and their places."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from bastide.controls.compiled import reads_of
from bastide.controls.rows import is_given, overlaps
from bastide.controls.verdict import Evidence
from bastide.redact import redacted, shown
from bastide.resources.model import parent, without_positions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bastide.controls.compiled import Compiled, Read
    from bastide.controls.rows import Row
    from bastide.resources.model import Resource

MAX_ITEMS = 6
"""Pieces of evidence of a verdict that somebody has to look at."""
MAX_PASSED = 3
"""Pieces of evidence of one that holds."""


class Witness:
    """Makes the evidence for one control's verdicts. What depends on the control alone is worked out once."""

    def __init__(self, compiled: Compiled) -> None:
        self._compiled = compiled
        self._paths = compiled.shown
        self._lists = [compiled.atoms[part[1]].listed if part[0] == "atom" else "" for part in compiled.conjuncts]
        self._others = {"statements", *(item["name"] for item in compiled.related)}
        self._plain: dict[int, list[str] | None] = {}

    def evidence(self, row: Row, value: int, places: Callable[[], dict[int, int | None]]) -> tuple[Evidence, ...]:
        """What decided: of a failure the conjuncts that fail, of an unknown what is not known, else what was read.

        `value` is the engine's (0, a mask of failing conjuncts, a negative mask of unknown ones); `places` gives the
        position, from 1, of the list element at fault, by conjunct.
        """
        paths = self._plain_paths(value)
        if paths is not None:
            pieces = row.pieces
            return tuple([pieces.get(path) or _own(row, path) for path in paths])
        mask = abs(value)
        chosen = [index for index in range(len(self._paths)) if not mask or mask >> index & 1]
        found: dict[str, Evidence] = {}
        if value < 0:
            reads = self._reads(chosen)
            for path, reason in row.unknown.items():
                plain, given = without_positions(path), is_given(reason)
                if any(overlaps(plain, read, mode, given=given) for read, mode in reads):
                    item = _unknown(row, path, reason)
                    found.setdefault(item.property, item)
        if not found:
            limit = MAX_ITEMS if mask else MAX_PASSED
            for item in self._of_failed(chosen, row, places()) if mask else _of_paths(self._all(chosen), row):
                found.setdefault(item.property, item)
                if len(found) >= limit:
                    break
        return tuple(found.values())[:MAX_ITEMS]

    def _reads(self, conjuncts: list[int]) -> set[Read]:
        parts = [self._compiled.conjuncts[index] for index in conjuncts]
        if self._compiled.when is not None:
            parts.append(self._compiled.when)
        return {read for part in parts for read in reads_of(self._compiled, part)}

    def _all(self, conjuncts: list[int]) -> list[str]:
        return list(dict.fromkeys(path for index in conjuncts for path in self._paths[index]))

    def _plain_paths(self, value: int) -> list[str] | None:
        """What is told of every resource of which this is said, when that is always the same properties of its own."""
        if value not in self._plain:
            chosen = [index for index in range(len(self._paths)) if not value or value >> index & 1]
            paths = self._all(chosen)
            plain = self._others.isdisjoint(path.partition(".")[0] for path in paths)
            same = not value or not any(self._lists[index] for index in chosen)
            limit = MAX_ITEMS if value else MAX_PASSED
            self._plain[value] = paths[:limit] if value >= 0 and plain and same else None
        return self._plain[value]

    def _of_failed(self, conjuncts: list[int], row: Row, at: dict[int, int | None]) -> Iterator[Evidence]:
        for index in conjuncts:
            position = at.get(index)
            if position and (item := _element(self._lists[index], row, position - 1)):
                yield item
            else:
                yield from _of_paths(self._paths[index], row)


def _element(list_path: str, row: Row, position: int) -> Evidence | None:
    """The list element at fault: of a policy, of a related resource, or of a property."""
    head, _, rest = list_path.partition(".")
    if head == "statements" and not rest:
        where = row.columns["statements"][position]["property"]
        return _own(row, where)
    if head in row.related:
        if rest or position >= len(row.related[head]):
            return None
        other = row.related[head][position]
        return Evidence(f"related {head}: {other.address}", None, "", other.path, other.line)
    where = f"{list_path}[{position}]"
    if isinstance(entries := _at(row.columns, list_path), dict):
        where = f"{list_path}.{list(entries)[position]}"
    return _own(row, where) if _at(row.resource.properties, where) is not None else None


def _of_paths(paths: list[str], row: Row) -> Iterator[Evidence]:
    for path in paths:
        yield from _of_path(path, row)


def _of_path(path: str, row: Row) -> Iterator[Evidence]:
    head, _, rest = path.partition(".")
    if head in row.related:
        for other in row.related[head]:
            if not rest or rest.startswith(("statements", "address")):
                yield Evidence(f"related {head}: {other.address}", None, "", other.path, other.line)
            else:
                value = _at(other.properties, rest)
                piece = _piece(other, rest, value)
                yield Evidence(f"{other.address}.{rest}", piece.value, piece.note, piece.path, piece.line)
        if not row.related[head]:
            yield Evidence(f"no related {head}", None, "", row.resource.path, row.resource.line)
        return
    if head == "statements":
        for statement in row.columns.get("statements", [])[:2]:
            yield _own(row, statement["property"])
        return
    yield _own(row, path)


def _own(row: Row, where: str) -> Evidence:
    """A piece about a property of the resource itself; several controls look at the same ones."""
    piece = row.pieces.get(where)
    if piece is None:
        piece = row.pieces[where] = _piece(row.resource, where, _at(row.resource.properties, where))
    return piece


def _piece(resource: Resource, where: str, value: Any) -> Evidence:
    path, line = resource.locate(where)
    if value is None:
        return Evidence(where, None, "not set", path, line)
    if where.endswith(("Value", "value")):
        value = _beside_its_name(resource, where)
    return Evidence(where, shown(where, value), "", path, line)


def _beside_its_name(resource: Resource, where: str) -> Any:
    """The value without its secret, which the name that stands beside it in the source tells (`Name: password`)."""
    above = parent(where)
    around = _at(resource.properties, above) if above else resource.properties
    return _at(redacted(around), where[len(above) :].lstrip("."))


def _unknown(row: Row, path: str, reason: str) -> Evidence:
    head, _, rest = path.partition(".")
    resource = row.resource
    if head.startswith("statements["):
        statement = row.columns["statements"][int(head[11:-1])]
        path = (
            f"{statement['property']}.{''.join(word.capitalize() for word in rest.split('_')).rstrip('s')}"
            if rest
            else statement["property"]
        )
    name, _, position = head.partition("[")
    if position and name in row.related:
        resource, path = row.related[name][int(position[:-1])], rest
    where, line = resource.locate(path)
    return Evidence(path or resource.address, None, reason, where, line)


@lru_cache(maxsize=8192)
def _steps(path: str) -> tuple[str, ...]:
    return tuple(path.replace("[", ".[").split("."))


def _at(value: Any, path: str) -> Any:
    """The value at a path; through a list without a position, the values of all its elements that have one."""
    for step in _steps(path):
        if value is None:
            return None
        if step.startswith("["):
            index = int(step[1:-1])
            value = (
                value[index]
                if isinstance(value, list) and index < len(value)
                else value
                if index == 0 and not isinstance(value, list)
                else None
            )
        elif isinstance(value, list):
            inner = [_at(item, step) for item in value]
            value = [item for item in inner if item is not None] or None
        else:
            value = value.get(step) if isinstance(value, dict) else None
    return value
