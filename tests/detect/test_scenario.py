"""Scenarios as data."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from bastide.detect.attack import TECHNIQUES
from bastide.detect.scenario import load_scenarios
from bastide.errors import UsageError

START = dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC)
TEXT = """id: one
title: One
variables: {who: bob}
steps:
  - title: first
    technique: T1580
    expect: [x]
    events: [{by: 'user/${who}', eventSource: s3.amazonaws.com, eventName: ListBuckets, repeat: 2, every: 10s}]
  - title: second
    events: [{eventSource: s3.amazonaws.com, eventName: GetObject}]
"""


def written(folder: Path, text: str = TEXT, name: str = "one.yaml") -> str:
    (folder / name).write_text(text)
    return str(folder / name)


def test_a_scenario(tmp_path: Path) -> None:
    (one,) = load_scenarios([written(tmp_path)])
    assert (one.id, one.techniques, one.benign, one.steps[0].expect) == ("one", ["T1580"], False, ("x",))
    first, second = one.records(START)
    assert [event["userIdentity"]["userName"] for event in first] == ["bob", "bob"]
    assert [event["eventTime"][14:19] for event in (*first, *second)] == ["00:00", "00:10", "01:10"]
    assert one.records(START) == one.records(START)
    assert {event["eventID"] for event in first}.isdisjoint(
        event["eventID"] for event in one.records(START + dt.timedelta(days=1))[0]
    )


def test_names_of_the_library() -> None:
    every = load_scenarios()
    assert len(every) >= 5
    assert [one.id for one in load_scenarios([every[0].id])] == [every[0].id]
    assert {uid for one in every for uid in one.techniques} <= set(TECHNIQUES)
    with pytest.raises(UsageError, match="no scenario or file"):
        load_scenarios(["nothing-like-it"])


def test_the_library_has_many_techniques_and_ordinary_work() -> None:
    every = load_scenarios()
    told = {step.technique for one in every for step in one.steps if step.expect and step.technique}
    assert len(told) >= 40
    assert sum(one.benign for one in every) >= 2


def test_an_id_that_is_there_twice(tmp_path: Path) -> None:
    written(tmp_path)
    written(tmp_path, name="two.yaml")
    with pytest.raises(UsageError, match="two scenarios"):
        load_scenarios([str(tmp_path)])


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (("id: one", "id: One!"), "a short name"),
        (("technique: T1580", "technique: X1"), "technique"),
        (("    events: [{eventSource: s3.amazonaws.com, eventName: GetObject}]\n", ""), "needs `events`"),
        (("variables: {who: bob}", "variables: 3"), "mapping of names"),
        ((TEXT[TEXT.index("steps:") :], "steps: []\n"), "needs a step"),
        (("title: One", "tittle: One"), "no field"),
    ],
)
def test_what_is_no_scenario(tmp_path: Path, change: tuple[str, str], why: str) -> None:
    with pytest.raises(UsageError, match=why):
        load_scenarios([written(tmp_path, TEXT.replace(*change))])
