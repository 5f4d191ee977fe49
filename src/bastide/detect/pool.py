"""The files of a lake judged side by side: processes with a single-threaded database each, tasks of some size each.

Every task writes what matched to files of its own, so that one whose process is lost is done again, here.
"""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from bastide.beside import forked, may_fork
from bastide.detect.files import REMOTE, Files

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from bastide.detect.plan import Pass

ROWS, FEWEST = 1_000_000, 200_000
"""Events of a task at most, as far as files allow it, and those below which a process beside is not worth it."""
_NUMBER = 4


class Input(Struct, frozen=True):
    """A file of a table with its number of events; `fresh` if its matches are to be told, not only counted."""

    table: str
    path: str
    rows: int
    fresh: bool = True


class Task(Struct, frozen=True):
    """Files of one table that are judged together."""

    files: Files
    fresh: bool


def cores() -> int:
    """The processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def tasks_of(inputs: Sequence[Input], workers: int) -> list[Task]:
    """Files packed into tasks, the largest first, so that all processes end at about the same time; they are numbered."""
    total = sum(one.rows for one in inputs)
    most = max(FEWEST, min(ROWS, total // workers + 1))
    by_kind: dict[tuple[str, bool], list[Input]] = {}
    for one in inputs:
        by_kind.setdefault((one.table, one.fresh), []).append(one)
    packed: list[tuple[int, Task]] = []
    for (table, fresh), files in by_kind.items():
        pack: list[str] = []
        rows = 0
        for one in files:
            if pack and rows + one.rows > most:
                packed.append((rows, Task(Files(table, tuple(pack)), fresh)))
                pack, rows = [], 0
            pack.append(one.path)
            rows += one.rows
        packed.append((rows, Task(Files(table, tuple(pack)), fresh)))
    tasks, number = [], 0
    for _, task in sorted(packed, key=lambda pair: -pair[0]):
        tasks.append(Task(msgspec.structs.replace(task.files, first=number), task.fresh))
        number += len(task.files.paths)
    return tasks


def run(
    passes: Sequence[Pass], inputs: Sequence[Input], folder: Path, *, since: int = 0, jobs: int | None = None
) -> tuple[list[Files], dict[int, str]]:
    """Judge the files, which then are numbered; and by rule, why one broke somewhere.

    Afterwards matches lie in the folder as `*.hits`, which are Parquet.
    """
    workers = jobs or cores()
    total = sum(one.rows for one in inputs)
    if total < 2 * FEWEST:
        workers = 1
    tasks = tasks_of(inputs, workers)
    workers = min(workers, len(tasks))
    remote = any(one.path.startswith(REMOTE) for one in inputs)  # its client is not to be forked
    if workers > 1 and not remote and may_fork():
        _beside(passes, tasks, folder, since, workers)
        missing = [at for at in range(len(tasks)) if not _broken_file(folder, at).exists()]
    else:
        missing = list(range(len(tasks)))
    if missing:
        _serve(passes, tasks, missing, folder, since, threads=workers)
    broken: dict[int, str] = {}
    for at in range(len(tasks)):
        broken |= msgspec.json.decode(_broken_file(folder, at).read_bytes(), type=dict[int, str])
    return [task.files for task in tasks], broken


def _broken_file(folder: Path, at: int) -> Path:
    return folder / f"{at}.json"


def _beside(passes: Sequence[Pass], tasks: Sequence[Task], folder: Path, since: int, workers: int) -> None:
    """Processes that take the numbers of tasks from one pipe until it is empty."""
    numbers, end = os.pipe()
    os.write(end, b"".join(at.to_bytes(_NUMBER, "little") for at in range(len(tasks)))[: 1 << 16])
    os.close(end)

    def work() -> None:
        _serve(passes, tasks, _taken(numbers), folder, since, threads=1)

    running = [forked(work) for _ in range(workers)]
    try:
        for process in running:
            os.waitpid(process, 0)
    finally:
        os.close(numbers)


def _taken(numbers: int) -> Iterator[int]:
    """Numbers of tasks, each given to one process only."""
    while len(raw := os.read(numbers, _NUMBER)) == _NUMBER:
        yield int.from_bytes(raw, "little")


def _serve(
    passes: Sequence[Pass], tasks: Sequence[Task], some: Iterable[int], folder: Path, since: int, *, threads: int
) -> None:
    """Do some of the tasks in this process, with one database for all of them."""
    from bastide.detect.judge import judge, session
    from bastide.detect.sql import texts

    with contextlib.closing(session(threads, folder / f"spill-{os.getpid()}")) as connection:
        for at in some:
            task = tasks[at]
            broken: dict[int, str] = {}
            for one in passes:
                if one.table == task.files.table:
                    broken |= judge(connection, one, task.files, fresh=task.fresh, since=since)
            part = folder / f"{at}.part"
            connection.execute(f"copy hits to {texts([str(part)])} (format parquet)")
            connection.execute("truncate hits")
            part.replace(folder / f"{at}.hits")
            _broken_file(folder, at).write_bytes(msgspec.json.encode(broken))
