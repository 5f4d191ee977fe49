"""The one writer of a lake: takes staged files in, each event once, in commits that are there whole or not at all.

The order of a commit: what is meant is written down (`_bastide/pending.json`), files go to their places, the commit is
written, and then only what it replaces is deleted. Whoever writes next takes back what has no commit, and deletes what
a commit had replaced; so a process may be killed at any moment, and no event is lost or there twice.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
from typing import TYPE_CHECKING, Any, Literal

import msgspec
from msgspec import Struct

from bastide.errors import UsageError
from bastide.lake.commits import PENDING, Commit, File, Input, decoded, digest, encoded, inside, path_of
from bastide.lake.layout import OURS
from bastide.lake.once import Once
from bastide.lake.quarantine import write_quarantine
from bastide.lake.storage import Folder
from bastide.lake.store import Lake, now

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bastide.lake.stage import Quarantined, Staged
    from bastide.lake.storage import Storage

LOCK = f"{OURS}/lock"
STALE = 15 * 60_000
"""Milliseconds after which a bucket's lock is nobody's."""


class Pending(Struct):
    """What a commit is about to bring: paths that are taken back when the commit does not come."""

    sequence: int
    paths: list[str]


class Holder(Struct):
    """Who writes in a bucket."""

    process: str
    at: int


class Writer:
    """Writes to a lake; made by `writing`, which has locked it."""

    def __init__(self, lake: Lake) -> None:
        self.lake, self.storage = lake, lake.storage
        self._recover()
        self.state = lake.state()
        self._finish(self.state.last)
        self._once = Once(self.storage)
        self.staging = self.storage.staging() / f"{os.getpid()}"

    def ingest(
        self,
        staged: list[Staged],
        refused: list[Quarantined],
        inputs: list[Input],
        kind: Literal["ingest", "redrive"] = "ingest",
        remove: tuple[str, ...] = (),
    ) -> Commit | None:
        """Commit staged files without the events that the lake has; None when there is nothing to say."""
        kept: list[tuple[Staged, File]] = []
        duplicates = 0
        for one in staged:
            before = [other for other, _ in kept]
            left = self._once.new_events(one, self.state.beside(one.partition.folder), before)
            duplicates += one.twice + one.rows - (left.rows if left else 0)
            if left:
                kept.append((left, self.file_of(left, len(kept))))
        brought = [(one.path, file) for one, file in kept]
        quarantine = write_quarantine(self.staging, refused, self.state, self.storage, self._stem())
        if not (brought or quarantine or inputs or remove):
            return None
        reasons: dict[str, int] = {}
        for event in refused:
            reasons[event.reason] = reasons.get(event.reason, 0) + 1
        events = sum(file.rows for _, file in brought)
        return self.commit(
            kind, brought, quarantine, remove=remove, inputs=tuple(inputs), events=events, duplicates=duplicates,
            refused=reasons,
        )  # fmt: skip

    def commit(
        self,
        kind: Literal["ingest", "compact", "expire", "redrive"],
        brought: list[tuple[Path, File]],
        quarantine: list[tuple[Path, File]] = [],  # noqa: B006 (never changed)
        remove: tuple[str, ...] = (),
        **more: Any,
    ) -> Commit:
        """Bring local files to their places and write the commit; afterwards what it removes is gone."""
        add, put = tuple(file for _, file in brought), tuple(file for _, file in quarantine)
        commit = Commit(
            self.state.sequence + 1, now(), kind, self.state.head, add, remove, quarantine=put, **more
        )  # fmt: skip
        paths = [file.path for file in (*add, *put)]
        self.storage.write(PENDING, msgspec.json.encode(Pending(commit.sequence, paths)))
        for local, file in (*brought, *quarantine):
            self.storage.bring(local, file.path)
        content = encoded(commit)
        self.storage.write(path_of(commit.sequence), content)
        self.storage.delete(PENDING)
        self.state.apply(commit, digest(content))
        self._once.brought(commit)
        self._finish(commit)
        return commit

    def file_of(self, staged: Staged, number: int, sources: dict[str, int] | None = None) -> File:
        """A staged file as the file that it becomes; `sources` when its events are of several."""
        name = f"{self._stem()}-{number:04d}-{staged.sha256[:12]}.parquet"
        path = f"{staged.partition.folder}/{name}"
        sources = sources or {staged.source: staged.rows}
        return File(path, staged.rows, staged.bytes, staged.first, staged.last, staged.sha256, sources)

    def _stem(self) -> str:
        return f"{self.state.sequence + 1:010d}"

    def _recover(self) -> None:
        """Take back what a writer that was killed has put into the lake without a commit."""
        try:
            content = self.storage.read(PENDING)
        except FileNotFoundError:
            return
        place = f"{self.storage.root}/{PENDING}"
        pending = decoded(content, Pending, place, "what a writer left behind")
        for path in pending.paths:
            inside(path, place)
        if self.storage.size(path_of(pending.sequence)) is None:
            for path in pending.paths:
                self.storage.delete(path)
        self.storage.delete(PENDING)

    def _finish(self, commit: Commit | None) -> None:
        """Delete what the last commit has replaced."""
        for path in commit.remove if commit else ():
            self.storage.delete(path)


@contextlib.contextmanager
def writing(lake: Lake) -> Iterator[Writer]:
    """The writer of a lake, which nobody else can be at the same time; `UsageError` when somebody is."""
    if lake.exists() and lake.in_place():
        raise UsageError("others write this lake", place=lake.place, remedy="name another lake to write to")
    with _locked(lake):
        writer = Writer(lake)
        _clear(writer.storage.staging())
        try:
            writer.staging.mkdir(parents=True, exist_ok=True)
            yield writer
        except OSError as error:
            raise UsageError(
                f"cannot be written: {error.strerror or error}", place=lake.place, remedy="free or mend that place"
            ) from None
        finally:
            shutil.rmtree(writer.staging, ignore_errors=True)


def _clear(staging: Path) -> None:
    """Let nothing lie there that a writer which was killed has left; what a link leads to is not ours."""
    for one in staging.iterdir() if staging.is_dir() and not staging.is_symlink() else ():
        shutil.rmtree(one, ignore_errors=True)


@contextlib.contextmanager
def _locked(lake: Lake) -> Iterator[None]:
    busy = UsageError("somebody else writes this lake", place=lake.place, remedy="wait until they are done")
    if not isinstance(lake.storage, Folder):
        with _bucket_locked(lake, busy):
            yield
        return
    from pathlib import Path

    folder = Path(lake.storage.root) / OURS
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise UsageError(f"cannot be written: {error.strerror}", place=lake.place) from None
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise busy from None
        _held.add(handle)
        yield
    finally:
        _held.discard(handle)
        os.close(handle)


_held: set[int] = set()
"""The files by which this process keeps lakes locked."""


def _let_go() -> None:
    """A process that was forked must not keep locked what its parent no longer writes."""
    for handle in _held:
        os.close(handle)
    _held.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_let_go)


def _holder(storage: Storage) -> Holder:
    """Who has locked a bucket; `SourceError` when the lock says nothing of that."""
    holder: Holder = decoded(storage.read(LOCK), Holder, f"{storage.root}/{LOCK}", "a lock")
    return holder


@contextlib.contextmanager
def _bucket_locked(lake: Lake, busy: UsageError) -> Iterator[None]:
    """A bucket is locked by an object that says who writes; one that is old was left by somebody who died."""
    import platform

    own = Holder(f"{platform.node()}:{os.getpid()}", now())
    with contextlib.suppress(FileNotFoundError):
        other = _holder(lake.storage)
        if own.at - other.at < STALE and other.process != own.process:
            raise busy
    lake.storage.write(LOCK, msgspec.json.encode(own))
    if _holder(lake.storage) != own:
        raise busy
    try:
        yield
    finally:
        lake.storage.delete(LOCK)
