"""Where a project's data is kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from bastide.errors import UsageError
from bastide.workload.place import data_folder, has_register


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "home"))
    (tmp_path / "project" / "deep").mkdir(parents=True)
    (tmp_path / "project" / ".git").mkdir()
    monkeypatch.chdir(tmp_path / "project" / "deep")


def test_beside_the_manifest_and_for_nobody_else(tmp_path: Path) -> None:
    (tmp_path / "project" / "bastide.yaml").write_text("workload: {name: shop}\n")
    folder = data_folder(make=True)
    assert folder == tmp_path / "project" / ".bastide"
    assert folder.stat().st_mode & 0o077 == 0
    assert (folder / ".gitignore").read_text() == "*\n"
    assert data_folder(make=True) == folder


def test_without_a_manifest_in_the_users_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here = data_folder()
    assert here.parent == tmp_path / "home" / "bastide" / "projects"
    assert not here.exists()
    monkeypatch.chdir(tmp_path / "project")
    assert data_folder() != here


def test_where_it_cannot_be_made_the_remedy_is_told(tmp_path: Path) -> None:
    (tmp_path / "project" / "bastide.yaml").write_text("workload: {name: shop}\n")
    (tmp_path / "project" / ".bastide").write_text("in the way")
    with pytest.raises(UsageError, match="cannot be kept") as told:
        data_folder(make=True)
    assert "--state" in told.value.remedy


@pytest.mark.parametrize(
    ("text", "variable", "expected"),
    [("", "", False), ("state: sqlite:///x.db\n", "", True), ("", "sqlite:///x.db", True)],
)
def test_where_a_register_is_kept(monkeypatch: pytest.MonkeyPatch, text: str, variable: str, expected: bool) -> None:
    Path("bastide.yaml").write_text(f"workload: {{name: shop}}\n{text}")
    monkeypatch.setenv("BASTIDE_STATE", variable)
    assert has_register("bastide.yaml") is expected
    assert not has_register("")


def test_a_register_beside_the_manifest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BASTIDE_STATE", raising=False)
    Path("bastide.yaml").write_text("workload: {name: shop}\n")
    (data_folder(make=True) / "state.db").touch()
    assert has_register("bastide.yaml")
