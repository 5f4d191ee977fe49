"""One table's files, in this process."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from bastide.detect.judge import judge, session
from bastide.detect.plan import plan_of
from bastide.detect.small import stored
from tests.detect.conftest import records, rule_text

LIST = {"eventSource": "s3.amazonaws.com", "eventName": "ListBuckets"}


def hits(loaded: Any, folder: Path, texts: list[str], **how: Any) -> tuple[list[Any], dict[int, str]]:
    inputs = stored(records(LIST, {**LIST, "eventName": "GetObject", "errorCode": "AccessDenied"}), folder)
    plan = plan_of(loaded(*texts))
    (one,) = [one for one in plan.passes if one.table == "api_activity"]
    one = how.pop("changed", lambda same: same)(one)
    with session() as connection:
        broken = judge(connection, one, [inputs[0].path], **how)
        return connection.execute("select rule, operation, error, fresh from hits order by all").fetchall(), broken


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
