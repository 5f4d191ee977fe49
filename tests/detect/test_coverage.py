"""What would be seen."""

from __future__ import annotations

from typing import Any

from bastide.detect.coverage import logs_of, techniques, threats
from bastide.detect.replay import Kept
from bastide.detect.rules import RuleSet
from tests.detect.conftest import rule_text

CALL = "  a: {eventName: x}\n  condition: a"
COUNT = """title: many
tags: [attack.t1110]
correlation: {type: event_count, rules: [a], timespan: 1m, condition: {gte: 2}}
"""


def rules(loaded: Any) -> RuleSet:
    one = rule_text(CALL, "One", tags="attack.t1580, attack.t1530") + "bastide: {threats: [data.leaks]}\n"
    flow = rule_text("  a: {dst_port: 22}\n  condition: a", "Flow", 2, tags="attack.t1046")
    flow = flow.replace("service: cloudtrail", "service: vpcflow")
    return loaded(one, flow, rule_text(CALL, "Part", 3) + "name: a\n", COUNT)  # type: ignore[no-any-return]


def test_techniques(loaded: Any) -> None:
    kept = Kept(seen={"T1580": "2026-11-27"}, missed={"T1530": "2026-11-26"}, noisy={})
    rows = {row.id: row for row in techniques(rules(loaded).rules, [], kept, {"cloudtrail": 10})}
    assert (rows["T1580"].status, rows["T1580"].on, rows["T1580"].name) == (
        "seen", "2026-11-27", "Cloud Infrastructure Discovery",
    )  # fmt: skip
    assert (rows["T1530"].status, rows["T1530"].on) == ("missed", "2026-11-26")
    assert (rows["T1046"].status, rows["T1046"].lacking) == ("no logs", ("flow-logs",))
    assert (rows["T1110"].status, rows["T1110"].detections) == ("untested", ("many",))
    assert rows["T1485"].status == "blind"


def test_without_a_lake_no_log_is_missed(loaded: Any) -> None:
    rows = {row.id: row for row in techniques(rules(loaded).rules, [], Kept(), None)}
    assert (rows["T1046"].status, rows["T1046"].lacking) == ("untested", ())


def test_threats(loaded: Any) -> None:
    found = rules(loaded)
    (row,) = threats(found.rules, Kept(), None)
    assert (row.id, row.status, row.detections) == ("data.leaks", "untested", ("One",))
    kept = Kept(rules={found.rules[0].id: "2026-11-27"}, noisy={found.rules[0].id: "2026-11-27"})
    (row,) = threats(found.rules, kept, None)
    assert (row.status, row.on, row.noisy) == ("seen", "2026-11-27", ("One",))


def test_a_correlation_needs_what_it_counts(loaded: Any) -> None:
    found = rules(loaded).rules
    assert logs_of(found[-1], found) == {"cloudtrail"}
