"""Sources as queries."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa
import pytest

from bastide.lake.source import source, sources
from bastide.lake.sql import query, quoted, session

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("name", list(sources()))
def test_every_source_compiles_and_drops_no_row(name: str) -> None:
    one = source(name)
    raw = ["{}", "", "x y z"] if one.reader == "text" else ["{}", '{"a":1}', "[]"]
    batch = pa.table({"raw": raw, "path_account": pa.nulls(3, pa.string()), "path_region": pa.nulls(3, pa.string())})
    for header in {(), one.default}:
        if not header and one.reader == "text":
            continue
        connection = session()
        connection.register("batch", batch)
        found = connection.sql(query(one, header)).to_arrow_table()
        assert found.column("_refused").to_pylist() == ["no time"] * 3


def test_a_source_reaches_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".tmp").mkdir()
    (tmp_path / ".tmp" / "secret.txt").write_text("x")
    monkeypatch.chdir(tmp_path)
    for path in (".tmp/secret.txt", str(tmp_path / ".tmp" / "secret.txt")):
        with pytest.raises(duckdb.Error):
            session().execute(f"select content from read_text({quoted(path)})")


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("moment('2026-11-01T10:00:00Z')", 1793527200000),
        ("moment('2026-11-01 10:00:00')", 1793527200000),
        ("moment('never')", None),
        ("ip('10.0.0.1')", "10.0.0.1"),
        ("ip('a.b')", None),
        ("no_ip('a.b')", "a.b"),
        ("no_ip('')", None),
        ("address('[2001:db8::1]:80')", "2001:db8::1"),
        ("address('10.0.0.1:80')", "10.0.0.1"),
        ("port('10.0.0.1:80')", 80),
        ("port('-')", None),
        ("http_activity('GET')", 3),
        ("http_activity('BREW')", 99),
        ("url_text('a%20b')", "a b"),
        ("url_text('%ff%20')", "%ff%20"),
        ("url_text(null)", None),
        ("field('{\"a\": {\"b\": 1}}', '$.a.b')", "1"),
    ],
)
def test_functions(call: str, expected: object) -> None:
    assert session().execute(f"select {call}").fetchall() == [(expected,)]


def test_the_database_has_no_files_and_no_network() -> None:
    for sql in ("select * from read_text('/etc/hostname')", "copy (select 1) to '/tmp/x'", "install httpfs"):
        with pytest.raises(duckdb.Error):
            session().execute(sql)


def test_texts_are_quoted() -> None:
    text = quoted("it's")
    assert session().execute(f"select {text}").fetchall() == [("it's",)]
