"""Work in a process beside this one, forked where that is safe: it begins within a few milliseconds, with all there is.

Nothing comes back but what such a process writes; what it changes in memory is its own.
"""

from __future__ import annotations

import importlib
import os
import sys
import threading
import warnings
from typing import TYPE_CHECKING

from bastide import database

if TYPE_CHECKING:
    from collections.abc import Callable

    Bytes = bytes | bytearray


def may_fork() -> bool:
    """Whether all threads of this process are Python's own, so that a fork leaves no native lock behind."""
    try:
        return len(os.listdir("/proc/self/task")) <= threading.active_count()  # noqa: PTH208  a count is wanted
    except OSError:
        return False


def load(*modules: str) -> None:
    """Import modules, DuckDB, numpy and Arrow among them, so that they keep no thread and a fork may still follow.

    What processes beside need is loaded once then. A library that was imported otherwise before keeps its threads.
    """
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    os.environ.setdefault("JE_ARROW_MALLOC_CONF", "background_thread:false")
    for name in modules:
        importlib.import_module(name)
    if "duckdb" in sys.modules:
        database.without_threads()


def forked(work: Callable[[], object]) -> int:
    """The id of a process that does the work and ends with 0 when it is done, whatever else it meets with 1.

    Only where `may_fork` says so. Whoever starts it waits for it.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        process = os.fork()
    if process:
        return process
    status = 1
    try:
        work()
        status = 0
    finally:
        os._exit(status)


def made_beside(work: Callable[[], Bytes]) -> Callable[[], Bytes]:
    """Begin to make bytes in a process beside this one, where `may_fork` says so; what is returned waits for them.

    When that process did not come to its end, they are made here. What is returned must be called, and once.
    """
    handle = os.memfd_create("bastide")

    def write() -> None:
        content = memoryview(work())
        while content:
            content = content[os.write(handle, content) :]

    process = forked(write)

    def made() -> Bytes:
        done = os.waitpid(process, 0)[1] == 0
        with os.fdopen(handle, "rb") as stream:
            stream.seek(0)
            return stream.read() if done else work()

    return made
