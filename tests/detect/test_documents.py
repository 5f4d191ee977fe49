"""YAML of rules: every document with its line, and limits that hostile files meet."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bastide.detect.documents import documents
from bastide.errors import UsageError
from tests.fuzzing import fuzz


def test_documents_and_their_lines() -> None:
    first, second = documents("title: a\n---\n\ntitle: b\nname: c\n", "x.yml")
    assert (first.value, first.place) == ({"title": "a"}, "x.yml:1")
    assert (second.value, second.place) == ({"title": "b", "name": "c"}, "x.yml:4")


def test_what_is_common_lies_under_what_follows() -> None:
    text = (
        "action: global\ntitle: t\ndetection: {condition: a}\n---\ndetection: {a: 1}\n---\naction: repeat\nlevel: low\n"
    )
    first, second = documents(text, "x.yml")
    assert first.value == {"title": "t", "detection": {"condition": "a", "a": 1}}
    assert second.value == {**first.value, "level": "low"}


def test_words_stay_words() -> None:
    (only,) = documents("date: 2026-11-27\ndetection: {off: {a: no}, on: {b: 1}}\n", "x.yml")
    assert only.value == {"date": "2026-11-27", "detection": {"off": {"a": False}, "on": {"b": 1}}}


def test_an_account_that_begins_with_0_is_no_number() -> None:
    (only,) = documents("a: [012345671234, 111122223333, 0, -3, 12:30, 0x1f, 1.5]\n", "x.yml")
    assert only.value == {"a": ["012345671234", 111122223333, 0, -3, "12:30", 31, 1.5]}


@pytest.mark.parametrize(
    ("text", "cause", "place"),
    [
        ("a: 1\na: 2\n", "stands here twice", "x.yml:2"),
        ("a: [\n", "not YAML", "x.yml:2"),
        ("- a\n", "a mapping is expected", "x.yml:1"),
        ("a: " + "[" * 60 + "]" * 60, "nested too deeply", "x.yml:1"),
        ("action: dance\n", "there is no action", "x.yml:1"),
        ("a: " + "x" * 1024 * 1024, "larger than", "x.yml"),
        ("a: !!python/object:os.system x\n", "not YAML", "x.yml:1"),
    ],
)
def test_what_is_refused(text: str, cause: str, place: str) -> None:
    with pytest.raises(UsageError, match=cause) as caught:
        documents(text, "x.yml")
    assert caught.value.place == place


def test_aliases_have_a_limit() -> None:
    text = "a: &a [x]\nb: [" + ", ".join(["*a"] * 80) + "]\n"
    with pytest.raises(UsageError, match="nested"):
        documents(text, "x.yml")


@fuzz(200)
@given(text=st.text(alphabet="ab:-{}[]&*!|>\n '\"#%?,", max_size=60))
def test_any_text_is_documents_or_refused(text: str) -> None:
    try:
        found = documents(text, "x.yml")
    except UsageError:
        return
    assert all(isinstance(one.value, dict) for one in found)
