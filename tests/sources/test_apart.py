"""Work in another process: what it gives, how it fails, and that it ends with whoever asked."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable

import pytest

from bastide.errors import UsageError
from bastide.sources.apart import apart


@pytest.fixture
def forking(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever threads the tests are run by: what is done here needs none of their locks."""
    monkeypatch.setattr("bastide.sources.apart.may_be_apart", lambda: True)


def raising(error: BaseException) -> Callable[[], bytes]:
    """Work that fails so."""

    def work() -> bytes:
        raise error

    return work


@pytest.mark.usefixtures("forking")
def test_it_is_done_in_another_process() -> None:
    assert apart(lambda: str(os.getpid()).encode()) != str(os.getpid()).encode()
    assert apart(lambda: b"\x00" * 200_000) == b"\x00" * 200_000  # more than a pipe holds


def test_beside_other_threads_it_is_done_here() -> None:
    done = threading.Event()
    other = threading.Thread(target=done.wait)
    other.start()
    try:
        assert apart(lambda: str(os.getpid()).encode()) == str(os.getpid()).encode()
    finally:
        done.set()
        other.join()


@pytest.mark.usefixtures("forking")
def test_errors_are_raised_as_they_were() -> None:
    with pytest.raises(UsageError) as caught:
        apart(raising(UsageError("wrong", place="p:1", remedy="do it")))
    assert (caught.value.cause, caught.value.place, caught.value.remedy) == ("wrong", "p:1", "do it")
    with pytest.raises(KeyboardInterrupt, match="go on"):
        apart(raising(KeyboardInterrupt("go on")))
    with pytest.raises(RuntimeError, match="ZeroDivisionError: why"):
        apart(raising(ZeroDivisionError("why")))


@pytest.mark.usefixtures("forking")
def test_a_process_that_is_killed_is_told() -> None:
    with pytest.raises(RuntimeError, match="a process was ended"):
        apart(lambda: os.kill(os.getpid(), signal.SIGKILL) or b"")  # type: ignore[func-returns-value]
    with pytest.raises(KeyboardInterrupt):
        apart(lambda: os._exit(130))


@pytest.mark.usefixtures("forking")
def test_an_interrupt_goes_to_the_process() -> None:
    before = signal.getsignal(signal.SIGINT)

    def work() -> bytes:
        os.kill(os.getppid(), signal.SIGINT)
        time.sleep(20)
        return b"not interrupted"

    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt):
            apart(work)
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    finally:
        signal.signal(signal.SIGINT, before)


def test_it_ends_with_whoever_asked() -> None:
    code = (
        "import os, sys, time\nfrom bastide.sources.apart import apart\n"
        "apart(lambda: (print(os.getpid(), flush=True), time.sleep(60))[1])"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert int(process.stdout.readline()) != process.pid
        process.kill()
        assert process.stdout.read() == ""  # the end comes when both have closed it, long before the work is done
