"""What is in a lake, commit by commit: the files that each brought and took away, and what it was made of.

A commit is one file, `_bastide/commits/NNNNNNNNNN.json`: once it is there, all that it says holds, and before, nothing.
Each names the hash of the one before, so that a change to any of them shows.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, Literal

import msgspec
from msgspec import Struct

from bastide.errors import SourceError
from bastide.lake.layout import OURS, Partition, partition_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bastide.lake.storage import Storage

FOLDER = f"{OURS}/commits"
PENDING = f"{OURS}/pending.json"


class File(Struct, frozen=True, omit_defaults=True):
    """A Parquet file of a table; `first` and `last` are the earliest and latest time in it, in milliseconds."""

    path: str
    rows: int
    bytes: int
    first: int
    last: int
    sha256: str
    sources: dict[str, int] = {}

    @property
    def partition(self) -> Partition:
        """Where it lies."""
        found = partition_of(self.path)
        if found is None:
            raise SourceError("no path of a table's file", place=self.path)
        return found


class Input(Struct, frozen=True, omit_defaults=True):
    """A file that was brought in; `mark` changes when the file does, `events` counts what was read of it."""

    path: str
    bytes: int
    mark: str
    source: str = ""
    events: int = 0


class Commit(Struct, frozen=True, omit_defaults=True):
    """One change of the lake; `at` in milliseconds. `refused` counts events in the quarantine by reason."""

    sequence: int
    at: int
    kind: Literal["ingest", "compact", "expire", "redrive"]
    before: str = ""
    add: tuple[File, ...] = ()
    remove: tuple[str, ...] = ()
    inputs: tuple[Input, ...] = ()
    quarantine: tuple[File, ...] = ()
    events: int = 0
    duplicates: int = 0
    refused: dict[str, int] = {}

    def tables(self) -> dict[str, list[File]]:
        """The files it brought by table."""
        found: dict[str, list[File]] = {}
        for file in self.add:
            found.setdefault(file.partition.table, []).append(file)
        return found


def path_of(sequence: int) -> str:
    """Where a commit lies."""
    return f"{FOLDER}/{sequence:010d}.json"


def read_commits(storage: Storage, after: int = 0) -> Iterator[tuple[Commit, bytes]]:
    """The commits after a number in their order, each with its bytes; `SourceError` for one that is none."""
    for name in storage.names(FOLDER):
        stem = name.rpartition("/")[2].removesuffix(".json")
        if stem.isdigit() and int(stem) > after:
            content = storage.read(name)
            commit = decoded(content, Commit, f"{storage.root}/{name}", "a commit")
            for path in (*(file.path for file in (*commit.add, *commit.quarantine)), *commit.remove):
                inside(path, f"{storage.root}/{name}")
            yield commit, content


def decoded(content: bytes, kind: Any, place: str, what: str) -> Any:
    """What a file of the lake's own says, as a `kind`; `SourceError` for one that is broken."""
    try:
        return msgspec.json.decode(content, type=kind)
    except msgspec.MsgspecError as error:
        raise SourceError(f"not {what}: {error}", place=place) from None


def inside(path: str, place: str) -> None:
    """`SourceError` for a path that leads out of the lake: what it names is read, and deleted when it is replaced."""
    if path.startswith("/") or "\0" in path or ".." in path.split("/"):
        raise SourceError(f"names a file outside of the lake: `{path[:100]}`", place=place)


def encoded(commit: Commit) -> bytes:
    """A commit as it is written."""
    return msgspec.json.format(msgspec.json.encode(commit), indent=1)


def digest(content: bytes) -> str:
    """The hash by which the next commit names this one."""
    return hashlib.sha256(content).hexdigest()
