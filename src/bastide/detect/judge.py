"""Rules over files of one table, in this process: one pass for what any rule can be true for, then rule after rule.

The first pass reads a few columns of every event and keeps those whose operation some rule names, or that a rule
which names none is true for. What matched is written to a Parquet file, `HITS`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bastide.detect.compiler import lets_through
from bastide.detect.fields import OPERATION
from bastide.detect.plan import BASE
from bastide.detect.sql import name as quoted
from bastide.detect.sql import prepare, texts
from bastide.lake.classes import table as lake_table

if TYPE_CHECKING:
    from pathlib import Path

    import duckdb

    from bastide.detect.plan import Pass, Step

HITS = """rule INTEGER, uid VARCHAR, time BIGINT, "table" VARCHAR, account VARCHAR, region VARCHAR, actor VARCHAR,
  operation VARCHAR, service VARCHAR, source VARCHAR, error VARCHAR, resources VARCHAR[],
  fresh BOOLEAN, fields VARCHAR[][], file VARCHAR, place BIGINT"""
MEMORY = "350MB"
LATEST = 1 << 62
REMOTE = "s3://"
RESOURCES, LATE = "resources", "file_row_number = true"
FEW = 5000
"""Matches for which resources are looked up by their places in the files.

A list of structures is the dearest column of all: reading it of every event costs as much as all else.
"""


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
    connection: duckdb.DuckDBPyConnection, one: Pass, files: list[str], *, fresh: bool = True, since: int = 0
) -> dict[int, str]:
    """Add to `hits` what matches in these files; by rule, why one broke.

    Files that are not `fresh`, and events before `since` (milliseconds), count for correlations only.
    """
    steps = [step for step in one.steps if step.counted or fresh]
    if not steps or not files:
        return {}
    broken: dict[int, str] = {}
    connection.execute("drop table if exists candidates")
    source = _source(connection, one, files)
    try:
        operations = _operations(connection, one, steps, source)
        if not operations and all(step.named is not None for step in steps):
            return {}
        connection.execute(_candidates(one, steps, source, operations, since))
    except _error() as error:
        if len(steps) == 1:
            return {steps[0].rule: _reason(error)}
        return _one_by_one(connection, one, steps, files, fresh=fresh, since=since)
    present = {row[0] for row in connection.execute("select distinct op from candidates").fetchall()}
    for step in steps:
        if step.named is not None and not step.shapes and not present & step.named:
            continue
        try:
            connection.execute(_matches(one, step, since if fresh else LATEST, remote=source == "remote"))
        except _error() as error:
            broken[step.rule] = _reason(error)
    _add_resources(connection, one, source)
    return broken


def _add_resources(connection: duckdb.DuckDBPyConnection, one: Pass, source: str) -> None:
    """Read the resources of what matched, where the first pass has left them out."""
    if lake_table(one.table).kind(RESOURCES) is None or LATE not in source:
        return
    told = ", ".join(str(step.rule) for step in one.steps if step.shown) or "null"
    missing = f"from hits where place is not null and resources is null and \"table\" = '{one.table}'"
    places = connection.execute(f"select distinct place {missing} limit {FEW + 1}").fetchall()
    if len(places) > FEW:
        missing += f" and rule in ({told})"
        places = connection.execute(f"select distinct place {missing} limit {FEW + 1}").fetchall()
    if not places:
        return
    chosen = ", ".join(str(place) for (place,) in places) if len(places) <= FEW else f"select distinct place {missing}"
    connection.execute(
        f"create or replace temp table found as select filename as file, file_row_number as place, "
        f'[r."uid" for r in "resources"] as resources from {source} where file_row_number in ({chosen}) '
        f'and "resources" is not null'
    )
    connection.execute(
        "update hits set resources = found.resources from found "
        "where hits.file = found.file and hits.place = found.place"
    )


def _source(connection: duckdb.DuckDBPyConnection, one: Pass, files: list[str]) -> str:
    """What stands after `from`: the files, those of a bucket by way of pyarrow."""
    if not files[0].startswith(REMOTE):
        more = ", filename = true, file_row_number = true" if lake_table(one.table).kind(RESOURCES) else ""
        return f"read_parquet([{texts(files)}], hive_partitioning = false{more})"
    from pyarrow import dataset

    from bastide.lake.storage import bucket_files

    paths = [file.removeprefix(REMOTE) for file in files]
    schema = lake_table(one.table).arrow()
    connection.register("remote", dataset.dataset(paths, schema=schema, format="parquet", filesystem=bucket_files()))
    return "remote"


def _one_by_one(
    connection: duckdb.DuckDBPyConnection, one: Pass, steps: list[Step], files: list[str], **how: Any
) -> dict[int, str]:
    """Where the first pass breaks on a condition, each rule has its own, so that one hides no other."""
    import msgspec

    broken: dict[int, str] = {}
    for step in steps:
        broken |= judge(connection, msgspec.structs.replace(one, steps=(step,)), files, **how)
    return broken


def _error() -> type[Exception]:
    import duckdb

    return duckdb.Error


def _reason(error: Exception) -> str:
    return (str(error).splitlines() or ["it broke"])[0]


def _candidates(one: Pass, steps: list[Step], files: str, operations: list[str], since: int) -> str:
    """The first pass: it knows which of the operations that there are some rule names, as they are written."""
    has_operation = lake_table(one.table).kind(OPERATION) is not None
    tests = [f"{_dotted(OPERATION)} in ({texts(operations)})"] if operations else []
    tests += [step.sql for step in steps if step.named is None]
    early = f' and "time" >= {since}' if since and not any(step.counted for step in steps) else ""
    late = LATE in files
    base = [path for path in BASE if path != RESOURCES or not late]
    reads = one.reads | {path for path in base if lake_table(one.table).kind(path) is not None}
    origin = "filename as file, file_row_number as place" if late else "null::varchar as file, null::bigint as place"
    operation = f"lower({_dotted(OPERATION)})" if has_operation else "null::varchar"
    return (
        f"create temp table candidates as select {operation} as op, {origin}, {', '.join(_columns(one.table, reads))} "
        f"from {files} where {one.where}{early} and ({' or '.join(tests) or 'false'})"
    )


def _operations(connection: duckdb.DuckDBPyConnection, one: Pass, steps: list[Step], files: str) -> list[str]:
    """The operations in the files that some rule names."""
    named = frozenset(word for step in steps for word in step.named or ())
    shapes = frozenset(shape for step in steps for shape in step.shapes)
    if not (named or shapes) or lake_table(one.table).kind(OPERATION) is None:
        return []
    there = f"select distinct {_dotted(OPERATION)} as word from {files}"
    query = f"select word from ({there}) where {lets_through('lower(word)', named, shapes)}"
    return [row[0] for row in connection.execute(query).fetchall()]


def _columns(table: str, reads: frozenset[str]) -> list[str]:
    """The columns that are read, of structures only the parts that are."""
    tree: dict[str, Any] = {}
    for path in sorted(reads):
        if any(path.startswith(f"{other}.") for other in reads):
            continue  # its whole is read
        at = tree
        for part in path.split("."):
            at = at.setdefault(part, {})
    kinds = lake_table(table).columns
    return [f"{_part(quoted(column), kinds[column], tree[column])} as {quoted(column)}" for column in tree]


def _part(sql: str, kind: Any, tree: dict[str, Any]) -> str:
    if not tree or not isinstance(kind, dict):
        return sql
    return (
        "{" + ", ".join(f"{quoted(key)}: {_part(f'{sql}.{quoted(key)}', kind[key], tree[key])}" for key in tree) + "}"
    )


def _matches(one: Pass, step: Step, since: int, *, remote: bool) -> str:
    def value(*paths: str) -> str:
        there = [_dotted(path) for path in paths if lake_table(one.table).kind(path) is not None]
        return f"coalesce({', '.join(there)})" if there else "null"

    where = step.sql if step.counted else f'"time" >= {since} and {step.sql}' if since else step.sql
    if step.named is not None:
        where = f"{lets_through('op', step.named, step.shapes)} and {where}"
    read = lake_table(one.table).kind(RESOURCES) is not None and (remote or RESOURCES in one.reads)
    resources = '[r."uid" for r in "resources"]' if read else "null"
    fields = f"[{', '.join(f'coalesce({sql}, [])' for sql in step.fields)}]" if step.fields else "null"
    return f"""insert into hits select {step.rule}, {value("metadata.uid")}, {value("time")}, '{one.table}',
      {value("cloud.account.uid")}, {value("cloud.region")},
      {value("actor.user.uid", "actor.user.uid_alt", "actor.invoked_by")},
      {value("api.operation")}, {value("api.service.name")}, {value("src_endpoint.ip", "src_endpoint.domain")},
      {value("api.response.error")}, {resources}, "time" >= {since}, {fields}, file, place
      from candidates where {where}"""


def _dotted(path: str) -> str:
    return ".".join(quoted(part) for part in path.split("."))
