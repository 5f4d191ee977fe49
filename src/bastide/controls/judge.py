"""One control judged over one resource at a time, without a database: what `query.query_for` says in SQL, in Python.

Both answer alike, also for what is not known: a formula is taken once for the better and once for the worse.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bastide.controls.direct import frame_for, function_of
from bastide.controls.query import INNER, Part, plain_reads

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from bastide.controls.compiled import Atom, Compiled, Formula, Over
    from bastide.controls.direct import Frame, Run
    from bastide.controls.rows import Row

    Items = Callable[[bool], Iterable[Any]]
    """The conditions of a list's elements, for the better or for the worse."""


class Judge:
    """Raises `Unsure` when made of a control, or asked about a row, that only DuckDB can judge."""

    def __init__(self, compiled: Compiled) -> None:
        self.compiled = compiled
        self._atoms = [_Atom((compiled.id, index), atom) for index, atom in enumerate(compiled.atoms)]
        self._keys = frozenset(atom.key for atom in self._atoms)
        self._conjuncts = compiled.conjuncts
        self._known = [(1 << index, self._plainly(part)) for index, part in enumerate(self._conjuncts)]
        self._applies = None if compiled.when is None else self._plainly(compiled.when)

    def value(self, row: Row, frame: Frame) -> int | None:
        """0 holds, None does not apply, a positive number has a bit for every conjunct that fails, a negative one for
        every conjunct that is not known: the same as a column of `query.Query`."""
        if row.unknown and not (self._keys.isdisjoint(row.uncertain) and self._keys.isdisjoint(row.partial)):
            return self._bounds(_Unknowns(row, frame))
        if self._applies is not None and not self._applies(frame):
            return None
        mask = 0
        for bit, holds in self._known:
            if not holds(frame):
                mask |= bit
        return mask

    def positions(self, row: Row, mask: int) -> dict[int, int | None]:
        """Which element of a list (from 1) is at fault, for the conjuncts of a mask that say that none may be."""
        found = {}
        for index, part in enumerate(self._conjuncts):
            if mask >> index & 1 and part[0] == "atom" and not part[2]:
                over = self._atoms[part[1]].over
                if over is not None and over.quantifier == "none_of":
                    items = self._atoms[part[1]].items(_Unknowns(row, frame_for(row.columns)), False)  # noqa: FBT003
                    found[index] = next((at for at, value in enumerate(items, 1) if value is True), None)
        return found

    def _plainly(self, part: Formula) -> Callable[[Frame], bool]:
        """A formula over a row in which nothing that it reads is unknown."""
        if part[0] == "atom":
            run, wanted = self._atoms[part[1]].run, not part[2]
            return lambda frame: run(frame) is wanted
        inner = [self._plainly(item) for item in part[1:]]
        if part[0] == "and":
            return lambda frame: all(item(frame) for item in inner)
        return lambda frame: any(item(frame) for item in inner)

    def _bounds(self, row: _Unknowns) -> int | None:
        value = self._mask(row, better=True) or -self._mask(row, better=False)
        if self.compiled.when is None or self._formula(self.compiled.when, row, better=False):
            return value
        return -abs(value) if self._formula(self.compiled.when, row, better=True) else None

    def _mask(self, row: _Unknowns, *, better: bool) -> int:
        return sum(
            1 << index for index, part in enumerate(self._conjuncts) if not self._formula(part, row, better=better)
        )

    def _formula(self, part: Formula, row: _Unknowns, *, better: bool) -> bool:
        if part[0] == "atom":
            return self._atoms[part[1]].holds(row, negated=part[2], better=better)
        inner = (self._formula(item, row, better=better) for item in part[1:])
        return all(inner) if part[0] == "and" else any(inner)


class _Unknowns:
    """A row with what is not known of it, by the parts of conditions that it touches."""

    __slots__ = ("_positions", "frame", "row")

    def __init__(self, row: Row, frame: Frame) -> None:
        self.row, self.frame = row, frame
        self._positions: dict[Part, frozenset[int]] = {}

    def at(self, part: Part, position: int) -> bool:
        """Whether a part of the condition of a list's element is not known."""
        if part not in self._positions:
            self._positions[part] = frozenset(self.row.unknown_positions(part))
        return position in self._positions[part]


class _Atom:
    __slots__ = ("_atom", "_over", "key", "run")

    def __init__(self, key: tuple[str, int], atom: Atom) -> None:
        self.key = key
        self.run: Run = function_of(atom.program or [])
        self._atom = atom
        self._over: _Over | None = None

    @property
    def over(self) -> _Over | None:
        """What looks at elements one by one, made when first asked for: most rows are wholly known, and pass."""
        if self._over is None and (over := self._atom.over):
            self._over = _Over(over, 1)
        return self._over

    def holds(self, row: _Unknowns, *, negated: bool, better: bool) -> bool:
        unknown = self.key in row.row.uncertain
        if self.over and (unknown or self.key in row.row.partial):
            value = _quantified(self.over.quantifier, lambda better: self.items(row, better), unknown,
                                better=better != negated)  # fmt: skip
            return not value if negated else value
        return _bounded(self.run(row.frame) is (not negated), unknown,
                        better=better)  # fmt: skip

    def items(self, row: _Unknowns, better: bool) -> Iterable[Any]:  # noqa: FBT001 (as `Items` has it)
        """The conditions of the elements of the list that it quantifies over."""
        assert self.over is not None
        return self.over.elements(row, better) if self.key in row.row.partial else self.over.conditions(row.frame) or ()


class _Over:
    __slots__ = ("_atoms", "_listed", "_slot", "conditions", "over", "quantifier")

    def __init__(self, over: Over, slot: int) -> None:
        self.over, self.quantifier, self._slot = over, over.quantifier, slot
        self._listed = function_of(over.listed or [])
        self.conditions = function_of(over.conditions or [])
        self._atoms: Sequence[tuple[Atom, Run, _Over | None]] = [
            (atom, function_of(atom.program or []), _Over(inner, slot + 1) if (inner := atom.over) else None)
            for atom in over.atoms
        ]

    def elements(self, row: _Unknowns, better: bool) -> Iterable[bool]:  # noqa: FBT001 (as `Items` has it)
        """Element by element, where some are known and some are not."""
        absent = better == (self.quantifier == "all_of")  # that an element is not there is then the other bound
        perhaps = Part(self.over.path, (), perhaps=True)
        for at, value in enumerate(self._listed(row.frame) or (), 1):
            row.frame[self._slot] = value
            body = self._element(self.over.formula, row, at, better=better)
            yield _bounded(body, row.at(perhaps, at), better=better) if absent else body

    def _element(self, part: Formula, row: _Unknowns, at: int, *, better: bool) -> bool:
        if part[0] != "atom":
            inner = (self._element(item, row, at, better=better) for item in part[1:])
            return all(inner) if part[0] == "and" else any(inner)
        _, index, negated = part
        atom, run, inner_over = self._atoms[index]
        if inner_over is None:
            unknown = row.at(Part(self.over.path, plain_reads(atom.reads)), at)
            return _bounded(run(row.frame) is (not negated), unknown, better=better)
        part_of = Part(self.over.path, (), inner_over.over.path, inner_over.over.keyed)
        value = _quantified(
            inner_over.quantifier,
            lambda better: inner_over.inside(self.over.path, row, at, better),
            row.at(part_of, at),
            better=better != negated,
        )
        return not value if negated else value

    def inside(self, path: str, row: _Unknowns, outer: int, better: bool) -> Iterable[bool]:  # noqa: FBT001
        """Element by element, of a list inside an element of the list at `path`."""
        for at, value in enumerate(self._listed(row.frame) or (), 1):
            row.frame[self._slot] = value
            yield self._inner(self.over.formula, path, row, outer * INNER + at, better=better)

    def _inner(self, part: Formula, path: str, row: _Unknowns, at: int, *, better: bool) -> bool:
        if part[0] != "atom":
            inner = (self._inner(item, path, row, at, better=better) for item in part[1:])
            return all(inner) if part[0] == "and" else any(inner)
        _, index, negated = part
        atom, run, _ = self._atoms[index]
        unknown = not self.over.keyed and row.at(Part(path, plain_reads(atom.reads), self.over.path), at)
        return _bounded(run(row.frame) is (not negated), unknown, better=better)


def _quantified(quantifier: str, items: Items, unknown: bool, *, better: bool) -> bool:  # noqa: FBT001
    """A quantified condition for the better or for the worse; `unknown` says that the list itself is not known."""
    if quantifier == "any_of":
        return any(value is True for value in items(better)) or (unknown and better)
    if quantifier == "all_of":
        value = all(value is True for value in items(better))
    else:
        value = not any(value is True for value in items(not better))
    return value and (better or not unknown)


def _bounded(known: bool, unknown: bool, *, better: bool) -> bool:  # noqa: FBT001
    return (known or unknown) if better else (known and not unknown)
