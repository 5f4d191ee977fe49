"""Files that come and change."""

from __future__ import annotations

from pathlib import Path

import pytest

from bastide.errors import UsageError
from bastide.lake.watch import Watch, pause_for


def test_a_file_is_taken_when_it_has_stopped_to_change(tmp_path: Path) -> None:
    first, second = tmp_path / "a.json", tmp_path / "b.json"
    first.write_text("{}")
    watch = Watch([str(tmp_path)])
    assert watch.look() == [str(first)]
    assert watch.look() == []
    second.write_text("{")
    assert watch.look() == []
    second.write_text('{"Records": []}')
    assert watch.look() == []
    assert watch.look() == [str(second)]
    first.write_text('{"Records": [1]}')
    assert watch.look() == []
    assert watch.look() == [str(first)]
    first.unlink()
    assert watch.look() == []


def test_buckets_are_looked_at_seldom() -> None:
    assert pause_for(["logs"]) < 1 < pause_for(["logs", "s3://trail/AWSLogs"])


def test_a_place_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such file"):
        Watch([str(tmp_path / "none")]).look()
