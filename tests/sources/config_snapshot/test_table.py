"""The table of differences holds what the collectors have."""

from __future__ import annotations

from bastide.resources.schema import schema_for
from bastide.sources.aws.collectors import load_collectors
from bastide.sources.aws.expressions import compile_expression
from bastide.sources.config_snapshot.table import load_table


def test_every_line_is_about_something_that_a_collector_has() -> None:
    collectors = load_collectors().by_type()
    for name, recorded in load_table().items():
        kind = recorded.type or name
        entries = collectors[kind]
        calls = {call.call for entry in entries for call in entry.calls}
        assert recorded.answers.keys() <= calls, name
        schema = schema_for(kind)
        assert schema is not None
        assert set(recorded.unrecorded) <= schema.properties.keys(), name


def test_every_expression_can_be_read() -> None:
    for recorded in load_table().values():
        for text in (recorded.item or "configuration", *recorded.answers.values()):
            assert compile_expression(text).parsed
