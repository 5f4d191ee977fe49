"""Git says something, or nothing; never an error."""

from __future__ import annotations

from pathlib import Path

import pytest

from bastide.posture.git import git


def test_it_says(shop: Path) -> None:
    assert git(str(shop), "rev-parse", "--is-inside-work-tree") == "true\n"


def test_it_says_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert git(str(tmp_path / "nowhere"), "status") is None
    assert git(str(tmp_path), "no-such-word") is None
    monkeypatch.setenv("PATH", "")
    assert git(str(tmp_path), "--version") is None
