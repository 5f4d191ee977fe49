"""Bytes of files, packed or not, whole or cut."""

from __future__ import annotations

import gzip
import io

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bastide.lake.read.unpack import CutError, pieces


def unpacked(content: bytes, size: int = 1 << 20) -> tuple[bytes, str]:
    found = b""
    try:
        for piece in pieces(io.BytesIO(content), size):
            found += piece
    except CutError as error:
        return found, str(error)
    return found, ""


@given(st.binary(max_size=3000), st.integers(1, 500))
def test_plain_and_packed_are_the_same(content: bytes, size: int) -> None:
    packed = gzip.compress(content)
    if content[:2] != b"\x1f\x8b" and content[:4] != b"\x28\xb5\x2f\xfd":
        assert unpacked(content, size) == (content, "")
    assert unpacked(packed, size) == (content, "")
    assert unpacked(packed + gzip.compress(b"more") + b"\0" * 7, size) == (content + b"more", "")


@given(st.binary(min_size=1, max_size=3000), st.data())
def test_a_cut_file_gives_its_beginning(content: bytes, data: st.DataObject) -> None:
    packed = gzip.compress(content)
    cut = data.draw(st.integers(2, len(packed) - 1))
    found, why = unpacked(packed[:cut])
    assert content.startswith(found)
    assert why


def test_damage_in_the_middle() -> None:
    packed = bytearray(gzip.compress(bytes(range(256)) * 4000, 1))
    packed[len(packed) // 2] ^= 0xFF
    packed[-6] ^= 0xFF
    assert unpacked(bytes(packed))[1]


def test_zstd() -> None:
    content = b"line\n" * 10_000
    assert unpacked(bytes(pa.compress(content, "zstd", asbytes=True))) == (content, "")
    assert "damaged zstd" in unpacked(b"\x28\xb5\x2f\xfd" + b"x" * 50)[1]


def test_a_bomb_is_unpacked_piece_by_piece() -> None:
    packed = gzip.compress(b"\0" * 50_000_000, 9)
    first = next(pieces(io.BytesIO(packed), 1 << 20))
    assert len(first) <= 16 << 20


def test_nothing() -> None:
    assert unpacked(b"") == (b"", "")
    with pytest.raises(CutError):
        list(pieces(io.BytesIO(b"\x1f\x8b")))
