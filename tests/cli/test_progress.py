"""Progress: on a terminal, for long work, and nowhere else."""

from __future__ import annotations

import io
import sys

import pytest

from bastide.cli import progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def told(monkeypatch: pytest.MonkeyPatch, stream: io.StringIO, quiet: float) -> str:
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setattr(progress, "QUIET_SECONDS", quiet)
    with progress.progress() as tell:
        tell("reading", 0, 10)
        tell("judging", 0, 0)
    return stream.getvalue()


def test_a_line_that_is_cleared(monkeypatch: pytest.MonkeyPatch) -> None:
    text = told(monkeypatch, Terminal(), 0)
    assert "reading 0 of 10" in text
    assert text.endswith("\r\x1b[2K")


def test_nothing_for_quick_work_and_nothing_in_a_pipe(monkeypatch: pytest.MonkeyPatch) -> None:
    assert told(monkeypatch, Terminal(), 60) == ""
    assert told(monkeypatch, io.StringIO(), 0) == ""
