"""Policies are compared by what their statements say."""

from __future__ import annotations

from typing import Any

import pytest

from bastide.drift.statements import MAX_PAIRS, odd_statements
from bastide.drift.values import Known

BASE = {"Effect": "Allow", "Action": ["s3:Get*", "s3:List*"], "Resource": "arn:aws:s3:::b/*",
        "Principal": {"AWS": "arn:aws:iam::123456789012:root"},
        "Condition": {"StringEquals": {"aws:SourceAccount": ["1", "2"]}}}  # fmt: skip


def odd(code: Any, cloud: Any) -> tuple[int, int]:
    found = odd_statements({"Statement": code}, {"Version": "2012-10-17", "Statement": cloud}, Known())
    assert found is not None
    return len(found[0]), len(found[1])


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"Sid": "x"},
        {"Action": ["S3:list*", "s3:get*"]},
        {"Resource": ["arn:aws:s3:::b/*"]},
        {"Resource": "${b.arn}/*"},
        {"Principal": {"AWS": ["123456789012"]}},
        {"Condition": {"stringequals": {"AWS:SourceAccount": ["2", "1"]}}},
    ],
)
def test_the_same_said_otherwise(change: dict[str, Any]) -> None:
    other = {"Effect": "Deny", "Action": "*", "Resource": "*"}
    assert odd([{**BASE, **change}, other], [other, BASE]) == (0, 0)
    assert odd({**BASE, **change}, [BASE]) == (0, 0)


@pytest.mark.parametrize(
    "change",
    [
        {"Effect": "Deny"},
        {"Action": "s3:Get*"},
        {"Action": ["s3:Get*", "s3:Put*"]},
        {"Resource": "*"},
        {"Principal": "*"},
        {"Principal": {"Service": "arn:aws:iam::123456789012:root"}},
        {"Condition": {}},
        {"Condition": {"StringLike": {"aws:SourceAccount": ["1", "2"]}}},
        {"Condition": {"StringEquals": {"aws:SourceAccount": ["1", "3"]}}},
    ],
)
def test_something_else(change: dict[str, Any]) -> None:
    assert odd([{**BASE, **change}], [BASE]) == (1, 1)


def test_a_reference_takes_what_nothing_literal_has() -> None:
    code = {**BASE, "Resource": ["${x}", "arn:aws:s3:::b"]}
    assert odd([code], [{**BASE, "Resource": ["arn:aws:s3:::b", "arn:aws:s3:::other"]}]) == (0, 0)


def test_what_is_no_policy_or_too_much_is_not_told() -> None:
    assert odd_statements("no policy", {"Statement": []}, Known()) is None
    many = {"Statement": [BASE] * 200}
    assert MAX_PAIRS < 200 * 200
    assert odd_statements(many, many, Known()) is None
