"""What a run keeps on disk, so that nothing is asked twice: a journal of a unit in flight, one file when it is done.

A run is a folder with `run.json`, `units/ACCOUNT/REGION.GROUP.msgpack` and `journal/`. Units are written whole; of a
journal the half of a last line is dropped. Everything in it went through `bastide.sources.aws.answers` before.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import msgspec

from bastide.errors import UsageError
from bastide.resources.model import Resource
from bastide.sources.aws.calls import Answer, LedgerRow, Work

if TYPE_CHECKING:
    from collections.abc import Iterator

FORMAT = 1
KEPT = 5
"""Runs that are kept: the newest."""
_JOURNALED = ("read", "absent", "not offered")

_FIELDS = ("type", "address", "path", "properties", "unresolved", "metadata")


class Unit(msgspec.Struct, array_like=True):
    """A finished unit of work as it is on disk: resources are lists of `type, address, path, …`, in that order."""

    work: tuple[str, str, str, str, str]
    resources: list[list[Any]]
    ledger: list[list[Any]]
    unread: dict[str, str]

    def unpack(self) -> tuple[list[Resource], list[LedgerRow]]:
        """The resources and ledger rows."""
        unit = f"aws:{self.work[0]}"
        return [_resource(unit, fields) for fields in self.resources], [LedgerRow(*row) for row in self.ledger]


def _resource(unit: str, fields: list[Any]) -> Resource:
    kind, address, path, properties, unresolved, metadata = fields
    return Resource(kind, address, unit, "aws", path, 0, 0, properties, kind, unresolved, metadata=metadata)


def packed(work: Work, resources: list[Resource], ledger: list[LedgerRow], unread: dict[str, str]) -> Unit:
    """A unit for the disk."""
    rows = [[getattr(row, name) for name in LedgerRow.__struct_fields__] for row in ledger]
    return Unit((*work,), [[getattr(one, name) for name in _FIELDS] for one in resources], rows, unread)


class Run:
    """One run's folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock_file: Any = None

    @property
    def tables(self) -> Path:
        """The folder of what was found: a folder of Parquet files for each account, and `run`."""
        return self.folder / "tables"

    def path(self, work: Work) -> Path:
        """Where a finished unit is."""
        return self.folder / "units" / work.account / f"{work.region}.{work.group}.msgpack"

    def is_done(self, work: Work) -> bool:
        """Whether the unit was finished before."""
        return self.path(work).is_file()

    def load(self, work: Work) -> Unit | None:
        """A finished unit; None for one that is not there or that cannot be read any more."""
        try:
            return msgspec.msgpack.decode(self.path(work).read_bytes(), type=Unit)
        except (OSError, msgspec.DecodeError, msgspec.ValidationError):
            return None

    def save(self, work: Work, unit: Unit) -> None:
        """Keep a finished unit, whole or not at all, and forget its journal."""
        path = self.path(work)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _write_whole(path, msgspec.msgpack.encode(unit))
        self.journal_path(work).unlink(missing_ok=True)

    def journal_path(self, work: Work) -> Path:
        """Where the journal of a unit in flight is."""
        return self.folder / "journal" / f"{work.account}.{work.region}.{work.group}.jsonl"

    def finish(self) -> None:
        """Say that everything was read: `--resume` has nothing to go on with."""
        _write_whole(self.folder / "finished", b"")
        shutil.rmtree(self.folder / "journal", ignore_errors=True)

    def hold(self) -> None:
        """Keep the run for this process, however that ends; `UsageError` while another has it."""
        try:
            import fcntl
        except ImportError:  # Windows: two runs at once are then the user's affair
            return
        self._lock_file = (self.folder / "lock").open("w")
        try:
            fcntl.flock(self._lock_file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            self.release()
            raise UsageError("another process is working on this run", place=str(self.folder)) from None

    def release(self) -> None:
        """Let others have it."""
        if self._lock_file is not None:
            self._lock_file.close()
            self._lock_file = None


class Journal:
    """The answered calls of one unit in flight, by the key of the request; safe from several threads."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()
        self._known: dict[str, Answer] = {}
        self._stream: BinaryIO | None = None

    def __enter__(self) -> Journal:
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._known, end = _read_journal(self.path)
        self._stream = self.path.open("r+b" if self.path.exists() else "w+b")
        self._stream.seek(end)
        self._stream.truncate()
        return self

    def __exit__(self, *_: object) -> None:
        if self._stream is not None:
            self._stream.close()

    def get(self, key: str) -> Answer | None:
        """The answer that an earlier run was given."""
        return self._known.get(key)

    def add(self, key: str, answer: Answer) -> None:
        """Keep an answer that will not change; one that failed is asked for again."""
        if answer.outcome in _JOURNALED and self._stream is not None:
            line = msgspec.json.encode([key, answer]) + b"\n"
            with self._lock:
                self._stream.write(line)
                self._stream.flush()


def _read_journal(path: Path) -> tuple[dict[str, Answer], int]:
    """What a journal has, and where its last whole line ends."""
    known: dict[str, Answer] = {}
    end = 0
    with contextlib.suppress(FileNotFoundError), path.open("rb") as stream:
        for line in stream:
            try:
                key, answer = msgspec.json.decode(line, type=tuple[str, Answer])
            except (msgspec.DecodeError, msgspec.ValidationError):
                break
            if not line.endswith(b"\n"):
                break
            known[key] = answer
            end += len(line)
    return known, end


def data_folder(settings_file: str = "") -> Path:
    """Where runs are kept: `.bastide` beside `bastide.yaml`, else the user's data folder, by working directory."""
    if settings_file:
        return Path(settings_file).resolve().parent / ".bastide" / "aws"
    base = os.environ.get("XDG_DATA_HOME", "")
    root = Path(base) if base and Path(base).is_absolute() else Path.home() / ".local" / "share"
    key = hashlib.sha256(str(Path.cwd()).encode("utf-8", "surrogateescape")).hexdigest()[:16]
    return root / "bastide" / key / "aws"


def open_run(root: Path, scope: dict[str, Any], *, resume: bool) -> Run:
    """A new run, or with `resume` the newest of the same scope that was not finished (a new one if there is none)."""
    try:
        for folder in (root.parent, root):  # the mode is that of the last one only
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _ignore(root)
        for run in reversed(list(_runs(root))) if resume else ():
            if not (run.folder / "finished").exists() and _scope(run.folder) == scope:
                run.hold()
                return run
        moment = time.time_ns()
        name = time.strftime("%Y%m%dT%H%M%S", time.gmtime(moment // 10**9)) + f".{moment % 10**9:09}Z-{os.getpid()}"
        run = Run(root / name)
        run.folder.mkdir(mode=0o700)
        _write_whole(run.folder / "run.json", json.dumps({"format": FORMAT, "scope": scope}, sort_keys=True).encode())
        _sweep(root)
    except OSError as error:
        raise UsageError(f"the run cannot be kept: {error.strerror}", place=str(root)) from None
    run.hold()
    return run


def _runs(root: Path) -> Iterator[Run]:
    for folder in sorted(root.iterdir()):
        if (folder / "run.json").is_file() and not folder.is_symlink():
            yield Run(folder)


def _scope(folder: Path) -> Any:
    with contextlib.suppress(OSError, ValueError):
        found = json.loads((folder / "run.json").read_bytes())
        if isinstance(found, dict) and found.get("format") == FORMAT:
            return found.get("scope")
    return None


def _sweep(root: Path) -> None:
    for run in list(_runs(root))[:-KEPT]:
        with contextlib.suppress(UsageError):  # somebody works on it
            run.hold()
            run.release()
            shutil.rmtree(run.folder, ignore_errors=True)


def _ignore(root: Path) -> None:
    """Beside a project's files, keep it out of version control."""
    mark = root.parent / ".gitignore"
    if root.parent.name == ".bastide" and not mark.exists():
        mark.write_text("*\n", "utf-8")


def _write_whole(path: Path, content: bytes) -> None:
    temporary = path.with_name(f".{path.name}.{os.getpid()}.{threading.get_ident()}.part")
    try:
        with temporary.open("xb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
