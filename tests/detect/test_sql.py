"""Literals are only that, and the macros read addresses and numbers as they say."""

from __future__ import annotations

import ipaddress

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bastide.detect.sql import IP6, folded, literal, name, prepare, texts
from tests.fuzzing import fuzz

CONNECTION = duckdb.connect(config={"threads": 1})
prepare(CONNECTION)
CONNECTION.execute(";".join(IP6))


def value(sql: str, *parameters: object) -> object:
    row = CONNECTION.execute(f"select {sql}", list(parameters)).fetchone()
    assert row
    return row[0]


@fuzz(200)
@given(text=st.text(max_size=20))
def test_a_literal_is_its_text(text: str) -> None:
    assert value(literal(text)) == text
    assert value(f"lower({literal(text)}) = {folded(text)}") is True
    assert value(f"{literal(text)} in ({texts(['x', text])})") is True


def test_a_name_is_quoted() -> None:
    assert name('a"b') == '"a""b"'


ADDRESSES = [
    "1.2.3.4", "0.0.0.0", "255.255.255.255", "256.1.1.1", "01.2.3.4", "1.2.3", "::", "::1", "1::", "fe80::1:2", "",
    "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7::", "::ffff:1.2.3.4", "1::2::3", ":1::2", "1:::2", "12345::", "g::1",
    "s3.amazonaws.com", "1:2:3:4:5:6:7:8:9",
]  # fmt: skip


@pytest.mark.parametrize("text", ADDRESSES)
def test_addresses(text: str) -> None:
    try:
        known = ipaddress.ip_address(text)
    except ValueError:
        assert value("ip4(?) is null and ip6(?) is null", text, text) is True
        return
    if known.version == 4:
        assert value("ip4(?)", text) == int(known)
    else:
        assert value("ip6(?)", text) == f"{int(known):032x}"


@fuzz(100)
@given(number=st.integers(0, 2**128 - 1), mask=st.integers(0, 2**128 - 1))
def test_any_address_of_version_6(number: int, mask: int) -> None:
    address = ipaddress.IPv6Address(number & mask)
    assert value("ip6(?)", str(address)) == f"{int(address):032x}"


@pytest.mark.parametrize(
    ("text", "number"),
    [("12", 12.0), ("-.5", -0.5), ("1e3", 1000.0), ("1_0", None), ("nan", None), ("1e999", None), ("", None)],
)
def test_numbers(text: str, number: float | None) -> None:
    assert value("as_number(?)", text) == number


def test_json_is_walked() -> None:
    assert value("jx('{\"A\": [1, null, \"x\"]}', 'a')") == ["1", "x"]
    assert value("jx(null, 'a')") is None
