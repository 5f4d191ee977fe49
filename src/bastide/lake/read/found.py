"""The files that a command names: themselves, those below a folder, and those of a bucket."""

from __future__ import annotations

import os
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

    def open(self) -> Any:
        """Its bytes as a stream."""
        if self.path.startswith("s3://"):
            from bastide.lake.storage import bucket_files

            return bucket_files().open_input_stream(self.path.removeprefix("s3://"), compression=None)
        return Path(self.path).open("rb")


def find(targets: Iterable[str]) -> Iterator[Found]:
    """Every file that the targets name, each once, a folder's in the order of their paths.

    `UsageError` for a target that is not there. Links to folders are not followed; hidden files and CloudTrail's
    digests and signatures, which are no events, are left out of folders.
    """
    seen: set[str] = set()
    for target in targets:
        for found in _bucket(target) if target.startswith("s3://") else _local(target):
            if found.path not in seen:
                seen.add(found.path)
                yield found


def _local(target: str) -> Iterator[Found]:
    path = Path(target).absolute()
    if path.is_dir():
        for folder, folders, names in os.walk(path):
            folders[:] = sorted(name for name in folders if not _hidden(name))
            for name in sorted(names):
                file = Path(folder) / name
                if _wanted(name) and file.is_file():
                    yield _described(file)
    elif path.is_file():
        yield _described(path)
    else:
        raise UsageError("there is no such file or folder", place=target[:300])


def _described(file: Path) -> Found:
    stat = file.stat()
    return Found(str(file), stat.st_size, str(stat.st_mtime_ns))


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
        parts = one.path.split("/")
        if one.is_file and _wanted(parts[-1]) and not any(_hidden(part) for part in parts):
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
