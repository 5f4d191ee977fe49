"""Rows of Parquet as JSON."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal

import pyarrow as pa

from bastide.lake.read.rows import as_json


def test_rows_have_what_they_have() -> None:
    rows = [
        {"account-id": "1", "n": 1, "when": dt.datetime(2026, 11, 1, 10), "b": b"\xff", "none": None,
         "s": {"x": None, "y": [1]}, "d": Decimal("1.5"), "m": [("k", "v")]},
    ]  # fmt: skip
    schema = pa.Table.from_pylist(rows).schema
    at = schema.get_field_index("m")
    schema = schema.set(at, pa.field("m", pa.map_(pa.string(), pa.string())))
    (text,) = as_json(pa.RecordBatch.from_pylist(rows, schema=schema))
    assert json.loads(text) == {
        "account_id": "1", "n": 1, "when": "2026-11-01T10:00:00Z", "b": "\ufffd", "s": {"y": [1]}, "d": 1.5,
        "m": {"k": "v"},
    }  # fmt: skip
