"""Tables on disk: rows as they are, whole folders only, and SQL that reads them back."""

from __future__ import annotations

import stat
from pathlib import Path

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bastide.resources.model import Resource
from bastide.secret import hide
from bastide.tables import (
    TABLES,
    empty,
    identity_of,
    quoted,
    read_lines,
    spill_apart,
    whole_folder,
    write_lines,
    write_parquet,
)

ROW = {"kind": "note", "path": "it's \udcff\u2028.tf", "line": 3, "message": "m", "count": 2**70}


def test_what_spills_does_so_in_a_private_folder_that_goes_with_the_connection() -> None:
    connection = duckdb.connect()
    spill_apart(connection)
    folder = Path(connection.execute("select current_setting('temp_directory')").fetchone()[0])  # type: ignore[index]
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    del connection
    assert not folder.exists()


def test_rows_come_back_from_lines_and_from_parquet(tmp_path: Path) -> None:
    rows = [{**ROW, "count": 2, "path": "it's.tf"}]
    write_lines(tmp_path, [("coverage", iter(rows))])
    with duckdb.connect() as connection:
        write_parquet(tmp_path, [("reads", iter([])), ("coverage", iter(rows))], connection)
        lines_gone = not (tmp_path / "coverage.jsonl").exists()
        found = connection.execute(
            f"select * from read_parquet({quoted(str(tmp_path / 'coverage.parquet'))})"
        ).fetchall()
    assert found == [("note", "it's.tf", 3, "m", 2)]
    assert lines_gone
    assert not (tmp_path / "reads.parquet").exists()


def test_what_is_no_text_is_written_all_the_same(tmp_path: Path) -> None:
    write_lines(tmp_path, [("coverage", iter([{**ROW, "count": 1}]))])
    with duckdb.connect() as connection:
        ((path,),) = connection.execute(
            f"select path from ({read_lines(tmp_path / 'coverage.jsonl', 'coverage')})"
        ).fetchall()
    assert path.startswith("it's ")


_SIGNS = [
    "AKIAZQ7ZJ3MPLRT4WXQY",
    "password=",
    "hunter2",
    "://",
    ":p4ss@",
    "key-",
    "deadbeef" * 4,
    "Zq8/" * 10,
    "-",
    ":",
    "=",
]
_SIGNS += ["#", "Bearer ", "curl -u a:", "--token ", "x", " ", "eyJhbGciOi", ".eyJzdWIi", "arn:aws:s3:::", '"']


@given(st.sampled_from(["aws:123456789012", "live/prod", "a://b", "PASSWORD="]), st.lists(st.sampled_from(_SIGNS)))
def test_an_id_hides_what_hiding_it_whole_hides(unit: str, parts: list[str]) -> None:
    resource = Resource("AWS::S3::Bucket", "".join(parts), unit, "aws", "p", 0, 0, {})
    assert identity_of(resource) == hide(resource.id)


def test_a_folder_takes_its_place_when_all_went_well(tmp_path: Path) -> None:
    target = tmp_path / "deep" / "folder"
    with whole_folder(target) as fresh:
        (fresh / "a").write_text("1")
        assert not target.exists()
    assert (target / "a").read_text() == "1"
    writing = whole_folder(target)
    (writing.__enter__() / "a").write_text("2")
    assert not writing.__exit__(KeyError, KeyError(), None)
    assert (target / "a").read_text() == "1"
    assert [path.name for path in target.parent.iterdir()] == ["folder"]


@pytest.mark.parametrize("name", TABLES)
def test_an_empty_table_has_its_columns(name: str) -> None:
    with duckdb.connect() as connection:
        assert [column[0] for column in connection.execute(empty(TABLES[name])).description] == list(TABLES[name])
