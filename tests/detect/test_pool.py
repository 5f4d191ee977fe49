"""Files judged side by side."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bastide.detect import pool
from bastide.detect.plan import plan_of
from bastide.detect.pool import Input, run, tasks_of
from bastide.detect.small import stored
from tests.detect.conftest import records, rule_text
from tests.fuzzing import fuzz


@fuzz(100)
@given(
    rows=st.lists(st.tuples(st.sampled_from("ab"), st.integers(1, 2_000_000), st.booleans()), max_size=30),
    workers=st.integers(1, 8),
)
def test_every_file_is_in_one_task(rows: list[tuple[str, int, bool]], workers: int) -> None:
    inputs = [Input(table, f"{at}", count, fresh) for at, (table, count, fresh) in enumerate(rows)]
    tasks = tasks_of(inputs, workers)
    packed = [(task.files.table, path, task.fresh) for task in tasks for path in task.files.paths]
    assert sorted(packed) == sorted((one.table, one.path, one.fresh) for one in inputs)
    sizes = {one.path: one.rows for one in inputs}
    paths = [task.files.paths for task in tasks]
    assert all(len(some) == 1 or sum(sizes[path] for path in some) <= pool.ROWS for some in paths)
    assert [task.files.first for task in tasks] == [sum(map(len, paths[:at])) for at in range(len(paths))]


def inputs_of(folder: Path) -> list[Input]:
    event = {"eventSource": "s3.amazonaws.com", "eventName": "ListBuckets"}
    parts = []
    for number in range(3):
        (folder / str(number)).mkdir()
        parts += stored(records({**event, "userAgent": f"agent-{number}"}), folder / str(number))
    return [Input(one.table, one.path, pool.FEWEST) for one in parts]


def matched(folder: Path) -> int:
    row = duckdb.execute(f"select count(*) from read_parquet('{folder}/*.hits')").fetchone()
    assert row
    return int(row[0])


@pytest.mark.parametrize("fork", [True, False])
def test_tasks_in_processes_and_here(loaded: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fork: bool) -> None:
    monkeypatch.setattr(pool, "may_fork", lambda: fork)
    plan = plan_of(loaded(rule_text("  a: {eventName: ListBuckets}\n  condition: a")))
    inputs, out = inputs_of(tmp_path), tmp_path / "out"
    out.mkdir()
    ran = run(plan.passes, inputs, out, jobs=2)
    assert ran.broken == {}
    assert sorted(path for some in ran.files for path in some.paths) == sorted(one.path for one in inputs)
    assert matched(out) == 3


def test_a_task_whose_process_is_lost_is_done_again(
    loaded: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, do = os.getpid(), pool.do

    def killed(*arguments: Any) -> None:
        if os.getpid() != here:
            os.kill(os.getpid(), 9)
        do(*arguments)

    monkeypatch.setattr(pool, "may_fork", lambda: True)
    monkeypatch.setattr(pool, "do", killed)
    plan = plan_of(loaded(rule_text("  a: {eventName: ListBuckets}\n  condition: a")))
    inputs, out = inputs_of(tmp_path), tmp_path / "out"
    out.mkdir()
    run(plan.passes, inputs, out, jobs=2)
    assert matched(out) == 3


def test_cores() -> None:
    assert pool.cores() >= 1
