"""Resources as rows: what they hold, and which atoms what is unknown touches."""

from __future__ import annotations

import json

import pytest

from bastide.controls.compiler import compile_controls
from bastide.controls.query import Part
from bastide.controls.rows import overlaps, rows_of
from bastide.resources.estate import Estate
from bastide.resources.model import Unresolved
from tests.controls.conftest import control, resource


@pytest.mark.parametrize(
    ("unknown", "read", "mode", "touched"),
    [
        ("A", "A", "value", True),
        ("A", "A.B", "value", True),
        ("A.B", "A", "value", True),
        ("A.B", "A", "presence", False),
        ("A", "A.B", "presence", True),
        ("A.B", "A.C", "value", False),
        ("AB", "A", "value", False),
        ("", "A", "presence", True),
    ],
)
def test_overlaps(unknown: str, read: str, mode: str, touched: bool) -> None:
    assert overlaps(unknown, read, mode) is touched


def test_a_row_has_only_what_is_read() -> None:
    group = compile_controls([control("BucketName = 'x'")])[0]
    bucket = resource({"BucketName": "x", "Tags": [{"Key": "k", "Value": "v"}]})
    (row,) = rows_of([bucket], group, Estate([bucket]))
    assert json.loads(row.text()) == {"BucketName": "x"}
    assert not row.uncertain


def test_unknown_elements_touch_in_part_and_unknown_lists_as_such() -> None:
    group = compile_controls([control("none_of([t.Key = 'a' for t in Tags])")])[0]
    key = ("test.control", 0)
    part = resource({"Tags": [{"Key": "b"}, {"Key": Unresolved("x")}]})
    whole = resource({"Tags": Unresolved("x")})
    first, second = rows_of([part, whole], group, Estate([]))
    assert (first.uncertain, first.partial) == (frozenset(), {key})
    assert (second.uncertain, second.partial) == ({key}, frozenset())
    assert first.unknown_positions(Part("Tags", (("Tags.Key", "value"),))) == [2]
    assert first.unknown_positions(Part("Tags", (("Tags.Value", "value"),))) == []
