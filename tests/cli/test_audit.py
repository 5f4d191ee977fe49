"""`bastide audit`: the log, its proof, and the key."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from tests.cli.conftest import Run


@pytest.fixture(autouse=True)
def manifest(project: Path) -> None:
    (project / "bastide.yaml").write_text("workload: {name: shop}\n")


def test_the_log(run: Run) -> None:
    assert run("audit").stdout == "nobody has decided anything yet\n"
    run("gate")
    said = run("audit", "log").stdout
    assert "gate.run" in said
    assert said.endswith("1 entry\n")
    assert run("audit", "--format", "json").stdout == run("audit", "log", "--format", "json").stdout
    (entry,) = json.loads(run("audit", "log", "--subject", "sh*", "--format", "json").stdout)["entries"]
    assert entry["body"]["verdict"] == "no"
    assert json.loads(run("audit", "log", "--subject", "T-*", "-f", "json").stdout)["entries"] == []


def test_a_broken_chain(run: Run, project: Path) -> None:
    run("gate")
    assert run("audit", "verify").returncode == 0
    connection = sqlite3.connect(project / ".bastide" / "state.db")
    connection.execute("update journal set actor = 'mallory'")
    connection.commit()
    connection.close()
    done = run("audit", "verify")
    assert done.returncode == 1
    assert done.stdout.startswith("BAD   log of decisions: entry 1 (gate.run of shop,")
    found = json.loads(run("audit", "verify", "--format", "json").stdout)
    assert (found["good"], found["findings"][0]["good"]) == (False, False)


def test_the_key(run: Run, project: Path) -> None:
    first = run("audit", "key").stdout
    assert first.startswith("-----BEGIN PUBLIC KEY-----")
    assert run("audit", "key").stdout == first
    assert run("audit", "key", "--key", "bastide.yaml").returncode == 2
    assert run("audit", "verify", "nowhere.json").returncode == 2
    assert (project / ".bastide" / "attestation-key.pem").stat().st_mode & 0o777 == 0o600
