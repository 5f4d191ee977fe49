"""Many small files of a partition become few large ones, sorted by time; no event changes.

Files are sorted, so they are merged batch by batch: memory is bounded by a batch of each.
"""

from __future__ import annotations

import hashlib
import uuid
from collections import defaultdict
from typing import TYPE_CHECKING

from msgspec import Struct

from bastide.errors import SourceError
from bastide.lake.stage import Staged, form_of
from bastide.lake.writer import writing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    import pyarrow as pa

    from bastide.lake.commits import File
    from bastide.lake.layout import Partition
    from bastide.lake.storage import Storage
    from bastide.lake.store import Lake
    from bastide.lake.writer import Writer

Kind = tuple[bool, ...]
AT_ONCE = 64
"""Files that are merged together."""
_COMMIT = 100
_ROWS, _GROUP = 2048, 64 * 1024 * 1024


class Compacted(Struct):
    """How many files became how many, and their bytes before and after."""

    before: int = 0
    after: int = 0
    bytes_before: int = 0
    bytes_after: int = 0


def compact(
    lake: Lake,
    size: int,
    told: Callable[[str, int, int], None] = lambda *_: None,
    apart: Callable[[Lake], Callable[[File], Kind]] = lambda _: lambda _: (),
) -> Compacted:
    """Put files together so that they have up to `size` bytes each; some in a commit.

    Those that differ by what `apart` says of them are not put together, nor by one commit.
    """
    done = Compacted()
    with writing(lake) as writer:
        lots = list(_lots(writer, size, apart(lake)))
        made: list[tuple[Path, File]] = []
        old: list[File] = []
        for number, (kind, lot) in enumerate(lots):
            made.append(_merge(writer, lot, len(made)))
            old += lot
            last = number + 1 == len(lots) or lots[number + 1][0] != kind
            if len(made) == _COMMIT or last:
                writer.commit("compact", made, remove=tuple(file.path for file in old))
                done.before += len(old)
                done.after += len(made)
                done.bytes_before += sum(file.bytes for file in old)
                done.bytes_after += sum(file.bytes for _, file in made)
                made, old = [], []
            told("files", number + 1, len(lots))
    return done


def _lots(writer: Writer, size: int, kind_of: Callable[[File], Kind]) -> Iterator[tuple[Kind, list[File]]]:
    """Files of one kind and partition that are worth being one, kind after kind."""
    alike: dict[tuple[Kind, Partition], list[File]] = defaultdict(list)
    for file in writer.state.files.values():
        if file.bytes < size // 2:
            alike[kind_of(file), file.partition].append(file)
    for (kind, _), files in sorted(alike.items(), key=lambda pair: pair[0][0]):
        lot: list[File] = []
        for file in sorted(files, key=lambda one: (one.first, one.path)):
            if lot and (sum(one.bytes for one in lot) + file.bytes > size or len(lot) == AT_ONCE):
                if len(lot) > 1:
                    yield kind, lot
                lot = []
            lot.append(file)
        if len(lot) > 1:
            yield kind, lot


def _merge(writer: Writer, lot: list[File], number: int) -> tuple[Path, File]:
    path = writer.staging / f"{uuid.uuid4().hex}.parquet"
    rows = write_merged(path, [batches(writer.storage, file.path) for file in lot])
    if rows != sum(file.rows for file in lot):
        raise SourceError("has other rows than its commit says", place=lot[0].path, remedy="run `bastide lake verify`")
    sources: dict[str, int] = {}
    for file in lot:
        for name, count in file.sources.items():
            sources[name] = sources.get(name, 0) + count
    return path, writer.file_of(_staged(path, lot[0].partition), number, sources)


def _staged(path: Path, partition: Partition) -> Staged:
    """A Parquet file of one partition as a staged file: its rows, its times, its hash."""
    from pyarrow import compute, parquet

    file = parquet.ParquetFile(path)
    times = compute.min_max(file.read(columns=["time"], use_threads=False).column("time")).as_py()
    with path.open("rb") as stream:
        sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
    size = path.stat().st_size
    rows = file.metadata.num_rows
    return Staged(path, partition.table, partition, rows, size, times["min"], times["max"], sha256, "")


def batches(storage: Storage, path: str) -> Iterator[pa.Table]:
    """The rows of a file, some at a time."""
    import pyarrow as pa
    from pyarrow import parquet

    for batch in parquet.ParquetFile(storage.open(path)).iter_batches(batch_size=_ROWS, use_threads=False):
        yield pa.Table.from_batches([batch])


def write_merged(path: Path, parts: list[Iterator[pa.Table]]) -> int:
    """Write the rows of sorted parts as one sorted file; how many there are."""
    import pyarrow as pa
    from pyarrow import parquet

    writer, held, rows, size = None, [], 0, 0
    try:
        for table in merged(parts):
            if writer is None:
                writer = parquet.ParquetWriter(path, table.schema, **form_of(table.schema))
            held.append(table)
            rows += len(table)
            size += table.nbytes
            if size >= _GROUP:
                writer.write_table(pa.concat_tables(held), row_group_size=1 << 30)
                held, size = [], 0
        if writer and held:
            writer.write_table(pa.concat_tables(held), row_group_size=1 << 30)
    finally:
        if writer:
            writer.close()
    return rows


def merged(parts: list[Iterator[pa.Table]]) -> Iterator[pa.Table]:
    """Sorted rows of parts that are sorted: what no part can have an earlier row than any more comes out."""
    import pyarrow as pa
    from pyarrow import compute

    heads = [(table, part) for part in parts if (table := next(part, None)) is not None]
    while heads:
        limit = min(table.column("time")[-1].as_py() for table, _ in heads)
        ready, left = [], []
        for table, part in heads:
            until = compute.sum(compute.less_equal(table.column("time"), limit)).as_py() or 0
            if until:
                ready.append(table.slice(0, until))
            rest = table.slice(until) if until < len(table) else next(part, None)
            if rest is not None:
                left.append((rest, part))
        heads = left
        whole = pa.concat_tables(ready)
        if len(ready) > 1:
            whole = whole.take(compute.sort_indices(whole.select(["time"]), [("time", "ascending")]))
        yield whole
