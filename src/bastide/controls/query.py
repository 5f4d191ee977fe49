"""One SQL query for all controls of a resource type."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bastide.controls.shape import merged

if TYPE_CHECKING:
    from bastide.controls.compiled import Compiled
    from bastide.controls.syntax import Formula

FLAGS = 60
"""How many "this atom is not known" flags one integer carries."""

AtomKey = tuple[str, int]
"""A control's id and the position of one of its atoms."""


@dataclass(slots=True)
class Query:
    """The SQL, and how to read a row of its result.

    A row is the position of the resource, then a column a control: 0 holds, NULL does not apply, a positive
    number has a bit for every conjunct that fails, a negative one for every conjunct that is not known. Then a
    column for each of `positions`: which element of a list (from 1) is at fault in a control's conjunct.
    Parameters are the positions, the rows as JSON, and one list of flags for every 60 of `flags`.
    """

    sql: str
    controls: list[Compiled]
    positions: list[tuple[str, int]]
    flags: dict[AtomKey, int]


def query_for(controls: list[Compiled], uncertain: frozenset[AtomKey]) -> Query:
    """The query over these controls of one type, for rows in which only the `uncertain` atoms may be unknown."""
    shape: Any = {}
    for control in controls:
        shape = merged(shape, control.shape)
    flags = {key: index for index, key in enumerate(sorted(uncertain))}
    positions: list[tuple[str, int]] = []
    columns = ["i"]
    located: list[str] = []
    for number, control in enumerate(controls):
        columns.append(f"{_verdict(control, flags)} as c{number}")
        for index, part in enumerate(control.conjuncts):
            items = control.atoms[part[1]].items if part[0] == "atom" and not part[2] else ""
            if items:
                located.append(f"list_position({items}, true)")
                positions.append((control.id, index))
    columns += located
    unnested = ["unnest($1::integer[]) as i", "unnest($2::varchar[]) as v"]
    names = [f"u{index}" for index in range((len(flags) + FLAGS - 1) // FLAGS)]
    unnested += [f"unnest(${index + 3}::bigint[]) as {name}" for index, name in enumerate(names)]
    text = json.dumps(shape or {"_": "VARCHAR"}).replace("'", "''")
    source = (
        f"select {', '.join(['i', *names])}, unnest(json_transform(v, '{text}')) from (select {', '.join(unnested)})"
    )
    return Query(f"select {', '.join(columns)} from ({source})", controls, positions, flags)


def _verdict(control: Compiled, flags: dict[AtomKey, int]) -> str:
    sure = not any((control.id, index) in flags for index in range(len(control.atoms)))
    fails = _mask(control, flags, optimistic=True)
    if sure:
        value = fails
    else:
        unknown = _mask(control, flags, optimistic=False)
        value = f"case when {fails} > 0 then {fails} else -{unknown} end"
    if control.when is None:
        return value
    applies = _sql(control.when, control, flags, optimistic=True)
    if sure:
        return f"case when {applies} then {value} end"
    surely = _sql(control.when, control, flags, optimistic=False)
    return f"case when {surely} then {value} when {applies} then -abs({value}) end"


def _mask(control: Compiled, flags: dict[AtomKey, int], *, optimistic: bool) -> str:
    bits = [
        f"(case when {_sql(part, control, flags, optimistic=optimistic)} then 0 else {1 << index} end)"
        for index, part in enumerate(control.conjuncts)
    ]
    return f"({' + '.join(bits)})"


def _sql(part: Formula, control: Compiled, flags: dict[AtomKey, int], *, optimistic: bool) -> str:
    """Two-valued SQL of a formula in which an unknown atom is taken for the better or for the worse.

    Over atoms with NOT pushed down to them both are bounds: what is true for the worse is true, what is not
    true for the better is not.
    """
    if part[0] != "atom":
        inner = [_sql(item, control, flags, optimistic=optimistic) for item in part[1:]]
        return f"({f' {part[0]} '.join(inner)})"
    _, index, negated = part
    sql = control.atoms[index].sql
    known = f"not coalesce(({sql}), true)" if negated else f"coalesce(({sql}), false)"
    flag = flags.get((control.id, index))
    if flag is None:
        return known
    bit = f"(u{flag // FLAGS} & {1 << (flag % FLAGS)})"
    return f"({known} or {bit} <> 0)" if optimistic else f"({known} and {bit} = 0)"
