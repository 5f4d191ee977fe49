"""Where a lake's bytes are: a folder, or a bucket under `s3://BUCKET/PREFIX`. Paths are relative and have slashes."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import tempfile
import weakref
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from bastide.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator


class Storage(Protocol):
    """Files below one root. What is written is whole or not there; what was written is still there after a crash."""

    root: str

    def read(self, path: str) -> bytes:
        """The bytes of a file; `FileNotFoundError` when there is none."""

    def write(self, path: str, content: bytes) -> None:
        """Put the bytes there, in the place of what was there."""

    def bring(self, local: Path, path: str) -> None:
        """Move a local file there."""

    def rename(self, path: str, to: str) -> None:
        """Give a small file another name."""

    def delete(self, path: str) -> None:
        """Let nothing be there."""

    def names(self, folder: str) -> list[str]:
        """The paths of the files below a folder, sorted; empty when there is no such folder."""

    def size(self, path: str) -> int | None:
        """The bytes of a file, None when there is none."""

    def open(self, path: str) -> Any:
        """The file as pyarrow reads it, seekable."""

    def stream(self, path: str) -> Any:
        """The file's bytes from its beginning; `FileNotFoundError` when there is none."""

    def staging(self) -> Path:
        """A local folder from which files can be brought."""


class Folder:
    """A lake in a folder."""

    def __init__(self, root: Path) -> None:
        self.root, self._root = str(root), root

    def read(self, path: str) -> bytes:
        return (self._root / path).read_bytes()

    def write(self, path: str, content: bytes) -> None:
        target = self._root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        fresh = target.with_name(f".{target.name}.{os.getpid()}")
        with fresh.open("wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        fresh.replace(target)
        _sync(target.parent)

    def bring(self, local: Path, path: str) -> None:
        target = self._root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        with local.open("rb") as stream:
            os.fsync(stream.fileno())
        try:
            local.replace(target)
        except OSError:
            fresh = target.with_name(f".{target.name}.{os.getpid()}")
            shutil.copyfile(local, fresh)
            fresh.replace(target)
            local.unlink()
        _sync(target.parent)

    def rename(self, path: str, to: str) -> None:
        (self._root / path).replace(self._root / to)
        _sync((self._root / to).parent)

    def delete(self, path: str) -> None:
        (self._root / path).unlink(missing_ok=True)
        for folder in (self._root / path).parents:
            if folder == self._root or not _emptied(folder):
                break

    def names(self, folder: str) -> list[str]:
        base = self._root / folder
        found = (name for name in base.rglob("*") if name.is_file() and not name.name.startswith("."))
        return sorted(name.relative_to(self._root).as_posix() for name in found)

    def size(self, path: str) -> int | None:
        with contextlib.suppress(FileNotFoundError, NotADirectoryError):
            return (self._root / path).stat().st_size
        return None

    def open(self, path: str) -> Any:
        return str(self._root / path)

    def stream(self, path: str) -> Any:
        return (self._root / path).open("rb")

    def staging(self) -> Path:
        return self._root / "_bastide" / "staging"


class Bucket:
    """A lake in a bucket, by the credentials that AWS's own tools find; `AWS_ENDPOINT_URL` names another S3."""

    def __init__(self, url: str) -> None:
        self.root = url.rstrip("/")
        self._fs = bucket_files()
        self._base = self.root.removeprefix("s3://")
        self._staging: Path | None = None
        if not re.fullmatch(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/.*)?", self._base):
            raise UsageError(f"`{url[:80]}` is no bucket", remedy="write for example `s3://security-lake/bastide`")

    def read(self, path: str) -> bytes:
        with self._told(), self._fs.open_input_file(f"{self._base}/{path}") as stream:
            return bytes(stream.read())

    def write(self, path: str, content: bytes) -> None:
        with self._told(), self._fs.open_output_stream(f"{self._base}/{path}") as stream:
            stream.write(content)

    def bring(self, local: Path, path: str) -> None:
        with self._told(), self._fs.open_output_stream(f"{self._base}/{path}") as stream, local.open("rb") as source:
            while part := source.read(8 * 1024 * 1024):
                stream.write(part)
        local.unlink()

    def rename(self, path: str, to: str) -> None:
        self.write(to, self.read(path))
        self.delete(path)

    def delete(self, path: str) -> None:
        with self._told(), contextlib.suppress(FileNotFoundError):
            self._fs.delete_file(f"{self._base}/{path}")

    def names(self, folder: str) -> list[str]:
        from pyarrow import fs

        selector = fs.FileSelector(f"{self._base}/{folder}", recursive=True, allow_not_found=True)
        with self._told():
            found = self._fs.get_file_info(selector)
        return sorted(one.path.removeprefix(f"{self._base}/") for one in found if one.is_file)

    def size(self, path: str) -> int | None:
        with self._told():
            found = self._fs.get_file_info(f"{self._base}/{path}")
        return int(found.size) if found.is_file else None

    def open(self, path: str) -> Any:
        with self._told():
            return self._fs.open_input_file(f"{self._base}/{path}")

    def stream(self, path: str) -> Any:
        with self._told():
            return self._fs.open_input_stream(f"{self._base}/{path}", compression=None)

    def staging(self) -> Path:
        """A private folder of this bucket and process: a name that others know, they could have made before."""
        if self._staging is None:
            self._staging = Path(tempfile.mkdtemp(prefix="bastide-staging-"))
            weakref.finalize(self, shutil.rmtree, self._staging, ignore_errors=True)
        return self._staging

    def _told(self) -> contextlib.AbstractContextManager[None]:
        return bucket_told(self.root)


@contextlib.contextmanager
def bucket_told(place: str) -> Iterator[None]:
    """What S3 says as an error with this place; that a file is not there stays `FileNotFoundError`."""
    try:
        yield
    except FileNotFoundError:
        raise
    except OSError as error:
        text = str(error).split("Detail:", maxsplit=1)[0].strip()
        raise UsageError(f"S3 refuses: {text[:300]}", place=place) from None


SETTINGS = ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "AWS_REGION", "AWS_DEFAULT_REGION")
"""What of the environment says where S3 is; nothing of it is a secret."""


def bucket_files() -> Any:
    """S3 as pyarrow sees it."""
    from pyarrow import fs

    endpoint = os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL")
    region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION")
    options: dict[str, Any] = {"region": region} if region else {}
    if endpoint:
        scheme, _, host = endpoint.rpartition("://")
        options |= {"endpoint_override": host.rstrip("/"), "scheme": scheme or "https"}
    return fs.S3FileSystem(**options)


def storage(place: str | Path) -> Storage:
    """The storage at a folder or at `s3://…`."""
    text = str(place)
    return Bucket(text) if text.startswith("s3://") else Folder(Path(text).absolute())


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _emptied(folder: Path) -> bool:
    try:
        folder.rmdir()
    except OSError:
        return False
    return True
