"""The lake's columns against OCSF's own schema."""

from __future__ import annotations

import duckdb
import pytest
from ocsf_json_schema import get_ocsf_schema

from bastide.errors import UsageError
from bastide.lake.classes import ocsf_version, sql_type, table, tables


@pytest.mark.parametrize("name", list(tables()))
def test_classes_are_those_of_ocsf(name: str) -> None:
    known = get_ocsf_schema(version=ocsf_version())["classes"][name]
    one = table(name)
    assert (one.uid, one.title) == (known["uid"], known["caption"])
    assert set(one.columns) - set(known["attributes"]) == set()
    enum = known["attributes"]["activity_id"]["enum"]
    assert one.activities == {int(key): value["caption"] for key, value in enum.items()}


@pytest.mark.parametrize("name", list(tables()))
def test_types_are_those_of_duckdb_and_arrow(name: str) -> None:
    one = table(name)
    with duckdb.connect() as connection:
        for column, kind in one.sql_types().items():
            connection.execute(f'select null::{kind} as "{column}"')
    assert one.arrow().names == list(one.columns)


def test_fields_by_their_paths() -> None:
    one = table("api_activity")
    assert one.kind("actor.user.name") == "text"
    assert one.kind("resources[].uid") == "text"
    assert one.kind("time") == "long"
    assert one.kind("actor.nobody") is None
    assert one.kind("time[].x") is None
    assert sql_type(["text"]) == "VARCHAR[]"
    assert "api.response.error" in one.leaves()
    assert "resources[].owner.account.uid" in one.leaves()


def test_tables_by_their_ids() -> None:
    assert table("api_activity").type_uid(2) == 600302
    assert table("authentication").uid == 3002


def test_a_table_that_is_none() -> None:
    with pytest.raises(UsageError, match="no table `api`"):
        table("api")
