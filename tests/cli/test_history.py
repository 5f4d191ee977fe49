"""`bastide history`: runs and findings, for people and for programs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bastide.cli.parser import make_parser
from bastide.history.findings import record
from bastide.sources.aws.runs import data_folder
from tests.history.test_findings import DAY, tables


@pytest.fixture(autouse=True)
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory with two runs."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    found = data_folder()
    record(found, tables(found, "run-1", {"a": "fail", "b": "fail"}), "run-1", DAY)
    record(found, tables(found, "run-2", {"a": "pass", "b": "fail"}), "run-2", 2 * DAY)
    return found


def said(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    arguments = make_parser().parse_args(["history", *words])
    assert arguments.run(arguments) == 0
    return capsys.readouterr().out


def test_runs_the_newest_first(capsys: pytest.CaptureFixture[str]) -> None:
    lines = said(capsys).splitlines()
    assert lines[0].split()[:2] == ["run", "started"]
    assert [line.split()[0] for line in lines[1:3]] == ["run-2", "run-1"]
    assert lines[-1] == "2 runs"


def test_findings_by_state_and_time(capsys: pytest.CaptureFixture[str]) -> None:
    assert "aws:1#b" in said(capsys, "--findings", "open")
    assert "aws:1#a" not in said(capsys, "--findings", "open")
    (closed,) = json.loads(said(capsys, "--findings", "closed", "--format", "json"))
    assert (closed["resource"], closed["reason"], closed["closed"]) == ("aws:1#a", "fixed", "1970-01-03 00:00:00")
    assert said(capsys, "--findings", "all", "--since", "1970-01-04") == "no such findings\n"


def test_where_nothing_was_run(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "other"))
    assert said(capsys) == "no runs are kept here: `bastide scan aws` makes one\n"
