"""Run one command and say what it took: wall time, processor time and memory of its whole process tree.

Time and memory come from separate runs, because looking at memory every 20 ms takes time from what is measured.
Memory is Pss (`/proc/PID/smaps_rollup`): a page that several processes share is counted once, by shares, so that
tools that fork are not charged twice. Linux only.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import signal
import subprocess
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

SAMPLE_SECONDS = 0.02
"""How long between two looks at memory."""
LIMIT_SECONDS = 900.0
"""A run that takes longer is ended and counts as failed."""

LEFT_BEHIND_SECONDS = 20.0
"""How long processes that a command left behind may go on before they are ended."""

_CHILD_SUBREAPER = 36
_MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Run:
    """What one run took. Memory is in MiB and None in runs that were timed; `largest` is of one process alone."""

    seconds: float
    cpu: float
    exit_code: int
    memory: float | None = None
    largest: float | None = None


def timed(command: Sequence[str], env: Mapping[str, str], cwd: Path) -> Run:
    """Wall time, and user and system time of every process that the command started, those it left behind too."""
    before = _children_cpu()
    with _adopting():
        started = time.perf_counter()
        process = _start(command, env, cwd)
        exit_code = _wait(process)
        seconds = time.perf_counter() - started
        _reap_orphans(process.pid)
    return Run(seconds, _children_cpu() - before, exit_code)


def weighed(command: Sequence[str], env: Mapping[str, str], cwd: Path) -> Run:
    """Peak memory of the tree; its times are not to be used."""
    with _adopting():
        started = time.perf_counter()
        process = _start(command, env, cwd)
        peak = Peak(process.pid)
        peak.start()
        exit_code = _wait(process)
        seconds = time.perf_counter() - started
        peak.done.set()
        peak.join()
        _reap_orphans(process.pid)
    return Run(seconds, 0.0, exit_code, peak.tree / _MIB, peak.largest / _MIB)


class Peak(threading.Thread):
    """Samples a process tree: the largest sum of Pss seen, and the largest resident size of any one process."""

    def __init__(self, root: int) -> None:
        super().__init__(daemon=True)
        self.root, self.done = root, threading.Event()
        self.tree = self.largest = 0

    def run(self) -> None:
        while not self.done.wait(SAMPLE_SECONDS):
            total = 0
            for pid in tree(self.root):
                with contextlib.suppress(OSError, KeyError):
                    total += _kilobytes(pid, "smaps_rollup", "Pss") * 1024
                    self.largest = max(self.largest, _kilobytes(pid, "status", "VmHWM") * 1024)
            self.tree = max(self.tree, total)


def tree(root: int) -> Iterator[int]:
    """A process and all its descendants that are alive now."""
    yield root
    with contextlib.suppress(OSError):
        for task in Path(f"/proc/{root}/task").iterdir():
            with contextlib.suppress(OSError):
                for child in (task / "children").read_text("ascii").split():
                    yield from tree(int(child))


def _kilobytes(pid: int, file: str, field: str) -> int:
    """One field of a `/proc` file; KeyError when a process that is ending has it no more."""
    for line in Path(f"/proc/{pid}/{file}").read_text("ascii", "replace").splitlines():
        name, _, rest = line.partition(":")
        if name == field:
            return int(rest.split()[0])
    raise KeyError(field)


def _start(command: Sequence[str], env: Mapping[str, str], cwd: Path) -> subprocess.Popen[bytes]:
    quiet = subprocess.DEVNULL
    return subprocess.Popen(
        command, env=dict(env), cwd=cwd, stdin=quiet, stdout=quiet, stderr=quiet, start_new_session=True
    )


def _wait(process: subprocess.Popen[bytes]) -> int:
    try:
        return process.wait(LIMIT_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        return -signal.SIGKILL


def _children_cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


@contextlib.contextmanager
def _adopting() -> Iterator[None]:
    """Make this process the parent of what its descendants leave behind, so that their time is counted."""
    prctl = ctypes.CDLL(None).prctl
    prctl(_CHILD_SUBREAPER, 1, 0, 0, 0)
    try:
        yield
    finally:
        prctl(_CHILD_SUBREAPER, 0, 0, 0, 0)


def _reap_orphans(group: int) -> None:
    """Wait for what a command left behind in its process group, and end what does not end by itself."""
    deadline = time.monotonic() + LEFT_BEHIND_SECONDS
    while True:
        try:
            if os.waitpid(-group, os.WNOHANG)[0] == 0:
                if time.monotonic() > deadline:
                    os.killpg(group, signal.SIGKILL)
                time.sleep(0.005)
        except (ChildProcessError, ProcessLookupError):
            return
