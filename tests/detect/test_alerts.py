"""Matches that belong together, and how bad they are together."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bastide.detect.alerts import Classed, alerts_of, level_number, touch
from tests.detect.conftest import match, rule
from tests.fuzzing import fuzz


def test_one_actor_within_an_hour_is_one_alert() -> None:
    found = alerts_of([match(at=0), match(at=3000), match(at=8000), match(at=10, actor="arn:other")])
    assert [len(alert.matches) for alert in found] == [1, 2, 1]
    assert {alert.actor for alert in found} == {"arn:aws:iam::111122223333:user/bob", "arn:other"}


def test_without_an_actor_the_resource_counts() -> None:
    """What something befell has not done it."""
    found = alerts_of([match(at=0, actor="", resources=("a",)), match(at=1, actor="", resources=("b",))])
    assert {one.actor for one in found} == {""}
    assert len(found) == 2


def test_the_worst_rule_gives_title_and_level() -> None:
    (alert,) = alerts_of(
        [match(rule("slip", "low"), 0), match(rule("worse", "high"), 1), match(rule("slip", "low"), 2)]
    )
    assert (alert.title, alert.level, alert.reasons) == ("worse, and 1 more", "high", [])


def test_steps_of_an_attack_are_worse_than_each() -> None:
    chain = [match(rule(word, "low", (word,)), at) for at, word in enumerate(["discovery", "persistence", "impact"])]
    (alert,) = alerts_of(chain)
    assert alert.level == "medium"
    assert alert.tactics == ["Persistence", "Discovery", "Impact"]
    assert alert.reasons == ["steps of 3 tactics: Persistence, Discovery, Impact"]


def test_sensitive_data_is_worse() -> None:
    classes = [Classed("customers*", "restricted", 1.0), Classed("assets", "public", 0.0)]
    (alert,) = alerts_of([match(resources=("arn:aws:s3:::customers-eu",))], classes)
    assert (alert.level, alert.reasons) == ("high", ["restricted data was touched"])
    (alert,) = alerts_of([match(resources=("arn:aws:s3:::assets",))], classes)
    assert alert.level == "medium"


def test_classes_of_data_are_told_the_most_sensitive_first() -> None:
    classes = [Classed("assets", "public", 0.0), Classed("orders", "internal", 0.3)]
    (alert,) = alerts_of([match(resources=("arn:aws:s3:::assets", "arn:aws:s3:::orders"))], classes)
    assert (alert.classes, alert.level) == (["internal", "public"], "medium")


def test_sensitive_data_that_is_known_later_is_worse_once() -> None:
    (alert,) = alerts_of([match()])
    touch(alert, {"internal": 0.3})
    assert (alert.level, alert.reasons) == ("medium", [])
    touch(alert, {"restricted": 1.0})
    touch(alert, {"restricted": 1.0})
    assert (alert.level, alert.reasons) == ("high", ["restricted data was touched"])
    assert alert.classes == ["restricted", "internal"]


def test_the_worst_stands_first_and_none_is_over_critical() -> None:
    chain = [
        match(rule(word, "critical", (word,)), at) for at, word in enumerate(["discovery", "persistence", "impact"])
    ]
    first, second = alerts_of([match(rule("low", "low"), 0, actor="x"), *chain])
    assert (first.level, second.level) == ("critical", "low")


@fuzz(100)
@given(some=st.lists(st.tuples(st.integers(0, 20_000), st.sampled_from("ab"), st.sampled_from(["low", "high"]))))
def test_every_match_is_in_one_alert(some: list[tuple[int, str, str]]) -> None:
    matches = [
        match(rule(level, level), at, actor=actor, event_uid=str(n)) for n, (at, actor, level) in enumerate(some)
    ]
    found = alerts_of(matches)
    assert sorted(one.event_uid for alert in found for one in alert.matches) == sorted(one.event_uid for one in matches)
    assert all(len({one.actor for one in alert.matches}) == 1 for alert in found)
    assert [level_number(alert.level) for alert in found] == sorted(
        (level_number(a.level) for a in found), reverse=True
    )
    assert len({alert.id for alert in found}) == len(found)


def test_an_event_counts_once_whatever_it_matches() -> None:
    """A correlation has the events of the rules that it counts; not all of very many have their ids in it."""
    guessed = match(rule("guessed"), 2, event_uid="e2", event_uids=("e0", "e1", "e2"), count=3)
    (found,) = alerts_of([match(rule("one"), 0), match(rule("other"), 0), guessed])
    assert (found.total, found.events, found.event_uids) == (3, 3, ["e0", "e1", "e2"])
    (found,) = alerts_of([match(at=0), match(rule("many"), 5, event_uids=("e0", "e1"), count=5000)])
    assert found.events == 5000
