"""Rules over their own events."""

from __future__ import annotations

from typing import Any

import pytest

from bastide.detect.examples import examples_of, run_examples
from bastide.detect.rules import load_rules
from bastide.errors import UsageError
from tests.detect.conftest import rule, rule_text

YES = "{eventSource: s3.amazonaws.com, eventName: ListBuckets}"
NO = "{eventSource: s3.amazonaws.com, eventName: GetObject}"


def outcome(loaded: Any, *examples: str) -> tuple[str, ...]:
    lines = "".join(f"    - {example}\n" for example in examples)
    rules = loaded(rule_text("  a: {eventName: ListBuckets}\n  condition: a") + f"bastide:\n  examples:\n{lines}")
    (one,) = run_examples(rules, rules.rules)
    return one.failed


def test_examples_that_hold(loaded: Any) -> None:
    assert outcome(loaded, f"match: {YES}", f"no-match: {NO}", f"no-match: [{NO}, {NO}]") == ()


def test_examples_that_do_not(loaded: Any) -> None:
    assert outcome(loaded, f"match: {NO}", f"no-match: {YES}") == ("example 1 is not matched", "example 2 is matched")


def test_both_sides_are_needed(loaded: Any) -> None:
    assert outcome(loaded, f"match: {YES}") == ("it has no example that it does not match",)


def test_what_is_no_example(loaded: Any) -> None:
    assert "either `match` or `no-match`" in outcome(loaded, "fits: x")[0]
    assert "`eventName` and `eventSource`" in outcome(loaded, "match: {eventName: x}")[0]
    with pytest.raises(UsageError, match="is a list"):
        examples_of(rule(extra={"examples": "x"}))


def test_events_of_other_logs(loaded: Any) -> None:
    flow = "{account_id: '1', interface_id: e, srcaddr: 1.2.3.4, dstaddr: 10.0.0.1, dstport: %s, start: '${seconds}', "
    lines = [f"{side}: {{raw: {flow % port}log_status: OK}}}}" for side, port in (("match", 22), ("no-match", 80))]
    text = rule_text("  a: {dstport: 22}\n  condition: a").replace("service: cloudtrail", "service: vpcflow")
    rules = loaded(text + "bastide:\n  examples:\n" + "".join(f"    - {line}\n" for line in lines))
    (one,) = run_examples(rules, rules.rules)
    assert (one.failed, one.examples) == ((), 2)


@pytest.mark.slow
def test_those_of_the_library_hold() -> None:
    rules = load_rules()
    assert [(one.rule.title, one.failed) for one in run_examples(rules, rules.rules) if one.failed] == []
