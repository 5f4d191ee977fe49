"""A process that loads units: reads tasks from one pipe and writes what each gave to another.

A message is eight bytes of length and a pickle. Whatever a unit's files do to the process (endless time, endless
memory, a crash) is between the process and whoever started it; see `pool`.
"""

from __future__ import annotations

import gc
import os
import pickle
import signal
import struct
import sys
from importlib import import_module
from typing import Any, NamedTuple

from bastide.resources.model import Loaded, Problem, SourceKind
from bastide.sources.limits import UNIT_BYTES
from bastide.sources.marks import forget, marked

LENGTH = struct.Struct(">Q")
LOADERS = {
    "terraform": ("bastide.sources.terraform.source", "load"),
    "plan": ("bastide.sources.terraform.plan", "load"),
    "cloudformation": ("bastide.sources.cloudformation.stacks", "load"),
    "cdk": ("bastide.sources.cloudformation.cdk", "load_cdk"),
    "dockerfile": ("bastide.sources.dockerfile.source", "load"),
    "workflow": ("bastide.sources.workflow.source", "load"),
    "buildspec": ("bastide.sources.buildspec.source", "load"),
}
"""The module and the function that loads each kind of unit."""

_SOURCES: dict[str, SourceKind] = {
    "terraform": "terraform",
    "plan": "plan",
    "dockerfile": "dockerfile",
    "workflow": "workflow",
    "buildspec": "buildspec",
}
NO_MEMORY = "reading it takes too much memory"
_COLLECT = 50_000
"""Objects made since the last round of the garbage collector, which is off while a unit is read, until there is one."""


class Task(NamedTuple):
    """A unit to load: its loader is called with `arguments`, the first of which is its path."""

    number: int
    kind: str
    arguments: tuple[Any, ...]


def run(task: Task) -> list[Loaded]:
    """What a unit gives; what its loader raises is a problem of the unit."""
    forget()
    try:
        module, name = LOADERS[task.kind]
        loaded = getattr(import_module(module), name)(*task.arguments)
        return [_with_marks(one) for one in (loaded if isinstance(loaded, list) else [loaded])]
    except MemoryError:
        return [failed(task, NO_MEMORY)]
    except Exception as error:  # noqa: BLE001  the one broad except: at the unit's boundary, told as a problem
        place = _place(error)
        return [failed(task, f"reading it failed inside bastide ({type(error).__name__} at {place})")]


def _with_marks(loaded: Loaded) -> Loaded:
    loaded.marked = marked(loaded.files)
    return loaded


def _place(error: Exception) -> str:
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_globals.get('__name__', '?')}:{trace.tb_lineno}" if trace else "?"


def failed(task: Task, message: str) -> Loaded:
    """A unit that could not be read."""
    path = str(task.arguments[0])
    problem = Problem("unreadable", path, 1, message)
    return Loaded(path, _SOURCES.get(task.kind, "cloudformation"), problems=[problem])


def serve(tasks: int, results: int) -> None:
    """Load units until the pipe of tasks ends, or until one took all the memory: a new process has it again."""
    _limit()
    while message := _receive(tasks):
        for task in pickle.loads(message):  # noqa: S301  from the parent process
            loaded = run(Task(*task))
            send(results, (task[0], loaded))
            if loaded[-1].problems and loaded[-1].problems[-1].message == NO_MEMORY:
                return
            if gc.get_count()[0] > _COLLECT:
                gc.collect(0)


def send(pipe: int, content: Any) -> None:
    """Write a message, all of it."""
    data = pickle.dumps(content, protocol=5)
    rest = memoryview(LENGTH.pack(len(data)) + data)
    while rest:
        rest = rest[os.write(pipe, rest) :]


def _receive(pipe: int) -> bytes:
    head = _exactly(pipe, LENGTH.size)
    return _exactly(pipe, LENGTH.unpack(head)[0]) if head else b""


def _exactly(pipe: int, size: int) -> bytes:
    parts = []
    while size:
        part = os.read(pipe, min(size, 1 << 20))
        if not part:
            return b""
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def _limit() -> None:
    gc.disable()
    gc.freeze()
    sys.setrecursionlimit(3000)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        import resource

        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (UNIT_BYTES, hard))
    except (ImportError, OSError, ValueError):
        return  # not on this system; the time limit holds all the same


def main() -> None:
    """Serve on standard input and output, for a worker that was started as a program."""
    tasks, results = os.dup(0), os.dup(1)
    os.dup2(2, 1)  # whatever prints must not write among the results
    serve(tasks, results)


if __name__ == "__main__":
    main()
