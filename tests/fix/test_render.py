"""Values as text mean themselves when they are read again."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bastide.fix.render import Raw, hcl, json_text, yaml_entry, yaml_flow, yaml_item, yaml_scalar
from bastide.sources.cloudformation.yaml_text import read_yaml
from bastide.sources.terraform.parser import parse_expression

SCALARS = st.one_of(st.booleans(), st.integers(-9999, 9999), st.text("abyYnNoO1.:-#{}[], '\"\\$%*&!|~", max_size=8))
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abc", min_size=1), inner, max_size=3)
)


@given(VALUES)
def test_yaml_reads_back(value: Any) -> None:
    assert read_yaml(f"top: {yaml_flow(value)}\n".encode())[0]["top"] == value
    assert read_yaml(yaml_entry("top", value, 0, 2).encode())[0]["top"] == value


@given(VALUES)
def test_items_read_back(value: Any) -> None:
    assert read_yaml(f"top:\n{yaml_item(value, 2, 2)}\n".encode())[0]["top"] == [value]


@given(st.one_of(SCALARS, st.lists(SCALARS, max_size=3)))
def test_hcl_reads_back(value: Any) -> None:
    assert parse_expression(hcl(value)) == value


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("yes", '"yes"'),
        ("arn:aws:s3", "arn:aws:s3"),
        ("2", '"2"'),
        ("TLS_1_2", "TLS_1_2"),
        (True, "true"),
        ("a: b", '"a: b"'),
    ],
)
def test_what_yaml_would_misread_is_quoted(value: Any, text: str) -> None:
    assert yaml_scalar(value) == text


def test_expressions_are_written_as_they_are() -> None:
    assert hcl(Raw("aws_s3_bucket.x.id")) == "aws_s3_bucket.x.id"
    assert hcl("${x}") == '"$${x}"'


def test_json_over_lines() -> None:
    assert json_text({"A": [1]}, 2, 2) == '{\n    "A": [\n      1\n    ]\n  }'
    assert json.loads(json_text({"A": "é"}, 0, 0)) == {"A": "é"}
