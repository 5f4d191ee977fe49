"""A lake as its readers see it: files of each table, commits, and a database with one view a table.

A reader sees the commits that were there when it looked, whole: what is half written has no commit yet.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

from bastide import database
from bastide.errors import UsageError
from bastide.lake.classes import Table, table, tables
from bastide.lake.commits import PENDING, Commit, File, Input, read_commits
from bastide.lake.sql import quoted
from bastide.lake.storage import Folder, Storage, storage

if TYPE_CHECKING:
    from collections.abc import Sequence

    import duckdb


class State:
    """What is in a lake after its last commit. `head` is the hash of that commit's bytes."""

    def __init__(self) -> None:
        self.files: dict[str, File] = {}
        self._beside: dict[str, dict[str, File]] = {}
        self.inputs: dict[str, Input] = {}
        self.quarantine: dict[str, File] = {}
        self.sequence = 0
        self.head = ""
        self.last: Commit | None = None

    def apply(self, commit: Commit, head: str) -> None:
        """Go on by one commit."""
        for path in commit.remove:
            self.files.pop(path, None)
            self.quarantine.pop(path, None)
            self._beside.get(path.rpartition("/")[0], {}).pop(path, None)
        for file in commit.add:
            self.files[file.path] = file
            self._beside.setdefault(file.path.rpartition("/")[0], {})[file.path] = file
        self.quarantine.update((file.path, file) for file in commit.quarantine)
        self.inputs.update((one.path, one) for one in commit.inputs)
        self.sequence, self.head, self.last = commit.sequence, head, commit

    def beside(self, folder: str) -> list[File]:
        """The files of one partition, by its folder."""
        return list(self._beside.get(folder, {}).values())


class Lake:
    """The lake in a folder or at `s3://…`; nothing is read or made until something is asked.

    `damaged` are the files of a lake of others that `connect` left out, with the reasons.
    """

    def __init__(self, place: str | Path) -> None:
        self.place = str(place)
        self._storage: Storage | None = None
        self.damaged: dict[str, str] = {}

    @property
    def storage(self) -> Storage:
        """Where its files are."""
        if self._storage is None:
            self._storage = storage(self.place)
        return self._storage

    def exists(self) -> bool:
        """Whether anything is there: commits of ours, or files that others lay out so (`in_place`)."""
        if not self.place.startswith("s3://") and not Path(self.place).is_dir():
            return False
        return self._begun() or self.in_place()

    def _begun(self) -> bool:
        return next(read_commits(self.storage), None) is not None

    def in_place(self) -> bool:
        """Whether others write this lake, as Amazon Security Lake: it is read where it is, and has no commits.

        Files of a writer of ours that was killed before its first commit are nobody's.
        """
        from bastide.lake.inplace import parquet_files

        if self._begun() or self.storage.size(PENDING) is not None:
            return False
        return bool(parquet_files(self.storage))

    def commits(self, after: int = 0) -> list[Commit]:
        """The commits after this number, in their order; each has one more than the one before."""
        return [commit for commit, _ in read_commits(self.storage, after)]

    def news(self, after: int, name: str | None = None) -> list[str]:
        """Paths of the files, of one table or all, with the events that commits after this number brought.

        What was compacted since lies in a file that may have older events, too.
        """
        before: dict[str, list[str]] = {}
        fresh: dict[str, None] = {}
        for commit in self.commits(after):
            if commit.kind in ("ingest", "redrive"):
                fresh.update((file.path, None) for file in commit.add)
            elif commit.kind == "compact":
                before |= _replaced(commit)
            for path in commit.remove:
                if fresh.pop(path, "") is None:
                    fresh.update((new, None) for new in before.get(path, ()))
        return [f"{self.storage.root}/{path}" for path in fresh if name is None or path.startswith(f"{name}/")]

    def state(self) -> State:
        """What is in the lake now."""
        from bastide.lake.commits import digest

        state = State()
        for commit, content in read_commits(self.storage):
            state.apply(commit, digest(content))
        return state

    def files(self, name: str, since: int | None = None, until: int | None = None) -> list[str]:
        """Paths of a table's files, oldest first, that may have events in this time (milliseconds, `until` excluded).

        A folder's are absolute, a bucket's begin with `s3://`.
        """
        table(name)
        found = [file for file in self.state().files.values() if file.path.startswith(f"{name}/")]
        chosen = [
            file
            for file in sorted(found, key=lambda one: (one.first, one.path))
            if (since is None or file.last >= since) and (until is None or file.first < until)
        ]
        return [f"{self.storage.root}/{file.path}" for file in chosen]

    def connect(self, since: int | None = None, files: Sequence[File] | None = None) -> duckdb.DuckDBPyConnection:
        """A database in memory with one view for each table, empty ones too, and columns of the partition beside.

        `files` restricts it to these, `since` (milliseconds) to files that may have later events. It can read the
        lake and nothing else: no other file, no network, no setting.
        """
        connection = self._database()
        if files is None and self.in_place():
            from bastide.lake.inplace import make_views

            self.damaged = make_views(connection, self.storage, utc_day(since) if since else "")
        else:
            known = self.state().files.values() if files is None else files
            chosen = [file.path for file in known if since is None or file.last >= since]
            for one in tables().values():
                self._view(connection, one, sorted(path for path in chosen if path.startswith(f"{one.name}/")))
        connection.execute("set lock_configuration = true")
        return connection

    def _database(self) -> duckdb.DuckDBPyConnection:
        from bastide.tables import spill_apart

        connection = database.connect()
        connection.execute("set timezone = 'UTC'")
        connection.execute("set enable_progress_bar = false")
        spill_apart(connection)
        if isinstance(self.storage, Folder):
            connection.execute(f"set allowed_directories = [{quoted(self.storage.root + '/')}]")
        connection.execute("set enable_external_access = false")
        return connection

    def _view(self, connection: duckdb.DuckDBPyConnection, one: Table, paths: list[str]) -> None:
        if not paths:
            columns = [f'null::{kind} as "{name}"' for name, kind in one.sql_types().items()]
            columns += [f"null::varchar as {name}" for name in ("region", '"accountId"', '"eventDay"')]
            connection.execute(f"create view {one.name} as select {', '.join(columns)} where false")
        elif isinstance(self.storage, Folder):
            listed = ", ".join(quoted(f"{self.storage.root}/{path}") for path in paths)
            connection.execute(
                f"create view {one.name} as select * from read_parquet([{listed}], hive_partitioning = true, "
                "hive_types_autocast = false)"
            )
        else:
            connection.register(one.name, self._dataset(one, paths))

    def _dataset(self, one: Table, paths: list[str]) -> object:
        import pyarrow as pa
        from pyarrow import dataset

        from bastide.lake.storage import bucket_files

        partitions = pa.schema([(name, pa.string()) for name in ("region", "accountId", "eventDay")])
        base = self.storage.root.removeprefix("s3://")
        return dataset.dataset(
            [f"{base}/{path}" for path in paths],
            schema=pa.schema([*one.arrow(), *partitions]),
            format="parquet",
            filesystem=bucket_files(),
            partitioning=dataset.HivePartitioning(partitions),
        )


def utc_day(at: int) -> str:
    """The day of a time in milliseconds, `YYYYMMDD`."""
    return time.strftime("%Y%m%d", time.gmtime(at / 1000))


def _replaced(commit: Commit) -> dict[str, list[str]]:
    """For each file that a compaction took away, the new files of its partition."""
    new: dict[str, list[str]] = {}
    for file in commit.add:
        new.setdefault(file.path.rpartition("/")[0], []).append(file.path)
    return {path: new.get(path.rpartition("/")[0], []) for path in commit.remove}


def lake_folder(*, make: bool = False) -> str:
    """The lake of this project: `lake` in its data folder, which is there and private afterwards with `make`."""
    from bastide.workload.place import data_folder

    return str(data_folder(make=make) / "lake")


def existing(place: str | None) -> Lake:
    """The lake that a command names, or the project's; `UsageError` when nothing was ever brought in."""
    lake = Lake(place or lake_folder())
    if not lake.exists():
        raise UsageError("there is no lake", place=lake.place, remedy="bring logs in with `bastide ingest PATH`")
    return lake


def own(place: str | None) -> Lake:
    """As `existing`, for what needs commits; `UsageError` for a lake that others write."""
    return refused_in_place(existing(place))


def refused_in_place(lake: Lake) -> Lake:
    """The lake, unless others write it: that nothing is found in it would say nothing."""
    if lake.in_place():
        remedy = "`bastide hunt` and `bastide detect --since 24h` read it; `bastide ingest` makes a copy of your own"
        raise UsageError("others write this lake, and it has no commits", place=lake.place, remedy=remedy)
    return lake


def now() -> int:
    """Milliseconds since 1970."""
    return time.time_ns() // 1_000_000
