from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bastide.resources.model import Loaded, Problem
from bastide.sources import yamlfile
from bastide.sources.yamlfile import MAX_BYTES, Tree, entries, items, read_root, text_of

if TYPE_CHECKING:
    from pathlib import Path


def _read(path: str, text: bytes | None) -> tuple[object, list[Problem]]:
    loaded = Loaded(path, "workflow")
    return read_root(path, text, loaded), loaded.problems


def test_a_mapping_with_lines() -> None:
    root, problems = _read("a.yml", b"a: [1, yes]\nb:\n  c: x\n")
    assert problems == []
    assert list(entries(root)) == [("a", [1, True], 1), ("b", {"c": "x"}, 2)]
    assert list(items(root["a"])) == [(1, 1), (True, 1)]  # type: ignore[index]
    assert [text_of(one) for one in (1, True, "x", 1.5, None, [])] == ["1", "true", "x", "1.5", None, None]
    assert list(entries("x")) == list(items({})) == []


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        (b"- a\n", 1, "no mapping at its top"),
        (b"", 1, "empty"),
        (b"a: 1\nb: [\n", 3, "not YAML"),
        (b"a\0", 1, "a binary file"),
        (b"a: 1\n" * (MAX_BYTES * 3), 1, "larger than"),
    ],
)
def test_what_cannot_be_read_is_a_problem_with_its_line(text: bytes, line: int, message: str) -> None:
    root, problems = _read("a.yml", text)
    assert root is None
    assert [(one.kind, one.path, one.line) for one in problems] == [("unreadable", "a.yml", line)]
    assert message in problems[0].message
    assert "template" not in problems[0].message


def test_files(tmp_path: Path) -> None:
    (tmp_path / "large.yml").write_bytes(b"#" * (MAX_BYTES + 1))
    (tmp_path / "good.yml").write_text("a: 1\na: 2\n")
    assert "larger" in _read(f"{tmp_path}/large.yml", None)[1][0].message
    assert _read(f"{tmp_path}/gone.yml", None)[1][0].kind == "unreadable"
    root, problems = _read(f"{tmp_path}/good.yml", None)
    assert root == {"a": 2}
    assert [one.kind for one in problems] == ["partial"]


def test_lists_that_are_too_long_are_cut_and_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(yamlfile, "MAX_ITEMS", 2)
    loaded, tree = Loaded("a.yml", "buildspec"), Tree("a.yml")
    for number in range(4):
        tree.add("Commands", {"Text": str(number)}, number + 1)
    tree.finish(loaded, "AWS::CodeBuild::Buildspec", "a.yml", "buildspec", 4)
    assert [one["Text"] for one in loaded.resources[0].properties["Commands"]] == ["0", "1"]
    assert [one.kind for one in loaded.problems] == ["partial"]
