"""Files of a table of the lake for rules: each event has a number, which is its file's and its row's.

A file's number are the upper bits, so that an event that matched is found again by its number alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from bastide.detect.sql import name as quoted
from bastide.detect.sql import texts
from bastide.lake.classes import table as lake_table

if TYPE_CHECKING:
    from collections.abc import Iterable

    import duckdb
    import pyarrow as pa

ROWS = 32
"""Bits of an event's number that are its row's."""
REMOTE = "s3://"


class Files(Struct, frozen=True):
    """Files of one table; `first` is the number of the first of them, the others follow.

    `logs` are the lake's sources of all their events; empty where that is not known.
    """

    table: str
    paths: tuple[str, ...]
    first: int = 0
    logs: frozenset[str] = frozenset()

    @property
    def remote(self) -> bool:
        """Whether they lie in a bucket."""
        return self.paths[0].startswith(REMOTE)


def relation(connection: duckdb.DuckDBPyConnection, files: Files, reads: Iterable[str]) -> str:
    """What stands after `from`: `event`, and what is read of the table, a column or a part of one by its whole path."""
    columns = sorted({path for path in reads if lake_table(files.table).kind(path) is not None})
    named = "".join(f", {'.'.join(map(quoted, path.split('.')))} as {quoted(path)}" for path in columns)
    if files.remote:
        connection.register("remote", _fetched(files, columns))
        return f"(select event{named} from remote)"
    listed = f"read_parquet([{texts(list(files.paths))}], hive_partitioning = false, file_row_number = true)"
    return f"(select (({files.first} + file_index)::bigint << {ROWS}) + file_row_number as event{named} from {listed})"


def _fetched(files: Files, columns: list[str]) -> pa.Table:
    """The parts of columns, with the numbers of their events, by way of pyarrow: only they are fetched."""
    import pyarrow as pa
    from pyarrow import parquet

    from bastide.lake.storage import bucket_files

    tables = []
    for number, path in enumerate(files.paths, files.first):
        with bucket_files().open_input_file(path.removeprefix(REMOTE)) as stream:
            rows = parquet.ParquetFile(stream).read(columns=columns)
        start = number << ROWS
        tables.append(rows.append_column("event", pa.array(range(start, start + len(rows)), pa.int64())))
    return pa.concat_tables(tables)
