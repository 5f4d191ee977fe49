"""The cache gives back what was built, notices changed files, and never stands in the way."""

import json
from pathlib import Path

import msgspec
import pytest

from bastide.cache import Parts, compiled, compiled_parts


@pytest.fixture
def table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    path = tmp_path / "table.yaml"
    path.write_text("a: 1")
    return path


def test_builds_once_for_the_same_files(table: Path) -> None:
    built: list[int] = []

    def build() -> dict[str, int]:
        built.append(1)
        return {"a": len(built)}

    assert compiled("table", [table], build) == {"a": 1}
    assert compiled("table", [table], build) == {"a": 1}
    assert len(built) == 1


def test_builds_again_when_a_file_changed(table: Path) -> None:
    compiled("table", [table], lambda: 1)
    table.write_text("a: 22")
    assert compiled("table", [table], lambda: 2) == 2


def test_names_do_not_mix(table: Path) -> None:
    compiled("one", [table], lambda: 1)
    assert compiled("two", [table], lambda: 2) == 2


def test_a_damaged_entry_is_built_again(table: Path, tmp_path: Path) -> None:
    compiled("table", [table], lambda: 1)
    (entry,) = (tmp_path / "cache" / "bastide").glob("*.json")
    entry.write_text("{")
    assert compiled("table", [table], lambda: 2) == 2


def test_a_folder_that_cannot_be_made_does_not_matter(table: Path, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file")
    assert compiled("table", [table], lambda: [1, None]) == [1, None]


def test_old_entries_are_swept(table: Path, tmp_path: Path) -> None:
    for size in range(20):
        table.write_text("x" * size)
        compiled("table", [table], lambda: 1)
    assert len(list((tmp_path / "cache" / "bastide").iterdir())) == 8


PARTS = {"": [1, "é"], "a": {"b": None}, "empty": {}}


def test_parts_are_read_one_by_one_and_made_anew(table: Path) -> None:
    for _ in range(2):
        parts = compiled_parts("parts", [table], lambda: PARTS)
        assert {name: parts.get(name) for name in parts.names} == PARTS
        assert parts.get("a") is not parts.get("a")
        assert parts.get("none") is None


def test_parts_are_json_all_together(table: Path, tmp_path: Path) -> None:
    compiled_parts("parts", [table], lambda: PARTS)
    (entry,) = (tmp_path / "cache" / "bastide").glob("*.json")
    assert json.loads(entry.read_text())[1:] == list(PARTS.values())


def test_parts_that_are_cut_off_anywhere_are_built_again(table: Path, tmp_path: Path) -> None:
    compiled_parts("parts", [table], lambda: PARTS)
    (entry,) = (tmp_path / "cache" / "bastide").glob("*.json")
    whole = entry.read_bytes()
    for end in range(len(whole)):
        with pytest.raises((ValueError, msgspec.DecodeError), match=r"."):
            Parts(whole[:end])
    entry.write_bytes(whole[:-3])
    assert compiled_parts("parts", [table], lambda: {"a": 2}).get("a") == 2
