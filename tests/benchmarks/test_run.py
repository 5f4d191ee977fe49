"""The runner measures what can be run, and leaves out what cannot."""

import json
from argparse import Namespace

import pytest
import run
from harness.tools import Tool


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setattr(run.tools, "CACHE", tmp_path / "cache")
    monkeypatch.setattr(run, "RAW", tmp_path / "results.json")
    monkeypatch.setattr(run, "PAGE", tmp_path / "RESULTS.md")


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
    known = {"inputs": [], "lake": {"sizes": []}, "made": {"lake": ["old", "then"]}}
    run.RAW.write_text(json.dumps(known), "utf-8")
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


def test_a_page_keeps_what_there_are_no_raw_figures_of(monkeypatch, capsys):
    run.tools.CACHE.mkdir()
    monkeypatch.setattr(run, "page", lambda results: results["text"])
    run._keep({"text": "## The lake\n", "place": f"{run.tools.ROOT}/src/x"}, write_page=True)
    assert json.loads(run.RAW.read_text("utf-8"))["place"] == "src/x"
    assert run.PAGE.read_text("utf-8") == "## The lake\n"
    run._keep({"text": "## The lake\n### Live\n"}, write_page=True)
    run._keep({"text": "## The lake\n1\n"}, write_page=True)
    assert run.PAGE.read_text("utf-8") == "## The lake\n### Live\n"
    assert (run.tools.CACHE / "RESULTS.md").read_text("utf-8") == "## The lake\n1\n"
    assert "no raw figures of Live" in capsys.readouterr().out
    run._keep({"text": "2"}, write_page=False)
    assert json.loads(run.RAW.read_text("utf-8"))["text"] == "## The lake\n1\n"
