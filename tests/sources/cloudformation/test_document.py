from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from bastide.sources.cloudformation.document import read_document, read_file
from bastide.sources.cloudformation.limits import MAX_BYTES
from bastide.sources.cloudformation.nodes import TemplateError

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("data", [b'{"A": "b"}', b"A: b", b"{A: b}", b"\xef\xbb\xbfA: b", b'\xef\xbb\xbf {"A": "b"}'])
def test_the_content_decides_between_json_and_yaml(data: bytes) -> None:
    for name in ("t.yaml", "t.json", "t.template"):
        assert read_document(name, data).root == {"A": "b"}


def test_utf_16_is_read_as_yaml_says() -> None:
    assert read_document("t.yaml", "A: ü\n".encode("utf-16")).root == {"A": "ü"}


def test_broken_json_is_told_in_the_language_of_the_file() -> None:
    with pytest.raises(TemplateError, match="not JSON"):
        read_document("t.json", b'{"A": [1, 2}')
    with pytest.raises(TemplateError, match="not YAML"):
        read_document("t.yaml", b'{"A": [1, 2}')
    with pytest.raises(TemplateError, match="UTF-8"):
        read_document("t.json", b'{"A": "\xff"}')


@pytest.mark.parametrize(
    ("data", "cause"),
    [(b"", "empty"), (b"- 1\n", "not an object"), (b"text", "not an object"), (b"PK\x03\x04\0\0", "binary")],
)
def test_what_is_no_template_at_all(data: bytes, cause: str) -> None:
    with pytest.raises(TemplateError, match=cause):
        read_document("t.yaml", data)


def test_duplicate_keys_and_second_documents_are_partial() -> None:
    document = read_document("t.yaml", b"A: 1\nB: 2\nA: 3\n---\nA: 4\n")
    assert document.root == {"B": 2, "A": 3}
    assert [(problem.kind, problem.line) for problem in document.problems] == [("partial", 3), ("partial", 4)]
    assert "`A` is written twice, first on line 1" in document.problems[0].message


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    large = tmp_path / "large.yaml"
    with large.open("wb") as file:
        file.truncate(100 * 1024 * 1024)
    with pytest.raises(TemplateError, match="larger than 10 MB"):
        read_file(str(large))
    with pytest.raises(TemplateError, match="larger than 10 MB"):
        read_document("t.yaml", b" " * (MAX_BYTES + 1))


def test_only_regular_files_are_read_and_links_are_followed(tmp_path: Path) -> None:
    (tmp_path / "t.yaml").write_bytes(b"A: 1")
    (tmp_path / "link.yaml").symlink_to("t.yaml")
    assert read_file(str(tmp_path / "link.yaml")) == b"A: 1"
    (tmp_path / "loop.yaml").symlink_to("loop.yaml")
    os.mkfifo(tmp_path / "pipe.yaml")
    for name, cause in (
        ("loop.yaml", "cannot be read"),
        ("pipe.yaml", "not a regular file"),
        ("", "not a regular file"),
        ("missing.yaml", "cannot be read: No such file"),
        ("\0", "not a file name"),
        ("x" * 300, "cannot be read"),
    ):
        with pytest.raises(TemplateError, match=cause):
            read_file(f"{tmp_path}/{name}")


def test_many_duplicate_keys_are_counted() -> None:
    document = read_document("t.yaml", b"A: 1\n" * 100)
    assert len(document.problems) == 21
    assert document.problems[-1].count == 79
