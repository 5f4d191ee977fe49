"""Expressions find what is there and never raise on what is not as expected."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bastide.sources.aws.expressions import (
    csv_rows,
    fill_template,
    find,
    is_template,
    json_value,
    spread,
    tags_map,
    text_of,
)

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["a", "b", "Key", "Value", "Items"]), inner)
    ),
    max_leaves=12,
)


@pytest.mark.parametrize(
    ("expression", "value", "found"),
    [
        ("a", {"a": 1}, 1),
        ("@", [1], [1]),
        ("a.b[0].c", {"a": {"b": [{"c": "x"}]}}, "x"),
        ("tags(@)", [{"TagKey": "k", "TagValue": "v"}, {"TagKey": "e"}], {"k": "v", "e": ""}),
        ("tags(@)", {"k": "v"}, {"k": "v"}),
        ("json(@)", '{"a": 1}', {"a": 1}),
        ("json(@)", "%7B%22a%22%3A%201%7D", {"a": 1}),
        ("json(@)", "no json", None),
        ("lower(@)", "AbC", "abc"),
        ("split(@, ':')", "a:b", ["a", "b"]),
        ("last_part(@, '/')", "a/b/c", "c"),
        ("replace(@, ':*', '')", "x:*", "x"),
        ("spread(@, ['x', 'y'])", [{"p": 1, "x": [{"c": 2}], "y": [{"d": 3}]}], [{"p": 1, "c": 2}, {"p": 1, "d": 3}]),
        ("pairs(@)", {"a": {"b": 1}, "c": 2}, [{"Key": "a", "Value": {"b": 1}}, {"Key": "c", "Value": 2}]),
        ("pairs(@)", [1], None),
        ("csv(@)", 'a,b\n1,"x,y"\n2\n', [{"a": "1", "b": "x,y"}]),
        ("csv(@)", "", []),
        ("csv(@)", 3, None),
        ("lower(@)", 3, 3),
        ("sort(@)", [1, "a"], None),
        ("a.b", 5, None),
    ],
)
def test_find(expression: str, value: Any, found: Any) -> None:
    assert find(expression, value) == found


@given(
    VALUES,
    st.sampled_from(
        ["a", "a[].b", "tags(@)", "json(a)", "spread(@, ['a'])", "csv(a)", "sort_by(@, &a)", "max(a)", "a || b"]
    ),
)
def test_nothing_raises(value: Any, expression: str) -> None:
    find(expression, value)


@given(VALUES)
def test_helpers_take_anything(value: Any) -> None:
    tags_map(value)
    spread(value, ["a", "Items"])
    assert text_of("a", value) is None or isinstance(text_of("a", value), str)


def test_templates() -> None:
    assert is_template("arn:{partition}:s3:::{id}")
    assert is_template("{parent.arn}/policy")
    assert not is_template("{Name: @}")
    assert fill_template("arn:{p}:x:{n}", {"p": "aws", "n": 1}) == "arn:aws:x:1"
    assert fill_template("arn:{p}:x:{n}", {"p": "aws"}) is None
    assert fill_template("arn:{p}", {"p": True}) is None


def test_rows_that_are_cut_off_or_hostile_are_none() -> None:
    assert csv_rows("user,arn,active\na,b,true\nc,d") == [{"user": "a", "arn": "b", "active": "true"}]
    assert csv_rows('a\n"' + "x" * 200_000) == []
    assert csv_rows("," * 300 + "\n" + "," * 300) == []


def test_json_has_limits() -> None:
    assert json_value("[" * 500_000) is None
    assert json_value('"' + "x" * 1_000_001 + '"') is None
