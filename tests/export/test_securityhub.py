"""Sending: over HTTP to an emulated Security Hub, and to one that refuses, lies and throttles."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from botocore.session import Session
from botocore.validate import ParamValidator

from bastide.errors import UsageError
from bastide.export.asff import Target
from bastide.export.pending import State
from bastide.export.securityhub import TRIES, Counts, due, send, target_of
from bastide.sources.aws.calls import Answer, Request
from bastide.sources.aws.writing import Door
from tests.export.conftest import ACCOUNT, REGION, History

NOW = dt.datetime(2026, 1, 4)
HERE = Target(ACCOUNT, REGION)
SHAPE = Session().get_service_model("securityhub").operation_model("BatchImportFindings").input_shape


class Hub:
    """A Security Hub that answers with what `answers` make of the findings, the last again and again."""

    def __init__(self, *answers: Callable[[list[Any]], Answer]) -> None:
        self.answers, self.asked = list(answers), []  # type: ignore[var-annotated]

    def __call__(self, account: str, request: Request) -> Answer:
        report = ParamValidator().validate(request.parameters, SHAPE)
        assert not report.has_errors(), report.generate_report()
        findings = request.parameters["Findings"]
        self.asked.append((account, request.region, [one["Id"].rpartition("/")[2] for one in findings]))
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return answer(findings)


def taken(findings: list[Any]) -> Answer:
    return Answer("read", {"FailedCount": 0, "SuccessCount": len(findings), "FailedFindings": []})


def refusing(name: str) -> Callable[[list[Any]], Answer]:
    """Takes all but the finding of one bucket."""

    def answer(findings: list[Any]) -> Answer:
        failed = [{"Id": one["Id"], "ErrorCode": "Internal", "ErrorMessage": "later"} for one in findings
                  if one["Id"].endswith(f"/{name}")]  # fmt: skip
        count = len(failed)
        value = {"FailedCount": count, "SuccessCount": len(findings) - count, "FailedFindings": failed}
        return Answer("read", value)

    return answer


def sent(history: History, call: Callable[[str, Request], Answer], into: Target | None = None) -> dict[Target, Counts]:
    """An export, as the command makes it."""
    state = State(history.root, "/".join(into or ()))
    with state.held():
        return send(due(state, {}, into, NOW), state, call, NOW)


def test_opened_unchanged_and_closed_over_http(history: History, aws: Callable[..., Any], texts: Any) -> None:
    aws("securityhub").enable_security_hub()
    door = Door("securityhub")
    door.enter([ACCOUNT])

    def export() -> dict[Target, Counts]:
        state = State(history.root)
        with state.held():
            return send(due(state, texts, None, NOW), state, door.call, NOW)

    history.run({"a": "fail", "b": "fail"})
    assert export()[HERE].active == 2
    assert export() == {}
    history.run({"a": "pass", "b": "fail"})
    counts = export()[HERE]
    assert (counts.active, counts.archived, counts.refused) == (0, 1, 0)
    there = {one["Id"].rpartition("/")[2]: one for one in aws("securityhub").get_findings()["Findings"]}
    assert {name: one["RecordState"] for name, one in there.items()} == {"a": "ARCHIVED", "b": "ACTIVE"}
    assert there["a"]["Compliance"]["Status"] == "PASSED"


def test_batches_of_a_hundred_and_one_target_after_the_other(history: History) -> None:
    history.run({f"b{number}": "fail" for number in range(250)})
    hub = Hub(taken)
    assert sent(history, hub)[HERE].active == 250
    assert [len(asked[2]) for asked in hub.asked] == [100, 100, 50]
    assert len({name for asked in hub.asked for name in asked[2]}) == 250


def test_each_to_its_own_or_all_into_one(history: History) -> None:
    history.run({"a": "fail"})
    history.run({"b": "fail"}, region="global", account="111111111111")
    own = Hub(taken)
    assert set(sent(history, own)) == {HERE, Target("111111111111", "us-east-1")}
    one = Hub(taken)
    assert sent(history, one, Target("222222222222", "eu-north-1"))[Target("222222222222", "eu-north-1")].active == 2
    assert [asked[:2] for asked in one.asked] == [("222222222222", "eu-north-1")]


def test_what_is_refused_once_is_sent_again_alone(history: History) -> None:
    history.run({"a": "fail", "b": "fail"})
    hub = Hub(refusing("b"), taken)
    counts = sent(history, hub)[HERE]
    assert (counts.active, counts.refused) == (2, 0)
    assert [sorted(asked[2]) for asked in hub.asked] == [["a", "b"], ["b"]]


def test_what_is_refused_for_good_is_told_and_stays_due(history: History) -> None:
    history.run({"a": "fail", "b": "fail"})
    hub = Hub(refusing("b"))
    counts = sent(history, hub)[HERE]
    assert (counts.active, counts.refused, dict(counts.why)) == (1, 1, {"Internal: later": 1})
    assert len(hub.asked) == TRIES
    again = Hub(taken)
    sent(history, again)
    assert [asked[2] for asked in again.asked] == [["b"]]


@pytest.mark.parametrize(
    "value",
    [
        None,
        {},
        {"SuccessCount": 0, "FailedCount": 0, "FailedFindings": []},
        {"SuccessCount": 7, "FailedCount": 0, "FailedFindings": "none"},
        {"SuccessCount": 0, "FailedCount": 1, "FailedFindings": [{"Id": "another's"}, 3]},
    ],
)
def test_an_answer_that_does_not_add_up_is_no_success(history: History, value: Any) -> None:
    history.run({"a": "fail"})
    counts = sent(history, Hub(lambda _: Answer("read", value)))[HERE]
    assert (counts.active, counts.refused) == (0, 1)
    assert "does not say" in next(iter(counts.why))
    assert sent(history, Hub(taken))[HERE].active == 1


def test_one_hub_that_is_shut_does_not_keep_the_others(history: History) -> None:
    history.run({f"b{number}": "fail" for number in range(150)})
    history.run({"z": "fail"}, account="999999999999")
    hub = Hub(lambda _: Answer("denied", code="AccessDeniedException"), taken)
    counts = sent(history, hub)
    assert (counts[HERE].active, counts[HERE].refused) == (0, 150)
    assert "grant securityhub:BatchImportFindings" in next(iter(counts[HERE].why))
    assert counts[Target("999999999999", REGION)].active == 1
    assert [len(asked[2]) for asked in hub.asked] == [100, 1]


def test_closed_before_it_ever_arrived_is_not_sent(history: History) -> None:
    history.run({"a": "fail"})
    sent(history, Hub(lambda _: Answer("denied", code="AccessDeniedException")))
    history.run({"a": "pass"})
    assert sent(history, Hub(taken)) == {}


def test_closed_after_it_may_have_arrived_is_archived(history: History) -> None:
    history.run({"a": "fail"})
    sent(history, Hub(lambda _: Answer("failed", code="ServiceUnavailable")))
    history.run({"a": "pass"})
    assert sent(history, Hub(taken))[HERE].archived == 1


def test_a_hub_that_is_not_enabled(history: History, aws: Callable[..., Any], monkeypatch: Any) -> None:
    history.run({"a": "fail"})
    requests: list[Request] = []

    def call(_: str, request: Request) -> Answer:
        requests.append(request)
        return Answer("not offered", code="InvalidAccessException", message="not subscribed")

    counts = sent(history, call)[HERE]
    assert "not subscribed" in next(iter(counts.why))
    assert "InvalidAccessException" in requests[0].not_offered


@pytest.mark.parametrize("text", ["x", "123/eu-west-1", "123456789012", "123456789012/", "123456789012/eu west"])
def test_into_is_an_account_and_a_region(text: str) -> None:
    with pytest.raises(UsageError, match="--into"):
        target_of(text)
    assert target_of("123456789012/eu-west-1") == Target("123456789012", "eu-west-1")
    assert target_of("") is None
