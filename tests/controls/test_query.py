"""The SQL of a group of controls: one query, and only as large as what is unknown asks for."""

from __future__ import annotations

import pytest

from bastide.controls.compiler import compile_controls
from bastide.controls.engine import connect
from bastide.controls.library import load_library
from bastide.controls.query import query_for
from tests.controls.conftest import control

NONE: frozenset[tuple[str, int]] = frozenset()


def test_one_query_for_many_controls_and_no_flags_when_all_is_known() -> None:
    controls = [control(f"BucketName <> '{n}'", id=f"test.c{n}") for n in range(30)]
    query = query_for(compile_controls(controls)[0], NONE, NONE)
    assert query.sql.count("json_transform") == 1
    assert len(query.controls) == 30
    assert not query.flags
    assert "_u0" not in query.sql


def test_flags_fill_integers_of_sixty() -> None:
    controls = [control(f"BucketName <> '{n}'", id=f"test.c{n:03}") for n in range(130)]
    done = compile_controls(controls)[0]
    query = query_for(done, frozenset((item.id, 0) for item in done), NONE)
    assert len(query.flags) == 130
    assert '"_u2": "BIGINT"' in query.sql


def test_parts_of_elements_are_parameters_once() -> None:
    controls = [control("none_of([t.Key = 'a' for t in Tags])", id=f"test.c{n}") for n in range(2)]
    done = compile_controls(controls)[0]
    query = query_for(done, NONE, frozenset((item.id, 0) for item in done))
    assert [(part.reads, part.perhaps) for part in query.parts] == [((("Tags.Key", "value"),), False), ((), True)]
    assert query.sql.count('"_p0": ["BIGINT"]') == 1


def test_a_variable_of_a_control_is_never_taken_for_a_column_of_the_query() -> None:
    """`i` and `u0` are what somebody may call an element; inside two functions DuckDB would rather have the column."""
    inner = "none_of([any_of([i.Key = 'a' for i in u0.TagFilters]) for u0 in AnalyticsConfigurations])"
    (done,) = compile_controls([control(inner)])[0]
    every = frozenset((done.id, index) for index in range(len(done.atoms)))
    assert connect().execute(query_for([done], every, every).sql, ["[]"]).fetchall() == []


@pytest.mark.slow
def test_duckdb_takes_every_control_of_the_library_whatever_is_unknown() -> None:
    connection = connect()
    for compiled in load_library().compiled:
        every = frozenset((compiled.id, index) for index in range(len(compiled.atoms)))
        query = query_for([compiled], every, every)
        assert connection.execute(query.sql, ["[]"]).fetchall() == [], compiled.id


def test_a_quote_in_a_property_cannot_leave_the_text() -> None:
    done = compile_controls([control("BucketName = 'it''s'")])[0]
    done[0].shape = {"it's": "VARCHAR", "BucketName": "VARCHAR"}
    assert "it''s" in query_for(done, NONE, NONE).sql
