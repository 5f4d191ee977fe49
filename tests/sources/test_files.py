"""Reading and writing where nobody vouches for what is there."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from bastide.sources.files import ahead, head, write_whole

if TYPE_CHECKING:
    from pathlib import Path


def test_at_most_so_many_bytes(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"0123456789")
    assert head(str(path), 4) == b"0123"
    assert head(str(path), 100) == b"0123456789"


def test_what_was_read_ahead_is_read_once(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"new")
    with ahead({str(path): b"old"}):
        assert head(str(path), 2) == b"ol"
        assert head(str(path), 9) == b"new"
    with ahead({str(path): b"old"}):
        pass
    assert head(str(path), 9) == b"new"


def test_only_regular_files(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for name in ("pipe", "."):
        with pytest.raises(OSError, match="regular"):
            head(str(tmp_path / name), 10)
    with pytest.raises(FileNotFoundError):
        head(str(tmp_path / "gone"), 10)


def test_a_file_is_replaced_whole(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    path.write_text("old")
    write_whole(str(path), "caf\u00e9 \udcff\n")
    assert path.read_text("utf-8") == "caf\u00e9 ?\n"
    assert [one.name for one in tmp_path.iterdir()] == ["report.json"]


def test_links_that_lie_in_wait_are_not_written_through(tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.write_text("precious")
    folder = tmp_path / "folder"
    folder.mkdir()
    for name in ("report.json", ".report.json.part", f".report.json.{os.getpid()}.part"):
        (folder / name).symlink_to(precious)
    write_whole(str(folder / "report.json"), "report")
    assert precious.read_text() == "precious"
    assert (folder / "report.json").read_text() == "report"
    assert not (folder / "report.json").is_symlink()


def test_what_is_no_file_stays_what_it_is(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reading = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    write_whole(str(pipe), "report")
    assert os.read(reading, 100) == b"report"
    os.close(reading)
    (tmp_path / "null").symlink_to(os.devnull)
    write_whole(str(tmp_path / "null"), "report")
    assert (tmp_path / "null").is_symlink()


@pytest.mark.parametrize("path", [".", "nowhere/report.json"])
def test_what_cannot_be_written_leaves_nothing(tmp_path: Path, path: str) -> None:
    with pytest.raises(OSError, match="directory"):
        write_whole(str(tmp_path / path), "report")
    assert list(tmp_path.iterdir()) == []
