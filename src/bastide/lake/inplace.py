"""A lake that others write, read where it is: Amazon Security Lake, or any OCSF Parquet in its layout.

Its files lie below `…/region=R/accountId=A/eventDay=D/`, whatever comes before. Columns become ours by their names:
what a version of OCSF has more is left out, what it has less is NULL, and `unmapped` is JSON.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import re
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import count
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from bastide.lake.classes import Table, table, tables
from bastide.lake.sql import quoted
from bastide.lake.storage import Folder

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    import duckdb
    import pyarrow as pa

    from bastide.lake.storage import Storage

_FILE = re.compile(r"(?P<base>(?:[^/=]+/)*)region=[^/]+/accountId=[^/]+/eventDay=(?P<day>\d{8})/[^/]+\.parquet")
_FORMER = {"api_activity": 3005}
"""What classes were in OCSF 1.0.0-rc.2, that of Security Lake's first version; later the number is another class's."""
_PARTITION = ("region", "accountId", "eventDay")
ROWS = 500_000
"""Events of a copied file at most, as far as batches allow it."""
AT_ONCE = 8
"""Files whose ends are looked at side by side: in a bucket most of the time is waiting."""


class Copied(Struct, frozen=True):
    """A file with events of one table, in our columns."""

    table: str
    path: str
    rows: int


def parquet_files(storage: Storage, since_day: str = "") -> dict[str, list[str]]:
    """The files of each folder that is partitioned so, from a day on (`YYYYMMDD`)."""
    found: dict[str, list[str]] = {}
    for path in storage.names(""):
        match = _FILE.fullmatch(path)
        if match and match["day"] >= since_day:
            found.setdefault(match["base"], []).append(path)
    return found


def last_day(storage: Storage) -> dt.date:
    """The last day of which there are files; today where none of their folders is named by a day."""
    days = [match["day"] for path in storage.names("") if (match := _FILE.fullmatch(path))]
    for day in sorted(set(days), reverse=True):
        with contextlib.suppress(ValueError):
            return dt.datetime.strptime(day, "%Y%m%d").date()
    return dt.datetime.now(dt.UTC).date()


def make_views(connection: duckdb.DuckDBPyConnection, storage: Storage, since_day: str = "") -> dict[str, str]:
    """A view for each table over all files; events are told apart by their class.

    Files that cannot be read are left out: these by path, with the reason.
    """
    damaged: dict[str, str] = {}
    parts = [_readable(storage, paths, damaged) for paths in parquet_files(storage, since_day).values()]
    parts = [part for part in parts if part]
    for number, part in enumerate(parts):
        if isinstance(storage, Folder):
            listed = ", ".join(quoted(f"{storage.root}/{path}") for path in part)
            connection.execute(
                f"create view _part{number} as select * from read_parquet([{listed}], hive_partitioning = true, "
                "hive_types_autocast = false, union_by_name = true)"
            )
        else:
            connection.register(f"_part{number}", _dataset(storage, part))
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
    return damaged


def _readable(storage: Storage, paths: list[str], damaged: dict[str, str]) -> dict[str, pa.Schema]:
    """The files whose ends are those of Parquet, with their columns."""
    import pyarrow as pa

    found: dict[str, pa.Schema] = {}
    with ThreadPoolExecutor(AT_ONCE) as threads:
        for path, schema in zip(paths, threads.map(partial(_schema, storage), paths), strict=True):
            if isinstance(schema, pa.Schema):
                found[path] = schema
            else:
                damaged[f"{storage.root}/{path}"] = schema
    return found


def _schema(storage: Storage, path: str) -> pa.Schema | str:
    """The columns of a file, or why it has none."""
    import pyarrow as pa
    from pyarrow import fs, parquet

    from bastide.lake.storage import bucket_files

    files = fs.LocalFileSystem() if isinstance(storage, Folder) else bucket_files()
    try:
        return parquet.read_schema(f"{storage.root.removeprefix('s3://')}/{path}", filesystem=files)
    except (OSError, pa.ArrowException) as error:
        return str(error).splitlines()[0][:200]


def copied(connection: duckdb.DuckDBPyConnection, names: Iterable[str], since: int, folder: Path) -> Iterator[Copied]:
    """Copy the events of these tables since a time (milliseconds) from the views into files in the folder."""
    from pyarrow import parquet

    from bastide.lake.stage import form_of

    for name in names:
        schema = table(name).arrow()
        listed = ", ".join(f'"{column}"' for column in schema.names)
        query = f'select {listed} from {name} where "time" >= {int(since)}'
        batches = connection.sql(query).to_arrow_reader(ROWS // 10)
        for number in count():
            path, rows = folder / f"{name}-{number}.parquet", 0
            with parquet.ParquetWriter(path, schema, **form_of(schema)) as writer:
                for batch in batches:
                    writer.write_batch(batch.cast(schema), row_group_size=1 << 30)
                    rows += len(batch)
                    if rows >= ROWS:
                        break
            if not rows:
                path.unlink()
                break
            yield Copied(name, str(path), rows)


def _columns(connection: duckdb.DuckDBPyConnection, relation: str) -> set[str]:
    return {row[0] for row in connection.execute(f"describe {relation}").fetchall()}


def _select(connection: duckdb.DuckDBPyConnection, one: Table, relation: str, columns: set[str]) -> str:
    chosen = [f"{_column(connection, relation, name, kind, columns)}" for name, kind in one.sql_types().items()]
    chosen += [f'"{name}"::varchar as "{name}"' for name in _PARTITION]
    own = f"class_uid = {one.uid}"
    if one.name in _FORMER and "class_name" in columns:
        own += f" or (class_uid = {_FORMER[one.name]} and class_name = {quoted(one.title)})"
    return f"select {', '.join(chosen)} from {relation} where {own}"


def _column(
    connection: duckdb.DuckDBPyConnection, relation: str, name: str, kind: str, columns: set[str]
) -> str:  # fmt: skip
    """A column as ours, NULL where there is none of the name or it is nothing like ours."""
    absent = f'null::{kind} as "{name}"'
    if name not in columns:
        return absent
    value = f'to_json("{name}")' if name == "unmapped" else f'"{name}"'
    if name in _USERS and _runs(connection, f"{_USERS[name]}.uuid", relation):
        value = _old(connection, relation, name)
    sql = f"try_cast({value} as {kind})"
    return f'{sql} as "{name}"' if _runs(connection, sql, relation) else absent


_USERS = {"actor": 'actor."user"', "user": '"user"'}
"""Columns with a user, and where it is. That of OCSF 1.0.0-rc.2 has a `uuid`, which nothing later has."""


def _old(connection: duckdb.DuckDBPyConnection, relation: str, name: str) -> str:
    """A column with such a user: its `uuid` is `uid` now, and what was its `uid` is `uid_alt`.

    It is put together field by field: DuckDB 1.5 crashes when a part of what `struct_update` gives is read of Parquet.
    """

    user = _USERS[name]

    def there(path: str) -> str:
        return path if _runs(connection, path, relation) else "null"

    def packed(path: str, kind: dict[str, Any]) -> str:
        fields = {field: there(f'{path}."{field}"') for field in kind}
        if path == user:
            fields |= {
                "uid": f"coalesce({user}.uuid, {user}.uid)",
                "uid_alt": f"case when {user}.uuid is null then {fields['uid_alt']} else {user}.uid end",
            }
        elif "user" in kind:
            fields["user"] = packed(user, kind["user"])
        return f"{{{', '.join(f'{quoted(field)}: {sql}' for field, sql in fields.items())}}}"

    kind = next(one.columns[name] for one in tables().values() if name in one.columns)
    assert isinstance(kind, dict)
    return packed(f'"{name}"', kind)


def _runs(connection: duckdb.DuckDBPyConnection, sql: str, relation: str) -> bool:
    import duckdb

    try:
        connection.execute(f"select {sql} from {relation} limit 0")
    except duckdb.Error:
        return False
    return True


def _dataset(storage: Storage, part: dict[str, pa.Schema]) -> object:
    import pyarrow as pa
    from pyarrow import dataset

    from bastide.lake.storage import bucket_files

    base = storage.root.removeprefix("s3://")
    partitions = pa.schema([(name, pa.string()) for name in _PARTITION])
    own = pa.unify_schemas(list(part.values()), promote_options="permissive")
    beside = [field for field in partitions if field.name not in own.names]
    return dataset.dataset(
        [f"{base}/{path}" for path in part],
        schema=pa.schema([*own, *beside]),
        format="parquet",
        filesystem=bucket_files(),
        partitioning=dataset.HivePartitioning(partitions),
    )
