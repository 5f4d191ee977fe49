"""A file is there whole, or the one before is."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bastide.export.files import whole_file


def test_whole_or_as_before(tmp_path: Path) -> None:
    target = tmp_path / "deep" / "file"
    with whole_file(target) as file:
        file.write_text("one")
        assert not target.exists()
    with pytest.raises(OSError, match="full"):
        breaks(target)
    assert target.read_text() == "one"
    assert [one.name for one in target.parent.iterdir()] == ["file"]


def test_what_is_no_file_stays_what_it_is(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    with whole_file(pipe) as file:
        file.write_text("through")
    assert os.read(reader, 100) == b"through"
    os.close(reader)
    assert pipe.is_fifo()


def breaks(target: Path) -> None:
    """A disk that is full in the middle."""
    with whole_file(target) as file:
        file.write_text("half")
        raise OSError("full")
