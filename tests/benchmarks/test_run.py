"""The runner measures what can be run, and leaves out what cannot."""

import json
from argparse import Namespace

import pytest
import run
from harness.tools import Tool


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setattr(run.tools, "CACHE", tmp_path / "cache")


def script(path, text):
    path.write_text(f"#!/bin/sh\n{text}\n", "utf-8")
    path.chmod(0o755)
    return path


def test_runs_are_repeated_and_counted(tmp_path):
    writes = script(tmp_path / "good", """printf '{"verdicts": [{"status": "fail"}]}' > "$6"; exit 1""")
    found = run.measure("module", 1, [Tool("bastide", writes)], 2)
    runs = found["runs"]["bastide"]
    assert runs["findings"] == 1
    assert [one["exit_code"] for one in runs["timed"]] == [1, 1]
    assert len(runs["weighed"]) == 2
    assert found["main"]
    assert found["files"] > 15


def test_a_tool_without_findings_is_left_out(tmp_path, capsys):
    fails = script(tmp_path / "bad", "exit 2")
    assert run.measure("templates", 3, [Tool("bastide", fails)], 2)["runs"] == {}
    assert "bastide is left out: exit 2" in capsys.readouterr().out


def test_main_sizes_and_growth_are_measured_together():
    asked = Namespace(inputs=["module", "monorepo", "templates"], sizes=[25, 100, 200], quick=False)
    assert run._inputs(asked) == [
        ("module", 1),
        *(("monorepo", size) for size in (25, 100, 200)),
        *(("templates", size) for size in (75, 300, 600)),
    ]


def test_quick_leaves_the_main_sizes_out():
    asked = Namespace(inputs=["module", "monorepo"], sizes=[10, 20], quick=True)
    assert run._inputs(asked) == [("module", 1), ("monorepo", 10), ("monorepo", 20)]


def test_sizes_of_code_and_of_logs_are_told_apart(monkeypatch):
    asked = Namespace(inputs=["monorepo"], sizes=[10, 5_000], quick=True, repeat=9, peer_events=100)
    assert run._inputs(asked) == [("monorepo", 10)]
    monkeypatch.setattr(run.tools, "prepare", lambda *_: ["bastide"])
    monkeypatch.setattr(run.lake, "measure", lambda *given: given)
    assert run._lake(asked) == (["bastide"], {}, [5_000], 100, 3)
    asked.sizes = []
    assert run._lake(asked)[2] == sorted(run.lake.SIZES)
    assert run._inputs(asked) == [("monorepo", size) for size in run.MODULES]


def test_a_lake_measured_before_stays_on_the_page():
    run.tools.CACHE.mkdir()
    known = {"inputs": [], "lake": {"sizes": []}, "made": {"lake": ["old", "then"]}}
    (run.tools.CACHE / "results.json").write_text(json.dumps(known), "utf-8")
    results = {
        "command": "new",
        "date": "now",
        "inputs": [],
        "startup": {},
        "installed": {},
        "parts": {},
        "versions": {},
    }
    run._add_others(results, Namespace(inputs=["module"], quick=False))
    assert results["lake"] == {"sizes": []}
    assert results["made"] == {"lake": ["old", "then"], "module": ["new", "now"]}
