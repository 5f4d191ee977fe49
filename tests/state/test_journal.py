"""The chain of decisions: whatever is changed is found."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from bastide.state.database import State, open_state
from bastide.state.journal import append, append_all, entries, verify


@pytest.fixture
def state(url: str) -> Iterator[State]:
    with open_state("shop", url) as opened:
        append_all(opened, [("rosa", "threat.comment", f"T-{n}", {"text": f"é {n}", "by": "Rosa"}) for n in range(5)])
        yield opened


def test_an_untouched_journal_is_whole(state: State) -> None:
    assert verify(state) == []
    assert [entry.body["text"] for entry in entries(state)] == [f"é {n}" for n in range(5)]


@pytest.mark.parametrize(
    ("act", "said"),
    [
        ("update journal set body = '{}' where number = 3", "entry 3 (threat.comment of T-2"),
        ("update journal set actor = 'eve' where number = 1", "entry 1 "),
        ("update journal set at = '2020-01-01T00:00:00.000Z' where number = 5", "entry 5 "),
        ("delete from journal where number = 2", "entry 2 is missing"),
        ("delete from journal where number = 1", "entry 1 is missing"),
        ("update journal set number = 9 where number = 4", "entry 4 is missing"),
    ],
)
def test_a_change_is_found_where_it_is(state: State, act: str, said: str) -> None:
    with state.transaction() as connection:
        connection.execute(text(act))
    assert said in verify(state)[0]


def test_an_entry_that_is_sealed_again_does_not_fit_what_follows(state: State) -> None:
    with open_state("elsewhere", str(state._engine.url.render_as_string(hide_password=False))) as other:
        forged = append(other, "eve", "threat.accept", "T-1", {"by": "Eve"})
    with state.transaction() as connection:
        connection.execute(
            text("update journal set body = :b, hash = :h where workload = 'shop' and number = 2"),
            {"b": "{}", "h": forged.hash},
        )
    assert len(verify(state)) >= 2


_TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=50)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(st.tuples(_TEXTS, st.dictionaries(_TEXTS, _TEXTS, max_size=3)), max_size=4))
def test_any_text_comes_back_as_it_was(tmp_path: Path, texts: list[tuple[str, dict[str, str]]]) -> None:
    with open_state("shop", f"sqlite:///{tmp_path / 'any.db'}") as state:
        before = len(entries(state))
        append_all(state, [("a", "threat.comment", subject, body) for subject, body in texts])
        assert [(one.subject, one.body) for one in entries(state)[before:]] == texts
        assert verify(state) == []
