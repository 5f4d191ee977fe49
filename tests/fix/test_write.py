"""Writing: whole, with permissions, and never over what somebody else has written."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from bastide.fix.draft import Draft, Edit
from bastide.fix.write import write_drafts


def draft_of(path: Path) -> Draft:
    draft = Draft(str(path), path.read_bytes())
    draft.apply([Edit(0, 1, "b")])
    return draft


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "a.tf"
    path.write_bytes(b"a\r\n")
    path.chmod(0o640)
    return path


def test_permissions_stay(file: Path) -> None:
    assert write_drafts([draft_of(file)]) == ([str(file)], {})
    assert file.read_bytes() == b"b\r\n"
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    assert [one.name for one in file.parent.iterdir()] == ["a.tf"]


def test_a_file_that_has_changed_is_left(file: Path) -> None:
    draft = draft_of(file)
    file.write_bytes(b"mine")
    written, refused = write_drafts([draft])
    assert (written, "has changed" in refused[str(file)]) == ([], True)
    assert file.read_bytes() == b"mine"


def test_a_link_in_its_place_is_not_followed(file: Path, tmp_path: Path) -> None:
    draft = draft_of(file)
    other = tmp_path / "other"
    other.write_bytes(draft.original)
    file.unlink()
    file.symlink_to(other)
    assert "regular file" in write_drafts([draft])[1][str(file)]
    assert other.read_bytes() == draft.original


def test_one_that_is_gone_does_not_stop_the_others(file: Path, tmp_path: Path) -> None:
    gone = tmp_path / "gone.tf"
    gone.write_bytes(b"x")
    drafts = [draft_of(gone), draft_of(file)]
    gone.unlink()
    written, refused = write_drafts(drafts)
    assert (written, list(refused)) == ([str(file)], [str(gone)])
