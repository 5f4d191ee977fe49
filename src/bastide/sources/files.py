"""Reading and writing where nobody vouches for what is there."""

from __future__ import annotations

import os
import stat
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_instead: dict[str, bytes] = {}
_ahead: dict[str, bytes] = {}


@contextmanager
def instead(texts: Mapping[str, bytes]) -> Iterator[None]:
    """While it lasts, files read as these texts, by path as it is asked for: to try a change that nobody has made."""
    _instead.update(texts)
    try:
        yield
    finally:
        _instead.clear()


def given(path: str) -> bytes | None:
    """What a file reads as in place of what it is, None for most."""
    return _instead.get(path)


@contextmanager
def ahead(texts: Mapping[str, bytes]) -> Iterator[None]:
    """While it lasts, processes can be forked to which these files, whole, are read already: each once."""
    _ahead.update(texts)
    try:
        yield
    finally:
        _ahead.clear()


def head(path: str, size: int) -> bytes:
    """At most `size` bytes from the beginning of a regular file.

    An `OSError` with its reason for anything else, pipes and devices included; never waits for a writer.
    """
    if (text := _instead.get(path)) is not None:
        return text[:size]
    if _ahead and (text := _ahead.pop(path, None)) is not None:
        return text[:size]
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise OSError(0, "it is not a regular file")
        wanted = min(size, status.st_size)
        data = os.read(descriptor, wanted)
        while len(data) < wanted and (part := os.read(descriptor, wanted - len(data))):
            data += part
        return data
    finally:
        os.close(descriptor)


def write_whole(path: str, content: str | bytes | bytearray, errors: str = "replace") -> None:
    """The content as a file, a text in UTF-8, whole or not at all; an `OSError` says why not.

    A link that somebody left in the folder is replaced and never written through. What is no file (a pipe, `/dev/null`)
    is written to and stays what it is.
    """
    target = Path(path)
    written = content.encode("utf-8", errors) if isinstance(content, str) else content
    if target.exists() and not target.is_file():
        target.write_bytes(written)
        return
    temporary = target.with_name(f".{target.name[:200]}.{os.getpid()}.part")
    temporary.unlink(missing_ok=True)
    try:
        with temporary.open("xb") as stream:
            stream.write(written)
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)
