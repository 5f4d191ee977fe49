"""What a person and a program are told."""

from __future__ import annotations

import json
from typing import Any

from bastide.detect.alerts import alerts_of, touch
from bastide.detect.reach import Reach
from bastide.detect.rules import Problem
from bastide.detect.run import Judged
from bastide.detect.show import (
    TIMELINE,
    alert_record,
    alert_text,
    as_text,
    cleaned,
    closing,
    match_line,
    reach_json,
    rule_record,
)
from tests.detect.conftest import match, rule, rule_text


def test_a_match_is_an_object_on_a_line() -> None:
    text = match_line(match(at=1))
    assert json.loads(text)["event_uid"] == "e1"
    assert len(text.splitlines()) == 1


def test_hostile_texts_are_only_text() -> None:
    evil = match(actor="x\x1b[31m\u202e", error="\x07", operation="a\nb", resources=("\x1b]0;t\x07",))
    for text in (match_line(evil), alert_text(alerts_of([evil])[0]), json.dumps(alert_record(alerts_of([evil])[0]))):
        assert not any(mark in text for mark in ("\x1b", "\u202e", "\x07"))
    assert cleaned({"a": ["\x1b", 1]}) == {"a": ["\\x1b", 1]}


REACH = Reach(identity="role/\x1b[31m", changes_iam=True, writes=("iam",))


def test_what_the_actor_may_do_is_told() -> None:
    (alert,) = alerts_of([match()])
    assert alert_record(alert)["reach"] is None
    alert.reach = REACH
    touch(alert, {"confid\x1bential": 0.5})
    text = alert_text(alert).splitlines()
    assert r"          touched confid\x1bential data" in text
    assert "          may change IAM; change things in iam" in text
    record = alert_record(alert)
    assert (record["reach"]["changes_iam"], record["classes"]) == (True, [r"confid\x1bential"])
    line = match_line(match(), reach_json(REACH))
    assert json.loads(line)["reach"]["identity"] == r"role/\x1b[31m"


def test_an_alert_has_a_timeline() -> None:
    (alert,) = alerts_of([match(rule("Root acts", "high"), at, operation="GetObject", service="s3.amazonaws.com")
                          for at in range(30)])  # fmt: skip
    lines = alert_text(alert).splitlines()
    assert lines[0].startswith("HIGH      Root acts")
    assert "by arn:aws:iam::111122223333:user/bob in 111122223333, eu-west-1" in lines[2]
    assert sum("s3:GetObject: Root acts" in line for line in lines) == TIMELINE
    assert any("18 more matches" in line for line in lines)


def test_a_refused_call_and_a_correlation_say_so() -> None:
    (alert,) = alerts_of([match(error="AccessDenied", operation="X", count=7)])
    assert "refused: AccessDenied: a rule (7 events)" in alert_text(alert)


def test_what_was_done_stands_last() -> None:
    judged = Judged(total=1, alerts=alerts_of([match()]), rules=3, events=10, suppressed=2, elsewhere=5,
                    problems=[Problem("x.yml:1", "no rule")], notes=[Problem("bastide.yaml:3", "over")])  # fmt: skip
    assert as_text(judged).endswith(closing(judged))
    assert closing(judged).splitlines() == [
        "1 alert (1 medium) of 1 match; 3 rules over 10 events",
        "2 matches suppressed by settings",
        "5 rules not for this lake: they are about other logs",
        "note: bastide.yaml:3: over",
        "not used: x.yml:1: no rule",
    ]


def test_a_rule(loaded: Any) -> None:
    (one,) = loaded(
        rule_text("  a: {eventName: x}\n  condition: a", tags="attack.t1580") + "bastide: {threats: [t]}\n"
    ).rules
    record = rule_record(one)
    assert (record["techniques"], record["threats"], record["logs"], record["kind"]) == (
        ["T1580"],
        ["t"],
        "cloudtrail",
        "rule",
    )
