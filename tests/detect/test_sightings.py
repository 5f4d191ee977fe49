"""What replays have seen of threats, from the log of a project."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bastide.detect.replay import Outcome, Played, Seen
from bastide.detect.rules import Rule
from bastide.detect.sightings import Sighting, Sightings, record, sightings, threats_of
from bastide.state.database import State, open_state
from bastide.state.journal import entries
from tests.detect.conftest import rule

LEAKS, WIDENS = "data.leaks", "identity.widens"
RULES = [rule("Reads", extra={"threats": [LEAKS]}), rule("Grants", extra={"threats": [WIDENS, "T-0a1b2c3d"]})]
TODAY = "20"


@pytest.fixture
def state(tmp_path: Path) -> Iterator[State]:
    with open_state("shop", f"sqlite:///{tmp_path / 'state.db'}") as opened:
        yield opened


def outcome(
    name: str = "attack", *fired: str, missed: tuple[str, ...] = (), technique: str = "", benign: bool = False
) -> Outcome:
    seen = tuple(Seen(title, title, "high", 0.0) for title in fired)
    return Outcome(name, name, benign, (Played("step", technique, 1, seen[:1], missed, seen[1:]),), 1)


def told(state: State, *outcomes: Outcome, rules: list[Rule] = RULES) -> Sightings:
    record(state, "jo", outcomes, rules)
    return sightings(entries(state))


def test_without_a_replay_nothing_was_tried() -> None:
    assert sightings([]).of([LEAKS], ["T1530"]) == Sighting()
    assert Sighting().text == "not tried in replay"


def test_what_fired_has_seen_its_threats(state: State) -> None:
    found = told(state, outcome("attack", "Grants", "Reads"))
    leak = found.of([LEAKS, "T-00000000"], [])
    assert (leak.status, leak.rules, leak.missed) == ("seen", ("Reads",), ())
    assert leak.text == f"seen in replay on {found.on}"
    assert found.on.startswith(TODAY)
    assert found.of(["own", "T-0a1b2c3d"], []).rules == ("Grants",)


def test_a_detection_that_did_not_fire_has_seen_nothing(state: State) -> None:
    found = told(state, outcome("attack", "Grants", missed=("Reads",)))
    leak = found.of([LEAKS], [])
    assert (leak.status, leak.rules, leak.missed) == ("blind", (), ("Reads",))
    assert leak.text == f"blind in replay on {found.on}"


def test_a_threat_without_any_detection_is_blind(state: State) -> None:
    assert told(state, outcome("attack", "Reads")).of(["nobody.looks"], []).status == "blind"
    hidden = rule("Reads", extra={"threats": [LEAKS]}, shown=False)
    assert told(state, outcome("attack"), rules=[hidden]).of([LEAKS], []).status == "blind"


def test_what_no_scenario_tries_is_not_tried(state: State) -> None:
    found = told(state, outcome("attack", "Grants", technique="T1078.004"))
    assert found.of([LEAKS], ["T1530"]).status == "not tried"
    assert found.of([LEAKS], ["T1078"]).status == "blind"
    assert found.of([LEAKS], ["T1078.004"]).status == "blind"
    assert found.of([LEAKS], ["T1078.001", "T107"]).status == "not tried"


def test_the_newest_outcome_of_a_scenario_counts(state: State) -> None:
    told(state, outcome("attack", "Reads"), outcome("other", "Grants"))
    found = told(state, outcome("attack", missed=("Reads",)))
    assert found.of([LEAKS], []).status == "blind"
    assert found.of([WIDENS], []).status == "seen"
    assert told(state, outcome("attack", "Reads")).of([LEAKS], []).status == "seen"


def test_ordinary_work_shows_nothing(state: State) -> None:
    assert told(state, outcome("day", "Reads", benign=True)) == Sightings()
    assert entries(state) == []


def test_threats_that_a_rule_names() -> None:
    assert threats_of(RULES[1]) == [WIDENS, "T-0a1b2c3d"]
    assert threats_of(rule(extra={"threats": "data.leaks"})) == []
