"""Rules over files of one table, in this process: one pass for what any rule can be true for, then all rules over that.

The first pass reads few columns of every event and keeps those whose operation some rule names, JSON of them only where
a rule reads it for that operation. Rules that name none are judged over the files. What matched stands in the table
`hits`, by the numbers of events; what is told of them is read later (`matched`).
"""

from __future__ import annotations

import re
from functools import cache, partial
from typing import TYPE_CHECKING, Any

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
MEMORY = "350MB"
LATEST = 1 << 62
CANDIDATES = "candidates"
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
    named = [step for step in steps if step.named is not None]
    broken: dict[int, str] = {}
    if named:
        connection.execute(_candidates(one, named, codes, relation(files), since))
        for some in _by(TOGETHER, named):
            queries = {step.rule: _over_candidates(step, codes, since) for step in some}
            broken |= _add_matches(connection, queries)
        connection.execute(f"drop table {CANDIDATES}")
    for step in steps:
        if step.named is None:
            broken |= _add_matches(connection, {step.rule: _over_files(one, step, relation(files), since)})
    return broken


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

    Each is named by its path and has one row a value, in columns as the files have them.
    """
    paths = sorted({path for step in steps for path, _ in step.gates} | {OPERATION})
    paths = [path for path in paths if lake_table(files.table).kind(path) is not None]
    if not paths:
        return
    lists = ", ".join(f"list(distinct {_dotted(path)}) as v{at}" for at, path in enumerate(paths))
    nulls = ", ".join(f"bool_or({_dotted(path)} is null) as n{at}" for at, path in enumerate(paths))
    source = f"{relation(files)} where {one.where}"
    connection.execute(f"create or replace temp table found as select {lists}, {nulls} from {source}")
    for at, path in enumerate(paths):
        column = "value"
        for part in reversed(path.split(".")[1:]):
            column = f"{{{quoted(part)}: {column}}}"
        connection.execute(
            f"create or replace temp table {quoted(path)} as select {column} as {quoted(path.split('.')[0])} from "
            f"(select unnest(v{at}) as value from found union all select null from found where n{at})"
        )


def _operations(connection: duckdb.DuckDBPyConnection, table: str) -> list[tuple[str, str]]:
    """The operations that there are, as they are written and in lower case."""
    if lake_table(table).kind(OPERATION) is None:
        return []
    word = _dotted(OPERATION)
    there = f"select {word}, lower({word}) from {quoted(OPERATION)} where {word} is not null order by all"
    return connection.execute(there).fetchall()


def _with_values(connection: duckdb.DuckDBPyConnection, step: Step) -> Step | None:
    gates = []
    for path, sql in step.gates:
        passing = f"select {_dotted(path)} from {quoted(path)} where {sql} limit {MOST + 1}"
        values = [row[0] for row in connection.execute(passing).fetchall()]
        if not values:
            return None
        if len(values) <= MOST and None not in values:
            gates.append((path, f"{_dotted(path)} in ({texts(values)})"))
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
    """The first pass."""
    early = f' and "time" >= {since}' if since and not any(step.counted for step in steps) else ""
    words = ", ".join(f"({number}, {texts([word])})" for number, word in codes.words.items())
    columns = _columns(one.table, {"time"}.union(*(step.reads for step in steps)), _limits(steps, codes))
    return (
        f"create or replace temp table {CANDIDATES} as select event, op.code as code, {', '.join(columns)} "
        f"from {source} as log join (values {words}) as op(code, word) on log.{_dotted(OPERATION)} = op.word "
        f"where {one.where}{early}"
    )


def _limits(steps: list[Step], codes: _Codes) -> dict[str, str]:
    """For each column that is not read for all operations the condition on those for which it, or a part of it, is."""
    wanted: dict[str, set[int]] = {path: set() for step in steps for path in step.reads - {"time"}}
    for step in steps:
        for path, chosen in wanted.items():
            if any(f"{read}.".startswith(f"{path}.") for read in step.reads):
                chosen.update(codes[step.rule])
    every = len(codes.words)
    return {
        path: _in("op.code", chosen)
        for path, chosen in wanted.items()
        if len(chosen) < every and (is_json(path) or len(chosen) <= MOST)
    }


def _in(sql: str, numbers: Iterable[int]) -> str:
    return f"{sql} in ({', '.join(map(str, sorted(numbers)))})"


def _columns(table: str, reads: Iterable[str], limits: Mapping[str, str]) -> list[str]:
    """The columns that are read, of structures only the parts that are."""
    tree: dict[str, Any] = {}
    reads = set(reads)
    for path in sorted(reads):
        if any(path.startswith(f"{other}.") for other in reads):
            continue  # its whole is read
        at = tree
        for part in path.split("."):
            at = at.setdefault(part, {})
    kinds = lake_table(table).columns

    def read(path: str, kind: Any, tree: dict[str, Any]) -> str:
        if not tree or not isinstance(kind, dict):
            return f"case when {limits[path]} then {_dotted(path)} end" if path in limits else _dotted(path)
        return "{" + ", ".join(f"{quoted(key)}: {read(f'{path}.{key}', kind[key], tree[key])}" for key in tree) + "}"

    return [f"{read(column, kinds[column], tree[column])} as {quoted(column)}" for column in tree]


def _over_candidates(step: Step, codes: Mapping[int, list[int]], since: int) -> str:
    chosen = codes[step.rule]
    gates = [f"code between {chosen[0]} and {chosen[-1]}", _in("code", chosen)]
    return _matches(step, gates, since, CANDIDATES)


def _over_files(one: Pass, step: Step, source: str, since: int) -> str:
    return _matches(step, [one.where, *(sql for _, sql in step.gates)], since, source)


def _matches(step: Step, gates: list[str], since: int, source: str) -> str:
    """The matches of one rule; its condition, which costs more than gates, is tried only where these are open.

    They stand alone, so that as little as possible is read. Where JSON is walked, they stand again in a `case`, which
    is what keeps the order; it tries all of a condition, though, which `and` alone does not.
    """
    dear = any(map(is_json, step.reads)) or source == CANDIDATES
    test = f"case when {gates[-1]} then {step.sql} else false end" if dear else step.sql
    early = [f'"time" >= {since}'] if since and not step.counted else []
    fields = f"[{', '.join(f'coalesce({sql}, [])' for sql in step.fields)}]" if step.fields else "null"
    return (
        f'select {step.rule}::integer, event, "time", "time" >= {since}, {fields}::varchar[][] from {source} '
        f"where {' and '.join([*early, *gates, test])}"
    )


def _dotted(path: str) -> str:
    return ".".join(quoted(part) for part in path.split("."))
