"""What was changed behind the lake's back is found."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bastide.lake.verify import verify
from tests.lake.conftest import Place

Make = Callable[..., dict[str, Any]]


@pytest.fixture
def filled(place: Place, make: Make) -> Place:
    for number in range(3):
        place.trail(f"{number}.json.gz", make(number), {"eventVersion": "1", "n": number})
        place.ingest()
    return place


def faults(place: Place) -> list[str]:
    return sorted(one.kind for one in verify(place.lake).faults)


def test_nothing_was_changed(filled: Place) -> None:
    found = verify(filled.lake)
    assert (found.faults, found.commits, found.files) == ([], 3, 6)
    assert found.head == filled.lake.state().head


def test_a_byte_of_a_file(filled: Place) -> None:
    path = Path(filled.lake.files("api_activity")[0])
    content = bytearray(path.read_bytes())
    content[50] ^= 1
    path.write_bytes(content)
    assert faults(filled) == ["changed"]


def test_a_file_that_is_gone_and_one_that_came(filled: Place) -> None:
    path = Path(filled.lake.files("api_activity")[0])
    path.rename(path.with_name("other.parquet"))
    assert faults(filled) == ["missing", "unknown"]


def test_a_commit_that_was_changed(filled: Place) -> None:
    path = Path(filled.lake.place) / "_bastide/commits/0000000002.json"
    path.write_text(path.read_text().replace('"events": 1', '"events": 2'))
    assert faults(filled) == ["commit"]


def test_a_commit_that_is_gone(filled: Place) -> None:
    (Path(filled.lake.place) / "_bastide/commits/0000000002.json").unlink()
    assert faults(filled) == ["commit", "commit", "unknown", "unknown"]


def test_a_commit_that_is_none(filled: Place) -> None:
    (Path(filled.lake.place) / "_bastide/commits/0000000003.json").write_text("{")
    assert "commit" in faults(filled)


def test_a_file_of_the_quarantine(filled: Place) -> None:
    path = next((Path(filled.lake.place) / "_bastide/quarantine").iterdir())
    path.write_bytes(b"")
    assert faults(filled) == ["changed"]
