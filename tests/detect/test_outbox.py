"""Alerts that a place does not take."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from bastide.detect import outbox as module
from bastide.detect.alerts import Alert, alerts_of
from bastide.detect.outbox import Outbox
from bastide.errors import UsageError
from tests.detect.conftest import match


@pytest.fixture
def taken(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[str]]:
    """What places take, by name; one whose name begins with `shut` takes nothing while it is among them."""
    found: dict[str, list[str]] = {"shut": []}

    def send(where: str, alerts: Sequence[Alert]) -> str:
        if where in found and where.startswith("shut"):
            return "closed"
        found.setdefault(where, []).extend(alert.id for alert in alerts)
        return ""

    monkeypatch.setattr(module, "send", send)
    return found


def test_a_place_gets_what_it_did_not_take_and_no_other_gets_it_twice(
    taken: dict[str, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = alerts_of([match(at=0)]), alerts_of([match(at=9000)])
    box = Outbox(["open", "shut"])
    assert box.put(first) == ["not sent to shut: closed"]
    assert (taken["open"], box.is_empty, box.is_due) == ([first[0].id], False, False)
    monkeypatch.setattr(module, "PAUSE", 0.0)
    assert box.is_due
    del taken["shut"]
    assert box.put(second) == []
    both = [first[0].id, second[0].id]
    assert (taken["open"], taken["shut"], box.is_empty, box.is_due) == (both, both, True, False)


def test_without_a_place_nothing_waits() -> None:
    box = Outbox(None)
    box.put(alerts_of([match()]))
    assert box.is_empty


def test_a_place_that_cannot_be_one_is_told_at_once() -> None:
    with pytest.raises(UsageError, match="no place to send alerts to"):
        Outbox(["pigeon:x"])


def test_so_much_waits_that_nothing_more_should_come(
    taken: dict[str, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MANY", 2)
    box = Outbox(["open", "shut"])
    box.put(alerts_of([match(at=0)]))
    assert not box.is_full
    box.put(alerts_of([match(at=9000)]))
    assert box.is_full
    del taken["shut"]
    box.put(())
    assert not box.is_full
