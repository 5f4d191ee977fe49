"""The files that a target names."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bastide.errors import UsageError
from bastide.lake.read.found import find
from tests.lake.conftest import aws, bucket, credentials, moto_url

__all__ = ["aws", "bucket", "credentials", "moto_url"]


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
    path = tmp_path / "x.json"
    path.write_text("{}")
    (before,) = find([str(path)])
    os.utime(path, ns=(1, 2))
    (after,) = find([str(path)])
    assert before.mark != after.mark


def test_what_cannot_be_looked_into_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("a/x.json", "b/x.json", "gone/x.json"):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_text("{}")
    listed, looked = os.scandir, Path.stat

    def scandir(folder: str) -> Any:
        if folder.endswith("gone"):
            raise FileNotFoundError(2, "gone", folder)
        if folder.endswith("a"):
            raise PermissionError(13, "closed", folder)
        return listed(folder)

    def look(path: Path, **options: Any) -> os.stat_result:
        if path.parent.name == "b":
            raise PermissionError(13, "closed", str(path))
        return looked(path, **options)

    monkeypatch.setattr(os, "scandir", scandir)
    monkeypatch.setattr(Path, "stat", look)
    assert names(tmp_path, ".") == ["b/x.json", "a"]


def test_of_a_bucket_what_is_below_a_target_may_be_hidden_not_the_target(bucket: str, aws: Callable[..., Any]) -> None:
    name, _, base = bucket.removeprefix("s3://").partition("/")
    for key in ("_old/x.json", "_old/_y/z.json", "_old/.z.json", "_old/CloudTrail-Digest/x.json"):
        aws("s3").put_object(Bucket=name, Key=f"{base}/{key}", Body=b"{}")
    for target in (f"{bucket}/_old", f"{bucket}/_old/", f"{bucket}/_old/x.json"):
        assert [one.path for one in find([target])] == [f"{bucket}/_old/x.json"]
    assert [one.path for one in find([f"{bucket}/_old/.z.json"])] == [f"{bucket}/_old/.z.json"]
    aws("s3").put_object(Bucket=name, Key=f"{base}/d//e/x.json", Body=b"{}")
    with pytest.raises(OSError, match="Empty path component"):
        next(one for one in find([f"{bucket}/d"]) if "//" in one.path.removeprefix("s3://")).open()


def test_nothing_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such file"):
        list(find([str(tmp_path / "x")]))
