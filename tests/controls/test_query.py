"""The SQL of a group of controls: one query, and only as large as what is unknown asks for."""

from __future__ import annotations

from bastide.controls.compiler import compile_controls
from bastide.controls.query import query_for
from tests.controls.conftest import control

NONE: frozenset[tuple[str, int]] = frozenset()


def test_one_query_for_many_controls_and_no_flags_when_all_is_known() -> None:
    controls = [control(f"BucketName <> '{n}'", id=f"test.c{n}") for n in range(30)]
    query = query_for(compile_controls(controls)[0], NONE, NONE)
    assert query.sql.count("json_transform") == 1
    assert len(query.controls) == 30
    assert not query.flags
    assert "u0" not in query.sql


def test_flags_fill_integers_of_sixty() -> None:
    controls = [control(f"BucketName <> '{n}'", id=f"test.c{n:03}") for n in range(130)]
    done = compile_controls(controls)[0]
    query = query_for(done, frozenset((item.id, 0) for item in done), NONE)
    assert len(query.flags) == 130
    assert '"u2": "BIGINT"' in query.sql


def test_parts_of_elements_are_parameters_once() -> None:
    controls = [control("none_of([t.Key = 'a' for t in Tags])", id=f"test.c{n}") for n in range(2)]
    done = compile_controls(controls)[0]
    query = query_for(done, NONE, frozenset((item.id, 0) for item in done))
    assert [(part.reads, part.perhaps) for part in query.parts] == [((("Tags.Key", "value"),), False), ((), True)]
    assert query.sql.count('"p0": ["BIGINT"]') == 1


def test_a_quote_in_a_property_cannot_leave_the_text() -> None:
    done = compile_controls([control("BucketName = 'it''s'")])[0]
    done[0].shape = {"it's": "VARCHAR", "BucketName": "VARCHAR"}
    assert "it''s" in query_for(done, NONE, NONE).sql
