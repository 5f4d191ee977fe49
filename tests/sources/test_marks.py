"""Which files speak of exemptions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bastide.sources.marks import forget, marked, note
from bastide.sources.worker import Task, run

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("text", "speaks"),
    [("# bastide: allow a.b", True), ("// Bastide:ALLOW", True), ("bastide allow", False), ("", False)],
)
def test_files_that_speak_of_exemptions(tmp_path: Path, text: str, speaks: bool) -> None:
    file = tmp_path / "main.tf"
    file.write_text(text)
    assert marked([str(file), str(tmp_path / "none.tf"), str(tmp_path)]) == [str(file)] * speaks


def test_a_note_holds_once(tmp_path: Path) -> None:
    file = tmp_path / "main.tf"
    file.write_text("locals {}")
    note(str(file), b"# bastide: allow a.b")
    assert marked([str(file)]) == [str(file)]
    assert marked([str(file)]) == []
    note(str(file), b"# bastide: allow a.b")
    forget()
    assert marked([str(file)]) == []


def test_a_worker_tells_them(tmp_path: Path) -> None:
    (tmp_path / "a.tf").write_text('# bastide: allow a.b until=2030-01-01 by=x reason="y"\n')
    (tmp_path / "b.tf").write_text("locals {}\n")
    (loaded,) = run(Task(0, "terraform", (str(tmp_path), (), (), (str(tmp_path),))))
    assert [path.rpartition("/")[2] for path in loaded.marked] == ["a.tf"]
    assert len(loaded.files) == 2
