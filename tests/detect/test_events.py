"""CloudTrail from short descriptions."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from bastide.detect.events import identity, made, moment
from bastide.errors import UsageError

START = dt.datetime(2026, 3, 2, 10, tzinfo=dt.UTC)
CALL = {"eventSource": "iam.amazonaws.com", "eventName": "CreateUser"}


def some(*descriptions: Any, **variables: Any) -> list[dict[str, Any]]:
    return made(descriptions, START, "seed", variables, "x.yml")


def test_a_record_is_complete() -> None:
    (record,) = some({**CALL, "requestParameters": {"userName": "x"}})
    assert record["eventTime"] == "2026-03-02T10:00:00Z"
    assert record["userIdentity"]["arn"] == "arn:aws:iam::111122223333:user/alice"
    assert (record["readOnly"], record["requestParameters"]) == (False, {"userName": "x"})
    assert some(CALL) == some(CALL)
    assert some(CALL)[0]["eventID"] != made([CALL], START, "other")[0]["eventID"]


def test_times_and_repetitions() -> None:
    records = some({**CALL, "repeat": 3, "every": "10s", "eventName": "Get${n}"}, {**CALL, "after": "2m"})
    assert [one["eventTime"][14:19] for one in records] == ["00:00", "00:10", "00:20", "02:20"]
    assert [one["eventName"] for one in records] == ["Get0", "Get1", "Get2", "CreateUser"]
    assert len({one["eventID"] for one in records}) == 4


def test_variables_keep_their_kind() -> None:
    (record,) = some({**CALL, "requestParameters": {"days": "${days}", "of": "key ${days}"}}, days=7)
    assert record["requestParameters"] == {"days": 7, "of": "key 7"}


@pytest.mark.parametrize("text", ["soon", "0001-01-01T00:00:00+99:00"])
def test_a_time_that_is_none(text: str) -> None:
    with pytest.raises(UsageError, match="is no time"):
        moment({"eventTime": text})


@pytest.mark.parametrize(
    ("who", "kind", "arn"),
    [
        ("root", "Root", "arn:aws:iam::1:root"),
        ("role/web/i-1", "AssumedRole", "arn:aws:sts::1:assumed-role/web/i-1"),
        ("service/ec2", "AWSService", None),
    ],
)
def test_callers(who: str, kind: str, arn: str | None) -> None:
    found = identity(who, "1")
    assert (found["type"], found.get("arn")) == (kind, arn)


@pytest.mark.parametrize(
    "description",
    [
        {"eventName": "x"},
        {**CALL, "by": "nobody"},
        {**CALL, "after": "soon"},
        {**CALL, "after": "9999999d"},
        {**CALL, "after": "99999999999999d"},
        {**CALL, "repeat": 0},
        {**CALL, "repeat": 100_000},
        {**CALL, "userAgent": "${missing}"},
        "text",
    ],
)
def test_what_is_no_event(description: Any) -> None:
    with pytest.raises(UsageError) as caught:
        some(description)
    assert caught.value.place == "x.yml"


def test_events_of_other_logs_have_times_and_ids() -> None:
    raw = {"start": "${seconds}", "timestamp": "${milliseconds}", "query_timestamp": "${time}", "id": "${uid}"}
    first, second = some({"raw": raw, "repeat": 2, "every": "1m"})
    assert (first["start"], second["start"]) == (1772445600, 1772445660)
    assert second["timestamp"] == 1772445660000
    assert second["query_timestamp"] == "2026-03-02T10:01:00Z"
    assert first["id"] != second["id"]


@pytest.mark.parametrize(
    ("event", "at"),
    [
        ({"eventTime": "2026-03-02T10:00:00Z"}, 1772445600000),
        ({"requestReceivedTimestamp": "2026-03-02T10:00:00.500000Z"}, 1772445600500),
        ({"start": 1772445600}, 1772445600000),
        ({"timestamp": 1772445600001}, 1772445600001),
        ({}, 0),
    ],
)
def test_when_an_event_happened(event: dict[str, Any], at: int) -> None:
    assert moment(event) == at
