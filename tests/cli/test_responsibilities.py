"""`bastide responsibilities`: the matrix, one service, and a page."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run


@pytest.mark.slow
def test_who_is_responsible(run: Run, project: Path) -> None:
    done = run("responsibilities")
    assert done.returncode == 1
    assert any(line.startswith("Amazon VPC ") and "us NO" in line for line in done.stdout.splitlines())
    rows = json.loads(run("responsibilities", "vpc", "-f", "json").stdout)["responsibilities"]
    assert {row["service"] for row in rows} == {"vpc"}
    assert run("responsibilities", "-f", "html", "-o", "page.html").returncode == 1
    assert (project / "page.html").read_text().startswith('<table class="responsibilities">')
    done = run("responsibilities", "vcp")
    assert (done.returncode, "Did you mean `vpc`" in done.stderr) == (2, True)
