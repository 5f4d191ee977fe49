"""One SQL query for all controls of a resource type."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from msgspec import Struct, field

from bastide.controls.shape import merged

if TYPE_CHECKING:
    from collections.abc import Callable

    from bastide.controls.compiled import Compiled, Formula, Over

FLAGS = 60
"""How many "this atom is not known" flags one integer carries."""

AtomKey = tuple[str, int]
"""A control's id and the position of one of its atoms."""


class Part(NamedTuple):
    """A part of the condition of a list's elements: what of it is unknown is told by position.

    `path` is the list and `reads` what the part reads. With `inner` it is about a list inside the elements: without
    `reads`, whether that list itself is known; with them, about its elements, by both positions (`position`).
    With `perhaps` it is whether the element is there, its value being known.
    """

    path: str
    reads: tuple[tuple[str, str], ...]
    inner: str = ""
    keyed: bool = False
    perhaps: bool = False


INNER = 100_000
"""An element of a list in an element has the position `outer * INNER + inner`, both from 1."""


class Query(Struct):
    """The SQL, and how to read a row of its result.

    A row is the position of the resource, then a column a control: 0 holds, NULL does not apply, a positive
    number has a bit for every conjunct that fails, a negative one for every conjunct that is not known. Then a
    column for each of `positions`: which element of a list (from 1) is at fault in a control's conjunct.
    The one parameter is a JSON list of rows: `_i`, its position; `_v`, its columns; `_u0`, …, an integer of flags for
    every 60 of `flags`; `_p0`, …, for each of `parts`, the positions (from 1) of the list's elements for which it is
    not known. (A list parameter would cost DuckDB's Python client far more than the query.) The names
    have a line before them because DuckDB, inside two functions, takes a column `i` for a control's variable `i`.
    """

    sql: str
    controls: list[Compiled]
    positions: list[tuple[str, int]]
    flags: dict[AtomKey, int]
    parts: dict[Part, int]


def query_for(controls: list[Compiled], uncertain: frozenset[AtomKey], touched: frozenset[AtomKey]) -> Query:
    """The query over these controls of one type, for rows in which only these atoms may be unknown.

    `uncertain` ones as such, `touched` ones in some elements of the list that they quantify over.
    """
    shape: Any = {}
    for control in controls:
        shape = merged(shape, control.shape)
    writer = _Writer({key: index for index, key in enumerate(sorted(uncertain))}, touched)
    columns, located = ["_i"], []
    positions: list[tuple[str, int]] = []
    for number, control in enumerate(controls):
        columns.append(f"{writer.verdict(control)} as c{number}")
        for index, part in enumerate(control.conjuncts):
            over = control.atoms[part[1]].over if part[0] == "atom" and not part[2] else None
            if over and over.quantifier == "none_of":
                located.append(f"list_position({writer.items((control.id, part[1]), over, optimistic=False)}, true)")
                positions.append((control.id, index))
    given: dict[str, Any] = {"_i": "INTEGER"}
    given |= {f"_u{index}": "BIGINT" for index in range((len(writer.flags) + FLAGS - 1) // FLAGS)}
    given |= {f"_p{index}": ["BIGINT"] for index in writer.parts.values()}
    names = ", ".join(f"r.{name}" for name in given)
    text = json.dumps([{**given, "_v": shape or {"_": "VARCHAR"}}]).replace("'", "''")
    source = f"select {names}, unnest(r._v) from (select unnest(json_transform($1, '{text}')) as r)"
    sql = f"select {', '.join([*columns, *located])} from ({source})"
    return Query(sql, controls, positions, writer.flags, writer.parts)


class _Writer(Struct):
    """Writes formulas as two-valued SQL in which an unknown atom is taken for the better or for the worse.

    Over atoms with NOT pushed down to them both are bounds: what is true for the worse is true, what is not
    true for the better is not.
    """

    flags: dict[AtomKey, int]
    partial: frozenset[AtomKey]
    parts: dict[Part, int] = field(default_factory=dict)

    def verdict(self, control: Compiled) -> str:
        """The column of a control, as `Query` describes it."""
        keys = [(control.id, index) for index in range(len(control.atoms))]
        sure = not any(key in self.flags or key in self.partial for key in keys)
        value = fails = self.mask(control, optimistic=True)
        if not sure:
            value = f"case when {fails} > 0 then {fails} else -{self.mask(control, optimistic=False)} end"
        if control.when is None:
            return value
        applies = self.formula(control.when, control, optimistic=True)
        if sure:
            return f"case when {applies} then {value} end"
        surely = self.formula(control.when, control, optimistic=False)
        return f"case when {surely} then {value} when {applies} then -abs({value}) end"

    def mask(self, control: Compiled, *, optimistic: bool) -> str:
        """A number with a bit for each conjunct that does not hold."""
        bits = [
            f"(case when {self.formula(part, control, optimistic=optimistic)} then 0 else {1 << index} end)"
            for index, part in enumerate(control.conjuncts)
        ]
        return f"({' + '.join(bits)})"

    def formula(self, part: Formula, control: Compiled, *, optimistic: bool) -> str:
        """One formula, for the better or for the worse."""
        if part[0] != "atom":
            inner = [self.formula(item, control, optimistic=optimistic) for item in part[1:]]
            return f"({f' {part[0]} '.join(inner)})"
        _, index, negated = part
        atom, key = control.atoms[index], (control.id, index)
        flag = self.flags.get(key)
        unknown = "" if flag is None else f"(_u{flag // FLAGS} & {1 << (flag % FLAGS)}) <> 0"
        if atom.over and (unknown or key in self.partial):
            sql = self.quantified(key, atom.over, unknown, optimistic=optimistic != negated)
            return f"not {sql}" if negated else sql
        return _bounded(_literal(atom.sql, negated=negated), unknown, optimistic=optimistic)

    def quantified(self, key: AtomKey, over: Over, unknown: str, *, optimistic: bool) -> str:
        """A quantified atom: an element that is known to decide does so, whatever the others are."""
        return _quantified(over.quantifier, partial(self.items, key, over), unknown, optimistic=optimistic)

    def items(self, key: AtomKey, over: Over, *, optimistic: bool) -> str:
        """The list of the conditions of a list's elements."""
        if key not in self.partial:
            return over.items
        body = self._element(over.formula, over, optimistic=optimistic)
        if optimistic == (over.quantifier == "all_of"):  # that it is not there is then the other bound
            unknown = self._unknown(Part(over.path, (), perhaps=True), "_at")
            body = _bounded(body, unknown, optimistic=optimistic)
        return f"list_transform({over.sql}, lambda {over.name}, _at: {body})"

    def _element(self, part: Formula, over: Over, *, optimistic: bool) -> str:
        if part[0] != "atom":
            return f"({f' {part[0]} '.join(self._element(item, over, optimistic=optimistic) for item in part[1:])})"
        _, index, negated = part
        atom = over.atoms[index]
        if atom.over is None:
            unknown = self._unknown(Part(over.path, plain_reads(atom.reads)), "_at")
            return _bounded(_literal(atom.sql, negated=negated), unknown, optimistic=optimistic)
        inner = atom.over
        unknown = self._unknown(Part(over.path, (), inner.path, inner.keyed), "_at")
        items = partial(self._inner_items, over, inner)
        sql = _quantified(inner.quantifier, items, unknown, optimistic=optimistic != negated)
        return f"(not {sql})" if negated else sql

    def _inner_items(self, over: Over, inner: Over, *, optimistic: bool) -> str:
        body = self._inner(inner.formula, over, inner, optimistic=optimistic)
        return f"list_transform({inner.sql}, lambda {inner.name}, _in: {body})"

    def _inner(self, part: Formula, over: Over, inner: Over, *, optimistic: bool) -> str:
        if part[0] != "atom":
            parts = (self._inner(item, over, inner, optimistic=optimistic) for item in part[1:])
            return f"({f' {part[0]} '.join(parts)})"
        _, index, negated = part
        atom = inner.atoms[index]
        position = f"(_at * {INNER} + _in)::bigint"
        unknown = "" if inner.keyed else self._unknown(Part(over.path, plain_reads(atom.reads), inner.path), position)
        return _bounded(_literal(atom.sql, negated=negated), unknown, optimistic=optimistic)

    def _unknown(self, part: Part, position: str) -> str:
        return f"list_contains(_p{self.parts.setdefault(part, len(self.parts))}, {position})"


def plain_reads(reads: list[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """The reads of an atom as a part has them."""
    return tuple((path, mode) for path, mode in reads)


def _quantified(quantifier: str, items: Callable[..., str], unknown: str, *, optimistic: bool) -> str:
    """A quantified condition for the better or for the worse; `unknown` is true where the list itself is not known."""
    if quantifier == "any_of":
        sql = f"coalesce(list_bool_or({items(optimistic=optimistic)}), false)"
        return f"({sql} or {unknown})" if unknown and optimistic else sql
    if quantifier == "all_of":
        each = f"list_transform({items(optimistic=optimistic)}, lambda x: coalesce(x, false))"
        sql = f"coalesce(list_bool_and({each}), true)"
    else:
        sql = f"(not coalesce(list_bool_or({items(optimistic=not optimistic)}), false))"
    return f"({sql} and not {unknown})" if unknown and not optimistic else sql


def _literal(sql: str, *, negated: bool) -> str:
    return f"not coalesce(({sql}), true)" if negated else f"coalesce(({sql}), false)"


def _bounded(known: str, unknown: str, *, optimistic: bool) -> str:
    if not unknown:
        return known
    return f"({known} or {unknown})" if optimistic else f"({known} and not ({unknown}))"
