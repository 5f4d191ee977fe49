from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bastide.resources.model import Loaded, Resource
from bastide.sources.code import folder
from bastide.sources.code.folder import FUNCTION, Search

if TYPE_CHECKING:
    from pathlib import Path

_SECRET = 'password = "S3cure!horse9"\n'


@pytest.fixture
def code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in ("src/app.py", "src/lib/db.py", "src/node_modules/x/index.js", "src/tests/test_app.py", "src/a.lock"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"import x\n{_SECRET}")
    (tmp_path / "src/data.bin").write_bytes(b"\0" + _SECRET.encode())
    return tmp_path


def _function() -> Resource:
    return Resource(FUNCTION, "F", "t.yaml", "cloudformation", "t.yaml", 1, 2, {"Runtime": "python3.13"})


def _found(search: Search, place: str) -> list[tuple[str, int]] | None:
    function = _function()
    search.attach(function, place)
    found = function.properties.get("CodeSecrets")
    return None if found is None else [(one["Path"], one["Line"]) for one in found]


def _told(search: Search) -> list[tuple[str, str]]:
    loaded = Loaded("t.yaml", "cloudformation")
    search.tell(loaded)
    return [(one.kind, one.message) for one in loaded.problems]


def test_own_text_files_are_searched(code: Path) -> None:
    search = Search(lambda real: True)
    assert _found(search, "src/") == [("src/app.py", 2), ("src/lib/db.py", 2)]
    assert _told(search) == [("note", "the code of functions was searched for secrets: 3 files of text in 1 place")]


def test_a_place_may_be_a_file_and_is_searched_once(code: Path) -> None:
    search = Search(lambda real: True)
    assert _found(search, "src/app.py") == _found(search, "./src/app.py") == [("src/app.py", 2)]
    assert search.files == 1


def test_where_they_are_and_never_what_they_are(code: Path) -> None:
    function = _function()
    Search(lambda real: True).attach(function, "src")
    assert function.locate("CodeSecrets[0]") == ("src/app.py", 2)
    assert "S3cure" not in repr(function)
    assert function.properties["CodeSecrets"][0]["Kind"] == "literal under the name of a secret"


def test_what_may_not_be_read_or_is_not_there_is_not_known(code: Path) -> None:
    search = Search(lambda real: real.endswith("/gone"))
    assert [_found(search, place) for place in ("src", "gone", "a\0b")] == [None, None, None]
    assert _told(search) == []


def test_links_are_not_followed(code: Path) -> None:
    (code / "other").mkdir()
    (code / "other/app.py").symlink_to(code / "src/app.py")
    (code / "other/src").symlink_to(code / "src")
    assert _found(Search(lambda real: True), "other") == []


@pytest.mark.parametrize("limit", ["MAX_FILES", "MAX_BYTES", "MAX_ENTRIES"])
def test_nothing_found_in_a_part_is_not_known(code: Path, monkeypatch: pytest.MonkeyPatch, limit: str) -> None:
    monkeypatch.setattr(folder, limit, 0)
    search, function = Search(lambda real: True), _function()
    search.attach(function, "src")
    assert "CodeSecrets" not in function.properties
    assert "over a limit" in function.unresolved["CodeSecrets"]
    ((kind, message),) = _told(search)
    assert (kind, message.endswith("what is over a limit was left out")) == ("note", True)


def test_what_is_found_in_a_part_counts(code: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folder, "MAX_DEPTH", 0)
    search = Search(lambda real: True)
    assert _found(search, "src") == [("src/app.py", 2)]
    assert "over a limit" in _told(search)[0][1]


def test_large_files_are_counted(code: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folder, "MAX_FILE", 4)
    search = Search(lambda real: True)
    assert _found(search, "src") == []
    assert _told(search)[0][1].endswith("0 files of text in 1 place, 3 larger files left out")
