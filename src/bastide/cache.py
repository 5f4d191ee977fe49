"""Data compiled from library files, kept in the user's cache folder so that no start pays for it twice."""

from __future__ import annotations

import contextlib
import hashlib
import os
import sys
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from bastide import __version__
from bastide.library import FOLDER

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

Read = TypeVar("Read")


def compiled(name: str, files: Iterable[Path], build: Callable[[], Any], more: str = "", kind: Any = Any) -> Any:
    """What `build` returns, as JSON gives it back, as a `kind`; from the cache when the same `files` were built before.

    A wheel brings what its own files were compiled to (`hatch_build.py`); nobody changes those. The key is bastide's
    version, Python's, every file's name, size and time of change, and what `more` there is. A cache that cannot be read
    or written is as if it were not there.
    """
    read = partial(msgspec.json.decode, type=kind)
    return _kept(name, files, lambda: msgspec.json.encode(build()), read, more)


class Parts:
    """Parts by name, each read when it is asked for.

    As text this is a JSON list of lines: first where each part begins and how many bytes it has, from the second line
    on the parts themselves. Raises ValueError or `msgspec.DecodeError` for text that is
    not whole.
    """

    def __init__(self, data: bytes) -> None:
        end = data.index(b"\n")
        self._data, self._start = memoryview(data), end + 1
        self._places: dict[str, tuple[int, int]] = msgspec.json.decode(self._data[1 : end - 1])
        if not data.endswith(b"]") or self._start + max(sum(place) for place in self._places.values()) + 1 != len(data):
            raise ValueError("cut off")

    @property
    def names(self) -> list[str]:
        """In the order in which they were built."""
        return list(self._places)

    def get(self, name: str, kind: Any = Any) -> Any:
        """The part as a `kind`, made anew each time; None when there is no such part.

        Raises `msgspec.ValidationError` for a part that is no such thing.
        """
        if name not in self._places:
            return None
        start, length = self._places[name]
        return msgspec.json.decode(self._data[self._start + start : self._start + start + length], type=kind)


def compiled_parts(name: str, files: Iterable[Path], build: Callable[[], dict[str, Any]]) -> Parts:
    """Like `compiled`, for what is never needed whole."""
    return _kept(name, files, lambda: _in_parts(build()), Parts)


def _in_parts(parts: dict[str, Any]) -> bytes:
    places: dict[str, tuple[int, int]] = {}
    texts, at = [], 0
    for name, value in parts.items():
        text = msgspec.json.encode(value)
        places[name] = (at, len(text))
        texts.append(text)
        at += len(text) + 2
    return b",\n".join([b"[" + msgspec.json.encode(places), *texts]) + b"]"


def _kept(
    name: str, files: Iterable[Path], build: Callable[[], bytes], read: Callable[[bytes], Read], more: str = ""
) -> Read:
    shipped = FOLDER / "compiled" / f"{name}.json"
    if shipped.is_file():
        return read(shipped.read_bytes())
    digest = _digest(files, more)
    folder = _folder()
    path = folder / f"{name}-{digest}.json" if folder else None
    if path is not None:
        with contextlib.suppress(OSError, ValueError, msgspec.DecodeError):
            return read(path.read_bytes())
    text = build()
    if path is not None:
        with contextlib.suppress(OSError):
            _write(path, text)
            _sweep(path, name)
    return read(text)


def _digest(files: Iterable[Path], more: str) -> str:
    digest = hashlib.sha256(f"{__version__}\0{sys.version_info[:2]}\0{more}\0".encode("utf-8", "surrogateescape"))
    for file in files:
        status = file.stat()
        digest.update(f"{file}\0{status.st_size}\0{status.st_mtime_ns}\0".encode("utf-8", "surrogateescape"))
    return digest.hexdigest()[:24]


def _folder() -> Path | None:
    """The cache folder, private to the user; None where there is no home to put it in."""
    base = os.environ.get("XDG_CACHE_HOME", "")
    try:
        root = Path(base) if base and Path(base).is_absolute() else Path.home() / ".cache"
    except RuntimeError:
        return None
    return root / "bastide"


def _write(path: Path, text: bytes) -> None:
    """Whole or not at all, also beside another process that writes the same."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.{time.monotonic_ns()}")
    try:
        with temporary.open("xb") as stream:
            stream.write(text)
        temporary.replace(path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise


def _sweep(kept: Path, name: str) -> None:
    """Keep the eight newest of this name: more are leftovers of older versions and other installations."""
    others = sorted(kept.parent.glob(f"{name}-*.json"), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in others[8:]:
        path.unlink(missing_ok=True)
