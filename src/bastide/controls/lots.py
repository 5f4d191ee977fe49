"""Verdicts by the lot: what one control says of all resources that are alike to it, judged without a database.

A control is judged once for all resources in which the columns that it reads are equal, those of earlier calls too:
most of what an account holds differs in its name, which few controls read.
"""

from __future__ import annotations

import marshal
from collections import defaultdict
from functools import partial
from typing import TYPE_CHECKING, Any

from bastide.controls.direct import frame_for
from bastide.controls.evidence import Witness
from bastide.controls.functions import Unsure
from bastide.controls.judge import Judge
from bastide.controls.rows import is_given
from bastide.controls.verdict import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from bastide.controls.compiled import Compiled
    from bastide.controls.direct import Frame
    from bastide.controls.entry import Control
    from bastide.controls.rows import Row
    from bastide.controls.verdict import Status

    _Key = tuple[int, ...]

REMEMBERED = 200_000
"""Values and judgements that are remembered at most, of each."""


class Lot:
    """Rows of which a control says the same: `value` is the engine's (0, a mask, a negative mask), as in `query.Query`.

    `positions` are those of the rows among those that were judged, ascending.
    """

    __slots__ = ("_ready", "positions", "rows", "value")

    def __init__(self, ready: _Ready, value: int, rows: Sequence[Row], positions: list[int]) -> None:
        self._ready, self.value, self.rows, self.positions = ready, value, rows, positions

    @property
    def control(self) -> Control:
        """The control that says it."""
        return self._ready.control

    @property
    def status(self) -> Status:
        """What it says."""
        return status_of(self.value)

    def verdicts(self) -> Iterator[Verdict]:
        """A verdict for each row, in their order."""
        return map(self.verdict, self.positions)

    def verdict(self, position: int) -> Verdict:
        """The verdict on one of its rows."""
        row, ready = self.rows[position], self._ready
        return Verdict(ready.control, self.status, row.resource, partial(ready.evidence, row, self.value))


def status_of(value: int) -> Status:
    """The status that a value of the engine means."""
    return "pass" if value == 0 else "fail" if value > 0 else "unknown"


class Lots:
    """Judges controls over rows, and remembers what it said. `controls` are by id."""

    def __init__(self, controls: dict[str, Control]) -> None:
        self._controls = controls
        self._ready: dict[str, _Ready] = {}
        self._numbers: dict[bytes | str | None, int] = {}
        self._judgements = 0

    def prepare(self, group: Iterable[Compiled]) -> None:
        """Make controls ready that are not."""
        for compiled in group:
            if compiled.id not in self._ready:
                self._ready[compiled.id] = _Ready(compiled, self._controls[compiled.id])

    def of(self, group: list[Compiled], rows: list[Row]) -> tuple[list[list[Lot]], list[tuple[Compiled, list[Row]]]]:
        """The lots of each control of a group over rows of its type; and what only DuckDB can judge."""
        if len(self._numbers) > REMEMBERED or self._judgements > REMEMBERED:
            self._forget()
        alike = _Alike(rows, self._numbers)
        found: list[list[Lot]] = []
        left: list[tuple[Compiled, list[Row]]] = []
        self.prepare(group)
        for compiled in group:
            ready = self._ready[compiled.id]
            if ready.judge is None:
                left.append((compiled, rows))
                continue
            before = len(ready.known)
            values, unsure = ready.values(rows, alike.by(ready.columns))
            self._judgements += len(ready.known) - before
            found.append([Lot(ready, value, rows, sorted(several)) for value, several in values.items()])
            if unsure:
                left.append((compiled, [rows[at] for at in sorted(unsure)]))
        return found, left

    def _forget(self) -> None:
        self._numbers.clear()
        self._judgements = 0
        for ready in self._ready.values():
            ready.known.clear()


class _Alike:
    """Rows by what is equal in them: values have numbers, which stand for them."""

    def __init__(self, rows: list[Row], numbers: dict[bytes | str | None, int]) -> None:
        self._rows, self._numbers = rows, numbers
        self._columns: dict[str, list[int]] = {}
        self._by: dict[tuple[str, ...], dict[_Key, list[int]]] = {}
        self._unknown = [self._number(_unknown_of(row)) if row.unknown else -1 for row in rows]

    def by(self, columns: tuple[str, ...]) -> dict[_Key, list[int]]:
        """The positions of rows that are equal in these columns, and in what is not known of them."""
        if columns not in self._by:
            found: dict[_Key, list[int]] = defaultdict(list)
            for at, key in enumerate(zip(self._unknown, *map(self._column, columns), strict=True)):
                found[key].append(at)
            self._by[columns] = found
        return self._by[columns]

    def _column(self, name: str) -> list[int]:
        if name not in self._columns:
            self._columns[name] = list(map(self._number, [row.columns.get(name) for row in self._rows]))
        return self._columns[name]

    def _number(self, value: Any) -> int:
        numbers = self._numbers
        if type(value) is str or value is None:  # never equal to bytes
            return numbers.setdefault(value, len(numbers))
        # Of this version of the format, equal texts have equal bytes, whichever objects they are.
        return numbers.setdefault(marshal.dumps(value, 2), len(numbers))


def _unknown_of(row: Row) -> list[str]:
    given = [path for path, why in row.unknown.items() if is_given(why)]
    return [row.resource.metadata.get("perhaps", ""), *row.unknown, "", *given]


class _Ready:
    """A control made ready, with what it said by the numbers of what it reads; no judge when DuckDB is needed."""

    def __init__(self, compiled: Compiled, control: Control) -> None:
        self.control = control
        self.columns = tuple(sorted({*compiled.shape, *(item["name"] for item in compiled.related)}))
        self.known: dict[_Key, int | None] = {}
        self._witness = Witness(compiled)
        try:
            self.judge = None if compiled.needs_database else Judge(compiled)
        except Unsure:
            self.judge = None

    def values(self, rows: list[Row], alike: dict[_Key, list[int]]) -> tuple[dict[int, list[int]], list[int]]:
        """The positions of rows by the value that is said of them, and those of which only DuckDB can say it."""
        found: dict[int, list[int]] = {}
        unsure: list[int] = []
        frame = frame_for({})
        for key, positions in alike.items():
            if key in self.known:
                value = self.known[key]
            else:
                row = rows[positions[0]]
                frame[0] = row.columns
                try:
                    value = self.known[key] = self._value(row, frame)
                except Unsure:
                    unsure += positions
                    continue
            if value is not None:
                found.setdefault(value, []).extend(positions)
        return found, unsure

    def _value(self, row: Row, frame: Frame) -> int | None:
        """Raises `Unsure` also when it cannot be told which element is at fault, for which all are looked at."""
        if self.judge is None:
            return None
        value = self.judge.value(row, frame)
        if value is not None and value > 0:
            self.judge.positions(row, value)
        return value

    def evidence(self, row: Row, value: int) -> tuple[Any, ...]:
        """What decided, of a row of which the value was said."""
        return self._witness.evidence(row, value, partial(self._positions, row, value))

    def _positions(self, row: Row, value: int) -> dict[int, int | None]:
        return self.judge.positions(row, value) if self.judge and value > 0 else {}
