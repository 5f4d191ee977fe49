"""Data compiled from library files, kept in the user's cache folder so that no start pays for it twice."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bastide import __version__
from bastide.library import FOLDER

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


def compiled(name: str, files: Iterable[Path], build: Callable[[], Any]) -> Any:
    """What `build` returns, as JSON gives it back; from the cache when the same `files` were built before.

    A wheel brings what its own files were compiled to (`hatch_build.py`); nobody changes those. The key is bastide's
    version, Python's, and every file's name, size and time of change. A cache that cannot be read or written is as if
    it were not there.
    """
    shipped = FOLDER / "compiled" / f"{name}.json"
    if shipped.is_file():
        return json.loads(shipped.read_bytes())
    digest = _digest(files)
    folder = _folder()
    path = folder / f"{name}-{digest}.json" if folder else None
    if path is not None:
        with contextlib.suppress(OSError, ValueError):
            return json.loads(path.read_bytes())
    text = json.dumps(build(), separators=(",", ":"))
    if path is not None:
        with contextlib.suppress(OSError):
            _write(path, text)
            _sweep(path, name)
    return json.loads(text)


def _digest(files: Iterable[Path]) -> str:
    digest = hashlib.sha256(f"{__version__}\0{sys.version_info[:2]}".encode())
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


def _write(path: Path, text: str) -> None:
    """Whole or not at all, also beside another process that writes the same."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.{time.monotonic_ns()}")
    try:
        with temporary.open("x", encoding="utf-8") as stream:
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
