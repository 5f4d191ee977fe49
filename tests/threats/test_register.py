"""The register: what the scan sees, what people decide, what comes of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from bastide.detect.sightings import Sighting
from bastide.errors import UsageError
from bastide.state.database import State, open_state
from bastide.state.journal import Entry, append, entries
from bastide.threats.register import (
    Looked,
    Row,
    Scanned,
    chosen,
    decide,
    open_threats,
    read_register,
    record,
    standings,
)
from bastide.threats.risk import Risk
from bastide.threats.templates import Threat


def threat(name: str) -> Threat:
    return Threat(
        name, "a.b", "", "", "", "", "", "", [], [], [], "e", "e", None, [], [], 4, 5, {"likelihood": [], "impact": []}
    )


def scanned(number: int, scope: str = "code", *, whole: bool = True) -> Scanned:
    return Scanned(f"s{number}", f"2026-01-0{number}T00:00:00.000Z", False, whole, "", scope, "", True)


RISK = Risk(20, 12, 16, ())


@pytest.fixture
def state(tmp_path: Path) -> Iterator[State]:
    with open_state("shop", f"sqlite:///{tmp_path / 'state.db'}") as opened:
        yield opened


def rows(state: State, *, high: float = 16) -> dict[str, Row]:
    risk = Risk(20, 12, high, ())
    found = read_register(state, dict.fromkeys(("T-1", "T-2"), risk), entries(state), "medium")
    return {row.threat.id: row for row in found}


def test_what_is_new_is_told_once(state: State) -> None:
    assert record(state, [threat("T-1"), threat("T-2")], {}, scanned(1)) == (["T-1", "T-2"], [])
    assert record(state, [threat("T-1"), threat("T-2")], {}, scanned(2)) == ([], [])
    assert (rows(state)["T-1"].first_seen, rows(state)["T-1"].last_seen) == (scanned(1).at, scanned(2).at)


def test_a_threat_whose_cause_is_gone_is_closed_and_opened_when_it_is_back(state: State) -> None:
    record(state, [threat("T-1"), threat("T-2")], {}, scanned(1))
    assert record(state, [threat("T-2")], {}, scanned(2)) == ([], ["T-1"])
    assert rows(state)["T-1"].status == "closed"
    assert record(state, [threat("T-1"), threat("T-2")], {}, scanned(3)) == (["T-1"], [])
    assert rows(state)["T-1"].status == "open"
    assert rows(state)["T-1"].first_seen == scanned(1).at


@pytest.mark.parametrize(
    ("places", "gone"),
    [
        ([("111122223333", "eu-west-1"), ("111122223333", "*")], ["T-1", "T-2"]),
        ([("111122223333", "eu-west-1"), ("444455556666", "*")], ["T-1", "T-2"]),
        ([("111122223333", "us-east-1"), ("111122223333", "*")], ["T-2"]),
        ([("444455556666", "eu-west-1"), ("444455556666", "*")], []),
    ],
)
def test_a_scan_of_another_account_or_region_closes_nothing(
    state: State, places: list[tuple[str, str]], gone: list[str]
) -> None:
    queue, role = threat("T-1"), threat("T-2")
    queue.resources.append("aws:111122223333#arn:aws:sqs:eu-west-1:111122223333:q")
    role.resources.append("aws:111122223333#arn:aws:iam::111122223333:role/r")
    record(state, [queue, role], {}, scanned(1, "live"))
    later = msgspec.structs.replace(scanned(2, "live"), looked=Looked(frozenset(places)))
    assert record(state, [], {}, later) == ([], gone)


def test_a_scan_closes_only_what_it_looked_at(state: State) -> None:
    record(state, [threat("T-1")], {}, scanned(1))
    assert record(state, [threat("T-2")], {}, scanned(2, "live")) == (["T-2"], [])
    assert record(state, [], {}, scanned(3, whole=False)) == ([], [])
    assert record(state, [], {}, scanned(4)) == ([], ["T-1"])


def test_a_risk_in_the_appetite_is_mitigated_and_one_over_it_alarms(state: State) -> None:
    record(state, [threat("T-1")], {}, scanned(1))
    assert (rows(state)["T-1"].status, rows(state)["T-1"].alarm) == ("open", True)
    assert (rows(state, high=8)["T-1"].status, rows(state, high=8)["T-1"].alarm) == ("mitigated", False)


def test_threats_whose_cause_is_there(state: State) -> None:
    record(state, [threat("T-1"), threat("T-2")], {}, scanned(1))
    record(state, [threat("T-2")], {}, scanned(2))
    assert [one.id for one in open_threats(state)] == ["T-2"]


def test_a_threat_is_seen_by_what_a_replay_wrote_down(state: State) -> None:
    record(state, [threat("T-1")], {}, scanned(1))
    assert rows(state)["T-1"].sighting == Sighting()
    scenarios = {"attack": {"seen": {"a.b": ["Reads"]}, "missed": {}, "techniques": []}}
    append(state, "jo", "replay.run", "shop", {"scenarios": scenarios, "watched": ["a.b"]})
    assert rows(state)["T-1"].sighting.status == "seen"
    assert rows(state)["T-1"].sighting.rules == ("Reads",)


def test_decisions_are_kept_with_who_and_why(state: State) -> None:
    record(state, [threat("T-1"), threat("T-2")], {}, scanned(1))
    decide(state, "root", "accept", ["T-1"], {"by": "Rosa", "until": "2099-01-01", "why": "small", "owner": ""})
    decide(state, "root", "assign", ["T-1", "T-2"], {"owner": "Jo"})
    decide(state, "root", "comment", ["T-2"], {"text": "again?", "by": "Rosa"})
    found = rows(state)
    standing = found["T-1"].standing
    assert (found["T-1"].status, standing.decided_by, standing.until, standing.reason, standing.owner) == (
        "accepted", "Rosa", "2099-01-01", "small", "Jo",
    )  # fmt: skip
    assert not found["T-1"].alarm
    assert [(who, text) for _, who, text in found["T-2"].standing.comments] == [("Rosa", "again?")]
    decide(state, "root", "reopen", ["T-1"], {"by": "Rosa", "why": "grown"})
    assert (rows(state)["T-1"].status, rows(state)["T-1"].alarm) == ("open", True)


def test_what_somebody_says_is_mitigated_alarms_when_it_is_not(state: State) -> None:
    record(state, [threat("T-1")], {}, scanned(1))
    decide(state, "root", "mitigate", ["T-1"], {"by": "Rosa", "why": "a guard"})
    assert (rows(state)["T-1"].status, rows(state)["T-1"].alarm) == ("mitigated", True)


@pytest.mark.parametrize(
    ("level", "high", "status"),
    [("medium", 9, "accepted"), ("medium", 12, "open"), ("", 24, "accepted"), ("odd", 24, "accepted")],
)
def test_an_acceptance_is_of_the_risk_as_it_was(state: State, level: str, high: float, status: str) -> None:
    """Who has accepted a small risk has not accepted the great one that it becomes."""
    record(state, [threat("T-1")], {}, scanned(1))
    body = {"by": "Rosa", "until": "2099-01-01", "why": "small"}
    decide(state, "root", "accept", ["T-1"], body, levels={"T-1": level})
    row = rows(state, high=high)["T-1"]
    assert (row.status, row.alarm) == (status, status == "open")
    assert row.standing.outgrown == ("high" if status == "open" else "")


def test_an_acceptance_ends_after_its_last_day() -> None:
    entry = Entry(1, "2026-01-01T00:00:00.000Z", "a", "threat.accept", "T-1",
                  {"by": "Rosa", "until": "2026-03-01", "why": "x"}, "", "")  # fmt: skip
    assert standings([entry], "2026-03-01")["T-1"].status == "accepted"
    after = standings([entry], "2026-03-02")["T-1"]
    assert (after.status, after.ended) == ("open", True)


@pytest.mark.parametrize(
    ("action", "body", "said"),
    [
        ("accept", {"by": "Rosa", "why": "x"}, "to accept needs --until"),
        ("accept", {"until": "2099-01-01"}, "to accept needs --by, --why"),
        ("accept", {"by": "a", "why": "x", "until": "soon"}, "`soon` is no day"),
        ("accept", {"by": "a", "why": "x", "until": "2020-01-01"}, "has passed"),
        ("transfer", {"by": "a", "why": "x"}, "--to"),
        ("comment", {}, "--text"),
    ],
)
def test_half_a_decision_is_none(state: State, action: str, body: dict[str, str], said: str) -> None:
    with pytest.raises(UsageError) as told:
        decide(state, "root", action, ["T-1"], body)
    assert said in told.value.text()
    assert entries(state) == []


def test_threats_are_named_by_how_they_begin(state: State) -> None:
    record(state, [threat("T-1ab"), threat("T-2ab"), threat("T-2cd")], {}, scanned(1))
    found = read_register(state, {}, [], "medium")
    assert [row.threat.id for row in chosen(found, ["t-1", "T-2cd"])] == ["T-1ab", "T-2cd"]
    for text, said in (("T-2", "2 threats begin with"), ("T-9ab", "no threat has the id `T-9ab`")):
        with pytest.raises(UsageError, match=said):
            chosen(found, [text])


def test_a_threat_of_another_scan_keeps_the_risk_that_it_had(state: State) -> None:
    from sqlalchemy import insert

    from bastide.state.tables import scans

    with state.transaction() as connection:
        connection.execute(
            insert(scans).values(
                id="s1", workload="shop", at=scanned(1).at, live=True, targets="[]", commit="", version="", digest="",
                resources=1, complete=True,
            )
        )  # fmt: skip
    record(state, [threat("T-1")], {"T-1": RISK}, scanned(1, "live"))
    (row,) = read_register(state, {}, [], "medium")
    assert row.risk == RISK
