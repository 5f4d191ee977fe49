"""Functions of SQL in Python: what `test_program` compares with DuckDB is here said outright, doubts included."""

from __future__ import annotations

from typing import Any

import pytest

from bastide.controls.functions import FUNCTIONS, PATTERNS, Unsure, entries, extract, number, texts, whole


@pytest.mark.parametrize(
    ("name", "arguments", "wanted"),
    [
        ("lower", ("ABC",), "abc"),
        ("length", ("abc",), 3),
        ("ltrim", ("  a ",), "a "),
        ("rtrim", ("  a ",), "  a"),
        ("trim", (" \t a ",), "\t a"),
        ("split_part", ("1.34", ".", 2), "34"),
        ("split_part", ("1.34", ".", 3), ""),
        ("~~~", ("iam:passrole", "iam:*role"), True),
        ("~~~", ("iam:passrole", "iam:*pass"), False),
        ("~~~", ("ab", "a*b*b"), False),
        ("~~~", ("abb", "a*b*b"), True),
        ("~~~", ("aba", "ab*ba"), False),
        ("~~~", ("abc", "a?c"), True),
        ("from_base64", ("YQ==",), b"a"),
    ],
)
def test_functions(name: str, arguments: tuple[Any, ...], wanted: Any) -> None:
    assert FUNCTIONS[name](*arguments) == wanted


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("lower", ("\u0130",)),
        ("upper", ("\u00df",)),
        ("length", ("\U0001f600",)),
        ("split_part", ("a", ".", 0)),
        ("split_part", ("a", "", 1)),
        ("~~~", ("a", "[a]")),
        ("~~~", ("a", "\\a")),
        ("~~~", ("\u00e9", "?")),
    ],
)
def test_doubts_are_left_to_duckdb(name: str, arguments: tuple[Any, ...]) -> None:
    with pytest.raises(Unsure):
        FUNCTIONS[name](*arguments)


@pytest.mark.parametrize("text", ["YQ=", "Y Q=", "====", "Y", "\u00e9==="])
def test_what_is_no_base64_is_an_error(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 (any is taken for NULL by `try`)
        FUNCTIONS["from_base64"](text)


def test_patterns() -> None:
    assert PATTERNS["regexp_matches"]("^a", "i")("Ab")
    assert not PATTERNS["regexp_full_match"]("a", "")("ab")
    assert PATTERNS["regexp_extract"]("(a)(b)?", "", 2)("ac") == ""
    assert PATTERNS["regexp_extract_all"]("(a)b", "", 1)("abxab") == ["a", "a"]
    assert PATTERNS["regexp_replace"]("a", "g", "x")("aba") == "xbx"
    assert PATTERNS["regexp_replace"]("a", "", "x")("aba") == "xba"


def test_patterns_in_doubt() -> None:
    with pytest.raises(Unsure):
        PATTERNS["regexp_matches"]("(?=a)", "")  # not RE2's: DuckDB says what it thinks of it
    with pytest.raises(Unsure):
        PATTERNS["regexp_matches"]("a", "")("\ud800")
    with pytest.raises(Unsure):
        PATTERNS["regexp_extract_all"]("a*", "", 0)("b")


def test_json() -> None:
    assert extract({"a": {"b": True}}, ["a", "b"]) == "true"
    assert extract({"a": {"b": [1, "x"]}}, ["a"]) == '{"b":[1,"x"]}'
    assert extract({"a": None}, ["a"]) is None
    assert extract([1], ["a"]) is None
    assert extract("x", []) == "x"
    for doubt in (1.5, 2**70, ["\u00e9"], {"a": 0.1}):
        with pytest.raises(Unsure):
            extract(doubt, [])


def test_maps() -> None:
    assert texts({"a": "x", "b": True, "c": 3}) == {"a": "x", "b": "true", "c": "3"}
    assert entries({"a": "x"}) == [{"key": "a", "value": "x"}]
    for doubt in ([], {"a": None}, {"a": 1.5}, {"a": {}}):
        with pytest.raises(Unsure):
            texts(doubt)


def test_numbers() -> None:
    assert (whole("34"), whole("x"), whole("")) == (34, None, None)
    assert (number("1.5"), number("x")) == (1.5, None)
    for doubt in (" 1", "1.5", "1e3", "-1", "9999999999"):
        with pytest.raises(Unsure):
            whole(doubt)
    for doubt in ("inf", "nan", "1e3", "."):
        with pytest.raises(Unsure):
            number(doubt)
