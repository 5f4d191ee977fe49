"""Files of a table of the lake for rules: each event has a number, which is its file's and its row's.

A file's number are the upper bits, so that an event that matched is found again by its number alone.
"""

from __future__ import annotations

import contextlib
import re
import shutil
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct

from bastide.detect.sql import name as quoted
from bastide.detect.sql import texts
from bastide.errors import UsageError
from bastide.lake.classes import table as lake_table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import pyarrow as pa
    from pyarrow import parquet

ROWS = 32
"""Bits of an event's number that are its row's."""
REMOTE = "s3://"
AT_ONCE = 8
"""Files of a bucket that one process fetches side by side: most of the time is waiting."""


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


def relation(files: Files, reads: Iterable[str], only: Sequence[int] | None = None) -> str:
    """What stands after `from`: `event`, and what is read of the table, a column or a part of one by its whole path.

    The files are on this machine (`near`); `only` are the numbers of those that are looked into, at least one.
    """
    paths = files.paths if only is None else [files.paths[number - files.first] for number in only]
    listed = f"read_parquet([{texts(list(paths))}], hive_partitioning = false, file_row_number = true)"
    number = f"{files.first} + file_index" if only is None else f"{list(only)}[file_index::bigint + 1]"
    event = f"(({number})::bigint << {ROWS}) + file_row_number as event"
    return f"(select {event}{by_path(files.table, reads)} from {listed})"


def refuse_unreadable(files: Files) -> None:
    """`UsageError` that names a file which is not there or is no Parquet; for when something went wrong with them."""
    from pyarrow import ArrowException, parquet

    for path in () if files.remote else files.paths:
        try:
            parquet.ParquetFile(path).close()
        except (OSError, ArrowException) as error:
            remedy = "`bastide lake verify` names all such files; where it names none, run it again"
            cause = getattr(error, "strerror", "") or str(error).splitlines()[0]
            raise UsageError(f"a file of the lake cannot be read: {cause}", place=path, remedy=remedy) from None


def by_path(table: str, reads: Iterable[str]) -> str:
    """What is read of a table as further columns of a `select`; what the table does not have is left out."""
    there = sorted({path for path in reads if lake_table(table).kind(path) is not None})
    return "".join(f", {'.'.join(map(quoted, path.split('.')))} as {quoted(path)}" for path in there)


@contextlib.contextmanager
def near(files: Files, folder: Path) -> Iterator[Files]:
    """The same files on this machine: those of a bucket are fetched into the folder, each once, which goes afterwards.

    `UsageError` for what S3 refuses, and for a file that is there no more.
    """
    if not files.remote:
        yield files
        return
    folder.mkdir()
    try:
        paths = [folder / f"{number}.parquet" for number in range(len(files.paths))]
        _beside(_fetch, files.paths, paths)
        yield msgspec.structs.replace(files, paths=tuple(map(str, paths)))
    finally:
        shutil.rmtree(folder)


def events_of(files: Files, numbers: Any, reads: Iterable[str]) -> pa.Table:
    """These events, by their numbers, an array that is sorted: `event` and what is read of each.

    `list[].part` reads one part of the structures in a list, which the database reads whole. Of files without any of
    the events nothing is read, of others only these columns and the groups of rows with some.
    """
    import numpy as np
    import pyarrow as pa

    columns = [path for path in reads if lake_table(files.table).kind(path.partition("[]")[0]) is not None]
    wanted = np.asarray(numbers, np.int64)
    if not len(wanted):
        return pa.schema([*lake_table(files.table).arrow(), ("event", pa.int64())]).empty_table()
    of_file = wanted >> ROWS
    there = sorted({int(number) for number in np.unique(of_file)})
    rows = [wanted[of_file == number] & ((1 << ROWS) - 1) for number in there]
    paths = [files.paths[number - files.first] for number in there]
    work = partial(_rows, columns=columns, remote=files.remote)
    found = _beside(work, paths, rows) if files.remote else map(work, paths, rows)
    events = [some + (number << ROWS) for number, some in zip(there, rows, strict=True)]
    return pa.concat_tables(
        table.append_column("event", pa.array(some, pa.int64())) for table, some in zip(found, events, strict=True)
    )


def _rows(path: str, rows: Any, columns: list[str], *, remote: bool) -> pa.Table:
    """These rows of a file, sorted as they are; without threads where there is nothing to wait for."""
    import numpy as np
    import pyarrow as pa
    from pyarrow import parquet

    with _opened(path) if remote else Path(path).open("rb") as stream:
        file = parquet.ParquetFile(stream, pre_buffer=remote)
        leaves = _leaves(file, columns)
        ends = np.cumsum([file.metadata.row_group(at).num_rows for at in range(file.num_row_groups)])
        group_of = np.searchsorted(ends, rows, side="right")
        found = []
        for group in sorted({int(number) for number in np.unique(group_of)}):
            start = int(ends[group - 1]) if group else 0
            some = file.read_row_group(group, columns=leaves, use_threads=remote)
            found.append(some.take(pa.array(rows[group_of == group] - start)))
        return pa.concat_tables(found)


def _leaves(file: parquet.ParquetFile, columns: list[str]) -> list[str]:
    """The columns as the file names them, which has two names of its own between a list and what is in it."""
    there = [file.schema.column(at).path for at in range(len(file.schema))] if "[]" in "".join(columns) else []
    found = []
    for column in columns:
        whole, of_list, part = column.partition("[].")
        of_elements = re.compile(rf"{re.escape(whole)}\.[^.]+\.[^.]+\.{re.escape(part)}").fullmatch
        found += [path for path in there if of_elements(path)] or [whole] if of_list else [column]
    return found


def _fetch(path: str, to: Path) -> None:
    with _opened(path) as stream, to.open("wb") as target:
        shutil.copyfileobj(stream, target, 1 << 22)


@contextlib.contextmanager
def _opened(path: str) -> Iterator[Any]:
    from bastide.lake.storage import bucket_files, bucket_told

    try:
        with bucket_told(path), bucket_files().open_input_file(path.removeprefix(REMOTE)) as stream:
            yield stream
    except FileNotFoundError:
        raise UsageError(
            "the file is there no more", place=path, remedy="run it again: the lake was compacted or expired meanwhile"
        ) from None


def _beside(work: Any, *given: Sequence[Any]) -> list[Any]:
    """What work comes to for each, in their order, several at once."""
    with ThreadPoolExecutor(AT_ONCE) as threads:
        return list(threads.map(work, *given))
