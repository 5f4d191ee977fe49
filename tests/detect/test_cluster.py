"""Tasks on a cluster of Ray on this machine, with two workers."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from bastide.detect import cluster, pool
from bastide.detect.cluster import done_there, spread
from bastide.detect.engine import detect
from bastide.detect.plan import Pass, plan_of
from bastide.detect.pool import RAY, Input, Task, run, tasks_of
from bastide.detect.run import Detections
from bastide.detect.small import stored
from bastide.errors import UsageError
from tests.detect.conftest import records, rule_text

LIST = {"eventSource": "s3.amazonaws.com", "eventName": "ListBuckets"}


@pytest.fixture(scope="module")
def ray() -> Iterator[Any]:
    import ray

    ray.init(num_cpus=2, logging_level="error", log_to_driver=False, include_dashboard=False)
    yield ray
    ray.shutdown()


def inputs_of(folder: Path, count: int = 4) -> list[Input]:
    found = []
    for number in range(count):
        (folder / str(number)).mkdir(parents=True)
        parts = stored(records({**LIST, "userAgent": f"agent-{number}"}), folder / str(number))
        found += [Input(one.table, one.path, pool.FEWEST) for one in parts]
    return found


def killed(folder: Path) -> Any:
    """Work whose worker is killed in the middle of the first task: every task leaves word that it was begun."""

    def work(passes: Sequence[Pass], task: Task, since: int) -> tuple[bytes, bytes]:
        begun = folder / f"{task.files.first}.begun"
        done = done_there(passes, task, since)
        if not begun.exists():
            begun.touch()
            if task.files.first == 0:
                os.kill(os.getpid(), 9)
        return done

    return work


@pytest.mark.slow
def test_a_cluster_finds_what_this_machine_finds(
    loaded: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ray: Any
) -> None:
    call = rule_text("  a: {eventName: ListBuckets}\n  condition: a") + "name: a\n"
    count = "title: many\ncorrelation: {type: event_count, rules: [a], timespan: 5m, condition: {gte: 4}}\n"
    rules = loaded(call, count)
    monkeypatch.chdir(tmp_path)
    inputs = inputs_of(Path("logs"))  # as a lake that is named by a relative path
    here = detect(rules, plan_of(rules), inputs, jobs=1)
    there = detect(rules, plan_of(rules), inputs, engine=RAY, jobs=4)
    assert [one.record() for one in there.matches] == [one.record() for one in here.matches]
    assert [one.count for one in there.matches] == [4]


@pytest.mark.slow
def test_a_task_whose_worker_is_killed_is_done_again(loaded: Any, tmp_path: Path, ray: Any) -> None:
    plan = plan_of(loaded(rule_text("  a: {eventName: ListBuckets}\n  condition: a")))
    tasks = tasks_of(inputs_of(tmp_path), 4)
    out = tmp_path / "out"
    out.mkdir()
    spread(ray, plan.passes, tasks, out, work=killed(tmp_path))
    assert sorted(path.name for path in out.iterdir()) == sorted(
        f"{at}{end}" for at in range(len(tasks)) for end in (pool.HITS, pool.DONE)
    )


@pytest.mark.slow
def test_what_the_cluster_does_not_get_done_is_done_here(
    loaded: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ray: Any
) -> None:
    def fails(passes: Sequence[Pass], task: Task, since: int) -> tuple[bytes, bytes]:
        raise OSError("no such file here")

    monkeypatch.setattr(cluster, "spread", lambda *given, since: spread(*given, since=since, work=fails))
    plan = plan_of(loaded(rule_text("  a: {eventName: ListBuckets}\n  condition: a")))
    out = tmp_path / "out"
    out.mkdir()
    files, broken = run(plan.passes, inputs_of(tmp_path), out, engine=RAY)
    assert broken == {}
    assert len(list(out.glob("*.hits"))) == len(files)


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(UsageError, match=r"bastide\[ray\]"), cluster.cluster():
        pass


def test_the_engine_is_handed_on(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    (one,) = stored(records(LIST), tmp_path)
    with pytest.raises(UsageError, match="--engine ray"):
        Detections(["library"], engine=RAY).over([one])
