"""Processes that read logs beside each other."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from msgspec import structs

from bastide.errors import SourceError
from bastide.lake.pool import Pool
from bastide.lake.read.found import find
from bastide.lake.stage import Task
from tests.lake.conftest import Place, event


def tasks(place: Place, folder: Path) -> list[Task]:
    return [Task([found], folder) for found in find([str(place.logs)])]


@pytest.mark.slow
def test_several_processes_stage_the_same_as_one(place: Place, tmp_path: Path) -> None:
    for number in range(5):
        place.trail(f"{number}.json.gz", event(number))
    found = []
    for processes in (1, 2):
        with Pool(processes) as pool:
            results = list(pool.run(tasks(place, tmp_path / str(processes))))
        found.append(sorted(one.sha256 for result in results for one in result.staged))
    assert found[0] == found[1]
    assert len(found[0]) == 5


@pytest.mark.slow
@pytest.mark.parametrize("fork", [True, False])
def test_processes_are_forked_where_that_is_safe(place: Place, tmp_path: Path, fork: bool) -> None:
    """In a process of its own: this one has threads already."""
    for number in range(4):
        place.trail(f"{number}.json.gz", event(number))
    code = (
        "import sys; from pathlib import Path; from bastide.lake import pool\n"
        "from bastide.lake.read.found import find; from bastide.lake.stage import Task\n"
        "if __name__ == '__main__':\n"
        f"    pool.may_fork = pool.may_fork if {fork} else lambda: False\n"
        "    with pool.Pool(2) as some:\n"
        "        tasks = [Task([found], Path(sys.argv[2])) for found in find([sys.argv[1]])]\n"
        "        staged = [one for result in some.run(tasks) for one in result.staged]\n"
        "        print(type(some._workers[0][0]).__name__, len(staged))\n"
        "    assert not [process for process, _ in some._workers if process.exitcode]\n"
    )
    command = [sys.executable, "-c", code, str(place.logs), str(tmp_path / "x")]
    said = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout
    assert said == f"{'Fork' if fork else 'Spawn'}Process 4\n"


@pytest.mark.slow
def test_a_process_that_dies_is_told(place: Place, tmp_path: Path) -> None:
    for number in range(4):
        place.trail(f"{number}.json.gz", event(number))
    with Pool(2) as pool:
        os.kill(pool._workers[0][0].pid, signal.SIGKILL)
        pool._workers[0][0].join()
        with pytest.raises(SourceError, match="has died"):
            list(pool.run(tasks(place, tmp_path / "x")))


@pytest.mark.slow
def test_tasks_and_results_larger_than_what_lies_between_processes(place: Place, tmp_path: Path) -> None:
    """A task that waits is sent while results come: neither side may wait for the other."""
    path = place.trail("a.json.gz", event(1))
    (one,) = find([str(path)])
    many = [structs.replace(one, path=f"{one.path}{'x' * 200}{number}") for number in range(3000)]
    with Pool(2) as pool:
        results = list(pool.run([Task(many, tmp_path / "x") for _ in range(8)]))
    assert sum(len(result.problems) for result in results) == 8 * 3000
