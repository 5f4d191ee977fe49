"""Best practices answered with evidence: never because nobody looked, and whole only with the word of a person."""

from __future__ import annotations

import datetime as dt

import pytest

from bastide.errors import UsageError
from bastide.objectives.attest import attest
from bastide.objectives.wellarchitected import Answer, answers, chosen, load_practices
from bastide.posture.whole import Whole, open_whole
from bastide.state.journal import append
from tests.loop import MANIFEST, Workload

pytestmark = pytest.mark.slow
LATER = (dt.datetime.now(dt.UTC).date() + dt.timedelta(days=30)).isoformat()


def of(whole: Whole, name: str) -> Answer:
    (found,) = answers(whole.known, [name])
    return found


def test_every_practice_has_an_answer_and_every_query_runs(workload: Workload) -> None:
    with workload.whole() as whole:
        found = answers(whole.known)
        assert [one.practice.id for one in found] == list(load_practices())
        for one in found:
            assert one.facts or one.missing or one.standing.requirement.kind == "technical"
        for practice in load_practices().values():
            for sql in practice.evidence:
                assert whole.known.columns(sql, practice.place) == ["ok", "detail"]


def test_the_threat_model_answers_once_it_was_looked_through(workload: Workload) -> None:
    with workload.whole() as whole:
        before = of(whole, "SEC01-BP07")
        for row in whole.register:
            if row.alarm:
                append(whole.state, "root", "threat.accept", row.threat.id, {"by": "Ada", "until": LATER, "why": "so"})
        append(whole.state, "root", "model.review", "shop", {"by": "Ada", "text": "fine"})
    with open_whole() as whole:
        after = of(whole, "SEC01-BP07")
    assert (before.word, after.word) == ("partly", "answered")
    assert any(fact.ok is False and "never looked through" in fact.text for fact in before.facts)


def test_what_controls_say_stands_beside_the_word_of_a_person(workload: Workload) -> None:
    with workload.whole() as whole:
        before = of(whole, "SEC02-BP04").facts
        attest(whole.state, "root", "well-architected/SEC02-BP04", by="Ada", until=LATER, statement="we have one")
    with open_whole() as whole:
        after = of(whole, "SEC02-BP04").facts
    assert "judged nothing" in before[0].text
    assert after[:-1] == before
    assert after[-1].source == "person"


@pytest.mark.parametrize(
    ("accounts", "expected"),
    [
        ((["1", "2"], ["3"]), True),  # several of its own are its own
        ((["1", "2"], ["1"]), False),
        ((["1"], []), None),
    ],
)
def test_accounts_of_ones_own(workload: Workload, accounts: tuple[list[str], ...], expected: bool | None) -> None:
    listed = [
        f"    - {{name: e{number}, accounts: [{', '.join(chr(34) + one * 12 + chr(34) for one in each)}]}}\n"
        for number, each in enumerate(accounts)
    ]
    workload.write("bastide.yaml", f"{MANIFEST}  environments:\n{''.join(listed)}")
    with workload.whole() as whole:
        (fact,) = [one for one in of(whole, "SEC01-BP01").facts if "environments in" in one.text]
    assert fact.ok is expected


def test_what_fails_and_what_passes_is_partly(workload: Workload) -> None:
    workload.write(
        "other.yaml", "Resources:\n  Q: {Type: AWS::SQS::Queue, Properties: {SqsManagedSseEnabled: false}}\n"
    )
    with workload.whole() as whole:
        found = of(whole, "SEC08-BP02")
    assert found.word == "partly"
    assert [fact.ok for fact in found.facts] == [True, False]


def test_what_people_see_to_is_answered_by_their_word(workload: Workload) -> None:
    with workload.whole() as whole:
        assert (of(whole, "SEC11-BP03").word, of(whole, "SEC10-BP07").word) == ("manual", "manual")
        attest(whole.state, "root", "well-architected/SEC11-BP03", by="Ada", until=LATER, statement="Tested in May")
        attest(whole.state, "root", "response.exercise", by="Ada", until=LATER, statement="We did")
    with open_whole() as whole:
        assert (of(whole, "SEC11-BP03").word, of(whole, "SEC10-BP07").word) == ("answered", "answered")
        assert of(whole, "SEC11-BP03").facts[-1].text == f"Ada attests until {LATER}: Tested in May"


def test_without_a_live_account_what_needs_one_is_not_answered(workload: Workload) -> None:
    with workload.whole() as whole:
        found = of(whole, "SEC01-BP02")
        assert found.word == "not"
        assert [fact.ok for fact in found.facts] == [None]


def test_the_manifest_answers_what_it_says(workload: Workload) -> None:
    contacts = "  contacts: [{role: security, name: Ada, email: ada@example.com}]\n  owner: Ada\n"
    with workload.whole() as whole:
        assert any(fact.ok is False for fact in of(whole, "SEC10-BP01").facts)
    workload.write("bastide.yaml", MANIFEST + contacts)
    with workload.whole() as whole:
        assert any(fact.text == "security: Ada" and fact.ok for fact in of(whole, "SEC10-BP01").facts)
        assert any(fact.text == "Ada answers for the workload" for fact in of(whole, "SEC11-BP08").facts)


def test_practices_are_chosen_by_question_and_id() -> None:
    assert chosen(["sec07"]) == ["SEC07-BP01", "SEC07-BP02", "SEC07-BP03", "SEC07-BP04"]
    assert chosen(["SEC03-BP07"]) == ["SEC03-BP07"]
    assert len(chosen([])) == 63
    with pytest.raises(UsageError, match="Did you mean `SEC03-BP0"):
        chosen(["SEC03-BP00"])
