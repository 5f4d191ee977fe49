"""Each event once: what a staged file has that the lake has already is left out of it.

An event is another one with the same id (`metadata.uid`) and the same time in the same partition. Only files whose time
overlaps are read, and of them only the ids, a file at a time.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pyarrow as pa

    from bastide.lake.commits import Commit, File
    from bastide.lake.stage import Staged
    from bastide.lake.storage import Storage

REMEMBERED = 600_000
"""Ids of files that are kept in memory, some 60 MB."""
_COLUMNS = ["time", "metadata.uid"]


class Once:
    """Knows the ids of files by reading them; the newest are remembered."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self._known: OrderedDict[str, pa.Table] = OrderedDict()
        self._fresh: dict[str, pa.Table] = {}

    def new_events(self, staged: Staged, files: Iterable[File], before: Iterable[Staged]) -> Staged | None:
        """The staged file without what its partition's files and those before have; None when nothing is left."""
        twice: set[tuple[str, int]] = set()
        for file in files:
            if _overlap(file, staged):
                twice |= _common(self._staged(staged), self._of(file))
        for one in before:
            if one.partition == staged.partition and _overlap(one, staged):
                twice |= _common(self._staged(staged), self._staged(one))
        return self._without(staged, twice) if twice else staged

    def brought(self, commit: Commit) -> None:
        """Remember the ids of what was just committed: what is read next is often of the same day."""
        by_hash = {file.sha256: file.path for file in commit.add}
        for sha256, ids in self._fresh.items():
            if path := by_hash.get(sha256):
                self._remember(path, ids)
        self._fresh.clear()

    def _of(self, file: File) -> pa.Table:
        if file.path not in self._known:
            self._remember(file.path, _ids(self._storage.open(file.path)))
        return self._known[file.path]

    def _staged(self, one: Staged) -> pa.Table:
        if one.sha256 not in self._fresh:
            self._fresh[one.sha256] = _ids(str(one.path))
        return self._fresh[one.sha256]

    def _remember(self, path: str, ids: pa.Table) -> None:
        self._known[path] = ids
        while len(self._known) > 1 and sum(len(one) for one in self._known.values()) > REMEMBERED:
            self._known.popitem(last=False)

    def _without(self, staged: Staged, twice: set[tuple[str, int]]) -> Staged | None:
        from pyarrow import parquet

        from bastide.lake.stage import write

        ids = self._fresh.pop(staged.sha256)
        keys = zip(ids.column(1).to_pylist(), ids.column(0).to_pylist(), strict=True)
        kept = [index for index, key in enumerate(keys) if key not in twice]
        left = None
        if kept:
            rows = parquet.ParquetFile(staged.path).read(use_threads=False)
            left = write(staged.path.parent, staged.partition, rows.take(kept), staged.source)
        staged.path.unlink()
        return left


def _ids(source: Any) -> pa.Table:
    """Time and id of each event of a file."""
    from pyarrow import parquet

    table = parquet.ParquetFile(source).read(columns=_COLUMNS, use_threads=False)
    flat = table.flatten()
    return flat.select([flat.schema.get_field_index("time"), flat.schema.get_field_index("metadata.uid")])


def _overlap(one: Any, other: Any) -> bool:
    return bool(one.first <= other.last and other.first <= one.last)


def _common(ids: pa.Table, known: pa.Table) -> set[tuple[str, int]]:
    """The pairs of id and time that both have."""
    import pyarrow as pa
    from pyarrow import compute

    hits = known.filter(compute.is_in(known.column(1), value_set=pa.concat_arrays(ids.column(1).chunks)))
    if not len(hits):
        return set()
    found = set(zip(hits.column(1).to_pylist(), hits.column(0).to_pylist(), strict=True))
    return found & set(zip(ids.column(1).to_pylist(), ids.column(0).to_pylist(), strict=True))
