"""The library's rules: of types and properties that there are, none said twice, and all of it SQL that runs."""

from __future__ import annotations

import re
from collections import Counter

import duckdb
import pytest

from bastide.resources.schema import all_types, schema_for
from bastide.threats.model.points import SERVICES
from bastide.threats.model.rules import load_rules
from bastide.workload.manifest import SCALE

RULES = load_rules()
_PATHS = re.compile(r"[po](?:->>|, )'\$\.([^']+)'")


def has(type_name: str, path: str) -> bool:
    """Whether a type has a property; of a path with a star, the part before it."""
    schema = schema_for(type_name)
    plain = re.sub(r"\[[^\]]*\]", "", path).partition(".*")[0]
    return schema is not None and schema.property(plain) is not None


def test_every_type_is_there() -> None:
    named = [*RULES.kinds, *RULES.stores, *RULES.hints.types]
    named += [name for rule in (*RULES.parts, *RULES.flows) for name in (rule.type, *rule.to)]
    named += [rule.type for rule in RULES.outside]
    assert sorted(set(named) - set(all_types())) == []


def test_every_property_is_there() -> None:
    wanted = [(part.type, part.of or part.has) for part in RULES.parts]
    wanted += [(rule.type, rule.property) for rule in RULES.flows]
    wanted += [(rule.type, path) for rule in RULES.outside for path in rule.reads]
    for rule in RULES.outside:
        texts = (rule.when, rule.entity, rule.protocol, rule.encrypted, rule.authenticated)
        wanted += [(rule.type, path) for text in texts for path in re.findall(r"p(?:->>|, )'\$\.([^']+)'", text)]
    wanted += [(name, path) for name, store in RULES.stores.items() for path in _PATHS.findall(store.encrypted)]
    assert sorted({one for one in wanted if not has(*one)}) == []


def test_nothing_is_said_twice() -> None:
    assert [one for one, n in Counter((p.type, p.of, p.has) for p in RULES.parts).items() if n > 1] == []
    assert [one for one, n in Counter((r.type, r.property, r.kind) for r in RULES.flows).items() if n > 1] == []
    words = [word for those in RULES.hints.words.values() for word in those]
    assert [one for one, n in Counter(words).items() if n > 1] == []


def test_stores_are_elements_and_hints_are_classes() -> None:
    assert {name for name in RULES.stores if RULES.kinds.get(name) != "store"} == set()
    assert {*RULES.hints.words, *RULES.hints.types.values()} <= set(SCALE)
    assert {action for store in RULES.stores.values() for action in (*store.reads, *store.writes)} == {
        action.lower() for store in RULES.stores.values() for action in (*store.reads, *store.writes)
    }


def test_services_are_parts_of_types() -> None:
    assert set(SERVICES) <= {name.split("::")[1] for name in all_types()}


@pytest.mark.parametrize("name", ["flows", "outside"])
def test_the_sql_runs_on_nothing(name: str) -> None:
    connection = duckdb.connect()
    connection.execute("create table x as select '{}'::json as p, '{}'::json as t, '{}'::json as o, 'A' as path")
    for rule in getattr(RULES, name):
        texts = [rule.when, rule.protocol, rule.encrypted, rule.authenticated, getattr(rule, "entity", "null")]
        row = connection.execute(f"select {', '.join(f'({text})' for text in texts)} from x").fetchone()
        assert row is not None
        assert [type(value) for value in (row[0], row[2], row[3]) if value is not None] == [
            bool for value in (row[0], row[2], row[3]) if value is not None
        ], rule
