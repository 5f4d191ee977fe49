"""JSON files divided into their events, byte for byte."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bastide.lake.read import documents
from bastide.lake.read.documents import events


def divided(content: bytes, size: int = 1 << 30) -> tuple[list[bytes], list[str]]:
    parts = [content[at : at + size] for at in range(0, len(content), size)]
    found = list(events(iter(parts)))
    return (
        [bytes(text) for part in found for text in part.texts],
        [one.reason for part in found for one in part.refused],
    )


_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-9, 9)
    | st.text(max_size=6)
    | st.sampled_from(['},{"a"', '"]}', "[{", "\\"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)
_events = st.lists(st.fixed_dictionaries({"a": _values}), max_size=12)


@settings(max_examples=150)
@given(_events, st.integers(1, 60), st.sampled_from(["records", "list", "lines", "run"]), st.booleans())
def test_whatever_the_form_and_the_pieces_the_events_are_the_same(
    values: list[Any], size: int, form: str, spaced: bool
) -> None:
    texts = [json.dumps(one, separators=(", ", ": ") if spaced else (",", ":")) for one in values]
    joined = (" ,\n" if spaced else ",").join(texts)
    content = {
        "records": f'{{"fileVersion": "1.0", "Records": [{joined}]}}',
        "list": f"[{joined}]",
        "lines": "".join(f"{text}\n" for text in texts),
        "run": "".join(texts),
    }[form]
    whole = divided(content.encode())
    assert whole == ([text.encode() for text in texts], [])
    if form != "run":
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(documents, "HEAD", 40)
            found, refused = divided(content.encode(), size)
        assert found == whole[0]
        assert refused == []


@settings(max_examples=150)
@given(
    st.lists(_events, min_size=1, max_size=6), st.integers(1, 60), st.sampled_from(["", "\n", " \r\n"]), st.booleans()
)
def test_documents_that_follow_each_other_are_all_read(
    values: list[list[Any]], size: int, between: str, more: bool
) -> None:
    document = {"NextToken": "x"} if more else {}
    content = between.join(json.dumps({"Records": some, **document}) for some in values).encode()
    expected = [json.dumps(one).encode() for some in values for one in some]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(documents, "HEAD", 12)
        assert divided(content) == (expected, [])
        if not more:
            assert divided(content, size) == (expected, [])


@pytest.mark.parametrize(
    ("end", "texts", "reasons"),
    [
        (b"]}", 2, 0),
        (b'],"ResponseMetadata":{"Headers":{"a":["b"]}}}\n', 2, 0),
        (b']}\n{"b":1}\n{"b":2}', 4, 0),
        (b"]}x", 2, 1),
        (b'],"x":tru', 2, 1),
    ],
)
def test_what_follows_a_list_is_read_or_told(end: bytes, texts: int, reasons: int) -> None:
    content = b'{"Records":[' + b",".join([b'{"a":1}'] * 2) + end
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(documents, "HEAD", 12)
        for size in (1 << 20, 30):
            found, refused = divided(content, size)
            assert (len(found), len(refused)) == (texts, reasons)


@pytest.mark.parametrize("wrapped", [False, True])
def test_objects_of_several_lines_one_after_another(wrapped: bool) -> None:
    values = [{"a": number, "b": ["x", {}]} for number in range(3)]
    content = "\n".join(json.dumps({"Records": [one]} if wrapped else one, indent=2) for one in values)
    found, refused = divided(content.encode())
    assert ([json.loads(one) for one in found], refused) == (values, [])


@given(_events.filter(bool), st.data())
def test_what_is_cut_keeps_its_beginning(values: list[Any], data: st.DataObject) -> None:
    texts = [json.dumps(one).encode() for one in values]
    content = b'{"Records":[' + b",".join(texts) + b"]}"
    cut = data.draw(st.integers(13, len(content) - 2))
    found, refused = divided(content[:cut])
    ends = [content.index(b"[") + len(b",".join(texts[: number + 1])) + 1 for number in range(len(texts))]
    assert found == [text for text, end in zip(texts, ends, strict=True) if end <= cut]
    assert refused


@settings(max_examples=200)
@given(st.binary(max_size=200) | st.text(alphabet='{}[]",:aR\\ \n', max_size=60).map(str.encode), st.integers(1, 40))
def test_anything_at_all(content: bytes, size: int) -> None:
    divided(content)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(documents, "HEAD", 8)
        divided(content, size)


@pytest.mark.parametrize(
    ("content", "inner"),
    [
        ({"Records": [{"a": 1}, {"a": 2}]}, [{"a": 1}, {"a": 2}]),
        ({"configurationItems": [{"a": 1}]}, [{"a": 1}]),
        ({"Findings": [{"a": 1}]}, [{"a": 1}]),
        ({"detail-type": "x", "detail": {"a": 1}}, [{"a": 1}]),
        ({"detail-type": "x", "detail": {"findings": [{"a": 1}, {"a": 2}]}}, [{"a": 1}, {"a": 2}]),
        ({"logEvents": [{"id": "1", "message": '{"a":1}'}]}, [{"a": 1}]),
        ({"detail": {"a": 1}}, [{"detail": {"a": 1}}]),
        ({"Records": "none"}, [{"Records": "none"}]),
    ],
)
def test_what_wraps_events_is_taken_off(content: Any, inner: list[Any]) -> None:
    for text in (json.dumps(content), "\n".join([json.dumps(content)] * 2)):
        found, refused = divided(text.encode())
        assert [json.loads(one) for one in found] == inner * (text.count("\n") + 1)
        assert refused == []


def test_a_bad_line_takes_no_other_with_it() -> None:
    found, refused = divided(b'{"a":1}\n{"a":\n{"a":2}{"a":3}\n\n{"a":4}')
    assert found == [b'{"a":1}', b'{"a":2}', b'{"a":3}', b'{"a":4}']
    assert len(refused) == 1


def test_text_without_an_end_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "LONGEST", 1000)
    monkeypatch.setattr(documents, "HEAD", 40)
    found, refused = divided(b'{"Records":[{"a":"' + b"x" * 5000, 400)
    assert (found, len(refused)) == ([], 1)


def test_a_mark_of_utf_8_at_the_beginning() -> None:
    assert divided(b'\xef\xbb\xbf{"Records":[{"a":1}]}')[0] == [b'{"a":1}']


@pytest.mark.parametrize(("before", "between", "after"), [('{"Records":[', ",", "]}"), ("", "\n", ""), ("[", ",", "]")])
@pytest.mark.parametrize("depth", [5_000, 200_000])
def test_what_is_nested_too_deeply_hides_nothing_else(before: str, between: str, after: str, depth: int) -> None:
    deep = '{"a":' * depth + "1" + "}" * depth
    content = before + between.join(['{"b":1}', deep, '{"c":1}']) + after
    found, reasons = divided(content.encode())
    assert found == [b'{"b":1}', b'{"c":1}']
    assert reasons == ["broken JSON: nested too deeply"]


@pytest.mark.parametrize("depth", range(970, 1000, 3))
def test_about_where_nesting_is_too_deep_an_event_is_kept_or_told(depth: int) -> None:
    deep = '{"Records":[{"a":' + "[" * depth + "]" * depth + "}]}"
    found, reasons = divided(deep.encode() + b"\n" + deep.encode())
    assert len(found) + len(reasons) >= 2


def test_a_line_of_braces_is_given_up() -> None:
    line = b"x" + b"}{" * 400_000
    found, reasons = divided(b'{"a":1}\n' + line + b'\n{"b":1}')
    assert found == [b'{"a":1}', b'{"b":1}']
    assert len(reasons) == 1
