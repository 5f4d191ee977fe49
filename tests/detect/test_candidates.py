"""The first pass over files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import duckdb
from hypothesis import given
from hypothesis import strategies as st

from bastide.detect import candidates as first
from bastide.detect.candidates import Operation, codes_of, look, operations, with_values
from bastide.detect.files import Files
from bastide.detect.judge import judge, session
from bastide.detect.plan import Pass, Step, plan_of
from bastide.detect.small import stored
from tests.detect.conftest import records, rule_text
from tests.fuzzing import fuzz

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

LIST = {"eventSource": "s3.amazonaws.com", "eventName": "ListBuckets"}
NAMED = rule_text("  a: {eventName: listbuckets}\n  condition: a")
OPEN = rule_text("  a: {errorCode: '*'}\n  condition: a", number=3)
ASKS = rule_text("  a: {eventName: GetObject, requestParameters.key: b}\n  condition: a", number=9)
THERE = [Operation("ListBuckets", "listbuckets", 4), Operation("GetObject", "getobject", 2)]


def api(loaded: Any, *texts: str) -> Pass:
    (one,) = [one for one in plan_of(loaded(*texts)).passes if one.table == "api_activity"]
    return one


def test_a_column_is_kept_for_operations_that_a_rule_reads_it_for(loaded: Any) -> None:
    one = api(loaded, NAMED, ASKS)
    assert first._limits(list(one.steps), codes_of(one.steps, THERE)) == {"api.request.data": (frozenset({1}), ())}
    both = api(loaded, NAMED.replace("listbuckets", "listb*"), ASKS.replace("GetObject", "'get*'"))
    assert first._limits(list(both.steps), codes_of(both.steps, THERE))["api.operation"] is None


def test_a_column_is_kept_for_what_passes_the_gates_of_a_rule_without_operations(loaded: Any) -> None:
    one = api(loaded, NAMED, OPEN)
    limits = first._limits(list(one.steps), codes_of(one.steps, THERE))
    assert limits == {"api.response.error": (frozenset(), ("g1",))}


def test_a_rule_whose_gate_nothing_passes_is_not_judged(loaded: Any, tmp_path: Path) -> None:
    shut = rule_text("  a: {userAgent|contains: kali, errorCode|re: x}\n  condition: a", number=5)
    inputs = stored(records(LIST), tmp_path)
    one = api(loaded, shut, OPEN)
    assert [path for path, _ in one.steps[0].gates] == ["http_request.user_agent", "api.response.error"]
    files = Files("api_activity", (inputs[0].path,))
    with session() as connection:
        look(connection, one, files, list(one.steps))
        assert operations(connection, "api_activity") == [Operation("ListBuckets", "listbuckets", 1)]
        assert [with_values(connection, step) for step in one.steps] == [None, None]


def test_what_is_not_to_be_is_no_gate(loaded: Any) -> None:
    rule = rule_text("  a: {errorCode: x}\n  b: {userAgent: y}\n  condition: a and not b", number=5)
    assert [path for path, _ in api(loaded, rule).steps[0].gates] == ["api.response.error"]


CALLS = [
    LIST,
    {**LIST, "by": "service/config"},
    {**LIST, "errorCode": "AccessDenied"},
    {**LIST, "eventName": "GetObject", "requestParameters": {"key": "b"}},
    {**LIST, "eventName": "GetObject", "requestParameters": {"key": "c"}},
    {**LIST, "eventName": "PutObject", "errorCode": "AccessDenied"},
]


def test_the_same_matches_whether_an_operation_is_called_often_and_its_sets_are_in_one_column(
    loaded: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = rule_text(
        "  a: {eventName: [ListBuckets, GetObject]}\n  b: {userIdentity.type: AWSService}\n  condition: a and not b",
        number=7,
    )
    one = api(loaded, NAMED, people, ASKS, OPEN)
    files = Files("api_activity", (stored(records(*CALLS), tmp_path)[0].path,))
    found = []
    for often, bits in ((1, 1), (1, first.BITS), (first.OFTEN, first.BITS)):
        monkeypatch.setattr(first, "OFTEN", often)
        monkeypatch.setattr(first, "BITS", bits)
        with session() as connection:
            assert judge(connection, one, files) == {}
            found.append(connection.execute("select rule, event, fresh from hits order by all").fetchall())
    assert found[0] == found[1] == found[2]
    assert [rule for rule, _, _ in found[0]] == [0] * 3 + [1] * 4 + [2] + [3] * 2


def test_events_that_no_rule_is_true_for_are_no_candidates(
    loaded: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(first, "OFTEN", 1)
    refused = rule_text("  a: {eventName: ListBuckets, errorCode: '*'}\n  condition: a", number=8)
    one = api(loaded, refused, ASKS)
    files = Files("api_activity", (stored(records(*CALLS), tmp_path)[0].path,))
    with session() as connection:
        look(connection, one, files, list(one.steps))
        codes = codes_of(one.steps, operations(connection, files.table))
        connection.execute(first.candidates(one, list(one.steps), codes, files, 0))
        kept = connection.execute('select code, "api.response.error" from candidates').fetchall()
    words = sorted((codes.words[code], error) for code, error in kept)
    assert words == [("GetObject", None), ("GetObject", None), ("ListBuckets", "AccessDenied")]


@fuzz(200)
@given(
    words=st.lists(st.text("aA%_.\\", max_size=7), max_size=4, unique=True),
    shape=st.lists(st.sampled_from(["%", "_", "a", ".", "\\\\", "\\%", "\\_"]), max_size=7).map("".join),
)
def test_operations_are_found_as_sql_finds_them(words: list[str], shape: str) -> None:
    with duckdb.connect() as connection:
        there = [Operation(word, word.lower(), 1) for word in words]
        likes = [
            bool(connection.execute("select ? like ? escape '\\'", [one.folded, shape]).fetchall()[0][0])
            for one in there
        ]
    step = Step(4, "true", frozenset(), frozenset({"a"}), frozenset({shape}))
    codes = codes_of([step], there)
    assert codes.of.get(4, []) == [at for at, one in enumerate(there) if one.folded == "a" or likes[at]]
    assert codes.words == {at: words[at] for at in codes.of.get(4, [])}


def test_a_shape_of_many_wildcards_takes_no_time() -> None:
    shape = first._shape("%".join("a" * 30) + "%b")
    assert shape.fullmatch("a" * 5000) is None
    assert shape.fullmatch("a" * 5000 + "b")
    assert first._shape("%" * 40 + "x").fullmatch("a" * 5000) is None
    assert first._shape(r"a\%%\_b").fullmatch("a%..._b")
