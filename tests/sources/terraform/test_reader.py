"""Folders of files: what they declare together, and what is told of a file that cannot be read."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest

from bastide.resources.model import Problem
from bastide.sources.limits import MAX_FILE
from bastide.sources.terraform import reader

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

GOOD = 'resource "aws_a" "good" {}\n'


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b'resource "aws_a" "x" {\n  a = \n}\n', "2 an expression is wanted here (column 7)"),
        (b"a = 1\nb = \x00\n", "2 it is a binary file, not a text"),
        (b"a = 1\nb = 2\nc = '\xff'\n", "3 it is not in UTF-8, or no text"),
        (b"#" * (MAX_FILE + 1), "1 the file is over 5 MB"),
    ],
)
def test_a_bad_file_is_told_and_the_others_are_read(
    configuration: Callable[..., Any], tmp_path: Path, content: bytes, message: str
) -> None:
    (tmp_path / "bad.tf").write_bytes(content)
    found = configuration({"good.tf": GOOD})
    assert list(found.resources) == ["aws_a.good"]
    assert found.told() == [f"unreadable bad.tf:{message}"]
    assert found.files == ["bad.tf", "good.tf"]


def test_every_bad_file_is_told(configuration: Callable[..., Any]) -> None:
    found = configuration({"a.tf": "a = [\n", "b.tf": "}", "c.tf": GOOD})
    assert [problem.path for problem in found.problems] == ["a.tf", "b.tf"]


def test_a_pipe_is_no_file(configuration: Callable[..., Any], tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.tf")
    found = configuration({"good.tf": GOOD})
    assert found.told() == ["unreadable pipe.tf:1 it is not a regular file"]


def test_a_link_that_leads_nowhere(configuration: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "link.tf").symlink_to("nowhere.tf")
    found = configuration({"good.tf": GOOD})
    assert found.told() == ["unreadable link.tf:1 No such file or directory"]


def test_line_endings_and_a_byte_order_mark(configuration: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_bytes(
        b'\xef\xbb\xbfresource "aws_a" "x" {\r\n  a = "b"\r\n  c = <<E\r\nd\r\nE\r\n}\r\n'
    )
    found = configuration({})
    assert found.of("aws_a.x") == {"a": "b", "c": "d\n"}
    assert found.resources["aws_a.x"].end_line == 6


def test_overrides_replace_attributes_and_blocks(configuration: Callable[..., Any]) -> None:
    found = configuration(
        {
            "main.tf": 'resource "aws_a" "x" {\n  a = 1\n  b = 2\n  c { d = 1 }\n  c { d = 2 }\n  e { f = 1 }\n}\n',
            "override.tf": 'resource "aws_a" "x" {\n  b = 3\n  c { d = 4 }\n}\n',
        }
    )
    assert found.of("aws_a.x") == {"a": 1, "b": 3, "c": [{"d": 4}], "e": [{"f": 1}]}
    assert found.resources["aws_a.x"].origins["b"].line == 1


def test_a_second_declaration_is_told(configuration: Callable[..., Any]) -> None:
    found = configuration({"a.tf": GOOD, "b.tf": "\n" + GOOD})
    assert found.told() == ["partial b.tf:2 resource aws_a.good is declared a second time and not judged"]


def test_a_file_is_read_again_when_it_has_changed(tmp_path: Path) -> None:
    path = tmp_path / "main.tf"
    path.write_text("a = 1\n")
    first = reader.parsed(str(path))
    assert reader.parsed(str(path)) is first
    path.write_text("a = 1000\n")
    second = reader.parsed(str(path))
    assert not isinstance(second, Problem)
    assert second.attributes["a"][0] == 1000
