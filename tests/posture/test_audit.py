"""What can be proved: a log that was touched, and an attestation that is not what it seems, are told."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from bastide.errors import UsageError
from bastide.posture.attestation import signed
from bastide.posture.audit import Proof, journal_of, verified
from bastide.posture.gate import run_gate
from bastide.posture.whole import open_whole
from tests.posture.conftest import git

LENIENT = """\
id: lenient
title: Little
stages: [{id: build, title: We build}]
criteria:
  - id: build.named
    title: It has a name
    stage: build
    why: Names matter.
    require: select 'no name' as detail from workload where name = ''
    remedy: Name it.
"""


@pytest.fixture
def attested(shop: Path) -> Path:
    """The shop with two runs of a gate that says yes; the second one's attestation."""
    (shop / "own.yaml").write_text(LENIENT)
    git(shop, "add", ".")
    git(shop, "commit", "-q", "-m", "standard")
    with open_whole() as whole:
        run_gate(whole, "ada", "", "own.yaml")
        outcome = run_gate(whole, "ada", "", "own.yaml")
    file = shop.parent / "gate.json"
    file.write_text(signed(outcome.statement()))
    return file


def bad(found: list[Proof]) -> list[str]:
    return [one.what for one in found if not one.good]


def change(shop: Path, sql: str) -> None:
    with sqlite3.connect(shop / ".bastide" / "state.db") as connection:
        connection.execute(sql)
    connection.close()


def test_all_is_well(shop: Path, attested: Path) -> None:
    found = verified("", "", file=str(attested))
    assert bad(found) == []
    assert [one.what for one in found] == [
        "log of decisions", "signature", "commit", "its entry in the log", "the gate's word",
    ]  # fmt: skip
    assert [one.action for one in journal_of("", "")] == ["gate.run", "gate.run"]
    assert journal_of("", "", "T-*") == []
    assert len(journal_of("", "", "sho*")) == 2


def test_an_entry_was_changed(shop: Path, attested: Path) -> None:
    change(shop, "update journal set actor = 'mallory' where number = 1")
    assert bad(verified("", "", file=str(attested))) == ["log of decisions"]


@pytest.mark.parametrize("body", ["x", "[]", ""])
def test_an_entry_that_cannot_be_read(shop: Path, attested: Path, body: str) -> None:
    change(shop, f"update journal set body = '{body}' where number = 1")
    assert bad(verified("", "", file=str(attested))) == ["log of decisions"]
    with pytest.raises(UsageError, match="entry 1 of the log"):
        journal_of("", "")


def test_the_newest_entries_were_cut_off(shop: Path, attested: Path) -> None:
    change(shop, "delete from journal where number = 2")
    assert bad(verified("", "")) == []  # the chain alone cannot tell
    found = verified("", "", file=str(attested))
    assert bad(found) == ["its entry in the log"]
    assert "cut off" in found[-2].detail


def test_the_log_was_written_anew(shop: Path, attested: Path) -> None:
    change(shop, "delete from journal")
    with open_whole() as whole:
        for _ in range(3):
            run_gate(whole, "mallory", "", "own.yaml")
    assert bad(verified("", "", file=str(attested))) == ["its entry in the log"]
    assert bad(verified("", "", file=str(attested), journal=False)) == []


def test_another_commit(shop: Path, attested: Path) -> None:
    old = git(shop, "rev-parse", "HEAD")
    (shop / "x.txt").write_text("x")
    git(shop, "add", ".")
    git(shop, "commit", "-q", "-m", "more")
    assert bad(verified("", "", file=str(attested))) == ["commit"]
    assert bad(verified("", "", file=str(attested), commit=old)) == []


def test_a_gate_that_said_no_proves_nothing_good(shop: Path) -> None:
    with open_whole() as whole:
        (shop / "x.txt").write_text("x")
        outcome = run_gate(whole, "ada")
    file = shop.parent / "gate.json"
    file.write_text(signed(outcome.statement()))
    assert bad(verified("", "", file=str(file))) == ["work tree", "the gate's word"]


def test_a_tree_that_git_says_nothing_of_may_be_changed(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (shop / "own.yaml").write_text(LENIENT)
    monkeypatch.setenv("PATH", str(shop / "nothing"))
    with open_whole() as whole:
        outcome = run_gate(whole, "ada", "", "own.yaml")
    assert outcome.entry.body["dirty"] is None
    file = shop.parent / "gate.json"
    file.write_text(signed(outcome.statement()))
    assert bad(verified("", "", file=str(file))) == ["work tree"]


def test_of_another_version(shop: Path, attested: Path) -> None:
    from bastide.posture.attestation import PREDICATE, STATEMENT

    for content in ({}, {"subject": []}, {"subject": [{"digest": {}}], "predicate": []}):
        attested.write_text(signed({"_type": STATEMENT, "predicateType": PREDICATE, **content}))
        with pytest.raises(UsageError, match="not as a gate of this version"):
            verified("", "", file=str(attested))
    assert json.loads(attested.read_text())["signatures"]
