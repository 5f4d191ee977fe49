"""Units loaded by processes of their own, side by side, each within limits of time and memory.

Workers are forked where that is safe, which takes a few milliseconds: while this process has no thread that
Python does not know of. Otherwise they are started as programs. A worker that ends or takes too long is replaced;
the unit that it was reading gets a problem, and the others go on.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import selectors
import signal
import sys
import time
from collections import deque
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bastide.beside import forked, may_fork
from bastide.sources import worker
from bastide.sources.files import ahead
from bastide.sources.limits import UNIT_SECONDS
from bastide.sources.worker import LENGTH, LOADERS, Task

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator, Mapping, Sequence

    from bastide.resources.model import Loaded
    from bastide.sources.discover import Unit

_AHEAD = 4
"""Tasks that a worker has beside the one it is at, while there are plenty."""
_CHUNK = 1 << 20


def load_all(
    units: Sequence[Unit],
    var_files: Sequence[str] = (),
    jobs: int | None = None,
    seconds: float = UNIT_SECONDS,
    texts: Mapping[str, bytes] | None = None,
) -> Iterator[Loaded]:
    """What the units give, as each is done. The workers begin at once, before the first result is asked for.

    `jobs` is how many workers there may be (by default one a core), `seconds` the time that one unit may take, `texts`
    what stands in files of the units, as far as that was read already.
    Never raises for what units hold.
    """
    tasks = [task_of(number, unit, var_files) for number, unit in enumerate(units)]
    with ahead(texts or {}):
        pool = _Pool(tasks, jobs or _cores(), seconds)
    results = pool.results()
    next(results)  # into its `try`: the workers end with it, though nobody may ask for a result
    return results


def task_of(number: int, unit: Unit, var_files: Sequence[str] = ()) -> Task:
    """The call that loads a unit."""
    if unit.kind == "terraform":
        return Task(number, unit.kind, (unit.path, unit.files, tuple(var_files), unit.within))
    if unit.kind in ("dockerfile", "workflow", "buildspec"):
        return Task(number, unit.kind, (unit.path, None, unit.within))
    if unit.kind == "cloudformation":
        return Task(number, unit.kind, (unit.path, None, None, unit.within))
    return Task(number, unit.kind, (unit.path,))


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class _Worker:
    """A process, the two pipes to it, and the tasks that it has, the first of which it is at."""

    def __init__(self, pid: int, tasks: int, results: int, process: subprocess.Popen[bytes] | None) -> None:
        self.pid, self.tasks, self.results, self.process = pid, tasks, results, process
        self.waiting: deque[Task] = deque()
        self.since = time.monotonic()
        self.buffer = bytearray()
        self.done = 0

    def give(self, tasks: list[Task]) -> bool:
        """Hand over tasks; False when the worker is gone."""
        if not self.waiting:
            self.since = time.monotonic()
        self.waiting.extend(tasks)
        try:
            worker.send(self.tasks, [tuple(task) for task in tasks])
        except OSError:
            return False
        return True

    def read(self) -> bool:
        """Take what it has written; False when it is gone."""
        try:
            part = os.read(self.results, _CHUNK)
        except OSError:
            return False
        self.buffer += part
        return bool(part)

    def messages(self) -> Iterator[tuple[int, list[Loaded]]]:
        """The whole messages that have come."""
        while len(self.buffer) >= LENGTH.size:
            end = LENGTH.size + LENGTH.unpack_from(self.buffer)[0]
            if len(self.buffer) < end:
                return
            number, loaded = pickle.loads(memoryview(self.buffer)[LENGTH.size : end])  # noqa: S301  our own process
            del self.buffer[:end]
            self.waiting.popleft()
            self.done += 1
            self.since = time.monotonic()
            yield number, loaded

    def end(self) -> str:
        """Stop it, now; how it ended."""
        for pipe in (self.tasks, self.results):
            os.close(pipe)
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        if self.process:
            status = self.process.wait()
            return f"signal {-status}" if status < 0 else f"exit code {status}"
        _, raw = os.waitpid(self.pid, 0)
        status = os.waitstatus_to_exitcode(raw)
        return f"signal {-status}" if status < 0 else f"exit code {status}"


class _Pool:
    def __init__(self, tasks: list[Task], jobs: int, seconds: float) -> None:
        self.seconds = seconds
        self.tasks = deque(tasks)
        self.jobs = min(jobs, len(tasks))
        self.workers: dict[int, _Worker] = {}
        self.selector = selectors.DefaultSelector()
        if may_fork():
            for kind in {task.kind for task in tasks}:
                _import(kind)  # once here, not once in every worker
        for _ in range(self.jobs):
            self._start()

    def results(self) -> Iterator[Any]:
        """None, then what the units give; ends the workers when it is closed."""
        try:
            yield None
            while self.workers:
                yield from self._round()
        finally:
            for one in list(self.workers.values()):
                self._stop(one)
            self.selector.close()

    def _round(self) -> Iterator[Loaded]:
        ready = self.selector.select(timeout=self._patience())
        gone = [one for key, _ in ready if not (one := self.workers[key.fd]).read()]
        for key, _ in ready:
            one = self.workers[key.fd]
            for _, loaded in one.messages():
                yield from loaded
            if one not in gone and len(one.waiting) <= _AHEAD // 2:
                self._feed(one)
        for one in gone:
            yield from self._lost(one, "")
        if not ready:
            now = time.monotonic()
            for one in [one for one in self.workers.values() if now - one.since > self.seconds]:
                yield from self._lost(one, f"reading it takes more than {self.seconds:g} s")

    def _patience(self) -> float:
        oldest = min(one.since for one in self.workers.values())
        return max(0.0, oldest + self.seconds - time.monotonic()) + 0.01

    def _lost(self, one: _Worker, cause: str) -> Iterator[Loaded]:
        """A worker is gone, or too slow: its unit has a problem, its other tasks go to the next.

        One that stopped of its own accord, after some units, was at none.
        """
        waiting = list(one.waiting)
        ending = self._stop(one)
        at = 0 if ending == "exit code 0" and one.done and not cause else 1
        self.tasks.extendleft(reversed(waiting[at:]))
        if waiting and at:
            yield worker.failed(waiting[0], cause or f"the process that read it ended ({ending})")
        if self.tasks:
            self._start()

    def _stop(self, one: _Worker) -> str:
        self.selector.unregister(one.results)
        del self.workers[one.results]
        return one.end()

    def _start(self) -> None:
        one = _forked(list(self.workers.values())) if may_fork() else _spawned()
        self.workers[one.results] = one
        self.selector.register(one.results, selectors.EVENT_READ)
        self._feed(one)

    def _feed(self, one: _Worker) -> None:
        plenty = len(self.tasks) > self.jobs * _AHEAD * 2
        size = min(len(self.tasks), _AHEAD if plenty else 1)
        if (size and (plenty or not one.waiting)) or not (self.tasks or one.waiting):
            tasks = [self.tasks.popleft() for _ in range(size)]
            if tasks:
                one.give(tasks)
            else:
                self._stop(one)


def _import(kind: str) -> None:
    try:
        import_module(LOADERS[kind][0])
    except ImportError:
        return  # the worker tells it of each unit


def _forked(others: list[_Worker]) -> _Worker:
    task_end, tasks = os.pipe()
    results, result_end = os.pipe()

    def serve() -> None:
        for pipe in [tasks, results, *(pipe for one in others for pipe in (one.tasks, one.results))]:
            os.close(pipe)
        worker.serve(task_end, result_end)

    pid = forked(serve)
    os.close(task_end)
    os.close(result_end)
    return _Worker(pid, tasks, results, None)


def _spawned() -> _Worker:
    import subprocess  # seldom needed, and slow to import

    # -P: the folder that is scanned must never be a place that modules are imported from.
    command = [sys.executable, "-P", "-m", "bastide.sources.worker"]
    root = str(Path(__file__).parents[2])
    environment: dict[str, Any] = {**os.environ, "PYTHONPATH": os.pathsep.join([root, *_python_path()])}
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment)  # noqa: S603
    assert process.stdin
    assert process.stdout
    tasks, results = os.dup(process.stdin.fileno()), os.dup(process.stdout.fileno())
    process.stdin.close()
    process.stdout.close()
    return _Worker(process.pid, tasks, results, process)


def _python_path() -> list[str]:
    given = os.environ.get("PYTHONPATH", "")
    return [part for part in given.split(os.pathsep) if part]
