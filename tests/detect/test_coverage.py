"""What would be seen."""

from __future__ import annotations

from typing import Any

from bastide.detect.coverage import Asked, logs_of, techniques, threats
from bastide.detect.rules import RuleSet
from bastide.detect.sightings import ACTION, Sightings, sightings
from bastide.state.journal import Entry
from tests.detect.conftest import rule_text

FIRST = "00000000-0000-4000-8000-000000000001"
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


def replayed(fired: dict[str, list[str]], seen: dict[str, list[str]] | None = None, on: str = "2026-11-27") -> Entry:
    """An entry of the log: one scenario in which these techniques and threats were seen, and that tries T1530."""
    outcome = {"seen": seen or {}, "missed": {}, "techniques": [*fired, "T1530"], "fired": fired, "silent": {}}
    body = {"scenarios": {"attack": outcome}, "watched": ["data.leaks"], "noise": {"day": [FIRST]}}
    return Entry(1, f"{on}T10:00:00.000Z", "jo", ACTION, "shop", body, "", "")


def test_techniques(loaded: Any) -> None:
    log = sightings([replayed({"T1580": ["One"]})])
    rows = {row.id: row for row in techniques(rules(loaded).rules, [], log, {"cloudtrail": 10})}
    assert (rows["T1580"].status, rows["T1580"].on, rows["T1580"].name) == (
        "seen", "2026-11-27", "Cloud Infrastructure Discovery",
    )  # fmt: skip
    assert (rows["T1530"].status, rows["T1530"].on) == ("blind", "2026-11-27")
    assert (rows["T1046"].status, rows["T1046"].lacking) == ("no logs", ("flow-logs",))
    assert (rows["T1110"].status, rows["T1110"].detections) == ("not tried", ("many",))
    assert (rows["T1485"].status, rows["T1485"].replay) == ("blind", "not tried")


def test_without_a_lake_no_log_is_missed(loaded: Any) -> None:
    rows = {row.id: row for row in techniques(rules(loaded).rules, [], Sightings(), None)}
    assert (rows["T1046"].status, rows["T1046"].lacking) == ("not tried", ())


def test_what_was_seen_is_not_hidden_once_it_is_blind(loaded: Any) -> None:
    log = [replayed({"T1580": ["One"]}, {"data.leaks": ["One"]}, "2026-11-26"), replayed({})]
    found = rules(loaded).rules
    both = [*techniques(found, [], sightings(log), None), *threats(found, {}, sightings(log), None)]
    rows = {row.id: row for row in both}
    for uid in ("T1580", "data.leaks"):
        assert (rows[uid].status, rows[uid].on, rows[uid].last_seen) == ("blind", "2026-11-27", "2026-11-26")
        assert rows[uid].lost
    assert not rows["T1530"].lost


def test_what_no_detection_is_there_for_now_is_blind_whatever_was_seen(loaded: Any) -> None:
    log = sightings([replayed({"T1580": ["One"]}, {"data.leaks": ["One"]})])
    rows = {row.id: row for row in [*techniques([], [], log, None), *threats([], {}, log, None)]}
    for uid in ("T1580", "data.leaks"):
        assert (rows[uid].status, rows[uid].replay, rows[uid].last_seen) == ("blind", "seen", "2026-11-27")
        assert rows[uid].lost


def test_threats(loaded: Any) -> None:
    found = rules(loaded)
    (row,) = threats(found.rules, {}, Sightings(), None)
    assert (row.id, row.status, row.detections) == ("data.leaks", "not tried", ("One",))
    log = sightings([replayed({}, {"data.leaks": ["One"]})])
    (row,) = threats(found.rules, {}, log, None)
    assert (row.status, row.on, row.noisy) == ("seen", "2026-11-27", ("One",))


def test_threats_that_are_asked_of(loaded: Any) -> None:
    asked = {
        "T-1": Asked(("data.leaks", "T-1"), (), "It leaks"),
        "data.leaks": Asked(("data.leaks",), ("T1530",), "Leaks"),
        "nobody.looks": Asked(("nobody.looks",)),
    }
    rows = {row.id: row for row in threats(rules(loaded).rules, asked, sightings([replayed({})]), None)}
    assert (rows["T-1"].name, rows["T-1"].detections, rows["T-1"].status) == ("It leaks", ("One",), "not tried")
    assert rows["data.leaks"].status == "blind"  # a step of its technique fired nothing
    assert (rows["nobody.looks"].status, rows["nobody.looks"].detections) == ("blind", ())


def test_a_correlation_needs_what_it_counts(loaded: Any) -> None:
    found = rules(loaded).rules
    assert logs_of(found[-1], found) == {"cloudtrail"}
