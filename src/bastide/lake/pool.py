"""Processes that stage files: each has a database of its own, ends with its parent, and has its next task waiting.

So none waits for the parent while that commits what came, which is mostly waiting for the disk. They are forked where
that is safe, since loading what they need takes as long as staging many thousand events.
"""

from __future__ import annotations

import threading
import warnings
from collections import Counter
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any

from bastide.beside import load, may_fork
from bastide.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from multiprocessing.connection import Connection
    from types import TracebackType

    from bastide.lake.stage import Result, Task


AHEAD = 2
"""Tasks that a process has at once, the one that it does among them."""


class Pool:
    """So many processes; with one, tasks run in this process."""

    def __init__(self, processes: int) -> None:
        self._count = processes
        self._workers: list[tuple[Any, Connection]] = []

    def __enter__(self) -> Pool:
        if self._count > 1:
            import multiprocessing

            load("numpy", "duckdb", "pyarrow.parquet", "pyarrow.compute", "bastide.lake.stage")
            context: Any = multiprocessing.get_context("fork" if may_fork() else "spawn")
            fork = context.get_start_method() == "fork"
            for _ in range(self._count):
                here, there = context.Pipe()
                others = (here, *(one for _, one in self._workers)) if fork else ()
                process = context.Process(target=work, args=(there, others), daemon=True)
                with warnings.catch_warnings():  # of threads, which are Python's own
                    warnings.simplefilter("ignore", DeprecationWarning)
                    process.start()
                there.close()
                self._workers.append((process, here))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for process, connection in self._workers:
            connection.close()
            if kind is not None:
                process.terminate()
            process.join()

    def run(self, tasks: Iterable[Task]) -> Iterator[Result]:
        """The results of all tasks in whatever order they come; `SourceError` when a process dies."""
        if not self._workers:
            from bastide.lake.stage import Stager

            stager = Stager()
            for task in tasks:
                yield from stager.run(task)
            return
        yield from self._shared(iter(tasks))

    def _shared(self, tasks: Iterator[Task]) -> Iterator[Result]:
        from multiprocessing.connection import wait

        given: Counter[Connection] = Counter()
        for _ in range(AHEAD):
            for _, connection in self._workers:
                _give(connection, tasks, given)
        while busy := [connection for connection, count in given.items() if count]:
            for ready in wait(busy):
                connection = next(one for one in busy if one is ready)
                try:
                    answer = connection.recv()
                except EOFError:
                    raise _dead() from None
                if answer is None:
                    given[connection] -= 1
                    _give(connection, tasks, given)
                elif isinstance(answer, BaseException):
                    raise answer
                else:
                    yield answer


def _give(connection: Connection, tasks: Iterator[Task], given: Counter[Connection]) -> None:
    if (task := next(tasks, None)) is not None:
        try:
            connection.send(task)
        except BrokenPipeError:
            raise _dead() from None
        given[connection] += 1


def _dead() -> SourceError:
    return SourceError("a process that reads logs has died", remedy="try again with fewer --jobs")


def work(connection: Connection, others: tuple[Connection, ...] = ()) -> None:
    """Stage what is sent until nobody sends any more; None says that a task is done.

    `others` are the parent's ends of connections that a fork brought along: nobody is gone while they are open.
    """
    from bastide.lake.stage import Stager

    for one in others:
        one.close()
    stager = Stager()
    tasks: SimpleQueue[Task | None] = SimpleQueue()
    threading.Thread(target=_receive, args=(connection, tasks), daemon=True).start()
    while task := tasks.get():
        try:
            for result in stager.run(task):
                connection.send(result)
            connection.send(None)
        except BrokenPipeError:
            return
        except Exception as error:  # noqa: BLE001 (whatever it is, the parent is told)
            connection.send(error)


def _receive(connection: Connection, tasks: SimpleQueue[Task | None]) -> None:
    """Take every task at once, however large it is: the parent must not wait for a process that waits for it."""
    try:
        while True:
            tasks.put(connection.recv())
    except (EOFError, OSError):
        tasks.put(None)
