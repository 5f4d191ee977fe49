"""Work in a process of its own: what it took of memory is given back when it is done, which Python alone never does."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import sys
import threading
import traceback
from typing import TYPE_CHECKING

import msgspec

from bastide import errors
from bastide.beside import forked, may_fork
from bastide.errors import BastideError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_DIE_WITH_PARENT = 1
"""Linux's PR_SET_PDEATHSIG."""


class _Said(msgspec.Struct):
    """What the process came to: its value, or the class of its error with what it said."""

    value: bytes = b""
    error: str = ""
    text: str = ""
    place: str = ""
    remedy: str = ""


def apart(work: Callable[[], bytes]) -> bytes:
    """What `work` gives, from a forked process; from this one where forking is not safe, for all is the same then.

    An error of bastide's, and KeyboardInterrupt, is raised here as it was there; another is a RuntimeError. Ctrl-C
    goes to the process, which ends as `work` sees fit. It never outlives this one.
    """
    if not may_be_apart():
        return work()
    result, result_end = os.pipe()
    mine = os.getpid()
    signal.pthread_sigmask(signal.SIG_BLOCK, _INTERRUPT)  # until both know what to do with one
    pid = forked(lambda: _serve(work, (result, result_end), mine))
    os.close(result_end)
    with _handing_on(pid), os.fdopen(result, "rb") as stream:
        data = stream.read()
        _, status = os.waitpid(pid, 0)
    try:
        said = msgspec.msgpack.decode(data, type=_Said)
    except msgspec.DecodeError:
        if os.waitstatus_to_exitcode(status) == _STOPPED:
            raise KeyboardInterrupt from None
        raise RuntimeError(f"a process was ended ({os.waitstatus_to_exitcode(status)})") from None
    if said.error:
        raise _error(said)
    return said.value


_STOPPED = 130
_INTERRUPT = {signal.SIGINT}


def may_be_apart() -> bool:
    """Whether a fork leaves no lock behind that a thread holds, and can be made to end with this process."""
    return sys.platform.startswith("linux") and may_fork() and threading.active_count() == 1  # the main one


def _serve(work: Callable[[], bytes], pipe: tuple[int, int], parent: int) -> None:
    """Do the work and say what came of it: nothing of what the parent has begun is ended here."""
    os.close(pipe[0])
    ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL, 0, 0, 0)
    if os.getppid() == parent:
        said = _said(work)
        with os.fdopen(pipe[1], "wb") as stream:
            stream.write(msgspec.msgpack.encode(said))
        with contextlib.suppress(OSError, ValueError):
            sys.stderr.flush()


def _said(work: Callable[[], bytes]) -> _Said:
    try:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _INTERRUPT)
        return _Said(work())
    except KeyboardInterrupt as stop:
        return _Said(error="KeyboardInterrupt", text=str(stop))
    except BastideError as error:
        return _Said(error=type(error).__name__, text=error.cause, place=error.place, remedy=error.remedy)
    except Exception as error:  # noqa: BLE001 (it is raised again where the work was asked for)
        if os.environ.get("BASTIDE_DEBUG"):
            traceback.print_exc()
        return _Said(error="RuntimeError", text=f"{type(error).__name__}: {error}")


def _error(said: _Said) -> BaseException:
    if said.error == "KeyboardInterrupt":
        return KeyboardInterrupt(said.text) if said.text else KeyboardInterrupt()
    kind = getattr(errors, said.error, None)
    if isinstance(kind, type) and issubclass(kind, BastideError):
        return kind(said.text, place=said.place, remedy=said.remedy)
    return RuntimeError(said.text)


@contextlib.contextmanager
def _handing_on(pid: int) -> Iterator[None]:
    """Within, Ctrl-C is the other process's: it is told even when only this one was."""

    def told(*_: object) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGINT)

    previous = signal.signal(signal.SIGINT, told)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _INTERRUPT)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, previous)
