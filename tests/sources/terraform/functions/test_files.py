"""Functions over files and paths."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from bastide.resources.model import Unresolved

if TYPE_CHECKING:
    from collections.abc import Callable

FILES = {"a.txt": "text\n", "d/b.json": '{"x": 1}', "d/e/c.txt": "c", "t.tpl": "<${n}>"}


@pytest.mark.parametrize(
    ("expression", "wanted"),
    [
        ('file("a.txt")', "text\n"),
        ('file("${path.module}/d/b.json")', '{"x": 1}'),
        ('jsondecode(file("d/b.json")).x', 1),
        ('filebase64("a.txt")', "dGV4dAo="),
        ('filemd5("a.txt")', "e1cbb0c3879af8347246f12c559a86b5"),
        ('filebase64sha256("d/e/c.txt")', "Ln0sA6lQeuJl7PW1NWiFpTOTogKdJBOUmXJloaJa78Y="),
        ('fileexists("a.txt")', True),
        ('fileexists("gone")', False),
        ('fileset(".", "**/*.txt")', ["a.txt", "d/e/c.txt"]),
        ('fileset("d", "*.{json,yaml}")', ["b.json"]),
        ('templatefile("t.tpl", { n = 5 })', "<5>"),
        ('templatestring("$${n}", { n = "x" })', "x"),
        ('basename("a/b/c.txt")', "c.txt"),
        ('dirname("a/b/c.txt")', "a/b"),
        ('dirname("c.txt")', "."),
        ('abspath("a/../b")', "b"),
        ('try(file("gone"), "other")', "other"),
    ],
)
def test_known(configuration: Callable[..., Any], expression: str, wanted: Any) -> None:
    found = configuration({**FILES, "main.tf": f'resource "aws_a" "a" {{\n  v = {expression}\n}}\n'})
    assert found.of("aws_a.a")["v"] == wanted


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        ('file("gone")', "the file gone is not here"),
        ('file("d")', "the file d cannot be read"),
        ('file("binary")', "the arguments do not fit"),
        ('fileset(".", "********x*")', "the pattern is too costly to try"),
        ('templatefile("t.tpl", [])', "the arguments do not fit"),
    ],
)
def test_refused(configuration: Callable[..., Any], tmp_path: Any, expression: str, reason: str) -> None:
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
    found = configuration({**FILES, "main.tf": f'resource "aws_a" "a" {{\n  v = {expression}\n}}\n'})
    made = found.of("aws_a.a")["v"]
    assert isinstance(made, Unresolved)
    assert made.reason == reason


def test_a_name_on_which_stars_take_for_ever(configuration: Callable[..., Any]) -> None:
    main = 'resource "aws_a" "a" {\n  v = fileset(".", "*a*a*a*a*a*a*a*b")\n}\n'
    made = configuration({"a" * 200: "", "main.tf": main}).of("aws_a.a")["v"]
    assert isinstance(made, Unresolved)
    assert made.reason == "the pattern is too costly to try"
