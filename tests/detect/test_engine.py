"""From files of a lake to matches."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from bastide.detect.engine import detect, moment, span_of
from bastide.detect.plan import plan_of
from bastide.detect.small import stored
from tests.detect.conftest import records, rule_text

LIST = {"eventSource": "s3.amazonaws.com", "eventName": "ListBuckets"}
RULE = rule_text("  a: {eventName: ListBuckets}\n  condition: a", "Lists", level="low", tags="attack.t1580")
MANY = """title: Lists much
correlation:
  type: event_count
  rules: [lists]
  group-by: [userIdentity.arn]
  timespan: 1m
  condition: {gte: 3}
"""


def test_a_match_has_what_is_told_of_it(loaded: Any, tmp_path: Path) -> None:
    rules = loaded(RULE)
    found = detect(rules, plan_of(rules), stored(records({**LIST, "errorCode": "AccessDenied"}), tmp_path))
    record = found.matches[0].record()
    assert record == {
        "rule_id": "00000000-0000-4000-8000-000000000001",
        "event_uid": records(LIST)[0]["eventID"],
        "rule_title": "Lists",
        "level": "low",
        "time": "2026-03-02T10:00:00Z",
        "actor": "arn:aws:iam::111122223333:user/alice",
        "account": "111122223333",
        "region": "eu-west-1",
        "table": "api_activity",
        "operation": "ListBuckets",
        "service": "s3.amazonaws.com",
        "source": "198.51.100.23",
        "error": "AccessDenied",
        "resources": [],
        "techniques": ["T1580"],
    }
    assert (found.events, found.rules) == (1, 1)


def test_a_correlation_tells_its_events(loaded: Any, tmp_path: Path) -> None:
    rules = loaded(RULE + "name: lists\n", MANY)
    events = records({**LIST, "repeat": 4, "every": "10s"}, {**LIST, "after": "1h"})
    found = detect(rules, plan_of(rules), stored(events, tmp_path))
    (one,) = found.matches
    record = one.record()
    assert record["event_uid"] == events[2]["eventID"]
    assert record["event_uids"] == [event["eventID"] for event in events[:4]]
    assert (record["count"], record["first"], record["last"]) == (4, "2026-03-02T10:00:00Z", "2026-03-02T10:00:30Z")
    assert span_of(rules) == 60_000


def test_correlations_of_correlations(loaded: Any, tmp_path: Path) -> None:
    outer = """title: Lists much and deletes
correlation:
  type: temporal
  rules: [much, deletes]
  group-by: [userIdentity.arn]
  timespan: 5m
"""
    deletes = rule_text("  a: {eventName: DeleteBucket}\n  condition: a", number=2) + "name: deletes\n"
    rules = loaded(RULE + "name: lists\n", MANY + "name: much\n", deletes, outer)
    delete = {"eventSource": "s3.amazonaws.com", "eventName": "DeleteBucket"}
    events = records({**LIST, "repeat": 3}, {**delete, "after": "2m"}, {**delete, "by": "user/bob"})
    found = detect(rules, plan_of(rules), stored(events, tmp_path))
    assert not found.problems
    assert [match.rule.title for match in found.matches] == ["Lists much and deletes"]


def test_correlations_look_back_to_where_those_begin_that_they_count(loaded: Any) -> None:
    counts = "correlation: {type: event_count, rules: [%s], timespan: %s, condition: {gte: 2}}\n"
    outer = "title: waves\nname: waves\n" + counts % ("much", "5m")
    last = "title: days\n" + counts % ("waves", "1h")
    assert span_of(loaded(RULE + "name: lists\n", MANY + "name: much\n", outer, last)) == (60 + 5 + 1) * 60_000


def test_every_value_of_a_list_counts_in_a_sum(loaded: Any, tmp_path: Path) -> None:
    measured = MANY.replace("event_count", "value_sum").replace("gte: 3", "gte: 200, field: requestParameters.sizes")
    rules = loaded(RULE + "name: lists\n", measured)
    events = records({**LIST, "requestParameters": {"sizes": [100, 100]}})
    assert len(detect(rules, plan_of(rules), stored(events, tmp_path)).matches) == 1


def test_a_correlation_that_has_no_way_is_a_problem(loaded: Any, tmp_path: Path) -> None:
    rules = loaded(RULE + "name: lists\n", MANY.replace("event_count", "temporal_ordered").replace("gte: 3", "gte: 9"))
    found = detect(rules, plan_of(rules), stored(records(LIST), tmp_path))
    assert "needs every rule" in found.problems[0].cause


def test_times() -> None:
    assert moment(0) == "1970-01-01T00:00:00Z"
    assert moment(1_772_445_600_007) == "2026-03-02T10:00:00.007Z"
