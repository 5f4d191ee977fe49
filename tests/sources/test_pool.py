"""The pool: every unit gives something, whatever happens to the process that reads it."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bastide.resources.model import Loaded
from bastide.sources import pool
from bastide.sources.discover import Unit
from bastide.sources.pool import load_all, task_of
from bastide.sources.worker import LOADERS

if TYPE_CHECKING:
    from collections.abc import Iterator

BUCKET = 'variable "name" {}\nresource "aws_s3_bucket" "b" {\n  bucket = var.name\n}\n'


def odd(path: str) -> Loaded:
    """A loader that does what hostile input might make one do; its path says what."""
    name = os.path.basename(path)  # noqa: PTH119
    if name.startswith("hang"):
        time.sleep(600)
    if name.startswith("die"):
        os.kill(os.getpid(), signal.SIGKILL)
    if name.startswith("exit"):
        os._exit(3)
    if name.startswith("memory"):
        _ = bytearray(8 * 1024**3)
    if name.startswith("big"):
        return Loaded(path, "terraform", files=["x" * 100] * 50_000)
    return Loaded(path, "terraform")


@pytest.fixture
def odd_units(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setitem(LOADERS, "plan", (__name__, "odd"))
    monkeypatch.setattr("bastide.sources.worker.import_module", lambda _: type("M", (), {"odd": staticmethod(odd)}))
    monkeypatch.setattr(pool, "import_module", lambda _: None)
    # The odd loader exists in this process only; pytest's own workers have threads that would forbid a fork.
    monkeypatch.setattr(pool, "may_fork", lambda: True)
    before = children()
    yield
    assert children() <= before  # other tests of the same process may have one that is about to end


def children() -> set[str]:
    """The processes that this one has started and not yet waited for."""
    return {pid for task in Path("/proc/self/task").iterdir() for pid in (task / "children").read_text().split()}


def loaded(*names: str, jobs: int = 2, seconds: float = 60.0) -> dict[str, list[str]]:
    units = [Unit("plan", name) for name in names]
    found = list(load_all(units, jobs=jobs, seconds=seconds))
    assert len(found) == len(units)
    return {one.unit: [problem.message for problem in one.problems] for one in found}


def test_many_units(odd_units: None) -> None:
    names = [f"u{number}" for number in range(100)]
    assert loaded(*names, jobs=3) == {name: [] for name in names}


def test_no_units() -> None:
    assert list(load_all([])) == []


def test_large_results(odd_units: None) -> None:
    found = list(load_all([Unit("plan", f"big{number}") for number in range(6)], jobs=2))
    assert [len(one.files) for one in found] == [50_000] * 6


def test_a_worker_that_dies_takes_only_its_unit(odd_units: None) -> None:
    names = [f"u{number}" for number in range(30)]
    found = loaded(*names[:10], "die", *names[10:20], "exit", *names[20:])
    assert found.pop("die") == ["the process that read it ended (signal 9)"]
    assert found.pop("exit") == ["the process that read it ended (exit code 3)"]
    assert found == {name: [] for name in names}


def test_all_workers_die(odd_units: None) -> None:
    found = loaded("die1", "die2", "die3", "u", jobs=2)
    assert found.pop("u") == []
    assert set(map(tuple, found.values())) == {("the process that read it ended (signal 9)",)}


def test_a_unit_that_takes_too_long(odd_units: None) -> None:
    found = loaded("u1", "hang1", "u2", "hang2", "u3", seconds=0.3)
    assert found["hang1"] == found["hang2"] == ["reading it takes more than 0.3 s"]
    assert found["u1"] == found["u2"] == found["u3"] == []


def test_a_unit_that_takes_too_much_memory(odd_units: None) -> None:
    assert loaded("u1", "memory", "u2")["memory"] == ["reading it takes too much memory"]


def test_after_too_much_memory_a_new_worker_goes_on(odd_units: None) -> None:
    names = [f"u{number}" for number in range(40)]
    found = loaded(*names[:9], "memory1", *names[9:20], "memory2", *names[20:], jobs=1)
    assert found.pop("memory1") == found.pop("memory2") == ["reading it takes too much memory"]
    assert found == {name: [] for name in names}


def test_a_slow_consumer_is_no_fault_of_the_workers(odd_units: None) -> None:
    found = []
    for one in load_all([Unit("plan", f"big{number}") for number in range(8)], jobs=2, seconds=1.5):
        time.sleep(0.4)
        found.append(one)
    assert [one.problems for one in found] == [[]] * 8


def test_closing_early_ends_the_workers(odd_units: None) -> None:
    results = load_all([Unit("plan", "u1"), Unit("plan", "hang"), Unit("plan", "u2")], jobs=2)
    assert next(results).unit == "u1"
    results.close()  # type: ignore[attr-defined]


@pytest.mark.parametrize("fork", [True, False])
def test_real_units(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fork: bool) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(pool, "may_fork", lambda: fork)
    units = []
    for name in ("a", "b", "c"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "main.tf").write_text(BUCKET)
        units.append(Unit("terraform", name, (f"{name}/main.tf",), (".",)))
    (tmp_path / "v.tfvars").write_text('name = "given"\n')
    (tmp_path / "pickle.py").write_text("raise SystemExit('the scanned folder was imported from')\n")
    found = sorted(load_all(units, var_files=["v.tfvars"], jobs=2), key=lambda one: one.unit)
    assert [one.unit for one in found] == ["a", "b", "c"]
    assert [one.resources[0].properties["BucketName"] for one in found] == ["given"] * 3


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_texts_that_were_read_are_not_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(pool, "may_fork", lambda: True)
    (tmp_path / "main.tf").write_text(BUCKET)
    unit = Unit("terraform", ".", ("main.tf",), (".",))
    (found,) = load_all([unit], texts={"main.tf": f"# bastide: allow a.b\n{BUCKET}".encode()})
    assert (found.marked, found.resources[0].line) == (["main.tf"], 3)
    (found,) = load_all([unit])
    assert (found.marked, found.resources[0].line) == ([], 2)


def test_calls() -> None:
    unit = Unit("terraform", "a", ("a/main.tf",), (".",))
    assert task_of(3, unit, ["v"]) == (3, "terraform", ("a", ("a/main.tf",), ("v",), (".",)))
    assert task_of(4, Unit("cdk", "o", within=(".",))) == (4, "cdk", ("o",))


def test_workers_end_though_nobody_asks_for_a_result(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ended: list[int] = []
    end = pool._Worker.end
    monkeypatch.setattr(pool._Worker, "end", lambda one: (ended.append(one.pid), end(one))[1])
    results = load_all([Unit("cloudformation", str(tmp_path / "a.yaml"))])
    assert ended == []
    del results
    assert len(ended) == 1
