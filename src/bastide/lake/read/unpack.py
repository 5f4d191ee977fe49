"""The bytes of a file, unpacked piece by piece, so that a file of any size needs the memory of a few pieces."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

PIECE = 6 * 1024 * 1024
"""The bytes of a piece; only the last one has fewer."""
_STEP = 1024 * 1024


class CutError(Exception):
    """The file ends early, or is damaged from here on; what came before is as it was written."""


def pieces(stream: Any, size: int = PIECE) -> Iterator[bytes]:
    """The unpacked bytes, gzip (of any number of members) and zstd recognised by their first bytes.

    `CutError` comes after the last piece that could be read.
    """
    head = bytes(stream.read(4))
    if head[:2] == b"\x1f\x8b":
        parts = _gzip(stream, head)
    elif head == b"\x28\xb5\x2f\xfd":
        parts = _zstd(stream, head)
    else:
        parts = _plain(stream, head)
    yield from _gathered(parts, size)


def _gathered(parts: Iterator[bytes], size: int) -> Iterator[bytes]:
    held: list[bytes] = []
    length = 0
    try:
        for part in parts:
            held.append(part)
            length += len(part)
            if length >= size:
                yield b"".join(held)
                held, length = [], 0
    except CutError:
        if held:
            yield b"".join(held)
        raise
    if held:
        yield b"".join(held)


def _plain(stream: Any, head: bytes) -> Iterator[bytes]:
    yield head
    while part := stream.read(3 * _STEP):
        yield bytes(part)


def _gzip(stream: Any, data: bytes) -> Iterator[bytes]:
    from isal import isal_zlib

    unpacker = isal_zlib.decompressobj(wbits=31)
    begun = False
    while True:
        if not data:
            data = bytes(stream.read(_STEP))
            if not data:
                break
        begun = True
        try:
            part = unpacker.decompress(data, 3 * _STEP)
        except isal_zlib.IsalError as error:  # type: ignore[misc]
            raise CutError(f"damaged gzip: {error}") from None
        if part:
            yield part
        data = unpacker.unconsumed_tail
        if unpacker.eof:
            data = (unpacker.unused_data or bytes(stream.read(_STEP))).lstrip(b"\0")
            unpacker, begun = isal_zlib.decompressobj(wbits=31), False
    if begun:
        raise CutError("gzip ends early")


def _zstd(stream: Any, head: bytes) -> Iterator[bytes]:
    import pyarrow as pa

    whole = head + bytes(stream.read())
    unpacked = pa.CompressedInputStream(pa.BufferReader(whole), "zstd")
    while True:
        try:
            part = unpacked.read(3 * _STEP)
        except OSError as error:
            raise CutError(f"damaged zstd: {error}") from None
        if not part:
            break
        yield bytes(part)
