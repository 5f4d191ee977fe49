"""Every control against every resource of its type: one query a type and batch, then verdicts with evidence."""

from __future__ import annotations

import gc
import os
import threading
from collections import defaultdict, deque
from functools import partial
from typing import TYPE_CHECKING, Any, Literal

from bastide.controls.engine import QUERY_SECONDS, connections
from bastide.controls.evidence import Witness
from bastide.controls.lots import Lots, status_of
from bastide.controls.query import FLAGS, AtomKey, Query, query_for
from bastide.controls.rows import rows_of
from bastide.controls.verdict import Verdict
from bastide.resources.estate import Estate

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import duckdb

    from bastide.controls.compiled import Compiled
    from bastide.controls.entry import Control
    from bastide.controls.lots import Lot
    from bastide.controls.rows import Row
    from bastide.controls.verdict import Evidence
    from bastide.resources.model import Resource

    _Task = tuple[list[Compiled], list[Any], Estate | None]
    """Controls of one type, and the resources that they judge; without an estate these are rows already."""

BATCH = 20_000
"""Resources a query: what bounds the memory that one takes."""
DIRECT = 20_000
"""Verdicts on one type up to which a control is judged resource by resource: planning a query costs as much."""


class Evaluation:
    """Runs compiled controls. `broken` says, by control id, what kept a control from being run."""

    def __init__(
        self, controls: Sequence[Control], compiled: Sequence[Compiled], broken: dict[str, str] | None = None
    ) -> None:
        self._by_id: dict[str, Control] = {}
        self._compiled: list[Compiled] = []
        self._lots = Lots(self._by_id)
        self.broken = {} if broken is None else broken
        self._connections: list[duckdb.DuckDBPyConnection] = []
        self.add(controls, compiled)

    def add(self, controls: Iterable[Control], compiled: Sequence[Compiled]) -> None:
        """More controls."""
        self._by_id.update((control.id, control) for control in controls)
        self._compiled += compiled

    def prepare(self) -> None:
        """Do now what takes time and needs no resource."""
        self._lots.prepare(self._compiled)

    def close(self) -> None:
        """Give DuckDB's memory back; evidence can still be looked at."""
        for connection in reversed(self._connections):
            connection.close()
        self._connections = []

    def verdicts(self, resources: Iterable[Resource], jobs: int | None = None, direct: int = DIRECT) -> list[Verdict]:
        """All verdicts over these resources; those of one resource's variants are merged into one.

        Few are judged in Python, more than `direct` on one type by DuckDB, those types side by side by `jobs`
        threads (one a core): DuckDB works without Python's lock.
        """
        lots, verdicts = self.lots(resources, jobs, direct)
        found: list[Verdict] = []
        for several in lots:
            each = several[0].verdicts() if len(several) == 1 else _in_order(several)
            found += each
        return merge_variants([*found, *verdicts])

    def lots(
        self, resources: Iterable[Resource], jobs: int | None = None, direct: int = DIRECT
    ) -> tuple[list[list[Lot]], list[Verdict]]:
        """The same by the lot, those of a control together, for resources without variants; and DuckDB's verdicts."""
        # Millions of objects are made and kept: looking for cycles among them would take longer than the judging.
        collecting = gc.isenabled()
        gc.disable()
        try:
            return self._all(Estate(resources), jobs or _cores(), direct)
        finally:
            if collecting:
                gc.enable()

    def _all(self, estate: Estate, jobs: int, direct: int) -> tuple[list[list[Lot]], list[Verdict]]:
        lots: list[list[Lot]] = []
        queries: deque[_Task] = deque()
        live = all(resource.source == "aws" for members in estate.by_type.values() for resource in members)
        for group in groups_of(self._compiled, apart=not live):
            members = estate.by_type.get(group[0].resource, [])
            if group[0].live and not live:
                members = [resource for resource in members if resource.source == "aws"]
            if not members:
                continue
            if len(members) * len(group) > direct:
                queries.append((group, members, estate))
                continue
            some, left = self._lots.of(group, rows_of(members, group, estate))
            lots += some
            queries.extend(([compiled], rows, None) for compiled, rows in left)
        verdicts: list[Verdict] = []
        if queries:
            self._query(queries, jobs, verdicts)
        return [several for several in lots if several], verdicts

    def _query(self, queries: deque[_Task], jobs: int, found: list[Verdict]) -> None:
        """Have DuckDB judge what is left, and add its verdicts."""
        failures: list[BaseException] = []
        if not self._connections:
            self._connections = connections(jobs)

        def work(connection: duckdb.DuckDBPyConnection) -> None:
            try:
                while queries and not failures:
                    found.extend(self._judge(queries.popleft(), connection))
            except IndexError:
                return  # another thread took the last one
            except BaseException as error:  # noqa: BLE001 (raised again below, in the thread that asked)
                failures.append(error)

        first, *others = self._connections[: min(jobs, len(queries) // 4 + 1)]
        threads = [threading.Thread(target=work, args=(one,)) for one in others]
        for thread in threads:
            thread.start()
        work(first)
        for thread in threads:
            thread.join()
        if failures:
            raise failures[0]

    def _judge(self, task: _Task, connection: duckdb.DuckDBPyConnection) -> Iterator[Verdict]:
        """The verdicts of the controls of one type on its resources, batch by batch."""
        group, members, estate = task
        for start in range(0, len(members), BATCH):
            usable = [compiled for compiled in group if compiled.id not in self.broken]
            if not usable:
                return
            some = members[start : start + BATCH]
            batch = rows_of(some, usable, estate) if estate else some
            for query, result in self._run(usable, batch, connection):
                yield from _read(query, result, batch, self._by_id)

    def _run(
        self, group: list[Compiled], batch: list[Row], connection: duckdb.DuckDBPyConnection
    ) -> Iterator[tuple[Query, list[tuple[Any, ...]]]]:
        """The result for the whole group, or, when that breaks, for each control that does not."""
        import duckdb

        try:
            ids = {compiled.id for compiled in group}
            query = query_for(group, _touched(batch, "uncertain", ids), _touched(batch, "partial", ids))
            yield query, _execute(connection, query, batch)
        except duckdb.Error as error:
            if len(group) == 1:
                self.broken[group[0].id] = str(error).splitlines()[0]
                return
            for compiled in group:
                yield from self._run([compiled], batch, connection)


def _execute(connection: duckdb.DuckDBPyConnection, query: Query, batch: list[Row]) -> list[tuple[Any, ...]]:
    timer = threading.Timer(QUERY_SECONDS, connection.interrupt)
    timer.daemon = True
    timer.start()
    try:
        return connection.execute(query.sql, [_rows_text(query, batch)]).fetchall()
    finally:
        timer.cancel()


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def groups_of(compiled: Iterable[Compiled], *, apart: bool = True) -> list[list[Compiled]]:
    """Controls that one query can judge: of one type, of the same sources, and with the same related lists by name.

    Those for live accounts alone are `apart` from those for every source.
    """
    groups: dict[tuple[str, bool], list[tuple[dict[str, Any], list[Compiled]]]] = defaultdict(list)
    for control in compiled:
        relations = {item["name"]: item for item in control.related}
        for known, members in groups[control.resource, control.live and apart]:
            if (
                all(known.get(name, item) == item for name, item in relations.items())
                and not known.keys() & control.shape.keys() - relations.keys()
            ):
                known.update(relations)
                members.append(control)
                break
        else:
            groups[control.resource, control.live and apart].append((relations, [control]))
    return [members for several in groups.values() for _, members in several]


def _touched(batch: list[Row], kind: Literal["uncertain", "partial"], ids: set[str]) -> frozenset[AtomKey]:
    found: set[AtomKey] = set()
    for row in batch:
        if keys := getattr(row, kind):
            found.update(key for key in keys if key[0] in ids)
    return frozenset(found)


def _rows_text(query: Query, batch: list[Row]) -> str:
    """The rows as the query takes them; only those with something unknown carry more than their columns."""
    return f"[{','.join([_row_text(query, index, row) for index, row in enumerate(batch)])}]"


def _row_text(query: Query, index: int, row: Row) -> str:
    if not query.flags and not query.parts:
        return f'{{"_i":{index},"_v":{row.text()}}}'
    flags = [0] * ((len(query.flags) + FLAGS - 1) // FLAGS)
    for key in row.uncertain:
        if (flag := query.flags.get(key)) is not None:
            flags[flag // FLAGS] |= 1 << (flag % FLAGS)
    extra = "".join(f',"_u{number}":{value}' for number, value in enumerate(flags))
    for part, number in query.parts.items():
        extra += f',"_p{number}":{row.unknown_positions(part) if row.unknown else []}'
    return f'{{"_i":{index}{extra},"_v":{row.text()}}}'


def _read(
    query: Query, result: list[tuple[Any, ...]], batch: list[Row], controls: dict[str, Control]
) -> Iterator[Verdict]:
    judges = [(1 + number, controls[item.id], Witness(item)) for number, item in enumerate(query.controls)]
    places: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for column, (control, conjunct) in enumerate(query.positions, start=1 + len(query.controls)):
        places[control].append((conjunct, column))
    for record in result:
        row = batch[record[0]]
        for column, judge, witness in judges:
            value = record[column]
            if value is None:
                continue
            at = {conjunct: record[place] for conjunct, place in places.get(judge.id, ())} if value > 0 else {}
            where = partial(dict, at) if at else _nowhere
            yield Verdict(judge, status_of(value), row.resource, partial(witness.evidence, row, value, where))


def _in_order(lots: list[Lot]) -> list[Verdict]:
    """The verdicts of one control, as its resources are in order."""
    places = sorted((position, number) for number, lot in enumerate(lots) for position in lot.positions)
    return [lots[number].verdict(position) for position, number in places]


def _nowhere() -> dict[int, int | None]:
    return {}


def merge_variants(verdicts: list[Verdict]) -> list[Verdict]:
    """One verdict a control and resource: where variants of a resource differ, it is unknown."""
    if not any("when" in verdict.resource.metadata for verdict in verdicts):
        return verdicts
    groups: dict[tuple[str, str], list[Verdict]] = defaultdict(list)
    for verdict in verdicts:
        groups[verdict.control.id, verdict.resource.id].append(verdict)
    return [_merged(group) for group in groups.values()]


def _merged(group: list[Verdict]) -> Verdict:
    statuses = {verdict.status for verdict in group}
    if len(statuses) == 1:
        return group[0]
    worst = next((v for status in ("fail", "unknown") for v in group if v.status == status), group[0])
    when = worst.resource.metadata.get("when", "")
    return Verdict(worst.control, "unknown", worst.resource, lambda: _depends(worst, when))


def _depends(worst: Verdict, when: str) -> tuple[Evidence, ...]:
    from msgspec.structs import replace

    return tuple(replace(item, note=f"{worst.status} when {when}; {item.note}".rstrip("; ")) for item in worst.evidence)
