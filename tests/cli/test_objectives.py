"""`bastide objectives`: its listing, one of them, and its exit codes."""

from __future__ import annotations

import json

import pytest

from tests.cli.conftest import Run


@pytest.mark.slow
def test_objectives_are_listed_and_told(run: Run) -> None:
    done = run("objectives")
    assert done.returncode == 1
    assert "network.admin-ports-are-closed" in done.stdout
    done = run("objectives", "network.admin-ports-are-closed")
    assert done.returncode == 1
    assert "ec2.security-group-closes-ssh" in done.stdout
    done = run("objectives", "network.admin-ports-are-closed", "secrets.rotate", "-f", "json")
    rows = {row["id"]: row["status"] for row in json.loads(done.stdout)["objectives"]}
    assert rows == {"network.admin-ports-are-closed": "broken", "secrets.rotate": "not-judged"}
    assert run("objectives", "secrets.rotate").returncode == 0


def test_an_objective_that_is_not_there(run: Run) -> None:
    done = run("objectives", "secrets.rotat")
    assert (done.returncode, "Did you mean `secrets.rotate`" in done.stderr) == (2, True)
