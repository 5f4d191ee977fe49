"""What is due: everything once, then only what changed; nothing that AWS may have is forgotten."""

from __future__ import annotations

import datetime as dt

import pytest

from bastide.errors import UsageError
from bastide.export.pending import REFRESH_DAYS, Pending, State, batches
from tests.export.conftest import CONTROL, History

NOW = dt.datetime(2026, 1, 4)


def named(state: State) -> dict[str, tuple[str | None, bool]]:
    """By bucket, what was sent and whether it was archived."""
    return {one.finding.address.rpartition(":")[2]: (one.digest, one.archived) for one in state.pending()}


def told(state: State, *digests: str | None) -> None:
    """All of them sent, with these digests one after the other."""
    found = list(state.pending())
    with state.held():
        for digest in digests:
            state.note([(one, digest) for one in found], NOW)


def test_without_a_run_there_is_nothing_to_send(history: History) -> None:
    with pytest.raises(UsageError, match="no findings of live accounts"):
        list(State(history.root).pending())


def test_open_findings_are_pending_and_what_was_sent_is_known(history: History) -> None:
    history.run({"a": "fail", "b": "pass", "c": "unknown"})
    state = State(history.root)
    assert named(state) == {"a": (None, False)}
    told(state, "", "d1")
    assert named(state) == {"a": ("d1", False)}
    assert named(State(history.root, "111111111111/eu-west-1")) == {"a": (None, False)}


def test_closed_ones_are_pending_only_when_they_were_sent(history: History) -> None:
    history.run({"a": "fail"})
    told(State(history.root), "d1")
    history.run({"a": "fail", "b": "fail"})
    history.run({"a": "pass", "b": "pass"})
    state = State(history.root)
    (one,) = state.pending()
    assert (one.finding.fingerprint, one.finding.reason) == (f"{CONTROL}/a", "fixed")
    assert one.is_due("d1", NOW)
    told(state, "d2")
    (one,) = state.pending()
    assert one.archived
    assert not one.is_due("d3", NOW)


def test_one_that_comes_back_is_due_again(history: History) -> None:
    history.run({"a": "fail"})
    told(State(history.root), "d1")
    history.run({"a": "pass"})
    told(State(history.root), "d2")
    history.run({"a": "fail"})
    (one,) = State(history.root).pending()
    assert one.finding.closed is None
    assert one.is_due("d1", NOW)


def test_an_open_finding_is_sent_anew_before_it_expires(history: History) -> None:
    history.run({"a": "fail"})
    told(State(history.root), "d1")
    (one,) = State(history.root).pending()
    assert not one.is_due("d1", NOW + dt.timedelta(days=REFRESH_DAYS))
    assert one.is_due("d1", NOW + dt.timedelta(days=REFRESH_DAYS, seconds=1))
    assert one.is_due("d2", NOW)


def test_what_was_not_taken_is_as_if_never_sent(history: History) -> None:
    history.run({"a": "fail"})
    told(State(history.root), "", None)
    assert named(State(history.root)) == {"a": (None, False)}


def test_a_process_that_is_killed_leaves_perhaps(history: History) -> None:
    history.run({"a": "fail"})
    state = State(history.root)
    (one,) = state.pending()
    with state.held():
        state.note([(one, "")], NOW)
        half = state._lines.read_bytes()  # as it is on the disk when the process dies now
    state._file.unlink()
    state._lines.write_bytes(half + half[: len(half) // 2])
    assert named(State(history.root)) == {"a": ("", False)}
    told(State(history.root), "d1")
    assert named(State(history.root)) == {"a": ("d1", False)}


def test_only_one_process_exports(history: History) -> None:
    history.run({"a": "fail"})
    with State(history.root).held(), pytest.raises(UsageError, match="another process"), State(history.root).held():
        pass


def test_a_new_run_keeps_what_was_sent(history: History) -> None:
    history.run({"a": "fail"})
    told(State(history.root), "d1")
    history.run({"a": "fail"})
    assert named(State(history.root)) == {"a": ("d1", False)}


def test_batches() -> None:
    assert list(batches(iter(range(5)), 2)) == [[0, 1], [2, 3], [4]]
    assert list(batches(iter(()), 2)) == []


def test_pending_has_types_of_its_own(history: History) -> None:
    history.run({"a": "fail"})
    (one,) = State(history.root).pending()
    assert isinstance(one, Pending)
    assert one.finding.opened == dt.datetime(1970, 1, 2)
