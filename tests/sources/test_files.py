"""Reading of files that nobody vouches for."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from bastide.sources.files import head

if TYPE_CHECKING:
    from pathlib import Path


def test_at_most_so_many_bytes(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"0123456789")
    assert head(str(path), 4) == b"0123"
    assert head(str(path), 100) == b"0123456789"


def test_only_regular_files(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for name in ("pipe", "."):
        with pytest.raises(OSError, match="regular"):
            head(str(tmp_path / name), 10)
    with pytest.raises(FileNotFoundError):
        head(str(tmp_path / "gone"), 10)
