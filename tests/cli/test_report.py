"""`bastide report` in its forms and to its files."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.conftest import Run


def test_its_forms(run: Run, project: Path) -> None:
    done = run("report")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("<!doctype html>")
    assert json.loads(run("report", "--format", "json").stdout)["version"] == 1
    assert run("report", "-o", "posture.md").stdout == "posture.md is written\n"
    assert (project / "posture.md").read_text().startswith("# project: how securely it runs")
    assert run("report", "-o", "posture.pdf").returncode == 0
    assert (project / "posture.pdf").read_bytes().startswith(b"%PDF-")


def test_what_is_refused(run: Run) -> None:
    for words in (("-o", "posture.htlm"), ("-f", "pdf"), ("--since", "never"), ("-o", "nowhere/x.html"), ("-o", "x")):
        done = run("report", *words)
        assert done.returncode == 2, words
        assert done.stderr.startswith("bastide: ")
