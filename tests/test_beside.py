"""Work beside this process: what it gives, and what becomes of it when it ends too soon."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from bastide.beside import forked, made_beside, may_fork

if TYPE_CHECKING:
    from pathlib import Path


def test_a_process_without_foreign_threads_may_fork() -> None:
    code = "from bastide.beside import may_fork; print(may_fork())"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "True\n"


def test_what_is_loaded_leaves_no_threads() -> None:
    code = (
        "from bastide.beside import load, may_fork; load('numpy', 'duckdb', 'pyarrow.parquet')\n"
        "import duckdb, pyarrow\n"
        "assert may_fork()\n"
        "assert pyarrow.array([1, 2]).sum().as_py() == duckdb.sql('select 3').fetchall()[0][0]\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_nobody_knows_of_threads_where_nothing_lists_them(monkeypatch: pytest.MonkeyPatch) -> None:
    def listed(_: str) -> list[str]:
        raise FileNotFoundError

    monkeypatch.setattr("os.listdir", listed)
    assert not may_fork()


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_forked_process_says_whether_it_did_its_work(tmp_path: Path) -> None:
    assert os.waitpid(forked(lambda: (tmp_path / "done").write_text("x")), 0)[1] == 0
    assert (tmp_path / "done").read_text() == "x"
    assert os.waitpid(forked(lambda: os.kill(os.getpid(), signal.SIGKILL)), 0)[1] == signal.SIGKILL
    assert os.waitpid(forked(lambda: os._exit(3)), 0)[1] != 0


def test_bytes_are_those_that_were_made(tmp_path: Path) -> None:
    here = os.getpid()
    for size in (0, 1, 3_000_000):
        assert made_beside(lambda: bytearray(b"x" * size))() == b"x" * size  # noqa: B023 (made before the next one)
    assert made_beside(lambda: str(os.getpid()).encode())() != str(here).encode()


def test_bytes_that_another_process_did_not_finish_are_made_here() -> None:
    here = os.getpid()

    def make() -> bytes:
        if os.getpid() != here:
            os.kill(os.getpid(), signal.SIGKILL)
        return b"all of it"

    assert made_beside(make)() == b"all of it"
