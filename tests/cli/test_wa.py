"""`bastide wa`: every best practice, or some."""

from __future__ import annotations

import json

import pytest

from tests.cli.conftest import Run


@pytest.mark.slow
def test_best_practices_are_answered(run: Run) -> None:
    done = run("wa", "-f", "json")
    rows = {row["id"]: row for row in json.loads(done.stdout)["practices"]}
    assert (done.returncode, len(rows)) == (1, 63)
    assert rows["SEC05-BP02"]["answer"] == "partly"
    assert rows["SEC11-BP01"]["answer"] == "manual"
    done = run("wa", "SEC05-BP02")
    assert done.stdout.startswith("SEC05 Protecting networks\n  partly    SEC05-BP02  ")


def test_a_practice_that_is_not_there(run: Run) -> None:
    done = run("wa", "SEC12")
    assert (done.returncode, "is no best practice" in done.stderr) == (2, True)
