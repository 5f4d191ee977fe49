"""Rows of a table as the texts of JSON objects."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    import pyarrow as pa

    from bastide.lake.read.wrapped import Text


def as_json(batch: pa.RecordBatch) -> list[Text]:
    """Each row without its NULLs; names have `_` for what is no letter or digit, moments are ISO 8601 in UTC."""
    from bastide.lake.read.recognise import field_name

    names = [field_name(name) for name in batch.schema.names]
    columns = [column.to_pylist() for column in batch.columns]
    encode = msgspec.json.Encoder(enc_hook=str, decimal_format="number").encode
    return [
        encode({name: _plain(value) for name, value in zip(names, row, strict=True) if value is not None})
        for row in zip(*columns, strict=True)
    ]


def _plain(value: Any) -> Any:
    """Maps are lists of pairs for Arrow, and NULLs in structs say nothing."""
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items() if inner is not None}
    if isinstance(value, list):
        if value and all(isinstance(item, tuple) and len(item) == 2 for item in value):
            return {str(key): _plain(inner) for key, inner in value}
        return [_plain(item) for item in value]
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, dt.datetime):
        return (value if value.tzinfo else value.replace(tzinfo=dt.UTC)).isoformat().replace("+00:00", "Z")
    return value
