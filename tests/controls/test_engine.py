"""The connection is locked: nothing of the machine can be reached from a control's SQL."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
import pytest

from bastide.controls.engine import connect

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    "sql",
    [
        "select * from read_text('/etc/hostname')",
        "select * from read_csv('/etc/passwd')",
        "select * from '/etc/passwd'",
        "copy (select 1) to '/tmp/bastide-out.csv'",
        "attach '/tmp/bastide.db' as other",
        "install httpfs",
        "load httpfs",
        "set memory_limit = '10GB'",
        "set enable_external_access = true",
        "set lock_configuration = false",
        "select * from glob('/etc/*')",
        "export database '/tmp/bastide-export'",
    ],
)
def test_nothing_outside_is_reached(sql: str) -> None:
    with pytest.raises(duckdb.Error):
        connect().execute(sql)


def test_no_folder_for_spilling_is_reached(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".tmp").mkdir()
    (tmp_path / ".tmp" / "secret.txt").write_text("x")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(duckdb.Error):
        connect().execute("select content from read_text('.tmp/secret.txt')")


def test_memory_is_bounded() -> None:
    with pytest.raises(duckdb.Error):
        connect().execute("select list(repeat('x', 1000) || i) from range(100000000) t(i)")


def test_every_macro_is_there() -> None:
    from bastide.controls.macros import macros

    rows = connect().execute("select function_name from duckdb_functions() where function_type = 'macro'").fetchall()
    assert set(macros()) <= {row[0] for row in rows}
