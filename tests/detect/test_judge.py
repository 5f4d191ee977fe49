"""One table's files, in this process."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import msgspec
import pytest

from bastide.detect.files import Files
from bastide.detect.judge import judge, session
from bastide.detect.matched import read_events
from bastide.detect.plan import plan_of
from bastide.detect.small import stored
from bastide.errors import UsageError
from tests.detect.conftest import records, rule_text

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


@pytest.mark.parametrize(("logs", "count"), [("", 1), ("cloudtrail", 1), ("eks-audit", 0), ("ocsf", 1)])
def test_files_of_another_log_are_not_read(loaded: Any, tmp_path: Path, logs: str, count: int) -> None:
    inputs = stored(records(LIST), tmp_path)
    (one,) = [one for one in plan_of(loaded(NAMED)).passes if one.table == "api_activity"]
    files = Files("api_activity", (inputs[0].path,), logs=frozenset([logs]) if logs else frozenset())
    with session() as connection:
        assert judge(connection, one, files) == {}
        assert connection.execute("select count(*) from hits").fetchall() == [(count,)]


def test_a_part_is_there_where_another_rule_reads_the_whole(loaded: Any, tmp_path: Path) -> None:
    whole = rule_text("  a: {eventName: GetObject, actor.user|contains: x}\n  condition: a", number=11)
    part = rule_text("  a: {eventName: ListBuckets, userIdentity.type: IAMUser}\n  condition: a", number=12)
    found, broken = hits(loaded, tmp_path, [whole, part])
    assert broken == {}
    assert (1, "ListBuckets", None, True) in found


@pytest.mark.parametrize("content", [None, b"PAR1 and then nothing"])
def test_a_file_that_cannot_be_read_is_no_fault_of_rules(loaded: Any, tmp_path: Path, content: bytes | None) -> None:
    (one,) = [one for one in plan_of(loaded(NAMED, OPEN)).passes if one.table == "api_activity"]
    good, bad = Path(stored(records(LIST), tmp_path)[0].path), tmp_path / "bad.parquet"
    if content:
        bad.write_bytes(content)
    with session() as connection, pytest.raises(UsageError, match=r"bad\.parquet.*cannot be read.*lake verify"):
        judge(connection, one, Files("api_activity", (str(good), str(bad))))


def test_a_session_keeps_no_thread_that_would_forbid_to_fork() -> None:
    code = (
        "from bastide.beside import may_fork; from bastide.detect.judge import session\n"
        "with session(2) as connection:\n"
        "    connection.execute('select count(*) from range(10000000) where range % 7 = 1').fetchall()\n"
        "    connection.execute('set threads = 1')\n"
        "    assert may_fork()\n"
        "assert may_fork()\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
