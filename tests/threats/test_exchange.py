"""Files of other tools in the journal: what is kept, what counts, what is refused."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bastide.errors import UsageError
from bastide.state.database import State, open_state
from bastide.state.journal import entries, verify
from bastide.threats.exchange import MAX_BYTES, Imported, cut, imported_threats, imports, read_file, take_in
from bastide.threats.register import standings
from tests.fuzzing import fuzz
from tests.threats.stacks import live_of

STATUS = {"open": "threatIdentified", "mitigated": "threatResolved", "not-applicable": "threatResolvedNotUseful"}


@pytest.fixture
def state(tmp_path: Path) -> Iterator[State]:
    with open_state("shop", f"sqlite:///{tmp_path / 'state.db'}") as opened:
        yield opened


def file(name: str = "Shop", register: tuple[str, ...] = (), **statuses: str) -> Imported:
    """A file with a threat for each word, of that status."""
    threats = [
        {"id": key, "threatAction": f"do {key}", "status": STATUS[said], "impactedAssets": ["orders"]}
        for key, said in statuses.items()
    ]
    document = {"schema": 1, "applicationInfo": {"name": name}, "threats": threats}
    return read_file("threat-composer", json.dumps(document), f"{name}.json", register)


def test_a_file_is_kept_as_it_was_written(state: State) -> None:
    text = '{ "schema":1,\n "threats":[{"id":"a","z":1,"a":"\\ud83d\\ude00\\u0000"}] }'
    take_in(state, "rosa", [], read_file("", text, "a.json", ()), {})
    (kept,) = imports(entries(state))
    assert (kept.text, kept.name, kept.format, kept.model) == (text, "a.json", "threat-composer", "a.json")
    assert not verify(state)


def test_a_hostile_name_is_kept_and_stands_nowhere_as_it_is(state: State) -> None:
    one = file("a\0\x1b[31m" + "x" * 500, a="mitigated")
    take_in(state, "rosa", [], one, {})
    kept = entries(state)
    assert all(entry.subject.isprintable() and len(entry.subject) <= 200 for entry in kept)
    assert imports(kept) == [one]


def test_the_newest_file_of_each_model_counts(state: State) -> None:
    for one in (file(a="open", b="open"), file("Other", c="open"), file(b="open", d="open")):
        take_in(state, "rosa", entries(state), one, {})
    found = imports(entries(state))
    assert [(one.model, [threat.key for threat in one.threats()]) for one in found] == [
        ("Other", ["c"]),
        ("Shop", ["b", "d"]),
    ]
    first, second = file(b="open"), file(b="mitigated", d="open")
    assert first.id_of(first.threats()[0]) == second.id_of(second.threats()[0])


def test_what_is_there_already_changes_nothing(state: State) -> None:
    assert take_in(state, "rosa", [], file(a="mitigated"), {}).changed
    before = entries(state)
    again = take_in(state, "rosa", before, file(a="mitigated"), {})
    assert (again.changed, again.decided) == (False, 0)
    assert entries(state) == before


def test_a_status_is_a_decision_when_it_is_new(state: State) -> None:
    one = file(a="mitigated", b="not-applicable", c="open")
    names = {foreign.key: one.id_of(foreign) for foreign in one.threats()}
    assert take_in(state, "rosa", [], one, {}).decided == 2
    stand = standings(entries(state))
    assert (stand[names["a"]].status, stand[names["b"]].status) == ("mitigated", "not-applicable")
    assert stand[names["a"]].decided_by == "rosa"
    assert names["c"] not in stand
    reopened = {names["a"]: "open", names["b"]: "accepted", names["c"]: "accepted"}
    newer = file(a="mitigated", b="mitigated", c="mitigated")
    taken = take_in(state, "rosa", entries(state), newer, reopened)
    assert taken.decided == 0, "a: the file said so before; b and c: they are accepted, which is the same to the tool"


def test_threats_stand_at_the_element_that_they_name(state: State) -> None:
    rows = [{"type": "AWS::SQS::Queue", "arn": "arn:aws:sqs:eu-west-1:111122223333:orders"}]
    take_in(state, "rosa", [], file(a="open"), {})
    with live_of(rows) as known:
        known.put(
            "elements",
            dict.fromkeys(("id", "name", "class", "resource"), ("VARCHAR", "")),
            [{"id": "q", "name": "orders", "class": "internal", "resource": "q"}],
        )
        (threat,) = imported_threats(entries(state), known)
        assert (threat.element, threat.data_class, threat.resources, threat.template) == (
            "q", "internal", ["q"], "imported",
        )  # fmt: skip
        take_in(state, "rosa", entries(state), read_file("", '{"schema":1,"threats":[{"id":"x"}]}', "n", ()), {})
        assert [one.element for one in imported_threats(entries(state), known)] == ["q", "workload"]


def test_ids_of_another_register_are_foreign() -> None:
    metadata = [{"key": "custom:bastide-id", "value": "T-1"}]
    text = json.dumps({"schema": 1, "threats": [{"id": "a", "metadata": metadata}]})
    assert [one.ours for one in read_file("", text, "f", ("T-1",)).threats()] == ["T-1"]
    stranger = read_file("", text, "f", ("T-2",))
    assert [one.ours for one in stranger.threats()] == [""]
    assert stranger.id_of(stranger.threats()[0]) != "T-1"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "not JSON"),
        ("[1]", "no mapping"),
        ('{"schema": 1, "schema": 2}', "`schema` stands twice"),
        ('{"schema": NaN}', "no number of JSON"),
        ('{"schema": 1e999}', "no number of JSON"),
        ('{"schema": 1, "a": ' + "[" * 200_000 + "]" * 200_000 + "}", "nested too deeply"),
        ('{"schema": 1, "a": "' + "x" * MAX_BYTES + '"}', "larger than 4 MB"),
        ('{"schema": 1, "threats": [{"id": "a"}, {"id": "a"}]}', "two threats have the id `a`"),
        ('{"schema": 1, "threats": [{"id": "\\ud83d"}]}', "half a character"),
        ("otmVersion: [", "not YAML"),
        ("otmVersion: .inf", "none of JSON"),
        ('{"schema": ' + "9" * 5_000 + "}", "not JSON that can be kept"),
    ],
)
def test_what_cannot_be_kept_is_refused(text: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        read_file("", text, "file", ())


ANY = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**20), 10**20)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=12,
)
FIELDS = st.dictionaries(
    st.sampled_from(("schema", "threats", "project", "otmVersion", "components", "id", "metadata"))
    | st.text(max_size=4),
    ANY,
    max_size=5,
)


@fuzz()
@given(FIELDS)
def test_any_object_is_refused_or_kept_whole(document: dict[str, Any]) -> None:
    try:
        kept = read_file("", json.dumps(document), "file", ())
    except UsageError:
        return
    assert kept.document() == document


@fuzz()
@given(st.dictionaries(st.text(max_size=5), ANY, max_size=4), ANY)
def test_what_is_beside_the_known_fields_is_kept(fields: dict[str, Any], extra: Any) -> None:
    document = {
        **{f"x{key}": value for key, value in fields.items()},
        "schema": 1,
        "threats": [{"id": "a", "x": extra}],
    }
    assert read_file("", json.dumps(document), "file", ()).document() == document


def test_a_text_is_cut_to_a_length() -> None:
    assert cut("abc", 3) == "abc"
    assert cut("abcd", 3) == "ab…"
