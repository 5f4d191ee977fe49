"""`bastide gate`: its exit codes, its forms and its file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.posture.conftest import git

OWN = """\
id: own
title: Own
stages: [{id: build, title: We build}, {id: run, title: We run}]
criteria:
  - {id: build.named, stage: build, title: It has a name, why: Yes., remedy: Name it.,
     require: "select 'x' as detail from workload where name = ''"}
  - {id: run.never, stage: run, title: Never, why: No., remedy: None., require: "select name as detail from workload"}
"""
UNKNOWN = OWN.replace("select name as detail from workload", "select 1 as x from nowhere")


@pytest.fixture(autouse=True)
def repository(project: Path) -> None:
    (project / "own.yaml").write_text(OWN)
    (project / "unknown.yaml").write_text(UNKNOWN)
    git(project, "init", "-q")
    git(project, "add", ".")
    git(project, "commit", "-q", "-m", "x")


def test_its_exit_code_is_its_word(run: Run) -> None:
    assert run("gate", "build", "--standard", "own.yaml").returncode == 0
    done = run("gate", "--standard", "./own.yaml")
    assert done.returncode == 1
    assert done.stdout.startswith("project: no, it may not ship\n")
    assert done.stderr == ""
    assert run("gate", "--standard", "unknown.yaml").returncode == 3
    assert run("gate", "--standard", "nowhere.yaml").returncode == 2
    assert run("gate", "producton").returncode == 2
    assert run("gate", "--key", "x").returncode == 2


def test_its_forms(run: Run) -> None:
    found = json.loads(run("gate", "--standard", "own.yaml", "--format", "json").stdout)
    assert [one["answer"] for one in found["criteria"]] == ["yes", "no"]
    assert "| **no** | Never |" in run("gate", "--standard", "own.yaml", "-f", "markdown").stdout
    assert run("gate").stdout.rstrip().splitlines()[-1].startswith("23 criteria: ")


def test_an_attestation_is_written_and_verified(run: Run, project: Path) -> None:
    done = run("gate", "build", "--standard", "own.yaml", "--output", "gate.json")
    assert done.returncode == 0
    (project / "gate.json").rename(project.parent / "gate.json")
    verified = run("audit", "verify", "../gate.json")
    assert (verified.returncode, verified.stdout.count("good")) == (0, 5)
    assert run("gate", "--output", "nowhere/x.json", "--standard", "own.yaml").returncode == 2
