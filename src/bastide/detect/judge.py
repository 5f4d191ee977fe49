"""Rules over files of one table, in this process: one pass for what any rule can be true for, then all rules over that.

What the first pass keeps are the `candidates`; a rule that names no operation and reads JSON is judged over the files.
What matched stands in the table `hits`, by the numbers of events; what is told of them is read later (`matched`).
"""

from __future__ import annotations

import contextlib
from functools import partial
from typing import TYPE_CHECKING

import msgspec

from bastide import database
from bastide.beside import load
from bastide.detect.candidates import (
    ALWAYS,
    CANDIDATES,
    SELDOM,
    candidates,
    codes_of,
    flag,
    is_heavy,
    look,
    operations,
    seldom,
    with_values,
)
from bastide.detect.files import refuse_unreadable, relation
from bastide.detect.hits import COLUMNS, row
from bastide.detect.sources import LOGS
from bastide.detect.sql import IP6, prepare, texts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    import duckdb

    from bastide.detect.candidates import Codes
    from bastide.detect.files import Files
    from bastide.detect.plan import Pass, Step

MEMORY = "280MB"
LATEST = 1 << 62
WORTHWHILE = ("unused_columns", "filter_pushdown")
"""What the database thinks about for rules over candidates."""
TOGETHER = 16
"""Rules that are judged in one query: each costs less than alone, but the query's memory grows with them."""
OURS = frozenset(name for log in LOGS for name in log.lake)
"""Sources of the lake whose events are of one kind of log; those of others may be of any."""


def session(threads: int = 1, folder: Path | None = None, memory: str = MEMORY) -> duckdb.DuckDBPyConnection:
    """A database in memory that knows the macros; it spills into the folder, and uses no network."""
    load("numpy", "duckdb")
    connection = database.connect(threads=threads, memory_limit=memory, preserve_insertion_order=False)
    connection.execute("set enable_progress_bar = false")
    connection.execute("set parquet_metadata_cache = true")  # a file's footer is long, and it is read twice
    if folder:
        connection.execute(f"set temp_directory = {texts([str(folder)])}")
    prepare(connection)
    connection.execute(f"create temp table hits ({COLUMNS})")
    return connection


def judge(
    connection: duckdb.DuckDBPyConnection, one: Pass, files: Files, *, fresh: bool = True, since: int = 0
) -> dict[int, str]:
    """Add to `hits` what matches in these files; by rule, why one broke.

    The files are on this machine. Those that are not `fresh`, and events before `since` (milliseconds), count for
    correlations only. `UsageError` for a file that is not there or is none.
    """
    if files.logs and files.logs <= OURS:
        if not files.logs & one.logs:
            return {}
        if files.logs <= one.logs:  # nothing else is in there
            one = msgspec.structs.replace(one, where="true")
    steps = [step for step in one.steps if step.counted or fresh]
    if not steps:
        return {}
    try:
        return _judged(connection, one, steps, files, since if fresh else LATEST)
    except _error() as error:
        refuse_unreadable(files)  # that is no rule's fault
        if len(steps) == 1:
            return {steps[0].rule: _reason(error)}
    broken: dict[int, str] = {}
    for step in steps:  # the first pass breaks on a condition: each rule has its own, so that one hides no other
        broken |= judge(connection, msgspec.structs.replace(one, steps=(step,)), files, fresh=fresh, since=since)
    return broken


def _judged(
    connection: duckdb.DuckDBPyConnection, one: Pass, steps: list[Step], files: Files, since: int
) -> dict[int, str]:
    if any("ip6(" in step.sql for step in steps):
        connection.execute(";".join(IP6))
    look(connection, one, files, steps)
    codes = codes_of(steps, operations(connection, files.table))
    there = [step for step in steps if step.named is None or codes.of.get(step.rule)]
    steps = [step for step in map(partial(with_values, connection), there) if step is not None]
    heavy = [step for step in steps if is_heavy(step)]
    broken: dict[int, str] = {}
    if kept := [step for step in steps if not is_heavy(step)]:
        connection.execute(candidates(one, kept, codes, files, since))
        few = seldom(connection)
        with _planned_briefly(connection):
            for some in _by(TOGETHER, kept):
                queries = {step.rule: _over_candidates(step, codes, since, few) for step in some}
                broken |= _add_matches(connection, queries)
        connection.execute(f"drop table {CANDIDATES}; drop table {SELDOM}")
    for step in heavy:
        source = relation(files, [*ALWAYS, *step.reads])
        broken |= _add_matches(connection, {step.rule: _over_files(one, step, source, since)})
    return broken


@contextlib.contextmanager
def _planned_briefly(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Have queries planned with little thought: for conditions over a few rows it takes longer than these."""
    listed = connection.execute("select name from duckdb_optimizers()").fetchall()
    without = ",".join(name for (name,) in listed if name not in WORTHWHILE)
    connection.execute(f"set disabled_optimizers = '{without}'")
    try:
        yield
    finally:
        connection.execute("set disabled_optimizers = ''")


def _by(number: int, steps: list[Step]) -> Iterator[list[Step]]:
    return (steps[at : at + number] for at in range(0, len(steps), number))


def _add_matches(connection: duckdb.DuckDBPyConnection, queries: Mapping[int, str]) -> dict[int, str]:
    """Add what several rules match, in one query, or each in one of its own where that one breaks."""
    try:
        connection.execute(f"insert into hits {' union all '.join(queries.values())}")
    except _error() as error:
        if len(queries) == 1:
            return dict.fromkeys(queries, _reason(error))
    else:
        return {}
    broken: dict[int, str] = {}
    for rule, query in queries.items():
        broken |= _add_matches(connection, {rule: query})
    return broken


def _error() -> type[Exception]:
    import duckdb

    return duckdb.Error


def _reason(error: Exception) -> str:
    return (str(error).splitlines() or ["it broke"])[0]


def _over_candidates(step: Step, codes: Codes, since: int, few: set[int]) -> str:
    if step.named is None:
        return _matches(step, [flag(step), step.sql], since, CANDIDATES)
    chosen = codes.of[step.rule]
    gates = [f"code between {chosen[0]} and {chosen[-1]}", f"code in ({', '.join(map(str, chosen))})"]
    test = f"case when {gates[-1]} then {step.sql} else false end"
    return _matches(step, [*gates, test], since, SELDOM if few.issuperset(chosen) else CANDIDATES)


def _over_files(one: Pass, step: Step, source: str, since: int) -> str:
    """The matches of a rule over files; its condition, which costs more than gates, is tried where these are open.

    They stand alone, so that as little as possible is read, and again in a `case`, which is what keeps the order; it
    tries all of a condition, though, which `and` alone does not.
    """
    gates = [one.where, *(sql for _, sql in step.gates)]
    return _matches(step, [*gates, f"case when {gates[-1]} then {step.sql} else false end"], since, source)


def _matches(step: Step, tests: list[str], since: int, source: str) -> str:
    early = [f'"time" >= {since}'] if since and not step.counted else []
    return (
        f'select {step.rule}::integer, event, "time", "time" >= {since}, {row(step.values, step.fields)} '
        f"from {source} where {' and '.join([*early, *tests])}"
    )
