"""What a gate asks git and the objectives."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from bastide.posture.asked import Tree, exemption_lines, put_asked
from bastide.workload.known import Known
from bastide.workload.manifest import Manifest
from tests.posture.conftest import git


def test_a_clean_tree_and_a_changed_one(shop: Path) -> None:
    tree = Tree()
    assert (tree.commit, tree.changed) == (git(shop, "rev-parse", "HEAD"), [])
    (shop / "main.tf").write_text("")
    (shop / "with a space é.txt").write_text("")
    git(shop, "mv", "bastide.yaml", "other.yaml")
    assert sorted(Tree().changed or []) == ["main.tf", "other.yaml", "with a space é.txt"]


def test_a_repository_cannot_make_us_run_anything(shop: Path) -> None:
    """Not even by its own settings, which an unpacked archive brings along."""
    trap = shop / "trap.sh"
    trap.write_text(f"#!/bin/sh\ntouch {shop}/sprung\n")
    trap.chmod(0o755)
    git(shop, "config", "core.fsmonitor", str(trap))
    (shop / "main.tf").write_text("")
    assert "main.tf" in (Tree().changed or [])
    assert not (shop / "sprung").exists()


def test_outside_a_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    tree = Tree()
    assert (tree.commit, tree.changed) == ("", None)


def known() -> Known:
    return Known(Manifest(name="shop"), duckdb.connect())


def test_since_when_an_exemption_stands_there(shop: Path) -> None:
    (shop / "bastide.yaml").write_text("a: 1\nb: 2\n")
    git(shop, "commit", "-q", "-am", "x", "--date=2020-02-02T10:00:00Z")
    (shop / "bastide.yaml").write_text("a: 1\nb: 3\n")
    with known() as found:
        rows = [{"place": f"bastide.yaml:{line}"} for line in (1, 2)] + [{"place": "gone.tf:3"}, {"place": "nowhere"}]
        found.put("exemptions", {"place": ("VARCHAR", "")}, rows)
        lines = {row["place"]: (row["since"], row["author"]) for row in exemption_lines(found)}
    assert lines["bastide.yaml:1"] == ("2020-02-02", "Ada")
    assert lines["bastide.yaml:2"][0] is None
    assert len(lines) == 2


def test_many_exemptions_of_a_file_are_asked_for_at_once(shop: Path) -> None:
    (shop / "many.tf").write_text("".join(f"# {n}\n" for n in range(200)))
    git(shop, "add", ".")
    git(shop, "commit", "-q", "-m", "x", "--author", "Bo <bo@example.com>")
    with known() as found:
        found.put("exemptions", {"place": ("VARCHAR", "")}, [{"place": f"many.tf:{n}"} for n in range(1, 202)])
        assert exemption_lines(found) == []  # a line beyond the end: git says nothing, and nothing is made up
        found.put("exemptions", {"place": ("VARCHAR", "")}, [{"place": f"many.tf:{n}"} for n in range(1, 201)])
        lines = exemption_lines(found)
    assert len(lines) == 200
    assert {row["author"] for row in lines} == {"Bo"}


def test_objectives_as_they_hold(shop: Path) -> None:
    columns = dict.fromkeys(("id", "title", "status"), ("VARCHAR", ""))
    columns |= dict.fromkeys(("passed", "failed", "unknown", "exempt"), ("INTEGER", ""))
    counts = {"passed": 3, "failed": 1, "unknown": 0, "exempt": 1}
    rows = [
        {"id": name, "title": name, "status": name, **counts} for name in ("holds", "broken", "unknown", "not-judged")
    ]
    with known() as found:
        put_asked(found, Tree())
        assert found.select("select * from held") == []
        found.put("objectives", columns, rows)
        put_asked(found, Tree(), stage="build", entries=2, broken=["x"])
        held = {row["id"]: (row["judged"], row["ok"], row["detail"]) for row in found.select("select * from held")}
        (gate,) = found.select("select * from gate")
    assert held["holds"] == (True, True, "verdicts that pass: 3 of 4")
    assert held["broken"] == (True, False, "verdicts that fail: 1 of 5")
    assert held["unknown"][:2] == (True, None)
    assert held["not-judged"][:2] == (False, None)
    assert (gate["stage"], gate["entries"], gate["broken"], gate["dirty"]) == ("build", 2, ["x"], False)
