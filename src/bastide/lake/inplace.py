"""A lake that others write, read where it is: Amazon Security Lake, or any OCSF Parquet in its layout.

Its files lie below `…/region=R/accountId=A/eventDay=D/`, whatever comes before. Columns become ours by their names:
what a version of OCSF has more is left out, what it has less is NULL, and `unmapped` is JSON.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bastide.lake.classes import Table, tables
from bastide.lake.sql import quoted
from bastide.lake.storage import Folder

if TYPE_CHECKING:
    import duckdb

    from bastide.lake.storage import Storage

_FILE = re.compile(r"(?P<base>(?:[^/=]+/)*)region=[^/]+/accountId=[^/]+/eventDay=(?P<day>\d{8})/[^/]+\.parquet")
_PARTITION = ("region", "accountId", "eventDay")


def parquet_files(storage: Storage, since_day: str = "") -> dict[str, list[str]]:
    """The files of each folder that is partitioned so, from a day on (`YYYYMMDD`)."""
    found: dict[str, list[str]] = {}
    for path in storage.names(""):
        match = _FILE.fullmatch(path)
        if match and match["day"] >= since_day:
            found.setdefault(match["base"], []).append(path)
    return found


def make_views(connection: duckdb.DuckDBPyConnection, storage: Storage, since_day: str = "") -> None:
    """A view for each table over all files; events are told apart by their class."""
    parts = list(parquet_files(storage, since_day).values())
    for number, paths in enumerate(parts):
        if isinstance(storage, Folder):
            listed = ", ".join(quoted(f"{storage.root}/{path}") for path in paths)
            connection.execute(
                f"create view _part{number} as select * from read_parquet([{listed}], hive_partitioning = true, "
                "hive_types_autocast = false, union_by_name = true)"
            )
        else:
            connection.register(f"_part{number}", _dataset(storage, paths))
    known = [_columns(connection, f"_part{number}") for number in range(len(parts))]
    for one in tables().values():
        chosen = [
            _select(connection, one, f"_part{number}", columns)
            for number, columns in enumerate(known)
            if {"class_uid", "time"} <= columns
        ]
        nothing = ", ".join(f'null::{kind} as "{name}"' for name, kind in one.sql_types().items())
        more = ", ".join(f'null::varchar as "{name}"' for name in _PARTITION)
        union = " union all ".join([f"select {nothing}, {more} where false", *chosen])
        connection.execute(f"create view {one.name} as {union}")


def _columns(connection: duckdb.DuckDBPyConnection, relation: str) -> set[str]:
    return {row[0] for row in connection.execute(f"describe {relation}").fetchall()}


def _select(connection: duckdb.DuckDBPyConnection, one: Table, relation: str, columns: set[str]) -> str:
    chosen = [f"{_column(connection, relation, name, kind, columns)}" for name, kind in one.sql_types().items()]
    chosen += [f'"{name}"::varchar as "{name}"' for name in _PARTITION]
    return f"select {', '.join(chosen)} from {relation} where class_uid = {one.uid}"


def _column(
    connection: duckdb.DuckDBPyConnection, relation: str, name: str, kind: str, columns: set[str]
) -> str:  # fmt: skip
    """A column as ours, NULL where there is none of the name or it is nothing like ours."""
    import duckdb

    absent = f'null::{kind} as "{name}"'
    if name not in columns:
        return absent
    sql = (
        f'to_json("{name}")::varchar as "{name}"' if name == "unmapped" else f'try_cast("{name}" as {kind}) as "{name}"'
    )
    try:
        connection.execute(f"select {sql} from {relation} limit 0")
    except duckdb.Error:
        return absent
    return sql


def _dataset(storage: Storage, paths: list[str]) -> object:
    import pyarrow as pa
    from pyarrow import dataset

    from bastide.lake.storage import bucket_files

    base = storage.root.removeprefix("s3://")
    partitions = pa.schema([(name, pa.string()) for name in _PARTITION])
    return dataset.dataset(
        [f"{base}/{path}" for path in paths],
        format="parquet",
        filesystem=bucket_files(),
        partitioning=dataset.HivePartitioning(partitions),
    )
