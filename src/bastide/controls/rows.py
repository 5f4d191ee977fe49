"""A resource as a row that DuckDB can judge: the properties that controls read, and which atoms are not known."""

from __future__ import annotations

import json
import marshal
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field

from bastide.controls.compiled import ASKING
from bastide.controls.query import INNER
from bastide.controls.shape import Unusual, fill, filler, merged
from bastide.resources.model import without_positions
from bastide.resources.policies import policy_paths, statements_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from bastide.controls.compiled import Compiled
    from bastide.controls.query import AtomKey, Part
    from bastide.controls.verdict import Evidence
    from bastide.resources.estate import Estate
    from bastide.resources.model import Resource
    from bastide.resources.policies import Statement

NOTHING: frozenset[AtomKey] = frozenset()
NONE: frozenset[str] = frozenset()
REMEMBERED, LONGEST = 5_000, 4096
"""Policies whose statements are remembered at most, and how many bytes long."""


class Row(Struct):
    """`columns` are what controls read; `unknown` says why by path; `uncertain` are the atoms which that touches.

    `partial` are the quantified atoms of which elements are touched, whether or not the list as such is. `perhaps` are
    the unknown paths of elements whose value is known, but not whether they are there.
    """

    resource: Resource
    columns: dict[str, Any]
    unknown: dict[str, str]
    uncertain: frozenset[AtomKey] = NOTHING
    partial: frozenset[AtomKey] = NOTHING
    perhaps: frozenset[str] = NONE
    related: dict[str, list[Resource]] = field(default_factory=dict)
    pieces: dict[str, Evidence] = field(default_factory=dict)  # of its own properties, once made

    def text(self) -> str:
        """The JSON of the columns, as DuckDB takes it."""
        return _encode(self.columns)

    def unknown_positions(self, part: Part) -> list[int]:
        """The positions, from 1, of the elements of a list of which a part of a condition is not known."""
        start = f"{part.path}["
        found = []
        for unknown in self.unknown:
            if unknown.startswith(start):
                number, _, rest = unknown[len(start) :].partition("]")
                known = not rest and unknown in self.perhaps  # if it is there
                position = int(number) + 1 if known == part.perhaps else 0
                if not part.perhaps and position:
                    position = _position(part, position, rest, unknown, given=is_given(self.unknown[unknown]))
                if position:
                    found.append(position)
        return found


def _position(part: Part, outer: int, rest: str, unknown: str, *, given: bool) -> int:
    """The position that an unknown path makes unknown for a part, 0 for none; `rest` is the path in the element."""
    if part.inner:
        inner = part.inner[len(part.path) :]  # with its dot
        if not part.reads:
            whole = inner == rest or inner.startswith(f"{rest}.") or not rest
            return outer if whole or (part.keyed and rest.startswith(f"{inner}.")) else 0
        if not rest.startswith(f"{inner}["):
            return 0
        outer = outer * INNER + int(rest[len(inner) + 1 :].partition("]")[0]) + 1
    plain = without_positions(unknown)
    return outer if any(overlaps(plain, read, mode, given=given) for read, mode in part.reads) else 0


def rows_of(members: Sequence[Resource], group: Sequence[Compiled], estate: Estate) -> list[Row]:
    """The rows of resources of one type for a group of controls whose related lists do not clash."""
    shape: Any = {}
    relations: dict[str, dict[str, str]] = {}
    for control in group:
        shape = merged(shape, control.shape)
        relations.update({item["name"]: item for item in control.related})
    own = {key: value for key, value in shape.items() if key != "statements" and key not in relations}
    touched = Touched(group)
    quick = filler(own)
    rows = []
    for resource in members:
        unknown = dict(resource.unresolved)
        try:
            columns: dict[str, Any] = quick(resource.properties)
        except Unusual:
            columns = fill(resource.properties, own, "", unknown)
        if "statements" in shape:
            columns["statements"], more = _statements(resource)
            unknown.update(more)
        related = {}
        perhaps = set(filter(None, resource.metadata.get("perhaps", "").split("\n")))
        for name, relation in relations.items():
            found, why = _partners(resource, relation, estate)
            if why:
                unknown[name] = why
            for index, other in enumerate(found):
                if why := _only_when(other, resource) or _one_of_several(other, resource, relation, estate):
                    unknown[f"{name}[{index}]"] = f"{other.address} {why}"
                    perhaps.add(f"{name}[{index}]")
            columns[name] = [
                _partner(other, f"{name}[{index}]", shape[name][0], unknown) for index, other in enumerate(found)
            ]
            related[name] = found
        row = Row(resource, columns, unknown, perhaps=frozenset(perhaps), related=related)
        if unknown:
            row.uncertain, row.partial = touched.by(unknown)
        rows.append(row)
    return rows


_read: dict[bytes, tuple[list[Statement], dict[str, str]]] = {}


def _statements(resource: Resource) -> tuple[list[Statement], dict[str, str]]:
    """The statements of a resource's policies; many have the same, which are read once. Nobody may change them."""
    if resource.unresolved:
        return statements_of(resource.type, resource.properties, resource.unresolved)
    own = [resource.properties.get(path.partition(".")[0]) for path in policy_paths(resource.type)]
    key = marshal.dumps((resource.type, own), 2)
    found = _read.get(key)
    if found is None:
        found = statements_of(resource.type, resource.properties, {})
        if len(key) <= LONGEST:
            if len(_read) >= REMEMBERED:
                _read.clear()
            _read[key] = found
    return found


def _partners(resource: Resource, relation: dict[str, str], estate: Estate) -> tuple[list[Resource], str]:
    if relation["beside"]:
        return estate.beside(resource, relation["type"]), ""
    if relation["by"]:
        return estate.referred(resource, relation["by"], relation["type"])
    return estate.referring(resource, relation["to"], relation["type"])


def _only_when(other: Resource, resource: Resource) -> str:
    """Under which conditions, if any, the other resource is there (or is so), less those of the judged one."""
    for key in ("condition", "when"):
        own = resource.metadata.get(key, "").split("\n")
        if only := [one for one in other.metadata.get(key, "").split("\n") if one and one not in own]:
            return f"depends on condition {' and '.join(only)}"
    return ""


def _one_of_several(other: Resource, resource: Resource, relation: dict[str, str], estate: Estate) -> str:
    """That the reference between the two may be to a third one, if so."""
    if by := relation["by"]:
        several = len(resource.links) > 1 and estate.is_one_of_several(resource, by, other)
        return f"is one of several that {by} may name" if several else ""
    to = relation["to"]
    several = bool(to) and len(other.links) > 1 and estate.is_one_of_several(other, to, resource)
    return f"names one of several in {to}" if several else ""


def _partner(other: Resource, name: str, shape: Any, unknown: dict[str, str]) -> dict[str, Any]:
    """A related resource as an element of the list; what is not known of it is told under `name`, with its position."""
    own = {key: value for key, value in shape.items() if key not in ("statements", "address")}
    inner = dict(other.unresolved)
    item: dict[str, Any] = fill(other.properties, own, "", inner)
    item["address"] = other.address
    if "statements" in shape:
        item["statements"], more = _statements(other)
        inner.update(more)
    unknown.update({f"{name}.{path}" if path else name: f"{other.address}: {why}" for path, why in inner.items()})
    return item


_encoder = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode


def _encode(columns: dict[str, Any]) -> str:
    try:
        text = _encoder(columns)
    except ValueError:
        text = _encoder(_finite(columns))
    # Half a surrogate pair is no character: DuckDB refuses the whole batch for it.
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_finite(item) for item in value]
    return None if (isinstance(value, float) and value in (float("inf"), float("-inf"))) or value != value else value  # noqa: PLR0124


class Touched:
    """Which atoms of a group of controls an unknown path touches: as such, or in elements of their list."""

    def __init__(self, group: Iterable[Compiled]) -> None:
        self._atoms = [
            ((control.id, index), atom.listed or None, atom.reads)
            for control in group
            for index, atom in enumerate(control.atoms)
        ]
        self._memory: dict[tuple[str, bool], tuple[frozenset[AtomKey], frozenset[AtomKey]]] = {}

    def by(self, unknown: Mapping[str, str]) -> tuple[frozenset[AtomKey], frozenset[AtomKey]]:
        """The atoms that read any of these paths, and those that read them in elements."""
        whole = parts = NOTHING
        for path, why in unknown.items():
            key = (_POSITION.sub("[]", path), is_given(why))
            if key not in self._memory:
                self._memory[key] = self._find(key[0], given=key[1])
            more, some = self._memory[key]
            whole, parts = whole | more, parts | some
        return whole, parts

    def _find(self, path: str, *, given: bool) -> tuple[frozenset[AtomKey], frozenset[AtomKey]]:
        plain = path.replace("[]", "")
        whole: set[AtomKey] = set()
        parts: set[AtomKey] = set()
        for key, listed, reads in self._atoms:
            if any(overlaps(plain, read, mode, given=given) for read, mode in reads):
                (parts if listed is not None and path.startswith(f"{listed}[]") else whole).add(key)
        return frozenset(whole), frozenset(parts)


_POSITION = re.compile(r"\[\d+\]")


_GIVEN = re.compile(
    r"var\.[\w-]+(\.[\w-]+|\[\d+\]|\[\"[^\"\]]*\"\])*: variable without a value|\w+: parameter without a default"
)


@lru_cache(maxsize=8192)
def is_given(why: str) -> bool:
    """Whether what is not known is a variable or parameter as such: whoever deploys gives it, no source has it."""
    return _GIVEN.fullmatch(why) is not None


def overlaps(unknown: str, read: str, mode: str, *, given: bool = False) -> bool:
    """Whether a read depends on a path that is not known.

    Asking for presence does not depend on what is inside, asking for what is written not on what is `given`.
    """
    if given and mode in ("written", "walk"):
        return False
    if not unknown or unknown == read or read.startswith(f"{unknown}."):
        return True
    return mode not in ASKING and unknown.startswith(f"{read}.")
