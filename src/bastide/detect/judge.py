"""Rules over files of one table, in this process: one pass for what any rule can be true for, then all rules over that.

The first pass reads few columns of every event and keeps those whose operation some rule names, of them only what a
rule reads for that operation, and those that a rule which names none is true for; one that names none and reads JSON is
judged over the files. What matched stands in the table `hits`, by the numbers of events; what is told of them is read
later (`matched`).
"""

from __future__ import annotations

import re
from functools import cache, partial
from typing import TYPE_CHECKING

import msgspec

from bastide.detect.fields import OPERATION, is_json
from bastide.detect.files import relation
from bastide.detect.sources import LOGS
from bastide.detect.sql import name as quoted
from bastide.detect.sql import prepare, texts
from bastide.lake.classes import table as lake_table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    import duckdb

    from bastide.detect.files import Files
    from bastide.detect.plan import Pass, Step

HITS = "rule INTEGER, event BIGINT, time BIGINT, fresh BOOLEAN, fields VARCHAR[][]"
MEMORY = "280MB"
LATEST = 1 << 62
CANDIDATES, SELDOM = "candidates", "seldom"
SHARE = 0.01
"""Of all candidates those of one operation up to which it is called seldom."""
MOST = 50
"""Values of a column that are listed in place of a condition that they pass."""
TOGETHER = 16
"""Rules that are judged in one query: each costs less than alone, but the query's memory grows with them."""
OURS = frozenset(name for log in LOGS for name in log.lake)
"""Sources of the lake whose events are of one kind of log; those of others may be of any."""
ALWAYS = ("time", "metadata.product.name")
"""What every pass reads."""


def session(threads: int = 1, folder: Path | None = None, memory: str = MEMORY) -> duckdb.DuckDBPyConnection:
    """A database in memory that knows the macros; it spills into the folder, and uses no network."""
    import duckdb

    connection = duckdb.connect(config={"threads": threads, "autoinstall_known_extensions": False,
                                        "autoload_known_extensions": False})  # fmt: skip
    connection.execute(f"set memory_limit = '{memory}'")
    connection.execute("set preserve_insertion_order = false")
    connection.execute("set enable_progress_bar = false")
    connection.execute("set parquet_metadata_cache = true")  # a file's footer is long, and it is read twice
    if folder:
        connection.execute(f"set temp_directory = {texts([str(folder)])}")
    prepare(connection)
    connection.execute(f"create temp table hits ({HITS})")
    return connection


def judge(
    connection: duckdb.DuckDBPyConnection, one: Pass, files: Files, *, fresh: bool = True, since: int = 0
) -> dict[int, str]:
    """Add to `hits` what matches in these files; by rule, why one broke.

    The files are on this machine. Those that are not `fresh`, and events before `since` (milliseconds), count for
    correlations only.
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
        if len(steps) == 1:
            return {steps[0].rule: _reason(error)}
    broken: dict[int, str] = {}
    for step in steps:  # the first pass breaks on a condition: each rule has its own, so that one hides no other
        broken |= judge(connection, msgspec.structs.replace(one, steps=(step,)), files, fresh=fresh, since=since)
    return broken


def _judged(
    connection: duckdb.DuckDBPyConnection, one: Pass, steps: list[Step], files: Files, since: int
) -> dict[int, str]:
    _values(connection, one, files, steps)
    codes = _codes(steps, _operations(connection, files.table))
    there = [step for step in steps if step.named is None or codes.get(step.rule)]
    steps = [step for step in map(partial(_with_values, connection), there) if step is not None]
    heavy = [step for step in steps if _is_heavy(step)]
    broken: dict[int, str] = {}
    if kept := [step for step in steps if not _is_heavy(step)]:
        source = relation(files, {OPERATION, *ALWAYS}.union(*(step.reads for step in kept)))
        connection.execute(_candidates(one, kept, codes, source, since))
        seldom = _seldom(connection)
        for some in _by(TOGETHER, kept):
            queries = {step.rule: _over_candidates(step, codes, since, seldom) for step in some}
            broken |= _add_matches(connection, queries)
        connection.execute(f"drop table {CANDIDATES}; drop table {SELDOM}")
    for step in heavy:
        source = relation(files, [*ALWAYS, *step.reads])
        broken |= _add_matches(connection, {step.rule: _over_files(one, step, source, since)})
    return broken


def _is_heavy(step: Step) -> bool:
    """Whether it is judged over files alone: it reads JSON of every event."""
    return step.named is None and any(map(is_json, step.reads))


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


def _values(connection: duckdb.DuckDBPyConnection, one: Pass, files: Files, steps: list[Step]) -> None:
    """Make, of each column that gates are on and of the operation, a table with its values, in one look at the files.

    Each, and its column, is named by the path.
    """
    paths = sorted({path for step in steps for path, _ in step.gates} | {OPERATION})
    paths = [path for path in paths if lake_table(files.table).kind(path) is not None]
    if not paths:
        return
    lists = ", ".join(f"list(distinct {quoted(path)}) as v{at}" for at, path in enumerate(paths))
    nulls = ", ".join(f"bool_or({quoted(path)} is null) as n{at}" for at, path in enumerate(paths))
    source = relation(files, [*ALWAYS, *paths])
    connection.execute(f"create or replace temp table found as select {lists}, {nulls} from {source} where {one.where}")
    for at, path in enumerate(paths):
        connection.execute(
            f"create or replace temp table {quoted(path)} as select unnest(v{at}) as {quoted(path)} from found "
            f"union all select null from found where n{at}"
        )


def _operations(connection: duckdb.DuckDBPyConnection, table: str) -> list[tuple[str, str]]:
    """The operations that there are, as they are written and in lower case."""
    if lake_table(table).kind(OPERATION) is None:
        return []
    word = quoted(OPERATION)
    there = f"select {word}, lower({word}) from {quoted(OPERATION)} where {word} is not null order by all"
    return connection.execute(there).fetchall()


def _with_values(connection: duckdb.DuckDBPyConnection, step: Step) -> Step | None:
    gates = []
    for path, sql in step.gates:
        passing = f"select {quoted(path)} from {quoted(path)} where {sql} limit {MOST + 1}"
        values = [row[0] for row in connection.execute(passing).fetchall()]
        if not values:
            return None
        if len(values) <= MOST and None not in values:
            gates.append((path, f"{quoted(path)} in ({texts(values)})"))
    return msgspec.structs.replace(step, gates=tuple(gates))


class _Codes(dict[int, list[int]]):
    """By rule the numbers of the operations that it names, of those that there are; `words` has all by number."""

    def __init__(self) -> None:
        super().__init__()
        self.words: dict[int, str] = {}


def _codes(steps: Iterable[Step], operations: list[tuple[str, str]]) -> _Codes:
    codes = _Codes()
    by_name: dict[str, list[int]] = {}
    for code, (_, folded) in enumerate(operations):
        by_name.setdefault(folded, []).append(code)
    for step in steps:
        chosen = {code for word in step.named or () for code in by_name.get(word, ())}
        for shape in step.shapes:
            matches = _shape(shape).fullmatch
            chosen |= {code for code, (_, folded) in enumerate(operations) if matches(folded)}
        if chosen:
            codes[step.rule] = sorted(chosen)
            codes.words |= {code: operations[code][0] for code in chosen}
    return codes


@cache
def _shape(pattern: str) -> re.Pattern[str]:
    """A pattern for SQL's `like`, with a backslash before what stands for itself, as a regular expression."""
    parts = re.findall(r"\\.|[^\\]", pattern, re.DOTALL)
    wild = {"%": ".*", "_": "."}
    return re.compile("".join(wild.get(part) or re.escape(part[-1]) for part in parts), re.DOTALL)


def _candidates(one: Pass, steps: list[Step], codes: _Codes, source: str, since: int) -> str:
    """The first pass: what some rule names, or what a rule that names nothing is true for."""
    early = f' and "time" >= {since}' if since and not any(step.counted for step in steps) else ""
    limits = _limits(steps, codes)
    flags = {chosen: f"f{number}" for number, chosen in enumerate(dict.fromkeys(limits.values()))}
    columns = [
        f"case when {flags[limits[path]]} then {quoted(path)} end as {quoted(path)}" if path in limits else quoted(path)
        for path in sorted({"time"}.union(*(step.reads for step in steps)))
    ]
    unnamed = [" and ".join([*(sql for _, sql in step.gates), step.sql]) for step in steps if step.named is None]
    code, wanted = "null::integer", [f"({sql})" for sql in unnamed]
    if codes.words:
        rows = ", ".join(_row(number, word, flags) for number, word in codes.words.items())
        operations = f"(values {rows}) as op({', '.join(['code', 'word', *flags.values()])})"
        source += f" as log {'left ' if unnamed else ''}join {operations} on log.{quoted(OPERATION)} = op.word"
        code, wanted = "code", ["code is not null", *wanted]
    return (
        f"create or replace temp table {CANDIDATES} as select event, {code} as code, {', '.join(columns)} "
        f"from {source} where {one.where}{early} and ({' or '.join(wanted)})"
    )


def _row(number: int, word: str, flags: Iterable[frozenset[int]]) -> str:
    """An operation with its number, and for each set of operations whether it is in there."""
    return f"({', '.join([str(number), texts([word]), *(str(number in chosen).lower() for chosen in flags)])})"


def _limits(steps: list[Step], codes: _Codes) -> dict[str, frozenset[int]]:
    """For each column that is not read for all that is kept the operations for which it is."""
    every = set(codes.words)
    wanted: dict[str, set[int]] = {path: set() for step in steps for path in step.reads - {"time"}}
    for step in steps:
        for path in step.reads & wanted.keys():
            wanted[path].update(codes[step.rule] if step.named is not None else (-1, *every))
    return {path: frozenset(chosen) for path, chosen in wanted.items() if chosen < every}


def _seldom(connection: duckdb.DuckDBPyConnection) -> set[int]:
    """Put the candidates of operations that few of them are of into a table of their own; the numbers of these.

    Most rules are about such operations only, and would else look through what is called all day.
    """
    counted = f"select code, count(*) from {CANDIDATES} where code is not null group by code"
    counts = connection.execute(counted).fetchall()
    most = sum(count for _, count in counts) * SHARE
    seldom = {code for code, count in counts if count <= most}
    chosen = f"code in ({', '.join(map(str, seldom))})" if seldom else "false"
    connection.execute(f"create or replace temp table {SELDOM} as from {CANDIDATES} where {chosen}")
    return seldom


def _over_candidates(step: Step, codes: Mapping[int, list[int]], since: int, seldom: set[int]) -> str:
    if step.named is None:
        return _matches(step, [sql for _, sql in step.gates] or ["true"], since, CANDIDATES)
    chosen = codes[step.rule]
    gates = [f"code between {chosen[0]} and {chosen[-1]}", f"code in ({', '.join(map(str, chosen))})"]
    return _matches(step, gates, since, SELDOM if seldom.issuperset(chosen) else CANDIDATES)


def _over_files(one: Pass, step: Step, source: str, since: int) -> str:
    return _matches(step, [one.where, *(sql for _, sql in step.gates)], since, source)


def _matches(step: Step, gates: list[str], since: int, source: str) -> str:
    """The matches of one rule; its condition, which costs more than gates, is tried only where these are open.

    They stand alone, so that as little as possible is read. Where JSON is walked, they stand again in a `case`, which
    is what keeps the order; it tries all of a condition, though, which `and` alone does not.
    """
    dear = any(map(is_json, step.reads)) or source in (CANDIDATES, SELDOM)
    test = f"case when {gates[-1]} then {step.sql} else false end" if dear else step.sql
    early = [f'"time" >= {since}'] if since and not step.counted else []
    fields = f"[{', '.join(f'coalesce({sql}, [])' for sql in step.fields)}]" if step.fields else "null"
    return (
        f'select {step.rule}::integer, event, "time", "time" >= {since}, {fields}::varchar[][] from {source} '
        f"where {' and '.join([*early, *gates, test])}"
    )
