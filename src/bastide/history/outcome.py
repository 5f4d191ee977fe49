"""What was judged of one account: verdicts by the lot as far as nobody looks at them one by one."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any

import msgspec

from bastide.tables import identity, identity_of, of_verdicts, quoted, read_lines, write_lines

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    import duckdb

    from bastide.controls.entry import Control
    from bastide.controls.evaluate import Evaluation
    from bastide.controls.lots import Lot
    from bastide.controls.verdict import Verdict
    from bastide.resources.model import Resource

    _Alike = tuple[str, str, str, bool, str | None]
    """What alike rows of the table have in common, as `_ALIKE` names it."""

DIRECT = 300_000
"""Verdicts on one type of an account up to which no query is planned: what is alike is judged once."""

Counts = Counter[tuple[str, str, bool]]
"""Verdicts by status, severity, and whether they are new."""


class Outcome:
    """`verdicts` may be changed by who exempts, compares or compensates; `lots` stay what they are, and are new."""

    def __init__(self, verdicts: list[Verdict], lots: list[Lot], resources: Sequence[Resource]) -> None:
        self.verdicts, self.lots, self._resources = verdicts, lots, resources

    @classmethod
    def of(
        cls,
        evaluation: Evaluation,
        resources: Sequence[Resource],
        marks: Sequence[Resource],
        looked_at: Callable[[Control], bool],
    ) -> Outcome:
        """Judge the resources of an account; `marks` are as `Estate` has them.

        Passed verdicts are by the lot, and those of controls at whose verdicts nobody looks one by one.
        """
        found, verdicts = evaluation.lots([*resources, *marks], jobs=1, direct=DIRECT)
        lots: list[Lot] = []
        for several in found:
            one_by_one = looked_at(several[0].control)
            for lot in several:
                if lot.value and one_by_one:
                    verdicts += lot.verdicts()
                else:
                    lots.append(lot)
        return cls(verdicts, lots, resources)

    def counts(self) -> Counts:
        """How many verdicts there are."""
        found: Counts = Counter((verdict.status, verdict.severity, verdict.new) for verdict in self.verdicts)
        for lot in self.lots:
            found[lot.status, lot.control.severity, True] += len(lot.positions)
        return found

    def judged(self) -> Counter[str]:
        """How many resources were judged, by type."""
        seen: dict[int, Resource] = {id(verdict.resource): verdict.resource for verdict in self.verdicts}
        for rows, positions in self._rows():
            seen.update((id(rows[at].resource), rows[at].resource) for at in positions)
        return Counter(resource.type for resource in seen.values())

    def _rows(self) -> Iterator[tuple[Sequence[Any], set[int]]]:
        """The rows that anything is said of; the lots of one type share theirs."""
        found: dict[int, tuple[Sequence[Any], set[int]]] = {}
        for lot in self.lots:
            found.setdefault(id(lot.rows), (lot.rows, set()))[1].update(lot.positions)
        yield from found.values()

    def write(self, folder: Path, connection: duckdb.DuckDBPyConnection) -> None:
        """The table of verdicts as Parquet in the folder; what `of_verdicts` says of each."""
        plain = [_is_plain(resource, self._resources[0].unit) for resource in self._resources]
        groups, odd = self._groups(plain)
        sql = [_OF_GROUPS] if groups else []
        lines = folder / "verdicts.jsonl"
        if odd:
            write_lines(folder, of_verdicts(odd))
            sql.append(read_lines(lines, "verdicts", kept=True))
        if sql:
            parts = " union all ".join(f"from ({part})" for part in sql)
            target = quoted(str(folder / "verdicts.parquet"))
            copy = f"copy ({parts}) to {target} (format parquet, compression zstd, compression_level 1)"
            connection.execute(copy, {"text": _text(self._resources, plain, groups)} if groups else None)
        lines.unlink(missing_ok=True)

    def _groups(self, plain: list[bool]) -> tuple[dict[_Alike, list[int]], list[Verdict]]:
        """The numbers of resources by what is said of them, and the verdicts that are to be written one by one."""
        numbers = {id(resource): number for number, resource in enumerate(self._resources)}
        groups: dict[_Alike, list[int]] = defaultdict(list)
        odd: list[Verdict] = []
        for verdict in self.verdicts:
            number = numbers[id(verdict.resource)]
            control, layer = verdict.control, verdict.compensated
            by = identity(layer.address) if layer else None
            if plain[number] and (by is None or by.isascii()):
                groups[control.id, verdict.status, control.severity, verdict.new, by].append(number)
            else:
                odd.append(verdict)
        mine: dict[int, list[int]] = {}
        for lot in self.lots:
            at = mine.get(id(lot.rows))
            if at is None:
                at = mine[id(lot.rows)] = [numbers[id(row.resource)] for row in lot.rows]
            several = [at[position] for position in lot.positions]
            if not all(map(plain.__getitem__, several)):
                odd += [lot.verdict(position) for position in lot.positions if not plain[at[position]]]
                several = [number for number in several if plain[number]]
            groups[lot.control.id, lot.status, lot.control.severity, True, None] += several
        return groups, odd


def _is_plain(resource: Resource, unit: str) -> bool:
    """Whether SQL says of a verdict on it what `of_verdicts` says: no secret in a name, no letters that are none."""
    name = resource.id
    if resource.unit != unit or "#" in unit or resource.line or not resource.path.isascii():
        return False
    return name.isascii() and name.isprintable() and identity_of(resource) == name


_ALIKE = {
    "control": "VARCHAR",
    "status": "VARCHAR",
    "severity": "VARCHAR",
    "new": "BOOLEAN",
    "compensated_by": "VARCHAR",
}
_SHAPE = {
    "unit": "VARCHAR",
    "types": ["VARCHAR"],
    "paths": ["VARCHAR"],
    "places": {"type": ["INTEGER"], "path": ["INTEGER"], "address": ["VARCHAR"]},
    "said": [_ALIKE | {"numbers": "VARCHAR"}],
}
_OF_GROUPS = f"""
with document as materialized (select unnest(json_transform($text, '{json.dumps(_SHAPE)}'))),
places as materialized (
  select unnest(range(len(places.address))) as number, paths[unnest(places.path)] as path,
    unit || '#' || unnest(places.address) as resource,
    types[unnest(places.type)] as "type"
  from document
),
said as (select unnest(said, recursive := true) from document),
verdicts as (
  select {", ".join(_ALIKE)}, unnest(string_split(numbers, ',')::integer[]) as number from said where numbers <> ''
)
select control, status, severity, resource, path, 0::integer as line, null::varchar as fingerprint, new,
  compensated_by, "type"
from verdicts join places using (number)
"""  # noqa: S608 (names of columns)
"""Each group's resources are looked up by their numbers; ids are made as the models make them,
and fingerprints when somebody reads the table.

Numbers are text with commas: DuckDB reads them so in a fifth of the time that it takes for lists of JSON.
"""


def _text(resources: Sequence[Resource], plain: Sequence[bool], groups: dict[_Alike, list[int]]) -> str:
    """The parameter of `_OF_GROUPS`: types and paths, of which there are few, by numbers from 1.

    What is not plain has a number, and nothing else.
    """
    types: dict[str, int] = {}
    paths: dict[str, int] = {}
    places: dict[str, list[Any]] = {"type": [], "path": [], "address": []}
    for resource, good in zip(resources, plain, strict=True):
        kind, path, address = (resource.type, resource.path, resource.address) if good else ("", "", "")
        places["type"].append(types.setdefault(kind, len(types) + 1))
        places["path"].append(paths.setdefault(path, len(paths) + 1))
        places["address"].append(address)
    words = list(map(str, range(len(resources))))
    said = [
        dict(zip(_ALIKE, alike, strict=True)) | {"numbers": ",".join([words[number] for number in numbers])}
        for alike, numbers in groups.items()
    ]
    unit = resources[0].unit
    return _encode({"unit": unit, "types": list(types), "paths": list(paths), "places": places, "said": said}).decode()


_encode = msgspec.json.Encoder().encode
