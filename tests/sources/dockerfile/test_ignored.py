from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bastide.sources.dockerfile.ignored import ignore_file, is_ignored

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("text", [".env", "/.env", ".env*", "**/.env", "*", ".*", ".e?v", "x\n*\n!src", ".env/**"])
def test_what_is_ignored(text: str) -> None:
    assert is_ignored(".env", text)


@pytest.mark.parametrize("text", ["", "# .env", "src/.env", ".env.local", "env", "*\n!.env", ".*\n!.*", "a" * 300])
def test_what_is_not(text: str) -> None:
    assert not is_ignored(".env", text)


def test_the_nearest_list_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "app" / "docker").mkdir(parents=True)
    (tmp_path / ".dockerignore").write_text("outer")
    assert ignore_file("app/docker/Dockerfile", ["."]) == (".dockerignore", "outer")
    assert ignore_file("app/docker/Dockerfile", ["app"]) is None
    (tmp_path / "app" / ".containerignore").write_text("middle")
    assert ignore_file("app/docker/Dockerfile", ["."]) == ("app/.containerignore", "middle")
    (tmp_path / "app/docker/Dockerfile.dockerignore").write_text("own")
    assert ignore_file("app/docker/Dockerfile", ["."]) == ("app/docker/Dockerfile.dockerignore", "own")


def test_a_list_that_is_no_file_is_none(tmp_path: Path) -> None:
    (tmp_path / ".dockerignore").mkdir()
    assert ignore_file(f"{tmp_path}/Dockerfile", [str(tmp_path)]) is None
