"""`bastide metrics` in its forms."""

from __future__ import annotations

import json

from tests.cli.conftest import Run


def test_its_forms(run: Run) -> None:
    done = run("metrics")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("Score\n  code ")
    found = json.loads(run("metrics", "score", "--format", "json", "--since", "30d").stdout)
    assert [one["id"] for one in found["metrics"]] == ["score"]
    assert run("metrics", "score", "-f", "csv").stdout.splitlines()[0] == "metric,at,name,value,low,high,of,unit"
    assert run("metrics", "scor").returncode == 2
    assert run("metrics", "--since", "never").returncode == 2
