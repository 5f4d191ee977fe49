"""Events of one kind become rows of the lake's tables, by partition, sorted by time.

Whatever an event is, it comes out: as a row, or as refused with the reason. An event that breaks the query is found by
halving; one that is refused is mended (`mend`) and tried once more.
"""

from __future__ import annotations

from array import array
from itertools import accumulate, groupby
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field

from bastide.lake import sql
from bastide.lake.assemble import partitions
from bastide.lake.mend import mended, renamed

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

    from bastide.lake.assemble import Rows
    from bastide.lake.read.wrapped import Text
    from bastide.lake.source import Source


_view: Any = memoryview
_GOOD = (None, sql.ODD)


class Stretch(Struct):
    """Events of a batch that come from one file: how many, and the number of the first in its file."""

    path: str
    first: int
    count: int
    account: str | None
    region: str | None


class Batch(Struct):
    """Events of one kind; `stretches` say where they come from, in their order."""

    source: Source
    header: tuple[str, ...]
    texts: list[Text] = []
    sizes: array[int] = field(default_factory=lambda: array("i"))
    stretches: list[Stretch] = []
    trust: bool = False
    bytes: int = 0

    def add(self, path: str, first: int, texts: list[Text]) -> None:
        """Take in events of a file.

        Of a log that does not say the account they are of that whose log group CloudWatch delivered them from.
        """
        account, region = (None, None) if self.trust else self.source.place_of(path)
        sizes = array("i", map(len, map(_view, texts)))
        self.texts += texts
        self.sizes += sizes
        self.bytes += sum(sizes)
        if self.source.account:
            self.stretches.append(Stretch(path, first, len(texts), account, region))
            return
        for owner, some in groupby(texts, lambda text: getattr(text, "owner", "")):
            count = sum(1 for _ in some)
            self.stretches.append(Stretch(path, first, count, account or owner or None, region))
            first += count

    def origin(self, index: int) -> tuple[str, int]:
        """File and number in it of an event of this batch."""
        for stretch in self.stretches:
            if index < stretch.count:
                return stretch.path, stretch.first + index
            index -= stretch.count
        raise IndexError(index)


class Rejected(Struct):
    """An event that is none: its index in the batch, its text, and why."""

    index: int
    text: str
    reason: str


class _Feed:
    """What a query reads as `batch`, each time what is here then: registering anew would have it planned anew."""

    table: pa.Table

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self.table.__arrow_c_stream__(requested_schema)


class Converter:
    """Holds the database that converts; for one process and thread.

    Planning the query of a source takes longer than converting a small batch, so it is planned once.
    """

    def __init__(self) -> None:
        self._session = sql.session()
        self._feed = _Feed()
        self._prepared: dict[tuple[str, tuple[str, ...]], str] = {}

    def convert(self, batch: Batch) -> tuple[list[Rows], list[Rejected]]:
        """The rows by partition, and the events that are none; the batch's texts are gone then: they take memory."""
        rejected: list[Rejected] = []
        return partitions(batch.source, self._events(batch, rejected)), rejected

    def _events(self, batch: Batch, rejected: list[Rejected]) -> pa.Table | None:
        """The columns of what are events, with their texts; None when there are none."""
        import pyarrow as pa

        raw = _raw(batch.texts, batch.sizes)
        batch.texts.clear()
        table = pa.table({"raw": raw, **_places(batch)})
        flat = self._flat(batch, table, rejected, 0)
        if flat is None:
            return None
        flat = flat.append_column("raw_data", raw if len(flat) == len(raw) else _without(raw, rejected))
        spotless = flat.column("_refused").null_count == len(flat)
        return flat if spotless else self._mended(batch, table, flat, rejected)

    def _flat(self, batch: Batch, table: pa.Table, rejected: list[Rejected], offset: int) -> pa.Table | None:
        """The columns of the events; those that break the query are rejected and left out."""
        import duckdb
        import pyarrow as pa

        try:
            return self._run(batch, table)
        except duckdb.Error as error:
            if len(table) == 1:
                text = mended(table.column("raw")[0].as_py(), batch.source.fields)
                again = None if text is None else self._alone(batch, table, text)
                if again is None:
                    rejected.append(Rejected(offset, table.column("raw")[0].as_py(), _first_line(error)))
                return again
        half = len(table) // 2
        parts = [
            self._flat(batch, table.slice(0, half), rejected, offset),
            self._flat(batch, table.slice(half), rejected, offset + half),
        ]
        whole = [part for part in parts if part is not None]
        return pa.concat_tables(whole) if whole else None

    def _run(self, batch: Batch, table: pa.Table) -> pa.Table:
        self._feed.table = table
        key = (batch.source.id, batch.header)
        if key not in self._prepared:
            if not self._prepared:
                self._session.register("batch", self._feed)
            name = f"q{len(self._prepared)}"
            self._session.execute(f"prepare {name} as {sql.query(batch.source, batch.header)}")
            self._prepared[key] = f"execute {name}"
        try:
            return self._session.sql(self._prepared[key]).to_arrow_table(8192)
        finally:
            del self._feed.table

    def _alone(self, batch: Batch, row: pa.Table, text: str) -> pa.Table | None:
        """One event by another text; None when that does not help."""
        import duckdb
        import pyarrow as pa

        try:
            return self._run(batch, row.set_column(0, "raw", pa.array([text], pa.string())))
        except duckdb.Error:
            return None

    def _mended(self, batch: Batch, table: pa.Table, flat: pa.Table, rejected: list[Rejected]) -> pa.Table:
        """The rows that are events, with those that are once their text is mended."""
        import pyarrow as pa

        gone = {one.index for one in rejected}
        indices = [index for index in range(len(table)) if index not in gone]
        reasons = flat.column("_refused").to_pylist()
        asked = {at: reason for at, reason in enumerate(reasons) if reason is not None}
        rows = table.take(pa.array([indices[at] for at in asked], pa.int64()))
        again = self._again(batch, rows, [reason == sql.ODD for reason in asked.values()])
        good = [reason in _GOOD for reason in reasons]
        for at, better, text in zip(asked, again, rows.column("raw").to_pylist(), strict=True):
            good[at] = better is None and good[at]
            if better is None and not good[at]:
                rejected.append(Rejected(indices[at], text, asked[at]))
        more = [one for one in again if one is not None]
        return pa.concat_tables([flat.filter(pa.array(good, pa.bool_())), *more])

    def _again(self, batch: Batch, rows: pa.Table, odd: list[bool]) -> list[pa.Table | None]:
        """Events that are odd or refused, once their text is mended; None for each that this does not help."""
        import pyarrow as pa

        raw, none = rows.column("raw"), len(rows) * [None]
        fields, found = batch.source.fields, list[Any](none)
        texts: list[Any] = none if batch.header else [
            (renamed if one else mended)(text.as_py(), fields) for one, text in zip(odd, raw, strict=True)
        ]  # fmt: skip
        changed = [at for at, text in enumerate(texts) if text is not None]
        anew = self._each(batch, rows.take(pa.array(changed, pa.int64())), [texts[at] for at in changed])
        for at, better in zip(changed, anew, strict=True):
            if better is not None and better.column("_refused")[0].as_py() in _GOOD:
                found[at] = better.append_column("raw_data", raw.slice(at, 1))
        return found

    def _each(self, batch: Batch, rows: pa.Table, texts: list[str]) -> list[pa.Table | None]:
        """Each event by another text, all at once where none breaks the query."""
        import duckdb
        import pyarrow as pa

        if not texts:
            return []
        try:
            whole = self._run(batch, rows.set_column(0, "raw", pa.array(texts, pa.string())))
        except duckdb.Error:
            return [self._alone(batch, rows.slice(at, 1), text) for at, text in enumerate(texts)]
        return [whole.slice(at, 1) for at in range(len(texts))]


def _raw(texts: list[Text], sizes: array[int]) -> pa.Array:
    """The texts as a column, without a copy of each; bytes that are no UTF-8 become U+FFFD."""
    import pyarrow as pa

    whole = b"".join(texts)
    if not whole.isascii():
        try:
            whole.decode("utf-8")
        except UnicodeDecodeError:
            return pa.array([bytes(text).decode("utf-8", "replace") for text in texts], pa.string())
    offsets = array("i", accumulate(sizes, initial=0))
    return pa.StringArray.from_buffers(len(texts), pa.py_buffer(offsets), pa.py_buffer(whole))


def _places(batch: Batch) -> dict[str, Any]:
    import pyarrow as pa

    def column(values: list[tuple[str | None, int]]) -> pa.ChunkedArray:
        parts = [
            pa.nulls(count, pa.string()) if value is None else pa.repeat(pa.scalar(value, pa.string()), count)
            for value, count in values
        ]
        return pa.chunked_array(parts, pa.string())

    return {
        "path_account": column([(one.account, one.count) for one in batch.stretches]),
        "path_region": column([(one.region, one.count) for one in batch.stretches]),
    }


def _without(raw: pa.Array, rejected: list[Rejected]) -> pa.Array:
    import pyarrow as pa

    gone = {one.index for one in rejected}
    return raw.take(pa.array([index for index in range(len(raw)) if index not in gone], pa.int64()))


def _first_line(error: duckdb.Error) -> str:
    return str(error).splitlines()[0].split(" Input:")[0][:200]
