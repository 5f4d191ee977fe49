"""One table's files, in this process."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import duckdb
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bastide.detect.files import Files
from bastide.detect.judge import _codes, _limits, _operations, _values, _with_values, judge, session
from bastide.detect.matched import read_events
from bastide.detect.plan import Step, plan_of
from bastide.detect.small import stored
from tests.detect.conftest import records, rule_text
from tests.fuzzing import fuzz

LIST = {"eventSource": "s3.amazonaws.com", "eventName": "ListBuckets"}


def hits(loaded: Any, folder: Path, texts: list[str], **how: Any) -> tuple[list[Any], dict[int, str]]:
    inputs = stored(records(LIST, {**LIST, "eventName": "GetObject", "errorCode": "AccessDenied"}), folder)
    plan = plan_of(loaded(*texts))
    (one,) = [one for one in plan.passes if one.table == "api_activity"]
    one = how.pop("changed", lambda same: same)(one)
    with session() as connection:
        files = Files("api_activity", (inputs[0].path,), 7)
        broken = judge(connection, one, files, **how)
        with tempfile.TemporaryDirectory(dir=folder) as own:
            read_events(connection, [files], "select event from hits", Path(own))
        found = "select rule, operation, error, fresh from hits join events using (event) order by all"
        assert {row[0] for row in connection.execute("select event >> 32 from hits").fetchall()} <= {7}
        return connection.execute(found).fetchall(), broken


NAMED = rule_text("  a: {eventName: listbuckets}\n  condition: a")
SHAPED = rule_text("  a: {eventName|startswith: get}\n  condition: a", number=2)
OPEN = rule_text("  a: {errorCode: '*'}\n  condition: a", number=3)


def test_what_each_rule_matches(loaded: Any, tmp_path: Path) -> None:
    found, broken = hits(loaded, tmp_path, [NAMED, SHAPED, OPEN])
    assert found == [
        (0, "ListBuckets", None, True),
        (1, "GetObject", "AccessDenied", True),
        (2, "GetObject", "AccessDenied", True),
    ]
    assert broken == {}


def test_events_before_a_time_and_old_files_only_count(loaded: Any, tmp_path: Path) -> None:
    assert hits(loaded, tmp_path, [NAMED], since=1 << 60)[0] == []
    assert hits(loaded, tmp_path, [NAMED], fresh=False)[0] == []
    count = "title: many\ncorrelation: {type: event_count, rules: [a], timespan: 5m, condition: {gte: 2}}\n"
    found, _ = hits(loaded, tmp_path, [NAMED + "name: a\n", count], fresh=False)
    assert found == [(0, "ListBuckets", None, False)]


def test_a_rule_that_breaks_hides_no_other(loaded: Any, tmp_path: Path) -> None:
    def spoil(one: Any) -> Any:
        steps = tuple(
            msgspec.structs.replace(step, sql="error('no') is null") if step.rule == 2 else step for step in one.steps
        )
        return msgspec.structs.replace(one, steps=steps)

    found, broken = hits(loaded, tmp_path, [NAMED, SHAPED, OPEN], changed=spoil)
    assert [row[0] for row in found] == [0, 1]
    assert list(broken) == [2]
    assert "no" in broken[2]


def test_a_column_is_kept_for_operations_that_a_rule_reads_it_for(loaded: Any) -> None:
    asks = rule_text("  a: {eventName: GetObject, requestParameters.key: b}\n  condition: a", number=9)
    (one,) = [one for one in plan_of(loaded(NAMED, asks)).passes if one.table == "api_activity"]
    codes = _codes(one.steps, [("ListBuckets", "listbuckets"), ("GetObject", "getobject")])
    assert _limits(list(one.steps), codes) == {"api.request.data": frozenset({1})}
    (one,) = [one for one in plan_of(loaded(NAMED, asks, OPEN)).passes if one.table == "api_activity"]
    every = {"api.operation", "api.request.data"}.union(*(step.reads for step in one.steps if step.named is None))
    assert every - _limits(list(one.steps), codes).keys() == every - {"api.request.data"}


def test_a_rule_whose_gate_nothing_passes_is_not_judged(loaded: Any, tmp_path: Path) -> None:
    shut = rule_text("  a: {userAgent|contains: kali, errorCode|re: x}\n  condition: a", number=5)
    inputs = stored(records(LIST), tmp_path)
    (one,) = [one for one in plan_of(loaded(shut, OPEN)).passes if one.table == "api_activity"]
    assert [path for path, _ in one.steps[0].gates] == ["http_request.user_agent", "api.response.error"]
    files = Files("api_activity", (inputs[0].path,))
    with session() as connection:
        _values(connection, one, files, list(one.steps))
        assert _operations(connection, "api_activity") == [("ListBuckets", "listbuckets")]
        assert [_with_values(connection, step) for step in one.steps] == [None, None]


@pytest.mark.parametrize(("logs", "count"), [("", 1), ("cloudtrail", 1), ("eks-audit", 0), ("ocsf", 1)])
def test_files_of_another_log_are_not_read(loaded: Any, tmp_path: Path, logs: str, count: int) -> None:
    inputs = stored(records(LIST), tmp_path)
    (one,) = [one for one in plan_of(loaded(NAMED)).passes if one.table == "api_activity"]
    files = Files("api_activity", (inputs[0].path,), logs=frozenset([logs]) if logs else frozenset())
    with session() as connection:
        assert judge(connection, one, files) == {}
        assert connection.execute("select count(*) from hits").fetchall() == [(count,)]


@fuzz(200)
@given(
    words=st.lists(st.text("aA%_.\\", max_size=4), max_size=4, unique=True),
    shape=st.lists(st.sampled_from(["%", "_", "a", ".", "\\\\", "\\%", "\\_"]), max_size=4).map("".join),
)
def test_operations_are_found_as_sql_finds_them(words: list[str], shape: str) -> None:
    with duckdb.connect() as connection:
        folded = [(word, word.lower()) for word in words]
        likes = [
            bool(connection.execute("select ? like ? escape '\\'", [low, shape]).fetchall()[0][0]) for _, low in folded
        ]
    step = Step(4, "true", frozenset(), frozenset({"a"}), frozenset({shape}))
    codes = _codes([step], folded)
    assert codes.get(4, []) == [at for at, (_, low) in enumerate(folded) if low == "a" or likes[at]]
    assert codes.words == {at: words[at] for at in codes.get(4, [])}


def test_a_part_is_there_where_another_rule_reads_the_whole(loaded: Any, tmp_path: Path) -> None:
    whole = rule_text("  a: {eventName: GetObject, actor.user|contains: x}\n  condition: a", number=11)
    part = rule_text("  a: {eventName: ListBuckets, userIdentity.type: IAMUser}\n  condition: a", number=12)
    found, broken = hits(loaded, tmp_path, [whole, part])
    assert broken == {}
    assert (1, "ListBuckets", None, True) in found
