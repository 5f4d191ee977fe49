"""`bastide threats`, as a person runs it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run

MANIFEST = "workload: {name: shop, appetite: low}\n"


@pytest.fixture
def shop(project: Path) -> Path:
    (project / "bastide.yaml").write_text(MANIFEST)
    (project / "store.tf").write_text('resource "aws_s3_bucket" "orders" {\n  bucket = "orders-of-the-shop"\n}\n')
    return project


def register(run: Run, *words: str) -> list[dict[str, object]]:
    done = run("threats", "--format", "json", *words)
    assert done.returncode in (0, 1), done.stderr
    found: list[dict[str, object]] = json.loads(done.stdout)["threats"]
    return found


def test_the_first_call_scans_and_lists(run: Run, shop: Path) -> None:
    done = run("threats")
    assert done.returncode == 1
    assert "orders" in done.stdout
    assert "over the appetite (low) without a decision" in done.stdout
    assert (shop / ".bastide" / "state.db").is_file()


def test_a_decision_is_kept_and_shown(run: Run, shop: Path) -> None:
    one = next(row for row in register(run) if row["alarm"])
    words = ("threats", "accept", str(one["id"]), "--by", "Rosa", "--until", "2099-12-31", "--why", "small")
    assert run(*words).returncode == 0
    (after,) = (row for row in register(run) if row["id"] == one["id"])
    assert (after["status"], after["decided_by"], after["reason"], after["alarm"]) == (
        "accepted",
        "Rosa",
        "small",
        False,
    )
    assert "accepted until 2099-12-31 by Rosa" in run("threats", "--status", "accepted").stdout
    entries = json.loads(run("audit", "log", "--subject", str(one["id"]), "--format", "json").stdout)["entries"]
    assert [entry["body"]["level"] for entry in entries] == [one["level"]]


def test_half_a_decision_says_what_is_missing(run: Run, shop: Path) -> None:
    one = str(register(run)[0]["id"])
    done = run("threats", "accept", one, "--by", "Rosa")
    assert done.returncode == 2
    assert "to accept needs --until, --why" in done.stderr


def test_the_chain_leads_to_file_and_line(run: Run, shop: Path) -> None:
    rows = register(run)
    bucket = next(row for row in rows if str(row["element"]).endswith("aws_s3_bucket.orders") and row["alarm"])
    done = run("threats", "--explain", str(bucket["id"]))
    assert done.returncode == 0
    assert "What should hold against it" in done.stdout
    assert "store.tf:" in done.stdout
    (told,) = json.loads(run("threats", "--explain", str(bucket["id"]), "--format", "json").stdout)["threats"]
    verdicts = [verdict for objective in told["objectives"] for verdict in objective["verdicts"]]
    assert any(verdict["path"] == "store.tf" for verdict in verdicts)


def test_a_scan_tells_what_came_and_went(run: Run, shop: Path) -> None:
    register(run)
    (shop / "more.tf").write_text('resource "aws_sqs_queue" "mail" {}\n')
    assert " new: T-" in run("scan", ".").stderr
    (shop / "more.tf").unlink()
    assert " gone: what caused them is there no more: T-" in run("scan", ".").stderr
    assert "threat" not in run("scan", ".").stderr


def test_a_register_that_is_damaged_does_not_spoil_a_scan(run: Run, shop: Path) -> None:
    register(run)
    (shop / ".bastide" / "state.db").write_text("no database at all, " * 300)
    done = run("scan", ".", "--format", "json")
    assert json.loads(done.stdout)["verdicts"]
    assert "the register could not follow" in done.stderr
    assert run("threats").returncode == 2


def test_a_review_of_the_model_is_written_down(run: Run, shop: Path) -> None:
    assert run("threats", "reviewed", "--by", "Rosa", "--text", "looked through").returncode == 0
    assert "model.review" in run("audit", "log").stdout


def test_ids_that_are_wrong_have_a_near_miss(run: Run, shop: Path) -> None:
    done = run("threats", "comment", "T-none", "--text", "x")
    assert done.returncode == 2
    assert "no threat has the id `T-none`" in done.stderr
