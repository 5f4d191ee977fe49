"""Ctrl-C sets a flag while threads work, and means what it did before afterwards."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading

import pytest

from bastide.sources.aws.stopping import Stop, stoppable

TWICE = """
import os, signal, time
from bastide.sources.aws.stopping import Stop, stoppable
with stoppable(Stop()):
    os.kill(os.getpid(), signal.SIGINT)
    os.kill(os.getpid(), signal.SIGINT)
    print("once", flush=True)
    time.sleep(1)
    os.kill(os.getpid(), signal.SIGINT)
    print("twice", flush=True)
"""


def test_a_signal_sets_the_flag_and_raises_nothing() -> None:
    stop = Stop()
    ours = signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored where the tests run in the background
    try:
        with stoppable(stop):
            os.kill(os.getpid(), signal.SIGINT)
            stop.wait(30)
            assert stop.is_set()
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
    finally:
        signal.signal(signal.SIGINT, ours)


def test_a_second_signal_ends_the_process() -> None:
    done = subprocess.run([sys.executable, "-c", TWICE], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (130, "once\n")


def test_a_wait_ends_when_told() -> None:
    stop = Stop()
    threading.Timer(0.05, stop.set).start()
    stop.wait(600)
    assert stop.is_set()


def test_another_thread_leaves_signals_alone() -> None:
    found = []

    def work() -> None:
        with stoppable(Stop()):
            found.append(signal.getsignal(signal.SIGINT))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert found == [signal.getsignal(signal.SIGINT)]
