"""The files of a lake judged side by side: processes with a single-threaded database each, tasks of some size each.

Every task writes what matched to files of its own, so that one whose process is lost is done again, here.
"""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct, field

from bastide.beside import forked, load, may_fork
from bastide.detect.files import Files, near

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    import duckdb

    from bastide.detect.plan import Pass

ROWS, FEWEST = 2_500_000, 200_000
"""Events of a task at most, as far as files allow it, and those below which a process beside is not worth it."""
_NUMBER = 4
LOCAL, RAY = "local", "ray"
HITS, DONE = ".hits", ".json"
"""The ends of the names of what a task leaves: its matches, and at last the rules that broke."""


class Input(Struct, frozen=True):
    """A file of a table with its number of events; `fresh` if its matches are to be told, not only counted.

    `logs` are the lake's sources of its events; empty where that is not known.
    """

    table: str
    path: str
    rows: int
    fresh: bool = True
    logs: frozenset[str] = frozenset()


class Task(Struct, frozen=True):
    """Files of one table that are judged together."""

    files: Files
    fresh: bool


class Ran(Struct):
    """What a run came to: the files, numbered; by rule, why one broke somewhere; what else is to be told."""

    files: list[Files] = field(default_factory=list)
    broken: dict[int, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def cores() -> int:
    """The processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def tasks_of(inputs: Sequence[Input], workers: int) -> list[Task]:
    """Files packed into tasks and numbered, the largest first, so that all processes end at about the same time."""
    total = sum(one.rows for one in inputs)
    most = max(FEWEST, min(ROWS, total // workers + 1))
    by_kind: dict[tuple[str, bool, frozenset[str]], list[Input]] = {}
    for one in inputs:
        by_kind.setdefault((one.table, one.fresh, one.logs), []).append(one)
    packed: list[tuple[int, Task]] = []
    for (table, fresh, logs), files in by_kind.items():
        pack: list[str] = []
        rows = 0
        for one in files:
            if pack and rows + one.rows > most:
                packed.append((rows, Task(Files(table, tuple(pack), logs=logs), fresh)))
                pack, rows = [], 0
            pack.append(one.path)
            rows += one.rows
        packed.append((rows, Task(Files(table, tuple(pack), logs=logs), fresh)))
    tasks, number = [], 0
    for _, task in sorted(packed, key=lambda pair: -pair[0]):
        tasks.append(Task(msgspec.structs.replace(task.files, first=number), task.fresh))
        number += len(task.files.paths)
    return tasks


def run(
    passes: Sequence[Pass],
    inputs: Sequence[Input],
    folder: Path,
    *,
    since: int = 0,
    jobs: int | None = None,
    engine: str = LOCAL,
) -> Ran:
    """Judge the files.

    Afterwards matches lie in the folder as `*.hits`, which are Parquet. The engine is `LOCAL` or `RAY`; what a cluster
    does not get done is done here.
    """
    workers, ran = workers_for(inputs, jobs), Ran()
    if engine == RAY:
        from bastide.detect import cluster

        with cluster.cluster() as ray:
            tasks = tasks_of(inputs, jobs or cluster.size(ray))
            ran.notes = cluster.spread(ray, passes, tasks, folder, since=since)
    else:
        tasks = tasks_of(inputs, workers)

    def judge_some(some: Iterable[int], threads: int) -> None:
        from bastide.detect.judge import session

        with contextlib.closing(session(threads, folder / f"spill-{os.getpid()}")) as connection:
            for at in some:
                do(connection, passes, tasks[at], folder / f"{at}", since)

    ran.files = [task.files for task in tasks]
    side_by_side(ran.files, folder, DONE, judge_some, workers)
    for at in range(len(tasks)):
        ran.broken |= msgspec.json.decode((folder / f"{at}{DONE}").read_bytes(), type=dict[int, str])
    return ran


def workers_for(inputs: Sequence[Input], jobs: int | None) -> int:
    """How many processes are worth it."""
    return (jobs or cores()) if sum(one.rows for one in inputs) >= 2 * FEWEST else 1


def do(connection: duckdb.DuckDBPyConnection, passes: Sequence[Pass], task: Task, place: Path, since: int) -> None:
    """Do one task: what matched goes to `place.hits`, then rules that broke to `place.json`: it is there last."""
    from bastide.detect.judge import judge
    from bastide.detect.sql import texts

    broken: dict[int, str] = {}
    with near(task.files, place.with_suffix(".near")) as files:
        for one in passes:
            if one.table == files.table:
                broken |= judge(connection, one, files, fresh=task.fresh, since=since)
    part = place.with_suffix(".part")
    connection.execute(f"copy hits to {texts([str(part)])} (format parquet)")
    connection.execute("truncate hits")
    part.replace(place.with_suffix(HITS))
    place.with_suffix(DONE).write_bytes(msgspec.json.encode(broken))


def side_by_side(
    files: Sequence[Files], folder: Path, made: str, work: Callable[[Iterable[int], int], None], workers: int
) -> None:
    """Do work on files, by their number, in processes of their own; what they do not get done is done here.

    Each work leaves a file in the folder, `made` is the end of its name; it is told how many threads it may have.
    """
    workers = min(workers, len(files))
    remote = any(one.remote for one in files)  # its client is not to be forked
    missing = _missing(files, folder, made)
    if len(missing) > 1 and workers > 1 and not remote:
        load("numpy", "duckdb", "pyarrow.parquet")
        if may_fork():
            _beside(missing, lambda some: work(some, 1), workers)
    if missing := _missing(files, folder, made):
        work(missing, workers)


def _missing(files: Sequence[Files], folder: Path, made: str) -> list[int]:
    return [at for at in range(len(files)) if not (folder / f"{at}{made}").exists()]


def _beside(wanted: Sequence[int], work: Callable[[Iterable[int]], None], workers: int) -> None:
    """Processes that take numbers from one pipe until it is empty."""
    numbers, end = os.pipe()
    os.write(end, b"".join(at.to_bytes(_NUMBER, "little") for at in wanted)[: 1 << 16])
    os.close(end)
    running = [forked(lambda: work(_taken(numbers))) for _ in range(workers)]
    try:
        for process in running:
            os.waitpid(process, 0)
    finally:
        os.close(numbers)


def _taken(numbers: int) -> Iterator[int]:
    """Numbers, each given to one process only."""
    while len(raw := os.read(numbers, _NUMBER)) == _NUMBER:
        yield int.from_bytes(raw, "little")
