"""When two values are the same."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bastide.drift.values import Known, address_of, fits_pattern, is_empty, literal_length, same_scalar

ARN = "arn:aws:kms:eu-west-1:123456789012:key/k1"
KNOWN = Known({"aws_kms_key.k": frozenset({"k1", ARN})}, {"aws_kms_key.k": frozenset({"k1", ARN, "k2"})})


@pytest.mark.parametrize(
    ("code", "cloud", "same"),
    [
        ("a", "a", True),
        ("a", "b", False),
        (True, "true", True),
        (True, 1, False),
        ("60", 60, True),
        (60.0, 60, True),
        ("k1", ARN, True),
        ("alias/x", "arn:aws:kms:eu-west-1:123456789012:alias/x", True),
        ("1", "arn:aws:kms:eu-west-1:123456789012:key/1", False),
        ("123456789012", "arn:aws:iam::123456789012:root", True),
        ("123456789012", "arn:aws:iam::210987654321:root", False),
        ('{"a": [1]}', '{ "a":[1] }', True),
        ('{"a": 1}', '{"a": 2}', False),
        ("${var.x}", "anything", True),
        ("${var.x}", 7, True),
        ("${aws_kms_key.k.arn}", ARN, True),
        ("${aws_kms_key.k.arn}", "k2", False),
        ("${aws_kms_key.k.arn}", "something-unknown", True),
        ("logs-${var.x}", "logs-1", True),
        ("logs-${var.x}", "logs-", False),
        ("logs-${var.x}", "data-1", False),
        ("a-${x}-b-${y}", "a-1-b-2", True),
        ("a-${x}-b-${y}", "a-1-2", False),
    ],
)
def test_same(code: Any, cloud: Any, same: bool) -> None:
    assert same_scalar(code, cloud, KNOWN) is same


@given(st.lists(st.text(alphabet="ab-", max_size=4), min_size=2, max_size=5), st.text(alphabet="ab-", min_size=1))
def test_a_pattern_fits_what_it_was_filled_with(literals: list[str], filling: str) -> None:
    text, value = "${x}".join(literals), filling.join(literals)
    assert fits_pattern(text, value)
    assert not fits_pattern(text, "")
    assert literal_length(text) == sum(map(len, literals))


def test_patterns_take_no_long_time_over_hostile_text() -> None:
    text = "a" + "${x}a" * 2000 + "b"
    assert not fits_pattern(text, "a" * 100_000)


def test_addresses_are_the_longest_that_there_are() -> None:
    known = {"module.a.aws_x.y", "module.a"}
    assert address_of("module.a.aws_x.y.id", known) == "module.a.aws_x.y"
    assert address_of("Data", {"Data"}) == "Data"
    assert address_of("var.x", known) == ""


@pytest.mark.parametrize("value", [None, False, "", 0, [], {}, {"a": False, "b": {"c": []}}])
def test_nothing(value: Any) -> None:
    assert is_empty(value)


@pytest.mark.parametrize("value", [True, "x", 1, [0], {"a": {"b": 1}}])
def test_something(value: Any) -> None:
    assert not is_empty(value)
