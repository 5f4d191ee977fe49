"""The events that rules bring for their own test: what they must match, and what they must not.

`bastide.examples` of a rule is a list of `match: …` and `no-match: …`, each with a description of an event or a list
of them (`events`). All examples go through the lake's conversion and the engine in one run, far apart in time.
"""

from __future__ import annotations

import datetime as dt
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from msgspec.structs import replace

from bastide.detect.engine import detect
from bastide.detect.events import made, moment
from bastide.detect.rules import EXTRA, RuleSet
from bastide.detect.sightings import threats_of
from bastide.errors import UsageError, near_miss

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bastide.detect.plan import Plan
    from bastide.detect.rules import Rule

START = dt.datetime(2026, 3, 2, 10, 0, tzinfo=dt.UTC)
APART = dt.timedelta(days=15)
FIELDS = ("threats", "playbook", "examples")
"""What a rule may say below `bastide`."""
_SIDES = {"match": True, "no-match": False}


class Example(Struct, frozen=True):
    """Events and whether the rule matches them."""

    rule: Rule
    index: int
    wanted: bool
    events: list[dict[str, Any]]


class Outcome(Struct, frozen=True):
    """What became of a rule's examples: `failed` says what is wrong with each that does not hold."""

    rule: Rule
    examples: int
    failed: tuple[str, ...] = ()


def examples_of(rule: Rule, start: dt.datetime = START) -> list[Example]:
    """A rule's examples, one after the other; `UsageError` for what is none."""
    given = rule.extra.get("examples", [])
    if not isinstance(given, list):
        raise UsageError(f"`{EXTRA}.examples` is a list", place=rule.place)
    found = []
    for index, item in enumerate(given):
        if not isinstance(item, dict) or len(item) != 1 or next(iter(item)) not in _SIDES:
            raise UsageError("an example has either `match` or `no-match`", place=rule.place)
        ((side, value),) = item.items()
        described = value if isinstance(value, list) else [value]
        events = made(described, start + index * APART, f"{rule.id}/{index}", place=rule.place)
        found.append(Example(rule, index, _SIDES[side], events))
    return found


def _slips(rule: Rule, threats: Sequence[str]) -> list[str]:
    """Words below `bastide` that mean nothing, and threats that are only misspelt: others may be those of a pack."""
    return [
        f"`{word}` is no field of `{EXTRA}`. {near_miss(word, FIELDS)}".rstrip()
        for word in rule.extra
        if word not in FIELDS
    ] + [
        f"no threat is called `{one}`, {hint}"
        for one in threats_of(rule)
        if one not in threats and (hint := near_miss(one, list(threats), cutoff=0.8))
    ]


def run_examples(rules: RuleSet, plan: Plan, some: Sequence[Rule], threats: Sequence[str] = ()) -> list[Outcome]:
    """Run the examples of these rules; one without both a match and a no-match fails.

    `threats` are those that there are: one that a rule names and that only looks like one of them is a fault.
    """
    everything = RuleSet(rules=[replace(rule, shown=True) for rule in rules.rules])
    broken = {problem.rule: problem.cause for problem in plan.problems if problem.rule}
    examples: dict[str, list[Example]] = {}
    failed: dict[str, list[str]] = {rule.id: [] for rule in some}
    start = START
    for rule in some:
        try:
            examples[rule.id] = examples_of(rule, start)
        except UsageError as error:
            failed[rule.id].append(error.cause)
            examples[rule.id] = []
        start += APART * (len(examples[rule.id]) + 1)
    try:
        matched = _matched(everything, plan, _all(examples))
    except UsageError:
        for rule in some:
            if cause := _refusal(examples[rule.id]):
                failed[rule.id].append(cause)
                examples[rule.id] = []
        matched = _matched(everything, plan, _all(examples))
    for rule in some:
        failed[rule.id] += _slips(rule, threats)
        failed[rule.id] += [broken[rule.id]] if rule.id in broken else []
        failed[rule.id] += _judged(examples[rule.id], matched.get(rule.id, set()))
    return [Outcome(rule, len(examples[rule.id]), tuple(failed[rule.id])) for rule in some]


def _all(examples: dict[str, list[Example]]) -> list[Example]:
    return [one for every in examples.values() for one in every]


def _refusal(examples: list[Example]) -> str:
    """Why the lake does not take an event of these; empty where it takes all."""
    from bastide.detect.small import stored

    with tempfile.TemporaryDirectory(prefix="bastide-examples-") as folder:
        try:
            stored([event for example in examples for event in example.events], Path(folder))
        except UsageError as error:
            return error.cause
    return ""


def _matched(rules: RuleSet, plan: Plan, examples: list[Example]) -> dict[str, set[str | int]]:
    """By rule the ids and the times of the events that it matches."""
    from bastide.detect.small import stored

    events = [event for example in examples for event in example.events]
    found: dict[str, set[str | int]] = {}
    with tempfile.TemporaryDirectory(prefix="bastide-examples-") as folder:
        judged = detect(rules, plan, stored(events, Path(folder)) if events else [])
    for match in judged.matches:
        found.setdefault(match.rule.id, set()).update((match.event_uid, *match.event_uids, match.time))
    return found


def _judged(examples: list[Example], matched: set[str | int]) -> list[str]:
    failed = []
    for example in examples:
        hit = any(_uid(event) in matched for event in example.events)
        if hit != example.wanted:
            what = "is not matched" if example.wanted else "is matched"
            failed.append(f"example {example.index + 1} {what}")
    sides = {example.wanted for example in examples}
    if True not in sides:
        failed.append("it has no example that it matches")
    if False not in sides:
        failed.append("it has no example that it does not match")
    return failed


def _uid(event: dict[str, Any]) -> str | int:
    """An event's own id, or its time where it has none: those of examples lie apart."""
    return str(event.get("eventID") or event.get("id") or event.get("Id") or "") or moment(event)
