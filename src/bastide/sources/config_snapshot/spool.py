"""Configuration items on disk, by account: what was read of files of any size, until its account is judged.

The file has no name: whatever ends the process, the system takes the file away. What is in it went through
`bastide.sources.aws.answers` before. A record is a head, the key of its resource, and the item as JSON.
"""

from __future__ import annotations

import json
import os
import struct
import tempfile
import weakref
from typing import TYPE_CHECKING

from msgspec import Struct

from bastide.errors import UsageError
from bastide.sources.config_snapshot.item import LEFT_OUT, ConfigItem

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HELD = 8 * 1024 * 1024
"""Bytes of records that wait in memory, of all accounts together, so that those of one account lie side by side."""
CHUNK = 1024 * 1024
"""Bytes that are gone through at a time."""

_HEAD = struct.Struct("<d?III")  # time, whether it is left out, file, length of the key, length of the item


class Record(Struct, frozen=True):
    """Where an item is: `key` is its resource's region, type and id as JSON, `file` the number of its file.

    `left_out`: the item says that the recorder leaves the resource out.
    """

    key: bytes
    time: float
    left_out: bool
    file: int
    offset: int
    length: int

    @property
    def place(self) -> tuple[str, str]:
        """The region, and the type as AWS Config calls it."""
        region, kind, _ = json.loads(self.key)
        return region, kind


class Spool:
    """Keeps items by account in a file in a folder (where temporary files are, without), and gives them back.

    The file goes with the spool. Processes that are forked may read it side by side once `flush` was called. Raises
    `UsageError` for a full disk.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._file = tempfile.TemporaryFile(buffering=0, dir=folder)  # noqa: SIM115 (it lives as long as the spool)
        weakref.finalize(self, self._file.close)
        self._waiting: dict[str, bytearray] = {}
        self._chunks: dict[str, list[tuple[int, int]]] = {}
        self._held = self._size = 0

    def add(self, item: ConfigItem, file: int) -> None:
        """Keep an item after those that its account has."""
        key = json.dumps(item.key[1:]).encode()
        body = json.dumps(item).encode()
        waiting = self._waiting.setdefault(item.account, bytearray())
        before = len(waiting)
        waiting += _HEAD.pack(item.time, item.status == LEFT_OUT, file, len(key), len(body))
        waiting += key
        waiting += body
        self._held += len(waiting) - before
        if self._held >= HELD:
            self.flush()

    def flush(self) -> None:
        """Write what waits."""
        try:
            self._file.seek(self._size)
            for account, waiting in self._waiting.items():
                self._write(waiting)
                self._chunks.setdefault(account, []).append((self._size, len(waiting)))
                self._size += len(waiting)
        except OSError as error:
            remedy = "make room there, or name another folder by XDG_DATA_HOME"
            raise UsageError(f"what was read cannot be kept: {error.strerror}", remedy=remedy) from None
        self._waiting.clear()
        self._held = 0

    def _write(self, content: bytearray) -> None:
        left = memoryview(content)
        while left:
            left = left[self._file.write(left) :]

    def records(self, account: str) -> Iterator[Record]:
        """The records of an account, in the order in which they came."""
        for start, size in self._chunks.get(account, ()):
            at, end = start, start + size
            window, begin = b"", start
            while at < end:
                window, begin = self._at(window, begin, at, _HEAD.size, end)
                time, left_out, file, of_key, of_body = _HEAD.unpack_from(window, at - begin)
                at += _HEAD.size
                window, begin = self._at(window, begin, at, of_key, end)
                key = window[at - begin : at - begin + of_key]
                at += of_key
                yield Record(key, time, left_out, file, at, of_body)
                at += of_body

    def item(self, record: Record) -> ConfigItem:
        """The item of a record."""
        return ConfigItem(*json.loads(self._read(record.offset, record.length)))

    def _at(self, window: bytes, begin: int, at: int, size: int, end: int) -> tuple[bytes, int]:
        """A window of the file that has these bytes, and where it begins: the one at hand, if it does."""
        if begin <= at and at + size <= begin + len(window):
            return window, begin
        return self._read(at, min(max(CHUNK, size), end - at)), at

    def _read(self, offset: int, length: int) -> bytes:
        # Forked processes share where a file is read, and so none may move it.
        if hasattr(os, "pread"):
            return os.pread(self._file.fileno(), length, offset)
        self._file.seek(offset)  # no fork where there is no pread
        return self._file.read(length)
