"""The files that a command names: themselves, those below a folder, and those of a bucket."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from bastide.errors import UsageError
from bastide.lake.read.results import SIGNED

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_LEFT_OUT = (".md5", ".sha256", ".crc", ".sig", ".pem", ".tmp", ".part", ".md", ".yaml", ".yml", ".py")


class Found(Struct, frozen=True):
    """A file to bring in: absolute or `s3://…`; `mark` is another once the file is another."""

    path: str
    bytes: int
    mark: str

    @property
    def shown(self) -> str:
        """Its path as a text that can be written: bytes of a name that are no UTF-8 are `\\xff`."""
        return self.path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")

    def open(self) -> Any:
        """Its bytes as a stream; `OSError` when it cannot be opened."""
        if self.path.startswith("s3://"):
            from bastide.lake.storage import bucket_files

            try:
                return bucket_files().open_input_stream(self.path.removeprefix("s3://"), compression=None)
            except ValueError as error:  # of a path with an empty name
                raise OSError(str(error)) from None
        return Path(self.path).open("rb")


def find(targets: Iterable[str]) -> Iterator[Found]:
    """Every file that the targets name, each once, a folder's in the order of their paths.

    `UsageError` for a target that is not there. What cannot be looked into is found, and cannot be opened. Links to
    folders are not followed; hidden files and CloudTrail's digests and signatures, which are no events, are left out of
    folders.
    """
    seen: set[str] = set()
    for target in targets:
        for found in _bucket(target) if target.startswith("s3://") else _local(target):
            if found.path not in seen:
                seen.add(found.path)
                yield found


def _local(target: str) -> Iterator[Found]:
    path = Path(target).absolute()
    if os.path.isdir(path):  # noqa: PTH112 (whose parent cannot be entered is not there, and no error)
        closed: list[OSError] = []
        for folder, folders, names in os.walk(path, onerror=closed.append):
            folders[:] = sorted(name for name in folders if not _hidden(name))
            for name in filter(_wanted, sorted(names)):
                if found := _described(Path(folder) / name):
                    yield found
        yield from (Found(str(one.filename), 0, "") for one in closed if not isinstance(one, FileNotFoundError))
    elif found := _described(path):
        yield found
    else:
        raise UsageError("there is no such file or folder", place=target[:300])


def _described(file: Path) -> Found | None:
    """None for what is no file, or not there. What nobody may look at is found, and told once it is opened."""
    try:
        found = file.stat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError:
        return Found(str(file), 0, "")
    return Found(str(file), found.st_size, str(found.st_mtime_ns)) if stat.S_ISREG(found.st_mode) else None


def _bucket(target: str) -> Iterator[Found]:
    from pyarrow import fs

    from bastide.lake.storage import bucket_files

    base = target.removeprefix("s3://").rstrip("/")
    files = bucket_files()
    try:
        itself = files.get_file_info(base)
        everything = [itself] if itself.is_file else files.get_file_info(fs.FileSelector(base, recursive=True))
    except OSError as error:
        raise UsageError(f"S3 refuses: {str(error)[:300]}", place=target[:300]) from None
    for one in sorted(everything, key=lambda one: str(one.path)):
        *folders, name = str(one.path).removeprefix(base).split("/")
        if one is itself or (one.is_file and _wanted(name) and not any(_hidden(part) for part in folders)):
            yield Found(f"s3://{one.path}", one.size, str(one.mtime_ns))


def _hidden(name: str) -> bool:
    return name.startswith((".", "_")) or name == "CloudTrail-Digest"


def _wanted(name: str) -> bool:
    return (
        name != SIGNED
        and not name.startswith((".", "_"))
        and not name.endswith(_LEFT_OUT)
        and "_CloudTrail-Digest_" not in name
    )
