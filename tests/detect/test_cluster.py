"""Tasks on a cluster of Ray on this machine: two nodes, each with one worker."""

from __future__ import annotations

import datetime as dt
import logging
import os
import re
import socket
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from bastide.detect import cluster, pool
from bastide.detect.cluster import done_there, size, spread
from bastide.detect.engine import detect
from bastide.detect.newest import newer
from bastide.detect.plan import Pass, plan_of
from bastide.detect.pool import RAY, Input, Task, run, tasks_of
from bastide.detect.replay import START, write
from bastide.detect.run import Detections
from bastide.detect.scenario import load_scenarios
from bastide.detect.small import stored
from bastide.errors import UsageError
from bastide.lake.ingest import ingest
from bastide.lake.store import Lake
from tests.detect.conftest import records, rule_text

LIST = {"eventSource": "s3.amazonaws.com", "eventName": "ListBuckets"}
HOME = "eu-west-1"
SECRET = "a-secret-that-is-nowhere-else-4711"
CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "AKIANOBODYATALL4711", "AWS_SECRET_ACCESS_KEY": SECRET, "AWS_CONFIG_FILE": "/dev/null",
    "AWS_SHARED_CREDENTIALS_FILE": "/dev/null", "AWS_EC2_METADATA_DISABLED": "true",
}  # fmt: skip


@pytest.fixture(scope="module")
def nodes() -> Iterator[Any]:
    """Two nodes that have credentials in their environment and know nothing of where S3 is."""
    from ray.cluster_utils import Cluster

    with pytest.MonkeyPatch.context() as patch:
        for name, value in CREDENTIALS.items():
            patch.setenv(name, value)
        for name in ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "AWS_REGION", "AWS_DEFAULT_REGION"):
            patch.delenv(name, raising=False)
        found = Cluster(initialize_head=True, head_node_args={"num_cpus": 1, "include_dashboard": False})
        found.add_node(num_cpus=1)
    yield found
    found.shutdown()


@pytest.fixture
def ray(nodes: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Ray, by the address of these nodes in the environment."""
    monkeypatch.setenv("RAY_ADDRESS", nodes.address)
    with cluster.cluster() as found:
        yield found


def inputs_of(folder: Path, count: int = 4) -> list[Input]:
    found = []
    for number in range(count):
        (folder / str(number)).mkdir(parents=True)
        parts = stored(records({**LIST, "userAgent": f"agent-{number}"}), folder / str(number))
        found += [Input(one.table, one.path, pool.FEWEST) for one in parts]
    return found


def killed(folder: Path) -> Any:
    """Work whose worker is killed in the middle of the first task: every task leaves word that it was begun."""

    def work(passes: Sequence[Pass], task: Task, since: int, settings: Mapping[str, str]) -> tuple[bytes, bytes]:
        begun = folder / f"{task.files.first}.begun"
        done = done_there(passes, task, since, settings)
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
    assert spread(ray, plan.passes, tasks, out, work=killed(tmp_path)) == []
    assert (tmp_path / "0.begun").exists()
    assert sorted(path.name for path in out.iterdir()) == sorted(
        f"{at}{end}" for at in range(len(tasks)) for end in (pool.HITS, pool.DONE)
    )


@pytest.mark.slow
def test_what_the_cluster_does_not_get_done_is_done_here(
    loaded: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ray: Any
) -> None:
    def fails(passes: Sequence[Pass], task: Task, since: int, settings: Mapping[str, str]) -> tuple[bytes, bytes]:
        if task.files.first % 2:
            raise OSError(f"no such file here, says {SECRET}")
        raise UsageError("S3 refuses: ACCESS_DENIED", place="s3://lake/x")

    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    monkeypatch.setattr(cluster, "spread", lambda *given, since: spread(*given, since=since, work=fails))
    plan = plan_of(loaded(rule_text("  a: {eventName: ListBuckets}\n  condition: a")))
    out = tmp_path / "out"
    out.mkdir()
    ran = run(plan.passes, inputs_of(tmp_path), out, engine=RAY, jobs=4)
    assert ran.broken == {}
    assert len(list(out.glob("*.hits"))) == len(ran.files) == 4
    assert sorted(ran.notes) == [
        "2 of 4 tasks not done by the cluster but here: OSError: no such file here, says …",
        "2 of 4 tasks not done by the cluster but here: s3://lake/x: S3 refuses: ACCESS_DENIED",
    ]


@pytest.mark.slow
def test_it_does_as_many_tasks_at_once_as_it_has_workers(ray: Any) -> None:
    assert size(ray) == 2


@pytest.fixture
def bucket(tmp_path: Path, aws: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> Lake:
    """A lake in a bucket with two attacks; its files are judged one by one."""
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    monkeypatch.setattr(pool, "FEWEST", 1)
    monkeypatch.setattr(pool, "ROWS", 1)
    aws("s3").create_bucket(Bucket="cluster-lake", CreateBucketConfiguration={"LocationConstraint": HOME})
    for number, one in enumerate(load_scenarios(["leaked-key-to-administrator", "bucket-held-to-ransom"])):
        for day in (number, number + 10):
            records = one.records(START + dt.timedelta(days=day))
            write([event for step in records for event in step], tmp_path / "logs" / f"{one.id}-{day}")
    lake = Lake("s3://cluster-lake/a/lake")
    ingest(lake, [str(tmp_path / "logs")], jobs=1)
    return lake


@pytest.mark.slow
def test_a_lake_in_a_bucket_and_a_worker_that_is_killed(
    bucket: Lake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ray: Any
) -> None:
    here = Detections().new(bucket)[0]
    monkeypatch.setattr(cluster, "spread", lambda *given, since: spread(*given, since=since, work=killed(tmp_path)))
    there = Detections(engine=RAY).new(bucket)[0]
    assert (tmp_path / "0.begun").exists()
    assert there.notes == []  # nothing was left to be done here
    assert [one.record() for one in there.matches] == [one.record() for one in here.matches]
    assert {one.rule.is_correlation for one in there.matches} == {True, False}
    assert [one.title for one in there.alerts] == [one.title for one in here.alerts]


def fetched(log: pytest.LogCaptureFixture) -> Counter[str]:
    """How often each file of the tables was asked for."""
    texts = (record.getMessage() for record in log.records if record.name == "werkzeug")
    found = (re.search(r"GET /cluster-lake/a/lake/(\S+\.parquet)", text) for text in texts)
    return Counter(one[1] for one in found if one)


@pytest.mark.slow
def test_each_file_is_fetched_once_by_the_worker_whose_task_it_is_in(
    bucket: Lake, tmp_path: Path, caplog: pytest.LogCaptureFixture, ray: Any
) -> None:
    plan = Detections().plan
    tasks = tasks_of(newer(bucket, plan.tables, 0, 0).inputs, 2)
    assert len(tasks) > 3
    with caplog.at_level(logging.INFO, "werkzeug"):
        assert spread(ray, plan.passes, tasks, tmp_path) == []
    wanted = [path.removeprefix("s3://cluster-lake/a/lake/") for task in tasks for path in task.files.paths]
    assert fetched(caplog) == Counter(wanted)


@pytest.mark.slow
def test_credentials_stand_in_no_command_line_and_no_log(bucket: Lake, tmp_path: Path, ray: Any) -> None:
    def work(passes: Sequence[Pass], task: Task, since: int, settings: Mapping[str, str]) -> tuple[bytes, bytes]:
        assert os.environ["AWS_SECRET_ACCESS_KEY"] == SECRET  # the worker's own
        assert not {name for name in settings if "KEY" in name or "TOKEN" in name}
        commands = [path.read_bytes() for path in Path("/proc").glob("[0-9]*/cmdline") if path.exists()]
        assert any(b"raylet" in command for command in commands)
        assert not any(SECRET.encode() in command for command in commands)
        done_there(passes, task, since, settings)
        raise OSError(f"{SECRET} is not taken")

    plan = Detections().plan
    tasks = tasks_of(newer(bucket, plan.tables, 0, 0).inputs, 2)
    (note,) = spread(ray, plan.passes, tasks[:1], tmp_path, work=work)
    assert note == "1 of 1 task not done by the cluster but here: OSError: … is not taken"
    logs = Path(ray._private.worker._global_node.get_session_dir_path())
    files = [file for file in logs.rglob("*") if file.is_file() and not file.is_socket()]
    assert len(files) > 5
    assert [file.name for file in files if CREDENTIALS["AWS_ACCESS_KEY_ID"].encode() in file.read_bytes()] == []


@pytest.mark.slow
def test_without_an_address_a_cluster_is_started_and_stopped(nodes: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    import ray

    monkeypatch.delenv("RAY_ADDRESS", raising=False)
    with cluster.cluster() as found:
        assert found.get_runtime_context().gcs_address != nodes.address
        assert size(found) == pool.cores()
    assert not ray.is_initialized()


@pytest.mark.parametrize("form", ["127.0.0.1:{}", "ray://127.0.0.1:{}"])
def test_a_cluster_that_is_not_there_is_told_at_once(form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        monkeypatch.setenv("RAY_ADDRESS", form.format(taken.getsockname()[1]))
        with pytest.raises(UsageError, match=r"127\.0.*: the cluster does not answer: .*refused"), cluster.cluster():
            pass


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(UsageError, match=r"bastide\[ray\]"), cluster.cluster():
        pass


def test_the_engine_is_handed_on(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    (one,) = stored(records(LIST), tmp_path)
    with pytest.raises(UsageError, match="--engine ray"):
        Detections(["library"], engine=RAY).over([one])
