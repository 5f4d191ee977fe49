"""The gate: its word, its run in the log of decisions, and what can be proved afterwards."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from bastide.errors import UsageError
from bastide.posture.gate import ACTION, run_gate
from bastide.posture.whole import Whole
from bastide.state.journal import entries, verify
from tests.posture.conftest import git

Open = Callable[[], AbstractContextManager[Whole]]
LENIENT = """\
id: lenient
title: Little
stages:
  - {id: build, title: We build}
  - {id: run, title: We run}
criteria:
  - id: build.named
    title: It has a name
    stage: build
    why: Names matter.
    require: select 'no name' as detail from workload where name = ''
    remedy: Name it.
  - id: run.never
    title: Never
    stage: run
    why: No.
    require: select name as detail from workload
    remedy: None.
"""


def test_the_word_is_no_and_every_no_has_reasons(whole: Whole) -> None:
    outcome = run_gate(whole, "ada")
    assert (outcome.word, outcome.code) == ("no", 1)
    assert {one.criterion.stage for one in outcome.answers} == {"design", "build", "deploy", "operate"}
    assert [one.criterion.id for one in outcome.answers if not one.reasons] == []
    failed = next(one for one in outcome.answers if one.criterion.id == "build.no-open-high")
    assert "main.tf" in " ".join(failed.against)


def test_the_run_stands_in_the_log(whole: Whole) -> None:
    outcome = run_gate(whole, "ada", "production")
    last = entries(whole.state)[-1]
    assert (last.actor, last.action, last.subject, last.hash) == ("ada", ACTION, "production", outcome.entry.hash)
    assert last.body["verdict"] == "no"
    assert last.body["commit"] == outcome.tree.commit
    assert verify(whole.state) == []


def test_a_standard_of_ones_own_and_its_stages(whole: Whole, shop: Path) -> None:
    (shop / "own.yaml").write_text(LENIENT)
    assert run_gate(whole, "ada", "build", "own.yaml").code == 0
    assert run_gate(whole, "ada", "run", "own.yaml").code == 1
    assert run_gate(whole, "ada", "", "own.yaml").code == 1


def test_the_manifests_standard_is_found_from_the_manifest(
    shop: Path, opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    (shop / "own.yaml").write_text(LENIENT)
    manifest = shop / "bastide.yaml"
    manifest.write_text(manifest.read_text().replace("  owner: Ada\n", "  owner: Ada\n  standard: own.yaml\n"))
    (shop / "below").mkdir()
    monkeypatch.chdir(shop / "below")
    (shop / "below" / "main.tf").write_text((shop / "main.tf").read_text())
    with opened() as whole:
        assert run_gate(whole, "ada").standard.id == "lenient"


def test_what_is_neither_a_stage_nor_an_environment(whole: Whole) -> None:
    with pytest.raises(UsageError, match="Did you mean `production`"):
        run_gate(whole, "ada", "prodution")
    with pytest.raises(UsageError, match="the environments production"):
        run_gate(whole, "ada", "xyz")
    assert entries(whole.state) == []


def test_what_is_changed_is_said(whole: Whole, shop: Path) -> None:
    clean = {one.criterion.id: one.word for one in run_gate(whole, "ada").answers}
    (shop / "new.txt").write_text("x")
    outcome = run_gate(whole, "ada")
    dirty = {one.criterion.id: one.word for one in outcome.answers}
    assert {name for name in clean if clean[name] != dirty[name]} == {"build.nothing-is-uncommitted"}
    assert outcome.statement()["predicate"]["dirty"] is True


def test_another_commit_than_the_scanned(whole: Whole, shop: Path) -> None:
    (shop / "new.txt").write_text("x")
    git(shop, "add", ".")
    git(shop, "commit", "-q", "-m", "more")
    by = {one.criterion.id: one for one in run_gate(whole, "ada").answers}
    assert by["build.scan-is-of-this-commit"].word == "no"
    assert git(shop, "rev-parse", "HEAD")[:12] in by["build.scan-is-of-this-commit"].against[0]


def test_the_statement_names_what_the_word_rests_on(whole: Whole, shop: Path) -> None:
    outcome = run_gate(whole, "ada", "production")
    content = outcome.statement()
    assert content["subject"] == [{"name": "shop", "digest": {"gitCommit": git(shop, "rev-parse", "HEAD")}}]
    predicate = content["predicate"]
    assert predicate["verdict"] == "no"
    assert predicate["environment"] == "production"
    assert predicate["scan"]["id"] == whole.scanned.id
    assert predicate["verdicts"]["digest"]["sha256"] == whole.scanned.digest
    assert predicate["journal"] == {"entries": 1, "digest": {"sha256": entries(whole.state)[-1].hash}}
    assert len(predicate["criteria"]) == len(outcome.answers)


def test_without_a_commit_there_is_nothing_to_attest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, opened: Open
) -> None:
    folder = tmp_path / "plain"
    folder.mkdir()
    (folder / "bastide.yaml").write_text("workload: {name: plain}\n")
    (folder / "main.tf").write_text('resource "aws_s3_bucket" "b" {}\n')
    monkeypatch.chdir(folder)
    with opened() as whole:
        outcome = run_gate(whole, "ada")
        by = {one.criterion.id: one.word for one in outcome.answers}
        assert by["build.scan-is-of-this-commit"] == by["build.nothing-is-uncommitted"] == "unknown"
        with pytest.raises(UsageError, match="about a commit"):
            outcome.statement()
