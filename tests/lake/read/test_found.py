"""The files that a target names."""

from __future__ import annotations

from pathlib import Path

import pytest

from bastide.errors import UsageError
from bastide.lake.read.found import find


def names(root: Path, *targets: str) -> list[str]:
    return [Path(one.path).relative_to(root).as_posix() for one in find([str(root / target) for target in targets])]


def test_folders_in_order_without_what_is_hidden_or_no_log(tmp_path: Path) -> None:
    for name in ("b/2.json", "b/1.json.gz", "a.log", ".hidden", "b/.git/x.json", "_ours/x.parquet", "x.md5",
                 "CloudTrail-Digest/d.json.gz", "README.md"):  # fmt: skip
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("{}")
    assert names(tmp_path, ".") == ["a.log", "b/1.json.gz", "b/2.json"]


def test_a_file_that_is_named_is_taken_whatever_its_name(tmp_path: Path) -> None:
    (tmp_path / ".hidden").write_text("{}")
    assert names(tmp_path, ".hidden", ".hidden") == [".hidden"]


def test_what_is_there_twice_is_found_once(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "x.json").write_text("{}")
    assert names(tmp_path, ".", "a", "a/x.json") == ["a/x.json"]


def test_links_to_folders_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "up").symlink_to(tmp_path)
    (tmp_path / "a" / "x.json").write_text("{}")
    assert names(tmp_path, ".") == ["a/x.json"]


def test_the_mark_changes_with_the_file(tmp_path: Path) -> None:
    import os

    path = tmp_path / "x.json"
    path.write_text("{}")
    (before,) = find([str(path)])
    os.utime(path, ns=(1, 2))
    (after,) = find([str(path)])
    assert before.mark != after.mark


def test_nothing_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such file"):
        list(find([str(tmp_path / "x")]))
