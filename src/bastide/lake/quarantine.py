"""Events that are none, kept with place and reason until somebody looks: `_bastide/quarantine/*.parquet`."""

from __future__ import annotations

import hashlib
import uuid
from typing import TYPE_CHECKING, Any

from bastide.lake.commits import File
from bastide.lake.layout import OURS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bastide.lake.stage import Quarantined
    from bastide.lake.storage import Storage
    from bastide.lake.store import State

FOLDER = f"{OURS}/quarantine"
_COLUMNS = ("path", "number", "source", "reason", "text")


def write_quarantine(
    folder: Path, refused: list[Quarantined], state: State, storage: Storage, stem: str
) -> list[tuple[Path, File]]:
    """A staged file of what is not in the quarantine yet, and what it becomes; empty when there is nothing new."""
    import pyarrow as pa
    from pyarrow import parquet

    if not refused:
        return []
    known = {_key(row) for row in rows(state, storage)} if state.quarantine else set()
    fresh: dict[str, dict[str, Any]] = {}
    for one in refused:
        row = {name: getattr(one, name) for name in _COLUMNS}
        if (key := _key(row)) not in known:
            fresh[key] = row
    if not fresh:
        return []
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{uuid.uuid4().hex}.parquet"
    parquet.write_table(pa.Table.from_pylist(list(fresh.values())), path, compression="zstd")
    content = path.read_bytes()
    sha256 = hashlib.sha256(content).hexdigest()
    name = f"{FOLDER}/{stem}-{sha256[:12]}.parquet"
    return [(path, File(name, len(fresh), len(content), 0, 0, sha256))]


def rows(state: State, storage: Storage) -> Iterator[dict[str, Any]]:
    """Everything in the quarantine: `path`, `number`, `source`, `reason`, `text`."""
    from pyarrow import parquet

    for name in sorted(state.quarantine):
        for batch in parquet.ParquetFile(storage.open(name)).iter_batches(batch_size=1000):
            yield from batch.to_pylist()


def _key(row: dict[str, Any]) -> str:
    whole = f"{row['reason']}\0{row['text'] or row['path']}"
    return hashlib.sha256(whole.encode("utf-8", "replace")).hexdigest()
