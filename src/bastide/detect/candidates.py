"""The first pass over files: few columns of every event are read, and kept is what some rule can be true for.

What rules name are operations, so these are told by a join with those that there are. Of a candidate only those columns
are kept that a rule reads for its operation: most are of a few operations that are called all day, and of them only
events are kept that a rule is true for, as far as that is seen without looking into JSON.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct, field

from bastide.detect.fields import OPERATION, is_json
from bastide.detect.files import relation
from bastide.detect.sql import name as quoted
from bastide.detect.sql import texts
from bastide.lake.classes import table as lake_table

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import duckdb

    from bastide.detect.files import Files
    from bastide.detect.plan import Pass, Step

CANDIDATES, SELDOM = "candidates", "seldom"
SHARE = 0.01
"""Of all candidates those of one operation up to which it is called seldom."""
OFTEN = 10_000
"""Events of an operation from which on it is called all day."""
MOST = 10
"""Values of a column that are listed in place of a condition that they pass; the database makes a join of more."""
BITS = 62
"""Sets of operations that one column tells."""
ALWAYS = ("time", "metadata.product.name")
"""What every pass reads."""


class Operation(Struct, frozen=True):
    """An operation as it is written, in lower case, and how many events are of it."""

    word: str
    folded: str
    events: int


class Codes(Struct):
    """By rule the numbers of the operations that it names, of those that there are.

    `words` has all by number, and `often` those that are called all day.
    """

    of: dict[int, list[int]] = field(default_factory=dict)
    words: dict[int, str] = field(default_factory=dict)
    often: set[int] = field(default_factory=set)


def look(connection: duckdb.DuckDBPyConnection, one: Pass, files: Files, steps: list[Step]) -> None:
    """Make, of each column that gates are on and of the operation, a table with its values, in one look at the files.

    Each, and its column, is named by the path; `number` says how many events have the value.
    """
    paths = sorted({path for step in steps for path, _ in step.gates} | {OPERATION})
    paths = [path for path in paths if lake_table(files.table).kind(path) is not None]
    if not paths:
        return
    columns = ", ".join(map(quoted, paths))
    sets = ", ".join(f"({quoted(path)})" for path in paths)
    source = relation(files, [*ALWAYS, *paths])
    connection.execute(
        f"create or replace temp table found as select {columns}, count(*) as number, grouping({columns}) as of "
        f"from {source} where {one.where} group by grouping sets ({sets})"
    )
    for at, path in enumerate(paths):
        others = (1 << len(paths)) - 1 - (1 << (len(paths) - 1 - at))
        connection.execute(
            f"create or replace temp table {quoted(path)} as select {quoted(path)}, number from found "
            f"where of = {others}"
        )


def operations(connection: duckdb.DuckDBPyConnection, table: str) -> list[Operation]:
    """The operations that there are."""
    if lake_table(table).kind(OPERATION) is None:
        return []
    word = quoted(OPERATION)
    there = f"select {word}, lower({word}), number from {quoted(OPERATION)} where {word} is not null order by all"
    return [Operation(*row) for row in connection.execute(there).fetchall()]


def with_values(connection: duckdb.DuckDBPyConnection, step: Step) -> Step | None:
    """The step with the values that pass its gates in place of conditions; None where one is shut for all events."""
    gates = []
    for path, sql in step.gates:
        passing = f"select {quoted(path)} from {quoted(path)} where {sql} limit {MOST + 1}"
        values = [row[0] for row in connection.execute(passing).fetchall()]
        if not values:
            return None
        listed = len(values) <= MOST and None not in values
        gates.append((path, f"{quoted(path)} in ({texts(values)})" if listed else sql))
    return msgspec.structs.replace(step, gates=tuple(gates))


def codes_of(steps: Iterable[Step], there: list[Operation]) -> Codes:
    """What rules name of the operations that there are."""
    codes = Codes()
    by_name: dict[str, list[int]] = {}
    for code, one in enumerate(there):
        by_name.setdefault(one.folded, []).append(code)
    for step in steps:
        chosen = {code for word in step.named or () for code in by_name.get(word, ())}
        for shape in step.shapes:
            matches = _shape(shape).fullmatch
            chosen |= {code for code, one in enumerate(there) if matches(one.folded)}
        if chosen:
            codes.of[step.rule] = sorted(chosen)
            codes.words |= {code: there[code].word for code in chosen}
    codes.often = {code for code in codes.words if there[code].events >= OFTEN}
    return codes


@cache
def _shape(pattern: str) -> re.Pattern[str]:
    """A pattern for SQL's `like`, with a backslash before what stands for itself, as a regular expression.

    What stands between two `%` is looked for once, where it comes first (`(?>…)`): any later place leaves less for the
    rest, and to try them all takes for ever.
    """
    pieces = [[""]]
    for part in re.findall(r"\\.|[^\\]", pattern, re.DOTALL):
        if part == "%":
            pieces.append([""])
        else:
            pieces[-1].append("." if part == "_" else re.escape(part[-1]))
    first, *between = map("".join, pieces)
    last = f".*{between.pop()}" if between else ""
    return re.compile(first + "".join(f"(?>.*?{piece})" for piece in between if piece) + last, re.DOTALL)


def is_heavy(step: Step) -> bool:
    """Whether it is judged over files alone: it reads JSON of every event."""
    return step.named is None and any(map(is_json, step.reads))


def flag(step: Step) -> str:
    """The column that says of candidates whether they pass the gates of a rule that names no operation."""
    return f"g{step.rule}"


def candidates(one: Pass, steps: list[Step], codes: Codes, files: Files, since: int) -> str:
    """The statement that makes the table of them.

    Its columns are `code`, `event`, `time`, flags, and what rules read.
    """
    early = f' and "time" >= {since}' if since and not any(step.counted for step in steps) else ""
    unnamed = [step for step in steps if step.named is None]
    flags = [f"({_gates(step)}) as {flag(step)}" for step in unnamed]
    limits = {path: limit for path, limit in _limits(steps, codes).items() if limit is not None}
    sets = list(dict.fromkeys(of for of, _ in limits.values() if of))
    columns = ["code", "event", '"time"', *map(flag, unnamed)]
    for path in sorted(set().union(*(step.reads for step in steps)) - {"time"}):
        of, rules = limits.get(path, (frozenset(), ()))
        kept = " or ".join([*([_in_set(sets.index(of))] if of else []), *rules])
        columns.append(f"case when {kept} then {quoted(path)} end as {quoted(path)}" if kept else quoted(path))
    source = relation(files, {OPERATION, *ALWAYS}.union(*(step.reads for step in steps)))
    wanted = [f"({_gates(step)} and {step.sql})" for step in unnamed]
    if codes.words:
        rows = ", ".join(_row(number, word, number in codes.often, sets) for number, word in codes.words.items())
        named = f"(values {rows}) as op({', '.join(['code', 'word', 'often', *_bits_of(sets)])})"
        source += f" as log {'left ' if wanted else ''}join {named} on log.{quoted(OPERATION)} = op.word"
        wanted = [f"(code is not null and {_worth_it(steps, codes)})", *wanted]
    else:
        source = f"(select *, null::integer as code from {source})"
    kept = f"select {', '.join(['*', *flags])} from {source} where {one.where}{early} and ({' or '.join(wanted)})"
    return f"create or replace temp table {CANDIDATES} as select {', '.join(columns)} from ({kept})"


def _gates(step: Step) -> str:
    return " and ".join(sql for _, sql in step.gates) or "true"


def _one_of(codes: Iterable[int]) -> str:
    return f"code in ({', '.join(map(str, codes))})"


def _worth_it(steps: list[Step], codes: Codes) -> str:
    """What is true of an event of an operation that is called seldom, or that some rule which names it may match."""
    found = ["not often"]
    for step in steps:
        if chosen := sorted(codes.often.intersection(codes.of.get(step.rule, ()))):
            dear = any(is_json(path) and quoted(path) in step.sql for path in step.reads)
            found.append(f"({_one_of(chosen)}{'' if dear else f' and {step.sql}'})")
    return f"({' or '.join(found)})" if codes.often else "true"


def _row(number: int, word: str, often: bool, sets: Sequence[frozenset[int]]) -> str:  # noqa: FBT001
    """An operation with its number, and the sets of operations that it is in, as bits: a join brings each column."""
    bits = [
        sum(1 << bit for bit, chosen in enumerate(sets[at : at + BITS]) if number in chosen)
        for at in range(0, len(sets), BITS)
    ]
    return f"({', '.join([str(number), texts([word]), str(often).lower(), *(f'{some}::bigint' for some in bits)])})"


def _bits_of(sets: Sequence[frozenset[int]]) -> list[str]:
    """The columns that the bits of all sets need."""
    return [f"bits{at // BITS}" for at in range(0, len(sets), BITS)]


def _in_set(number: int) -> str:
    """Whether a candidate's operation is in the set of this number."""
    return f"(bits{number // BITS} & {1 << number % BITS}) <> 0"


def _limits(steps: list[Step], codes: Codes) -> dict[str, tuple[frozenset[int], tuple[str, ...]] | None]:
    """For each column for which candidates it is kept: for which operations, and with which flags; None for all."""
    limits: dict[str, tuple[set[int], list[str]]] = {path: (set(), []) for step in steps for path in step.reads}
    for step in steps:
        for path in step.reads:
            if step.named is None:
                limits[path][1].append(flag(step))
            else:
                limits[path][0].update(codes.of[step.rule])
    every = set(codes.words)
    return {
        path: None if chosen == every and not flags else (frozenset(chosen), tuple(flags))
        for path, (chosen, flags) in limits.items()
        if path != "time"
    }


def seldom(connection: duckdb.DuckDBPyConnection) -> set[int]:
    """Put the candidates of operations that few of them are of into a table of their own; the numbers of these.

    Most rules are about such operations only, and would else look through what is called all day.
    """
    counted = f"select code, count(*) from {CANDIDATES} where code is not null group by code"
    counts = connection.execute(counted).fetchall()
    most = sum(count for _, count in counts) * SHARE
    few = {code for code, count in counts if count <= most}
    chosen = _one_of(sorted(few)) if few else "false"
    connection.execute(f"create or replace temp table {SELDOM} as from {CANDIDATES} where {chosen}")
    return few
