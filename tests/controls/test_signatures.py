"""What functions take and give; that they do so as DuckDB's is in `test_program`."""

from __future__ import annotations

from typing import Any

import pytest

from bastide.controls.direct import _MAKERS
from bastide.controls.functions import FUNCTIONS
from bastide.controls.functions import PATTERNS as WITH_PATTERN
from bastide.controls.signatures import PATTERNS, TYPED, Unsupported, common, comparable, json_steps, member_of


def test_every_function_that_has_types_can_be_run() -> None:
    assert TYPED.keys() == FUNCTIONS.keys()
    assert PATTERNS.keys() == WITH_PATTERN.keys()
    assert PATTERNS.keys() < _MAKERS.keys()


@pytest.mark.parametrize(
    ("path", "steps"), [("$", []), ("$.a", ["a"]), ("$.a.b", ["a", "b"]), ('$."a.b".c', ["a.b", "c"])]
)
def test_json_paths(path: str, steps: list[str]) -> None:
    assert json_steps(path) == steps


@pytest.mark.parametrize("path", ["", "a", "$a", "$.", "$..a", "$.a[0]", "$.*", '$."a', "/a", 1])
def test_json_paths_that_mean_more(path: Any) -> None:
    with pytest.raises(Unsupported):
        json_steps(path)


def test_members_whatever_their_case() -> None:
    assert member_of({"KmsKeyId": "VARCHAR"}, "kmskeyid") == ("KmsKeyId", "VARCHAR")
    for kind, name in (("VARCHAR", "a"), ({"a": "JSON"}, "b"), ({"Ab": "JSON", "aB": "JSON"}, "ab")):
        with pytest.raises(Unsupported):
            member_of(kind, name)


def test_types_that_meet() -> None:
    comparable("BIGINT", "DOUBLE", "NULL")
    assert common(["NULL", "BIGINT", "DOUBLE"]) == "DOUBLE"
    assert common([["VARCHAR"], ["NULL"]]) == ["VARCHAR"]
    for kinds in (("VARCHAR", "BIGINT"), (["VARCHAR"], ["VARCHAR"]), ("JSON", "JSON")):
        with pytest.raises(Unsupported):
            comparable(*kinds)
    with pytest.raises(Unsupported):
        common(["VARCHAR", "BIGINT"])
