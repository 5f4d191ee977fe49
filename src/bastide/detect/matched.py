"""What is told of events that matched: read from their files, by their numbers, once it is known which are told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bastide.detect.files import ROWS, Files, relation
from bastide.detect.sql import name as quoted
from bastide.lake.classes import table as lake_table

if TYPE_CHECKING:
    from collections.abc import Sequence

    import duckdb

COLUMNS = {
    "uid": ("metadata.uid",),
    "account": ("cloud.account.uid",),
    "region": ("cloud.region",),
    "actor": ("actor.user.uid", "actor.user.uid_alt", "actor.invoked_by"),
    "operation": ("api.operation",),
    "service": ("api.service.name",),
    "source": ("src_endpoint.ip", "src_endpoint.domain"),
    "error": ("api.response.error",),
}
"""What is told, and the columns that say it, the first that does."""
RESOURCES = "resources"
FEW = 2000
"""Events that are looked for in a file by the numbers of their rows; for more of them all rows are joined."""


def read_events(connection: duckdb.DuckDBPyConnection, files: Sequence[Files], wanted: str) -> None:
    """Make the table `events`: `event`, `table`, the `COLUMNS`, and `resources`; `wanted` is a query of numbers."""
    told = ", ".join(f"{name} VARCHAR" for name in COLUMNS)
    connection.execute(f'create or replace temp table events (event BIGINT, "table" VARCHAR, {told}, resources VARCHAR[])')
    connection.execute(f"create or replace temp table wanted as select distinct event from ({wanted})")
    for some in files:
        connection.execute(_read(connection, some))


def _read(connection: duckdb.DuckDBPyConnection, files: Files) -> str:
    """The events of some files: reading all of their rows is what costs, where only few are wanted."""
    first, last = files.first << ROWS, (files.first + len(files.paths) << ROWS) - 1
    of_them = f"from wanted where event between {first} and {last}"
    row = f"event & {(1 << ROWS) - 1}"
    rows = [one[0] for one in connection.execute(f"select distinct {row} {of_them} limit {FEW + 1}").fetchall()]
    few = f"{row} in ({', '.join(map(str, rows)) or 'null'}) and " if len(rows) <= FEW else ""
    kind = lake_table(files.table).kind
    found = []
    for paths in COLUMNS.values():
        there = [".".join(map(quoted, path.split("."))) for path in paths if kind(path) is not None]
        found.append(f"coalesce({', '.join(there)})" if there else "null")
    resources = f'[r."uid" for r in {RESOURCES}]' if kind(RESOURCES) is not None else "null"
    source = relation(connection, files, [RESOURCES, *(path for paths in COLUMNS.values() for path in paths)])
    return (
        f"insert into events select event, '{files.table}', {', '.join(found)}, {resources} from {source} "
        f"where {few} event in (select event {of_them})"
    )
