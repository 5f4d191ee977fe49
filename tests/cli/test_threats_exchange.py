"""`bastide threats import` and `export`, as a person runs them."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Run

MODEL: dict[str, Any] = {
    "schema": 1,
    "applicationInfo": {"name": "Shop"},
    "threats": [
        {"id": "one", "numericId": 1, "threatAction": "buy all", "impactedAssets": ["orders"], "own": [1, {"a": None}]},
        {"id": "two", "numericId": 2, "threatAction": "\u001b[31mred", "status": "threatResolvedNotUseful"},
    ],
}


@pytest.fixture
def shop(project: Path) -> Path:
    (project / "bastide.yaml").write_text("workload: {name: shop}\n")
    (project / "store.tf").write_text('resource "aws_s3_bucket" "orders" {\n  bucket = "orders-of-the-shop"\n}\n')
    (project / "model.tc.json").write_text(json.dumps(MODEL))
    return project


def imported(run: Run) -> list[dict[str, Any]]:
    rows = json.loads(run("threats", "--status", "all", "--format", "json").stdout)["threats"]
    return sorted((row for row in rows if row["template"] == "imported"), key=lambda row: str(row["title"]))


def test_a_model_comes_in_is_decided_on_and_goes_out(run: Run, shop: Path) -> None:
    done = run("threats", "import", "model.tc.json")
    assert done.returncode == 0, done.stderr
    assert "2 threats of Shop (threat-composer) taken in" in done.stdout
    assert "1 decision of the file written down" in done.stdout
    red, buy = imported(run)
    assert (red["status"], red["title"]) == ("not-applicable", "\\x1b[31mred")
    assert str(buy["element"]).endswith("aws_s3_bucket.orders")
    assert run("threats", "export", "-f", "threat-composer", "--only", "imported", "-o", "a.json").returncode == 0
    assert json.loads((shop / "a.json").read_text()) == MODEL
    run("threats", "mitigate", str(buy["id"]), "--by", "Rosa", "--why", "a queue")
    run("threats", "export", "-f", "threat-composer", "--only", "imported", "-o", "b.json")
    after = json.loads((shop / "b.json").read_text())
    assert after["threats"][0].pop("status") == "threatResolved"
    assert after == MODEL
    assert "was taken in before" in run("threats", "import", "model.tc.json").stdout


@pytest.mark.parametrize("form", ["threat-composer", "otm"])
def test_what_goes_out_is_known_when_it_comes_in(run: Run, shop: Path, form: str) -> None:
    assert run("threats", "export", "-f", form, "-o", "out.json").returncode == 0
    done = run("threats", "import", "out.json")
    assert done.returncode == 0, done.stderr
    assert "0 threats of shop" in done.stdout
    assert "came from this register" in done.stdout
    assert "decision" not in done.stdout
    assert not imported(run)


def test_a_spreadsheet_and_json(run: Run, shop: Path) -> None:
    assert run("threats", "export", "-f", "csv", "-o", "out.csv").returncode == 0
    with (shop / "out.csv").open(encoding="utf-8", newline="") as stream:
        lines = list(csv.DictReader(stream))
    assert "Everybody reads a bucket" in {line["title"] for line in lines}
    told = json.loads(run("threats", "export", "-f", "json").stdout)
    assert [one["id"] for one in told["threats"]] == [line["id"] for line in lines]


def test_what_is_wrong_leaves_everything_as_it_was(run: Run, shop: Path) -> None:
    (shop / "bad.json").write_text('{"schema": 1, "threats": [{"id": 7}]}')
    done = run("threats", "import", "bad.json")
    assert done.returncode == 2
    assert "bad.json" in done.stderr
    assert "$.threats[0].id" in done.stderr
    assert not imported(run)
    assert run("threats", "import", "nowhere.json").returncode == 2
    (shop / "latin.json").write_bytes(b'{"schema": 1, "a": "\xff"}')
    assert "not UTF-8" in run("threats", "import", "latin.json").stderr
    done = run("threats", "export", "-f", "otm", "--only", "imported")
    assert (done.returncode, "nothing of the format otm was taken in" in done.stderr) == (2, True)
    run("threats", "import", "model.tc.json")
    done = run("threats", "export", "-f", "threat-composer", "--model", "Shup")
    assert (done.returncode, "Shop" in done.stderr) == (2, True)
