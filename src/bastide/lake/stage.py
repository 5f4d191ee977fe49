"""Files are read and made into staged Parquet files: the part of an ingest that runs in several processes.

Nothing here changes a lake; what is staged counts once it is committed (`writer`).
"""

from __future__ import annotations

import contextlib
import hashlib
import uuid
from collections import Counter
from functools import cache
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct

from bastide.lake.commits import Input
from bastide.lake.convert import Batch, Converter
from bastide.lake.read.recognise import read, reread
from bastide.lake.source import source, use

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import pyarrow as pa

    from bastide.lake.layout import Partition
    from bastide.lake.read.found import Found
    from bastide.lake.read.recognise import Piece
    from bastide.lake.read.wrapped import Refused

BATCH = 28 * 1024 * 1024
"""Bytes of events that are converted together."""
LEVEL = 1
"""How hard zstd tries: 3 makes files 6 % smaller and takes a third longer."""
PAGE, ROWS = 1024 * 1024, 250_000
MOST = 1_000_000
"""Records of a file that are no events, all of them kept, before the rest of it is left out."""
_TOO_MUCH = f"more than {MOST:,} records of it are no events: the rest was left out"
FEW = 500
"""Rows of a file below which only its long texts are packed."""


class Staged(Struct):
    """A Parquet file that is in no lake yet; `twice` counts events that were left out of it as duplicates."""

    path: Path
    table: str
    partition: Partition
    rows: int
    bytes: int
    first: int
    last: int
    sha256: str
    source: str
    twice: int = 0


class Quarantined(Struct):
    """An event that is none: where it stood, why it is none, and its text as it was."""

    path: str
    number: int
    source: str
    reason: str
    text: str


class Result(Struct):
    """What came of some files so far: staged files, what is for the quarantine, and the files that are done.

    `apart` counts lines that are no events of the log that they came with, by what they are.
    """

    staged: list[Staged] = msgspec.field(default_factory=list)
    refused: list[Quarantined] = msgspec.field(default_factory=list)
    inputs: list[Input] = msgspec.field(default_factory=list)
    problems: list[tuple[str, str]] = msgspec.field(default_factory=list)
    apart: dict[str, int] = msgspec.field(default_factory=dict)


class Task(Struct):
    """Files to read, staged in `folder`; `only` is the source that they are of, `sources` a folder with more."""

    files: list[Found]
    folder: Path
    only: str = ""
    trust: bool = False
    sources: str = ""


class Stager:
    """Reads tasks one after another; holds a database, so one a process."""

    def __init__(self) -> None:
        _keep_memory()
        self._converter = Converter()

    def run(self, task: Task) -> Iterator[Result]:
        """The results of a task; the inputs stand in the one after which all of theirs is staged."""
        use(task.sources)
        gathered = Gathered(self._converter, task)
        done: list[Input] = []
        for found in task.files:
            counts: Counter[str] = Counter()
            refused = 0
            failed: list[str] = []
            for piece in _until_error(read(found, source(task.only) if task.only else None), failed):
                gathered.take(found.shown, piece)
                counts[piece.source.id if piece.source else ""] += len(piece.texts)
                if gathered.bytes >= BATCH:
                    yield gathered.flush()
                refused += len(piece.refused)
                if refused > MOST:
                    gathered.result.problems.append((found.shown, _TOO_MUCH))
                    break
            if failed:
                gathered.result.problems.append((found.shown, failed[0]))
                continue
            kind = counts.most_common(1)[0][0] if counts else ""
            done.append(Input(found.shown, found.bytes, found.mark, kind, counts.total()))
        final = gathered.flush()
        final.inputs = done
        yield final


def _until_error(pieces: Iterator[Piece], failed: list[str]) -> Iterator[Piece]:
    """The pieces that can be read, and why there are no more. What fails with their taker is no fault of the file."""
    try:
        yield from pieces
    except OSError as error:
        failed.append(error.strerror or str(error))


def _keep_memory() -> None:
    """Give memory back to the system late: every batch needs as much as the one before, and page faults cost a tenth.

    Numbers are those of glibc's `mallopt`; where there is none, nothing changes.
    """
    import ctypes

    import pyarrow as pa

    trim, threshold = -1, -3
    with contextlib.suppress(AttributeError, OSError):
        set_option = ctypes.CDLL(None).mallopt
        set_option(trim, 512 * 1024 * 1024)
        set_option(threshold, 32 * 1024 * 1024)
        pa.set_memory_pool(pa.system_memory_pool())


class Gathered:
    """Events of a task until they are staged."""

    def __init__(self, converter: Converter, task: Task) -> None:
        self._converter, self._task = converter, task
        self._batches: dict[tuple[str, tuple[str, ...]], Batch] = {}
        self.result = Result()

    @property
    def bytes(self) -> int:
        """The size of what is not staged yet."""
        return sum(batch.bytes for batch in self._batches.values())

    def take(self, path: str, piece: Piece) -> None:
        """Add the events of a piece to the batch of their kind."""
        self.result.refused += [_quarantined(path, piece, number, one) for number, one in enumerate(piece.refused)]
        if piece.source and piece.source.apart and piece.apart:
            title = piece.source.apart.title
            self.result.apart[title] = self.result.apart.get(title, 0) + piece.apart
        if piece.source and piece.texts:
            key = (piece.source.id, piece.header)
            if key not in self._batches:
                self._batches[key] = Batch(piece.source, piece.header, trust=self._task.trust)
            self._batches[key].add(path, piece.first, piece.texts)

    def flush(self) -> Result:
        """Convert and write all that was taken; what came of it since the last time."""
        result, self.result = self.result, Result()
        for batch in self._batches.values():
            good, rejected = self._converter.convert(batch)
            for one in rejected:
                path, number = batch.origin(one.index)
                result.refused.append(Quarantined(path, number, batch.source.id, one.reason, one.text))
            for rows in good:
                staged = write(self._task.folder, rows.partition, rows.rows, batch.source.id)
                staged.twice = rows.twice
                result.staged.append(staged)
        self._batches.clear()
        return result


def _quarantined(path: str, piece: Piece, number: int, refused: Refused) -> Quarantined:
    name = piece.source.id if piece.source else ""
    at = piece.first + len(piece.texts) + number
    return Quarantined(path, at, name, refused.reason, refused.text.decode("utf-8", "replace"))


def write(folder: Path, partition: Partition, rows: pa.Table, of: str) -> Staged:
    """Write rows of one partition, sorted by time, as a staged file."""
    import pyarrow as pa
    from pyarrow import parquet

    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{uuid.uuid4().hex}.parquet"
    sink = pa.BufferOutputStream()
    parquet.write_table(rows, sink, row_group_size=ROWS, **form_of(rows.schema, few=len(rows) < FEW))
    content = sink.getvalue()
    path.write_bytes(content)
    sha256 = hashlib.sha256(content).hexdigest()
    first, last = (rows.column("time")[at].as_py() for at in (0, -1))
    return Staged(path, partition.table, partition, len(rows), content.size, first, last, sha256, of)


def form_of(schema: pa.Schema, *, few: bool = False) -> dict[str, Any]:
    """How the files of a lake are written, as pyarrow's options.

    Of few rows only long texts are packed: making ready to pack each column takes as long as all else.
    """
    packed = [leaf for leaf in leaves(schema) if _is_long(leaf)]
    return {
        "compression": dict.fromkeys(packed, "zstd") if few else "zstd",
        "compression_level": dict.fromkeys(packed, LEVEL) if few else LEVEL,
        "data_page_size": PAGE,
        "use_dictionary": repeating(schema),
        "write_statistics": looked_for(schema),
        "store_schema": False,
    }


_ALL_DIFFER = {"time", "time_dt", "metadata.uid", "api.request.uid"}


def _is_long(leaf: str) -> bool:
    return leaf in ("raw_data", "unmapped") or leaf.endswith(".data")


@cache
def repeating(schema: pa.Schema) -> list[str]:
    """The leaves whose values come again and again, as Parquet names them: a dictionary is worth it for these."""
    return [leaf for leaf in leaves(schema) if leaf not in _ALL_DIFFER and not _is_long(leaf)]


_LOOKED_FOR = {
    *("time", "metadata.uid", "activity_id", "severity_id", "status_id", "cloud.account.uid", "cloud.region"),
    *("actor.user.uid", "actor.user.name", "actor.user.credential_uid", "api.operation", "api.service.name"),
    *("api.response.error", "src_endpoint.ip", "dst_endpoint.ip", "dst_endpoint.port", "query.hostname"),
}


@cache
def looked_for(schema: pa.Schema) -> list[str]:
    """The leaves by which readers leave out what they need not read: only these have their least and greatest value."""
    return [leaf for leaf in leaves(schema) if leaf in _LOOKED_FOR]


@cache
def leaves(schema: pa.Schema) -> list[str]:
    """What a file of this schema has values of, as Parquet names it."""
    return [leaf for field in schema for leaf in _leaves(field.name, field.type)]


def _leaves(path: str, kind: pa.DataType) -> list[str]:
    from pyarrow import types

    if types.is_list(kind):
        return _leaves(f"{path}.list.element", kind.value_type)
    if types.is_struct(kind):
        return [leaf for field in kind for leaf in _leaves(f"{path}.{field.name}", field.type)]
    return [path]


def restaged(waiting: list[dict[str, Any]], folder: Path, *, trust: bool) -> tuple[list[Staged], list[Quarantined]]:
    """Records of the quarantine as staged files, and those that still are no events."""
    gathered = Gathered(Converter(), Task([], folder, trust=trust))
    hopeless = []
    for row in waiting:
        piece = reread(row["text"].encode("utf-8", "surrogatepass"), row["path"]) if row["text"] else None
        if piece is None or not piece.texts:
            hopeless.append(Quarantined(**row))
            continue
        piece.first = row["number"]
        gathered.take(row["path"], piece)
    result = gathered.flush()
    return result.staged, result.refused + hopeless
