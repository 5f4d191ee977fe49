"""A handful of events, given as they were delivered, as files of the lake's tables: for examples and for tests.

They go the way of real ones: the lake's own recognition and conversion.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from bastide.detect.pool import Input
from bastide.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from bastide.lake.convert import Converter
    from bastide.lake.source import Source

CLOUDTRAIL = "cloudtrail"


def stored(events: Sequence[dict[str, Any]], folder: Path, converter: Converter | None = None) -> list[Input]:
    """The files, one for each table that they come to; `UsageError` for an event that the lake would not take."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    from bastide.lake.convert import Batch, Converter

    converter = converter or Converter()
    by_table: dict[str, list[pa.Table]] = {}
    for source, some in _by_source(events).items():
        batch = Batch(source_named(source), ())
        batch.add("", 0, [msgspec.json.encode(event) for event in some])
        rows, rejected = converter.convert(batch)
        for one in rejected:
            raise UsageError(f"the lake does not take this event: {one.reason}", place=str(some[one.index])[:200])
        for part in rows:
            by_table.setdefault(part.partition.table, []).append(part.rows)
    inputs = []
    for table, parts in by_table.items():
        file = folder / f"{table}.parquet"
        pq.write_table(pa.concat_tables(parts), file)
        inputs.append(Input(table, str(file), sum(map(len, parts))))
    return inputs


def source_named(name: str) -> Source:
    """A source of the lake by id."""
    from bastide.lake.source import source

    return source(name)


def _by_source(events: Sequence[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    from bastide.lake.read.recognise import kind_of

    found: dict[str, list[dict[str, Any]]] = {}
    for event in events:
        kind = kind_of(event)
        found.setdefault(kind.id if kind else CLOUDTRAIL, []).append(event)
    return found
