"""`bastide comply`: all frameworks, one of them, its forms and its exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run

MANIFEST = "workload:\n  name: shop\n  requirements: [{framework: gdpr, only: ['Art. 33']}]\n"


@pytest.mark.slow
def test_frameworks_and_requirements(run: Run, project: Path) -> None:
    (project / "bastide.yaml").write_text(MANIFEST)
    done = run("comply")
    assert done.returncode == 0, "what is required is not broken"
    assert [line.split()[:2] for line in done.stdout.splitlines()[1:2]] == [["required", "gdpr"]]
    done = run("comply", "cis-aws-5.0", "--status", "not-met")
    assert done.returncode == 1
    assert "ec2.security-group-closes-ssh" in done.stdout
    done = run("comply", "cis-aws-5.0", "-f", "oscal", "--output", "results.json")
    assert (done.returncode, done.stdout) == (1, "")
    assert json.loads((project / "results.json").read_text())["assessment-results"]["metadata"]["title"].startswith(
        "shop"
    )


@pytest.mark.slow
def test_a_catalog_of_ones_own(run: Run, project: Path) -> None:
    value = {"catalog": {"metadata": {"title": "Ours"}, "controls": [{"id": "sc-7", "title": "Borders"}]}}
    (project / "own.json").write_text(json.dumps(value))
    done = run("comply", "--catalog", "own.json", "-f", "json")
    (one,) = json.loads(done.stdout)["requirements"]
    assert (done.returncode, one["id"], one["status"]) == (1, "SC-7", "not-met")


def test_wrong_use(run: Run) -> None:
    for arguments, complaint in (
        (["cis-aws-5"], "no framework is called `cis-aws-5`"),
        (["-f", "csv"], "--format csv is about one framework"),
        (["--status", "met"], "--status is about one framework"),
        (["gdpr", "--catalog", "own.json"], "are two"),
        (["--catalog", "nowhere.json"], "cannot be read"),
    ):
        done = run("comply", *arguments)
        assert (done.returncode, complaint in done.stderr) == (2, True)
