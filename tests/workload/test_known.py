"""The tables of all that is known: what is put there comes back, and SQL of strangers can do nothing but ask."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bastide.errors import UsageError
from bastide.workload import known as module
from bastide.workload.known import TABLES, Columns, Known
from bastide.workload.manifest import Environment, Manifest

COLUMNS: Columns = {
    "name": ("VARCHAR", ""), "size": ("DOUBLE", ""), "parts": ("VARCHAR[]", ""), "on": ("BOOLEAN", ""),
    "body": ("JSON", ""),
}  # fmt: skip


def locked() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute("set enable_external_access = false")
    connection.execute("set lock_configuration = true")
    return connection


@pytest.fixture
def known() -> Iterator[Known]:
    manifest = Manifest("shop", environments=(Environment("production", ("1" * 12, "2" * 12), ("eu-west-1",)),))
    with Known(manifest, locked()) as opened:
        yield opened


def test_the_manifest_is_there(known: Known) -> None:
    assert known.select("select name, appetite from workload") == [{"name": "shop", "appetite": "medium"}]
    assert [row["account"] for row in known.select("select * from environments")] == ["1" * 12, "2" * 12]
    assert known.select("select count(*) as n from contacts") == [{"n": 0}]
    assert {name: known.columns(f"select * from {name}") for name in TABLES} == {n: list(c) for n, c in TABLES.items()}


_TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=20)
_ROWS = st.lists(
    st.fixed_dictionaries(
        {},
        optional={
            "name": _TEXT, "size": st.floats(-1e9, 1e9), "parts": st.lists(_TEXT, max_size=3), "on": st.booleans(),
            "body": st.just('{"a": [1, null]}'),
        },
    ),
    max_size=4,
)  # fmt: skip


@settings(max_examples=30, deadline=None)
@given(rows=_ROWS)
def test_rows_come_back_as_they_were_put(rows: list[dict[str, Any]]) -> None:
    with Known(Manifest(), locked()) as known:
        known.put("things", COLUMNS, rows)
        assert known.select("select * from things") == [{name: row.get(name) for name in COLUMNS} for row in rows]
        known.put("things", COLUMNS, [])
        assert known.select("select * from things") == []


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("drop table workload", "not one query"),
        ("select 1; select 2", "not one query"),
        ("insert into workload values ('a')", "not one query"),
        ("set threads = 1", "not one query"),
        ("copy workload to '/tmp/x.csv'", "not one query"),
        ("attach '/tmp/x.db'", "not one query"),
        ("select * from read_csv('/etc/passwd')", "does not run"),
        ("select * from '/etc/passwd'", "does not run"),
        ("select nothing from workload", "does not run"),
        ("select from where", "does not run"),
        ("", "not one query"),
    ],
)
def test_only_a_query_runs_and_only_over_tables(known: Known, sql: str, said: str) -> None:
    with pytest.raises(UsageError, match=said) as told:
        known.select(sql, "t.yaml:3")
    assert told.value.place == "t.yaml:3"
    assert known.select("select name from workload") == [{"name": "shop"}]


def test_a_query_that_lasts_is_stopped(known: Known, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SECONDS", 0.2)
    with pytest.raises(UsageError, match="took over"):
        known.select("select count(*) from range(1000000) a, range(1000000) b where a.range * b.range % 7 = 3")
    assert known.select("select name from workload") == [{"name": "shop"}]


def test_too_many_rows_are_refused(known: Known) -> None:
    with pytest.raises(UsageError, match="200,000 rows"):
        known.select("select * from range(200001)")


def test_the_columns_of_a_query_are_known_without_rows(known: Known) -> None:
    assert known.columns("select name as a, 1 as b from workload where false;") == ["a", "b"]
    with pytest.raises(UsageError):
        known.columns("select 1) ; drop table workload; --")
