"""What tests of several areas start from."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.loop import Workload, make_workload


@pytest.fixture
def workload(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workload:
    """A small workload in a folder of its own; it is scanned when it is opened."""
    return make_workload(tmp_path, monkeypatch)
