"""The library's detections: whole, readable by every parser, and blind to calls that were refused unless they say so.

That each matches its own events is tested beside the engine (tests/detect/test_examples.py).
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from msgspec.structs import replace

from bastide.detect.attack import tactic
from bastide.detect.examples import run_examples
from bastide.detect.plan import plan_of
from bastide.detect.rules import load_rules
from bastide.library import FOLDER
from bastide.threats.templates import load_templates

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bastide.detect.rules import Rule

RULES = load_rules()
SHOWN = [pytest.param(rule, id=rule.title) for rule in RULES.rules if rule.shown]
THREATS = {template.id for template in load_templates()}
TECHNIQUE = re.compile(r"attack\.t\d{4}(\.\d{3})?")
SEE_REFUSED = {
    "A sign-in of the root user fails": "a sign-in says in its answer how it ended",
    "A tool for attacks calls": "whose tool it is counts, not what it got",
    "A user signs in to the console without a second factor": "a sign-in says in its answer how it ended",
    "Credentials of an instance are used from outside": "where the call comes from counts, not what it got",
    "The root user acts": "whoever calls as the root user has come in",
}
"""Detections that match calls which were refused, and why."""


def test_there_are_many() -> None:
    assert not RULES.problems
    assert len(SHOWN) >= 120
    assert sum(rule.is_correlation and rule.shown for rule in RULES.rules) >= 15


@pytest.mark.parametrize("rule", SHOWN)
def test_who_is_told_can_act(rule: Rule) -> None:
    assert rule.level in ("low", "medium", "high", "critical")
    assert rule.false_positives
    assert str(rule.extra["playbook"]).endswith(".")
    assert rule.extra["threats"]
    assert set(rule.extra["threats"]) <= THREATS


def test_a_part_of_others_is_never_told_as_if_it_mattered() -> None:
    assert [rule.title for rule in RULES.rules if not rule.shown and rule.level != "informational"] == []


def test_tags_are_of_attack() -> None:
    for rule in RULES.rules:
        assert rule.techniques, rule.title
        assert rule.tactics, rule.title
        strange = [tag for tag in rule.tags if not TECHNIQUE.fullmatch(tag) and not tactic(tag.removeprefix("attack."))]
        assert strange == [], rule.title


def test_a_title_names_one_rule() -> None:
    assert [title for title, count in Counter(rule.title for rule in RULES.rules).items() if count > 1] == []


def test_every_parser_of_yaml_reads_the_same_names() -> None:
    """`on`, `off`, `yes` and `no` are names for bastide's parser, and truth values for many others."""
    for file in sorted((FOLDER / "detections").rglob("*.yml")):
        for document in yaml.safe_load_all(file.read_text()):
            assert all(isinstance(key, str) for key in _keys(document)), file.name


def _keys(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        yield from value
    for one in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _keys(one)


@pytest.mark.slow
def test_calls_that_were_refused_are_told_apart() -> None:
    """Each event that a detection matches, had it been refused, is matched only by those that mean to."""
    refused = [_refused(rule) for rule in RULES.rules if rule.shown and rule.source and rule.source.is_cloudtrail]
    outcomes = run_examples(RULES, plan_of(RULES), [rule for rule in refused if rule.extra["examples"]])
    matched = {one.rule.title for one in outcomes if any(text.endswith(" is matched") for text in one.failed)}
    assert matched == set(SEE_REFUSED)


def _refused(rule: Rule) -> Rule:
    given = [example["match"] for example in rule.extra["examples"] if "match" in example]
    events = [event for one in given for event in (one if isinstance(one, list) else [one])]
    examples = [{"no-match": {**event, "errorCode": "AccessDenied"}} for event in events if "raw" not in event]
    return replace(rule, extra={**rule.extra, "examples": examples})
