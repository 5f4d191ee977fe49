"""What people attest: by name, with an end, in the log of decisions; an expired word counts no more."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from bastide.errors import UsageError
from bastide.objectives.attest import about, attest, read_attestations, revoke
from bastide.state.database import State, open_state
from bastide.state.journal import entries, verify

TODAY = dt.datetime.now(dt.UTC).date()
LATER = (TODAY + dt.timedelta(days=30)).isoformat()


@pytest.fixture
def state(tmp_path: Path) -> Iterator[State]:
    with open_state("shop", f"sqlite:///{tmp_path / 'state.db'}") as opened:
        yield opened


def test_the_newest_word_counts_until_its_day(state: State) -> None:
    subject = "well-architected/SEC10-BP02"
    attest(state, "root", subject, by="Ada", until=LATER, statement="There is a plan")
    attest(state, "root", subject, by="Grace", until=LATER, statement="There is a better plan")
    (found,) = read_attestations(entries(state))
    assert (found.subject, found.by, found.until, found.valid) == (subject, "Grace", LATER, True)
    day_after = (TODAY + dt.timedelta(days=31)).isoformat()
    assert [one.valid for one in read_attestations(entries(state), LATER)] == [True]
    assert [one.valid for one in read_attestations(entries(state), day_after)] == [False]
    assert verify(state) == []


def test_it_can_be_taken_back_and_given_again(state: State) -> None:
    attest(state, "root", "secrets.rotate", by="Ada", until=LATER, statement="They do")
    revoke(state, "root", "secrets.rotate", by="Ada", why="they do not")
    (found,) = read_attestations(entries(state))
    assert (found.valid, found.revoked) == (False, f"by Ada on {TODAY}: they do not")
    with pytest.raises(UsageError, match=r"nobody attests `secrets\.rotate`"):
        revoke(state, "root", "secrets.rotate", by="Ada", why="again")
    attest(state, "root", "secrets.rotate", by="Ada", until=LATER, statement="Now they do")
    assert [one.valid for one in read_attestations(entries(state))] == [True]


def test_evidence_is_an_address_or_a_file_of_which_the_digest_is_kept(state: State, tmp_path: Path) -> None:
    file = tmp_path / "minutes.txt"
    file.write_bytes(b"we exercised")
    attest(state, "root", "response.exercise", by="Ada", until=LATER, statement="We did",
           evidence=["https://wiki.example.com/exercise", str(file)])  # fmt: skip
    (found,) = read_attestations(entries(state))
    assert found.evidence == [
        {"url": "https://wiki.example.com/exercise"},
        {"file": str(file), "sha256": hashlib.sha256(b"we exercised").hexdigest(), "bytes": 12},
    ]


def test_subjects_are_requirements_objectives_and_exercises() -> None:
    assert about("cis-aws-5.0/1.3") == "root has no access key"
    assert about("data.encrypted-at-rest") == "Stored data is encrypted"
    assert "exercised" in about("response.exercise")


@pytest.mark.parametrize(
    ("subject", "complaint"),
    [
        ("cis-aws-5.0/1.99", "is no requirement of cis-aws-5.0"),
        ("cis-aws-5/1.3", "no framework is called"),
        ("data.encrypted-at-rst", "Did you mean `data.encrypted-at-rest`"),
    ],
)
def test_subjects_that_are_not_there(state: State, subject: str, complaint: str) -> None:
    with pytest.raises(UsageError, match=complaint):
        attest(state, "root", subject, by="Ada", until=LATER, statement="So")
    assert entries(state) == []


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"by": ""}, "needs --by"),
        ({"by": " ", "statement": ""}, "needs --by, --statement"),
        ({"until": "soon"}, "is no day"),
        ({"until": "2026-02-30"}, "is no day"),
        ({"until": "2020-01-01"}, "has passed"),
        ({"until": "2999-01-01"}, "over three years"),
        ({"statement": "x" * 4001}, "over 4,000 characters"),
        ({"evidence": ["nowhere.txt"]}, "cannot be read"),
        ({"evidence": ["https://ada:secret@example.com/x"]}, "a user name or password"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_written(
    state: State, change: dict[str, str], complaint: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    given: dict[str, object] = {"by": "Ada", "until": LATER, "statement": "So", **change}
    with pytest.raises(UsageError, match=complaint):
        attest(state, "root", "secrets.rotate", **given)  # type: ignore[arg-type]
    assert entries(state) == []
