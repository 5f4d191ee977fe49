"""Typed columns out of the schema, and properties put into them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bastide.controls.shape import Unusual, fill, filler, merged, shape_of
from bastide.errors import ControlError
from bastide.resources.schema import schema_for


def shape(type_: str, *reads: tuple[str, str]) -> dict[str, Any]:
    schema = schema_for(type_)
    assert schema is not None
    return shape_of(reads, schema)


def test_types_follow_the_schema() -> None:
    assert shape("AWS::S3::Bucket", ("PublicAccessBlockConfiguration.BlockPublicAcls", "value")) == {
        "PublicAccessBlockConfiguration": {"BlockPublicAcls": "BOOLEAN"}
    }
    assert shape(
        "AWS::EC2::SecurityGroup", ("SecurityGroupIngress", "presence"), ("SecurityGroupIngress.FromPort", "value")
    ) == {"SecurityGroupIngress": [{"FromPort": "BIGINT"}]}
    assert shape("AWS::Lambda::Function", ("Environment.Variables", "value")) == {
        "Environment": {"Variables": "MAP(VARCHAR, VARCHAR)"}
    }
    assert shape("AWS::KMS::Key", ("KeyPolicy", "presence")) == {"KeyPolicy": "JSON"}


def test_a_property_that_does_not_exist_is_an_error_with_the_near_miss() -> None:
    with pytest.raises(ControlError, match="BucketName"):
        shape("AWS::S3::Bucket", ("BucketNam", "value"))
    with pytest.raises(ControlError, match="free-form"):
        shape("AWS::KMS::Key", ("KeyPolicy.Statement", "value"))


def test_a_macro_may_read_what_a_type_lacks() -> None:
    assert shape("AWS::EC2::SecurityGroup", ("SecurityGroupIngress.Nothing", "macro")) == {
        "SecurityGroupIngress": [{"Nothing": "VARCHAR"}]
    }


def test_merging_keeps_what_is_read_in_parts() -> None:
    assert merged(["JSON"], [{"A": "VARCHAR"}]) == [{"A": "VARCHAR"}]
    assert merged({"A": "JSON"}, {"A": {"B": "BIGINT"}, "C": "JSON"}) == {"A": {"B": "BIGINT"}, "C": "JSON"}


@pytest.mark.parametrize(
    ("value", "kind", "filled"),
    [
        ("true", "BOOLEAN", True),
        ("False", "BOOLEAN", False),
        (True, "VARCHAR", "true"),
        (7, "VARCHAR", "7"),
        ("7", "BIGINT", 7),
        (7.0, "BIGINT", 7),
        ("1.5", "DOUBLE", 1.5),
        ("x", ["VARCHAR"], ["x"]),
        ({"a": 1, "b": True}, "MAP(VARCHAR, VARCHAR)", {"a": "1", "b": "true"}),
        ('{"a": 1}', "JSON", {"a": 1}),
        ({"A": "x", "B": "y"}, {"A": "VARCHAR"}, {"A": "x"}),
        (None, "VARCHAR", None),
    ],
)
def test_fill_coerces_as_both_languages_allow(value: Any, kind: Any, filled: Any) -> None:
    unknown: dict[str, str] = {}
    assert fill(value, kind, "P", unknown) == filled
    assert not unknown


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ("perhaps", "BOOLEAN"),
        ("${var.on}", "BOOLEAN"),
        ("(sensitive)", "BIGINT"),
        ("(sensitive, in the source)", "BOOLEAN"),
        ("1.5", "BIGINT"),
        ({}, "VARCHAR"),
        ("x", {"A": "JSON"}),
    ],
)
def test_what_cannot_be_filled_is_unknown(value: Any, kind: Any) -> None:
    unknown: dict[str, str] = {}
    assert fill(value, kind, "P", unknown) is None
    assert list(unknown) == ["P"]
    assert ("made at deployment" in unknown["P"]) == str(value).startswith(("$", "("))


ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)
SHAPES = st.recursive(
    st.sampled_from(["VARCHAR", "BOOLEAN", "BIGINT", "DOUBLE", "JSON", "MAP(VARCHAR, VARCHAR)"]),
    lambda inner: st.builds(lambda one: [one], inner) | st.dictionaries(st.sampled_from("abc"), inner, min_size=1),
    max_leaves=5,
)


@given(ANY, SHAPES)
def test_fill_takes_anything(value: Any, kind: Any) -> None:
    unknown: dict[str, str] = {}
    json.dumps(fill(value, kind, "", unknown), default=str)
    assert all(isinstance(reason, str) for reason in unknown.values())


@given(ANY, SHAPES)
def test_the_quick_way_gives_the_same_or_gives_up(value: Any, kind: Any) -> None:
    try:
        quick = filler(kind)(value) if value is not None else None
    except Unusual:
        return
    unknown: dict[str, str] = {}
    slow = fill(value, kind, "", unknown)
    assert not unknown
    assert _present(quick) == _present(slow)


def _present(value: Any) -> Any:
    """Without members that are NULL: absent and NULL are the same to DuckDB."""
    if isinstance(value, dict):
        return {key: _present(item) for key, item in value.items() if item is not None}
    return [_present(item) for item in value] if isinstance(value, list) else value
