"""What is told of events that matched: read from their files, by their numbers, once it is known which are told."""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING

from bastide.detect.files import ROWS, Files, by_path, events_of, relation
from bastide.detect.judge import session
from bastide.detect.pool import side_by_side
from bastide.detect.sql import literal, texts
from bastide.detect.sql import name as quoted
from bastide.lake.classes import table as lake_table

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    import duckdb

COLUMNS = {
    "uid": ("metadata.uid",),
    "account": ("cloud.account.uid",),
    "region": ("cloud.region",),
    "actor": ("actor.user.uid", "actor.user.uid_alt", "actor.invoked_by", "actor.user.name"),
    "operation": ("api.operation",),
    "service": ("api.service.name",),
    "source": ("src_endpoint.ip", "src_endpoint.domain"),
    "error": ("api.response.error",),
}
"""What is told, and the columns that say it, the first that does: an empty text says nothing."""
_UUID = "[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
_BY_NAME = f"""case when regexp_full_match("actor.user.uid", {literal(_UUID)}) then nullif("actor.user.name", '') end"""
"""Who has a number and a name, as in Kubernetes, is told by the name."""
RESOURCES = "resources[].uid"


def read_events(
    connection: duckdb.DuckDBPyConnection, files: Sequence[Files], wanted: str, folder: Path, workers: int = 1
) -> None:
    """Make the table `events`: `event`, `table`, the `COLUMNS`, and `resources`; `wanted` is a query of numbers."""
    numbers = folder / "wanted"
    connection.execute(f"copy (select distinct event from ({wanted})) to {texts([str(numbers)])} (format parquet)")

    def read_some(some: Iterable[int], threads: int) -> None:
        with contextlib.closing(session(threads, folder / f"spill-{os.getpid()}")) as own:
            own.execute(f"create temp table wanted as from read_parquet({texts([str(numbers)])})")
            for at in some:
                part = folder / f"{at}.some"
                own.execute(f"copy ({_query(own, files[at])}) to {texts([str(part)])} (format parquet)")
                part.replace(folder / f"{at}.events")

    side_by_side(files, folder, ".events", read_some, workers)
    told = ", ".join(f"{name} VARCHAR" for name in COLUMNS)
    connection.execute(f'create temp table events (event BIGINT, "table" VARCHAR, {told}, resources VARCHAR[])')
    if files:
        found = texts([str(folder / f"{at}.events") for at in range(len(files))])
        connection.execute(f"insert into events select * from read_parquet([{found}])")


def _query(connection: duckdb.DuckDBPyConnection, files: Files) -> str:
    """The wanted events of some files."""
    first, last = files.first << ROWS, (files.first + len(files.paths) << ROWS) - 1
    of_them = f"select event from wanted where event between {first} and {last}"
    kind = lake_table(files.table).kind
    found = []
    for name, paths in COLUMNS.items():
        there = [f"nullif({quoted(path)}, '')" for path in paths if kind(path) is not None]
        if name == "actor" and len(there) == len(paths):
            there.insert(0, _BY_NAME)
        value = f"coalesce({', '.join(there)})" if there else "null::varchar"
        found.append(f"{value} as {name}")
    reads = [path for paths in COLUMNS.values() for path in paths]
    numbers = connection.execute(f"{of_them} order by event").fetchnumpy()["event"]
    listed = kind("resources") is not None
    if files.remote or not len(numbers):
        connection.register("near", events_of(files, numbers, [*reads, RESOURCES]))
        source = f"(select event{by_path(files.table, [*reads, 'resources'])} from near)"
    else:
        source = relation(files, reads, sorted({int(number) for number in numbers >> ROWS}))
        if listed:
            connection.register("near", events_of(files, numbers, [RESOURCES]))
            source += " join (select event, resources from near) using (event)"
        else:
            source += f" where event in ({of_them})"
    resources = '[r."uid" for r in resources]' if listed else "null::varchar[]"
    return f"select event, '{files.table}' as \"table\", {', '.join(found)}, {resources} as resources from {source}"
