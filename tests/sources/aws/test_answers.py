"""Answers become plain JSON without secrets."""

from __future__ import annotations

import base64
import datetime as dt
import io

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from bastide.resources.model import REDACTED_WRITTEN
from bastide.sources.aws.answers import plain


def test_kinds() -> None:
    zone = dt.timezone(dt.timedelta(hours=2))
    assert plain(
        {
            "At": dt.datetime(2026, 1, 2, 3, 4, 5, tzinfo=zone),
            "Naive": dt.datetime(2026, 1, 2, 3, 4, 5),
            "Day": dt.date(2026, 1, 2),
            "Bytes": b"text",
            "Binary": b"\xff\x00",
            "Body": io.BytesIO(b"stream"),
            "Pair": (1, None),
            "ResponseMetadata": {"RequestId": "x"},
        }
    ) == {
        "At": "2026-01-02T01:04:05Z",
        "Naive": "2026-01-02T03:04:05Z",
        "Day": "2026-01-02",
        "Bytes": "text",
        "Binary": None,
        "Body": "stream",
        "Pair": [1, None],
    }


def test_secrets_are_marked_as_written() -> None:
    found = plain({"Environment": {"Variables": {"DB_PASSWORD": "hunter2hunter2", "MODE": "fast"}}})
    assert found == {"Environment": {"Variables": {"DB_PASSWORD": REDACTED_WRITTEN, "MODE": "fast"}}}


def test_what_cloudfront_and_waf_tell_each_other_is_hidden_whatever_it_looks_like() -> None:
    header = {"HeaderName": "X-Origin-Verify", "HeaderValue": "kestrel"}
    found = {"FieldToMatch": {"SingleHeader": {"Name": "x-origin-verify"}}, "SearchString": b"kestrel"}
    path = {"FieldToMatch": {"UriPath": {}}, "SearchString": b"/admin"}
    answer = plain({"Items": [header, found, path, {"RegexString": "a", "FieldToMatch": {"Cookies": {}}}]})
    assert "kestrel" not in repr(answer)
    assert answer["Items"][0] == {"HeaderName": "X-Origin-Verify", "HeaderValue": REDACTED_WRITTEN}
    assert answer["Items"][2] == {"FieldToMatch": {"UriPath": {}}, "SearchString": "/admin"}
    assert answer["Items"][3]["RegexString"] == REDACTED_WRITTEN


def test_user_data_is_read_before_it_is_redacted() -> None:
    script = base64.b64encode(b"#!/bin/sh\nexport DB_PASSWORD=hunter2hunter2\n").decode()
    for answer in ({"UserData": {"Value": script}}, {"LaunchTemplateData": {"UserData": script}}):
        text = str(plain(answer))
        assert "hunter2" not in text
        assert script not in text
        assert f"DB_PASSWORD={REDACTED_WRITTEN}" in text


def test_what_is_nested_too_deeply_ends() -> None:
    deep: dict[str, object] = {}
    for _ in range(300):
        deep = {"a": deep}
    assert len(msgspec.json.encode(plain(deep))) < 1000


@given(
    st.dictionaries(
        st.text(max_size=5),
        st.recursive(
            st.none() | st.booleans() | st.text(max_size=9) | st.binary(max_size=9) | st.datetimes(),
            lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
            max_leaves=8,
        ),
        max_size=4,
    )
)
def test_any_answer_is_json(answer: dict[str, object]) -> None:
    assert isinstance(msgspec.json.decode(msgspec.json.encode(plain(answer))), dict)
