"""Correlations agree with a plain reading of them, for generated matches; what there is no way to is refused."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bastide.detect.correlations import described, possible, prepare, statements, wanted_fields
from bastide.detect.engine import _run
from bastide.detect.fields import Unsupported
from bastide.detect.hits import Value, row
from bastide.detect.judge import session
from bastide.detect.rules import RuleSet, load_rules
from bastide.detect.sql import literal
from tests.fuzzing import fuzz

SPAN = 10_000
BASE = """
title: {name}
name: {name}
logsource: {{product: aws, service: cloudtrail}}
detection:
  call: {{eventName: {name}}}
  condition: call
---
"""
Hit = tuple[int, str, int, str, str]
"""Rule, id of the event, milliseconds, group, measured value."""


def rules(folder: Path, correlation: str, names: str = "abc") -> RuleSet:
    text = "".join(BASE.format(name=name) for name in names)
    path = folder / "rules.yml"
    path.write_text(f"{text}title: correlation\ncorrelation:\n  timespan: 10s\n{correlation}")
    found = load_rules([str(path)])
    assert not found.problems, found.problems
    return found


def by_sql(found: RuleSet, hits: list[Hit], names: tuple[str, ...]) -> set[tuple[str, int, frozenset[str]]]:
    """Group, time of the event that tipped it, and all events, of each match: the same from columns and from lists."""
    plain, listed = (_by_sql(found, hits, tuple(Value(name, many) for name in names)) for many in (False, True))
    assert plain == listed
    return plain


def _by_sql(found: RuleSet, hits: list[Hit], names: tuple[Value, ...]) -> set[tuple[str, int, frozenset[str]]]:
    with session() as connection:
        prepare(connection)
        for number, (rule, _, time, group, value) in enumerate(hits):
            there = {"group": group, "value": value}
            given = [literal(there[name.name]) for name in names]
            given = [f"[{sql}]" if name.many else sql for name, sql in zip(names, given, strict=True)]
            connection.execute(f"insert into hits select {rule}, {number}, {time}, true, {row(names, given)}")
        correlation = found.rules[-1]
        every = {rule.number: names for rule in found.rules if not rule.is_correlation}
        made = _run(connection, statements(correlation.number, correlation.correlation, every))
        rows = connection.execute(
            "select h.f0, e.time, e.members, e.count from hits h join episodes e on e.rule = h.rule and "
            f"e.event = h.event where h.rule = {correlation.number}"
        ).fetchall()
    assert made == len(rows)
    assert not made or possible(correlation.correlation, Counter(hit[0] for hit in hits))
    assert all(count == len(members) for _, _, members, count in rows)
    return {(group, time, frozenset(hits[at][1] for at in members)) for group, time, members, _ in rows}


def plainly(hits: list[Hit], holds: Any) -> set[tuple[str, int, frozenset[str]]]:
    """Every window that ends at an event, those that hold and overlap together."""
    found = set()
    for group in {hit[3] for hit in hits}:
        events = sorted((hit for hit in hits if hit[3] == group), key=lambda hit: hit[2])
        runs: list[list[tuple[int, int]]] = []
        for event in events:
            start = holds(event, events)
            if start is None:
                continue
            if runs and start <= max(end for _, end in runs[-1]):
                runs[-1].append((start, event[2]))
            else:
                runs.append([(start, event[2])])
        for run in runs:
            first, last = min(start for start, _ in run), max(end for _, end in run)
            uids = frozenset(hit[1] for hit in events if first <= hit[2] <= last)
            found.add((group, min(end for _, end in run), uids))
    return found


def window(event: Hit, events: list[Hit]) -> list[Hit]:
    return [hit for hit in events if event[2] - SPAN <= hit[2] <= event[2]]


HITS = st.lists(
    st.tuples(st.integers(0, 2), st.integers(0, 60), st.sampled_from("xy"), st.sampled_from(["1", "2", "2.5", "n"])),
    max_size=12,
).map(lambda some: [(rule, f"e{at}", 1000 * time, group, value) for at, (rule, time, group, value) in enumerate(some)])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("rules")


@pytest.mark.slow
@fuzz(40)
@given(hits=HITS, limit=st.integers(1, 4), op=st.sampled_from(["gte", "gt", "eq", "lte"]))
def test_events_are_counted(folder: Path, hits: list[Hit], limit: int, op: str) -> None:
    found = rules(
        folder, f"  type: event_count\n  rules: [a, b]\n  group-by: [group]\n  condition: {{{op}: {limit}}}\n"
    )
    compare = {"gte": int.__ge__, "gt": int.__gt__, "eq": int.__eq__, "lte": int.__le__}[op]
    counted = [hit for hit in hits if hit[0] < 2]

    def holds(event: Hit, events: list[Hit]) -> int | None:
        return event[2] - SPAN if compare(len(window(event, events)), limit) else None

    assert by_sql(found, hits, ("group",)) == plainly(counted, holds)


@pytest.mark.slow
@fuzz(40)
@given(hits=HITS, limit=st.integers(1, 3))
def test_values_are_counted(folder: Path, hits: list[Hit], limit: int) -> None:
    found = rules(folder, "  type: value_count\n  rules: a\n  group-by: [group]\n"
                          f"  condition: {{field: value, gte: {limit}}}\n")  # fmt: skip

    def holds(event: Hit, events: list[Hit]) -> int | None:
        return event[2] - SPAN if len({hit[4] for hit in window(event, events)}) >= limit else None

    assert by_sql(found, hits, ("group", "value")) == plainly([hit for hit in hits if hit[0] == 0], holds)


@pytest.mark.slow
@fuzz(40)
@given(hits=HITS, kind=st.sampled_from(["value_sum", "value_avg", "value_median"]), limit=st.sampled_from([1.5, 2, 4]))
def test_values_are_measured(folder: Path, hits: list[Hit], kind: str, limit: float) -> None:
    import statistics

    found = rules(folder, f"  type: {kind}\n  rules: [a]\n  group-by: [group]\n"
                          f"  condition: {{field: value, gte: {limit}}}\n")  # fmt: skip
    measure = {"value_sum": sum, "value_avg": statistics.mean, "value_median": statistics.median}[kind]

    def holds(event: Hit, events: list[Hit]) -> int | None:
        values = [float(hit[4]) for hit in window(event, events) if hit[4] != "n"]
        return event[2] - SPAN if values and measure(values) >= limit else None

    assert by_sql(found, hits, ("group", "value")) == plainly([hit for hit in hits if hit[0] == 0], holds)


@pytest.mark.slow
@fuzz(40)
@given(hits=HITS, extended=st.booleans())
def test_rules_within_a_time(folder: Path, hits: list[Hit], extended: bool) -> None:
    condition = "  condition: a and (b or c)\n" if extended else ""
    listed = "" if extended else "  rules: [a, b, c]\n"
    found = rules(folder, f"  type: temporal\n{listed}  group-by: [group]\n{condition}")

    def holds(event: Hit, events: list[Hit]) -> int | None:
        kinds = {hit[0] for hit in window(event, events)}
        fits = 0 in kinds and bool(kinds & {1, 2}) if extended else kinds == {0, 1, 2}
        return event[2] - SPAN if fits else None

    assert by_sql(found, hits, ("group",)) == plainly(hits, holds)


@pytest.mark.slow
@fuzz(60)
@given(hits=HITS)
def test_rules_in_their_order(folder: Path, hits: list[Hit]) -> None:
    found = rules(folder, "  type: temporal_ordered\n  rules: [a, b, c]\n  group-by: [group]\n")

    def holds(event: Hit, events: list[Hit]) -> int | None:
        if event[0] != 2:
            return None
        starts = [
            first[2]
            for second in events
            if second[0] == 1 and second[2] <= event[2]
            for first in events
            if first[0] == 0 and first[2] <= second[2]
        ]
        return max(starts) if starts and event[2] - max(starts) <= SPAN else None

    assert by_sql(found, hits, ("group",)) == plainly(hits, holds)


def test_not_means_neither_before_nor_after(folder: Path) -> None:
    found = rules(folder, "  type: temporal\n  group-by: [group]\n  condition: a and not b\n")
    alone = [(0, "e1", 1000, "x", "")]
    assert by_sql(found, alone, ("group",)) == {("x", 1000, frozenset({"e1"}))}
    assert by_sql(found, [*alone, (1, "e2", 9000, "x", "")], ("group",)) == set()
    assert by_sql(found, [*alone, (1, "e2", 9000, "y", "")], ("group",)) == {("x", 1000, frozenset({"e1"}))}


def test_a_percentile_is_interpolated(folder: Path) -> None:
    found = rules(folder, "  type: value_percentile\n  rules: [a]\n  group-by: [group]\n"
                          "  condition: {field: value, percentile: 50, gte: 2}\n")  # fmt: skip
    hits = [(0, "e1", 0, "x", "1"), (0, "e2", 1000, "x", "2"), (0, "e3", 2000, "x", "3")]
    assert {time for _, time, _ in by_sql(found, hits, ("group", "value"))} == {2000}


@pytest.mark.parametrize(
    ("correlation", "why"),
    [
        ("  type: temporal_ordered\n  rules: [a, b]\n  condition: {gte: 1}\n", "needs every rule"),
        ("  type: temporal_ordered\n  condition: a or b\n", "joined by `and`"),
        ("  type: value_percentile\n  rules: [a]\n  condition: {field: value, gte: 2}\n", "percentile"),
    ],
)
def test_what_there_is_no_way_to_is_refused(folder: Path, correlation: str, why: str) -> None:
    found = rules(folder, correlation)
    with pytest.raises(Unsupported, match=why):
        statements(9, found.rules[-1].correlation, {rule.number: (Value("value"),) for rule in found.rules})


def test_aliases_name_the_field_of_each_rule(folder: Path) -> None:
    found = rules(folder, "  type: temporal\n  rules: [a, b]\n  group-by: [who]\n  aliases:\n    who:\n"
                          "      a: userIdentity.arn\n      b: requestParameters.name\n")  # fmt: skip
    correlation = found.rules[-1].correlation
    assert correlation
    assert [part.groups for part in correlation.parts] == [
        ("userIdentity.arn",),
        ("requestParameters.name",),
    ]
    wanted, counted = wanted_fields(found.rules)
    assert wanted == {0: ["userIdentity.arn"], 1: ["requestParameters.name"]}
    assert counted == {0, 1}
    assert described(correlation) == "temporal within 10s by who"


def test_statements_are_sql(folder: Path) -> None:
    found = rules(folder, "  type: event_count\n  rules: [a]\n  condition: {gte: 2}\n")
    with session() as connection:
        prepare(connection)
        correlation = found.rules[-1].correlation
        for statement in statements(9, correlation, {rule.number: () for rule in found.rules}):
            connection.execute(statement)
        assert connection.execute("select count(*) from episodes").fetchone() == (0,)
        with pytest.raises(duckdb.Error):
            connection.execute("select * from read_csv('https://example.invalid/x')")
