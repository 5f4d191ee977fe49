"""What replays have seen of threats, from the log of a project."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bastide.detect.replay import Outcome, Played, Seen
from bastide.detect.rules import Rule
from bastide.detect.sightings import Sighting, Sightings, record, sightings, threats_of
from bastide.state.database import State, open_state
from bastide.state.journal import append, entries
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


def told(state: State, *outcomes: Outcome, rules: list[Rule] = RULES, name: str = "") -> Sightings:
    record(state, "jo", outcomes, rules, name)
    return sightings(entries(state), name)


@pytest.fixture
def day(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Makes it a day of March."""

    def set_day(number: int) -> None:
        monkeypatch.setattr("bastide.state.journal.now", lambda: f"2026-03-{number:02}T10:00:00.000Z")

    return set_day


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


def test_what_was_seen_and_is_not_any_more_is_blind_with_the_day_of_both(
    state: State, day: Callable[[int], None]
) -> None:
    day(2)
    told(state, outcome("attack", "Reads", technique="T1530"), outcome("other", "Grants", technique="T1098"))
    day(3)
    found = told(state, outcome("attack", technique="T1530"))
    for lost in (found.of([LEAKS], []), found.of_technique("T1530")):
        assert (lost.status, lost.on, lost.last_seen, lost.lost) == ("blind", "2026-03-03", "2026-03-02", True)
        assert lost.text == "blind in replay on 2026-03-03, last seen on 2026-03-02"
    for kept in (found.of([WIDENS], []), found.of_technique("T1098")):
        assert (kept.status, kept.on, kept.lost) == ("seen", "2026-03-02", False)
    day(4)
    found = told(state, outcome("attack", "Reads", technique="T1530"))
    assert found.of([LEAKS], []).text == "seen in replay on 2026-03-04"
    assert not found.of_technique("T1530").lost


def test_a_detection_that_is_there_no_more_leaves_its_threat_blind(state: State, day: Callable[[int], None]) -> None:
    day(2)
    told(state, outcome("attack", "Reads"), outcome("other", "Grants"))
    day(3)
    lost = told(state, outcome("other", "Grants"), rules=RULES[1:]).of([LEAKS], [])
    assert (lost.status, lost.on, lost.last_seen) == ("blind", "2026-03-03", "2026-03-02")


def test_one_scenario_that_sees_it_is_enough(state: State) -> None:
    told(state, outcome("attack", "Reads", technique="T1530"))
    found = told(state, outcome("other", missed=("Reads",), technique="T1530"))
    for one in (found.of([LEAKS], []), found.of_technique("T1530")):
        assert (one.status, one.rules, one.missed) == ("seen", ("Reads",), ("Reads",))


def test_techniques(state: State) -> None:
    found = told(state, outcome("attack", "Grants", technique="T1078.004"), outcome("other", technique="T1580"))
    assert found.of_technique("T1078.004").rules == ("Grants",)
    assert (found.of_technique("T1580").status, found.of_technique("T1580").lost) == ("blind", False)
    assert found.of_technique("T1078") == Sighting()


def test_a_replay_says_what_it_sees_no_more(state: State) -> None:
    assert record(state, "jo", [outcome("attack", "Reads", technique="T1530")], RULES) == {}
    lost = record(state, "jo", [outcome("attack", technique="T1530")], RULES)
    assert list(lost) == ["T1530", LEAKS]
    assert record(state, "jo", [outcome("attack", technique="T1530")], RULES) == {}


def test_what_was_written_down_without_techniques_says_nothing_of_them(state: State) -> None:
    scenarios = {"attack": {"seen": {LEAKS: ["Reads"]}, "missed": {}, "techniques": ["T1530"]}}
    append(state, "jo", "replay.run", "shop", {"scenarios": scenarios, "watched": [LEAKS]})
    found = sightings(entries(state))
    assert found.of([LEAKS], []).status == "seen"
    assert found.of_technique("T1530") == Sighting()


def test_each_set_of_detections_has_its_own(state: State) -> None:
    assert told(state, outcome("attack", "Reads"), name="others").of([LEAKS], []).status == "seen"
    assert sightings(entries(state)) == Sightings()


def test_ordinary_work_shows_only_what_is_noise(state: State) -> None:
    found = told(state, outcome("day", "Reads", benign=True), outcome("night", "Grants", benign=True))
    assert found == Sightings(noise={"day": ["Reads"], "night": ["Grants"]})
    assert found.of([LEAKS], []) == Sighting()
    assert told(state, outcome("day", benign=True)).noisy == {"Grants"}


def test_threats_that_a_rule_names() -> None:
    assert threats_of(RULES[1]) == [WIDENS, "T-0a1b2c3d"]
    assert threats_of(rule(extra={"threats": "data.leaks"})) == []
