"""Files of any size, element by element; hostile ones end in `BadFile`."""

from __future__ import annotations

import contextlib
import gzip
import json
import os
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bastide.sources.config_snapshot import stream
from bastide.sources.config_snapshot.stream import BadFile, elements

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


def read(path: Path, content: bytes) -> list[tuple[str, Any]]:
    path.write_bytes(content)
    return list(elements(str(path)))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "x.json"


def test_lists_of_an_object_are_gone_through_and_other_members_are_values(path: Path) -> None:
    text = b'{"fileVersion": "1.0", "configurationItems": [{"a": 1}, {"b": [2]}], "more": {"x": 1}, "none": []}'
    found = read(path, text)
    assert found == [
        ("fileVersion", "1.0"),
        ("configurationItems", {"a": 1}),
        ("configurationItems", {"b": [2]}),
        ("more", {"x": 1}),
    ]


def test_a_list_at_the_top_and_lines_of_items(path: Path) -> None:
    assert read(path, b'[1, {"a": []}]') == [("", 1), ("", {"a": []})]
    line = b'{"resourceType": "AWS::S3::Bucket", "tags": [1]}\n'
    assert read(path, line * 2) == [("", json.loads(line))] * 2


def test_gzip_is_unpacked_whatever_its_name(path: Path) -> None:
    assert read(path, gzip.compress(b'{"Results": ["x"]}')) == [("Results", "x")]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "it is empty"),
        (b"  \n", "it is empty"),
        (b'{"configurationItems": [{"a": 1}', "cut off"),
        (b'{"configurationItems": [{"a": 1', "cut off"),
        (b'{"configurationItems": [1 2]}', "no comma"),
        (b'{"configurationItems": [1]', "cut off"),
        (b"{1: [1]}", "a name was expected"),
        (b'{"a" [1]}', "`:` was expected"),
        (b"nonsense", "no JSON"),
        (b"\xff\xfe\x00", "no UTF-8"),
        (b'{"a": ' + b"[" * 200_000, "nested too deeply"),
        (b'{"a": {"b": ' + b"[" * 200_000 + b"}}", "nested too deeply"),
        (b'{"a": ' + b"9" * 10_000 + b"}", "a number is too long"),
        (gzip.compress(b'{"Results": ["x"]}', mtime=0)[:-9], "damaged"),
    ],
)
def test_what_cannot_be_read_says_why(path: Path, content: bytes, reason: str) -> None:
    with pytest.raises(BadFile, match=reason):
        read(path, content)


def test_what_stands_before_a_cut_is_given(path: Path) -> None:
    path.write_bytes(b'{"configurationItems": [{"a": 1}, {"a": 2}, {"a"')
    found = []
    with pytest.raises(BadFile, match="cut off"):
        found.extend(elements(str(path)))  # a list keeps what came before the error
    assert found == [("configurationItems", {"a": 1}), ("configurationItems", {"a": 2})]


def test_an_element_has_a_limit(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "CHUNK", 100)
    monkeypatch.setattr(stream, "MAX_ELEMENT", 1000)
    assert read(path, b'["' + b"a" * 800 + b'"]') == [("", "a" * 800)]
    with pytest.raises(BadFile, match="at most 1000 characters"):
        read(path, b'["' + b"a" * 5000 + b'"]')


def test_bombs_are_given_up(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "MAX_SPACE", 10_000)
    monkeypatch.setattr(stream, "CHUNK", 1000)
    with pytest.raises(BadFile, match="nothing but space"):
        read(path, gzip.compress(b" " * 1_000_000))
    monkeypatch.setattr(stream, "MAX_UNPACKED", 20_000)
    with pytest.raises(BadFile, match="unpacks to more"):
        read(path, gzip.compress(b"[" + b"1," * 100_000 + b"1]"))


def test_what_is_no_regular_file_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(BadFile, match="not a regular file"):
        list(elements(str(tmp_path / "pipe")))
    with pytest.raises(BadFile):
        list(elements(str(tmp_path / "nowhere")))


def test_memory_is_that_of_a_few_elements(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "CHUNK", 64 * 1024)
    element = json.dumps({"configuration": {"text": "x" * 1000}})
    path.write_text('{"configurationItems": [' + ",".join([element] * 20_000) + "]}")  # 20 MB
    tracemalloc.start()
    try:
        assert sum(1 for _ in elements(str(path))) == 20_000
        assert tracemalloc.get_traced_memory()[1] < 2_000_000
    finally:
        tracemalloc.stop()


@given(st.lists(VALUES, max_size=6), st.sampled_from([7, 64, 4096]), st.sampled_from([None, 1]))
def test_whatever_json_it_is_it_is_read_as_it_stands(
    tmp_path_factory: pytest.TempPathFactory, values: list[Any], chunk: int, indent: int | None
) -> None:
    path = tmp_path_factory.getbasetemp() / "whatever.json"
    path.write_text(json.dumps({"configurationItems": values}, indent=indent), "utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stream, "CHUNK", chunk)
        assert list(elements(str(path))) == [("configurationItems", value) for value in values]


@given(st.binary(max_size=200))
def test_no_bytes_break_it(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "bytes.json"
    for start in (b"", b'{"configurationItems": [', b"[{"):
        path.write_bytes(start + content)
        with contextlib.suppress(BadFile):  # anything else is a mistake
            assert all(isinstance(name, str) for name, _ in elements(str(path)))
