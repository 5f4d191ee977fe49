"""The page says what was measured, in ratios, and nothing about what was not."""

import copy
import re

import pytest
from harness.page import page


def runs(seconds, memory, findings=3):
    timed = [{"seconds": seconds + d, "cpu": 2 * seconds, "exit_code": 1} for d in (0.1, 0.0, -0.1)]
    weighed = [{"memory": memory, "largest": memory / 2}]
    return {"timed": timed, "weighed": weighed, "findings": findings}


def monorepo(count, seconds, main=False):
    tools = {"bastide": runs(seconds, 80.0), "trivy": runs(6 * seconds, 200.0), "checkov": runs(20 * seconds, 300.0)}
    return {"kind": "monorepo", "count": count, "main": main, "files": 9, "kilobytes": 40, "runs": tools}


@pytest.fixture
def results():
    return {
        "date": "2030-01-02",
        "command": "python benchmarks/run.py",
        "machine": {"cpu": "X", "cores": 2, "memory": 4.0, "system": "Linux", "python": "3.11", "load": 0.1},
        "versions": {"bastide": "1", "trivy": "2", "checkov": "3"},
        "inputs": [monorepo(50, 1.0), monorepo(100, 2.0, main=True), monorepo(200, 4.0)],
        "startup": {"python": [0.02], "bastide": [0.1], "trivy": [0.2]},
        "installed": {"bastide": 151_000_000, "trivy": 170_000_000},
    }


def row(text, start):
    return next(line for line in text.splitlines() if line.startswith(f"| {start}"))


def test_targets_are_met_or_missed(results):
    text = page(results)
    assert re.search(
        r"≥ 5 times as fast \| 6.0 times \| met", row(text, "A monorepo of 100 Terraform root modules, against trivy")
    )
    assert "20.0 times | **missed**" in row(text, "A monorepo of 100 Terraform root modules, against checkov")
    assert "80.0 MiB | met" in row(text, "A monorepo of 100 Terraform root modules, peak")
    assert "0.100 s | met" in row(text, "`bastide --version`")
    assert "151.0 MB | **missed**" in row(text, "a wheel install")
    assert "evaluated" not in text


def test_ratios_are_the_peers_figure_over_bastides(results):
    cells = row(page(results), "trivy | 12.0").split(" | ")
    assert cells[1:8] == ["12.0 (11.9 to 12.1)", "6.0", "24.0", "6.0", "200", "2.5", "100"]


def test_growth_is_what_one_more_costs(results):
    assert "| 20.0, 20.0 |" in row(page(results), "bastide | 1.00 | 2.00 | 4.00")


def test_without_bastide_there_are_figures_but_no_ratios(results):
    bare = copy.deepcopy(results)
    for item in bare["inputs"]:
        del item["runs"]["bastide"]
    del bare["startup"]["bastide"], bare["installed"]["bastide"], bare["versions"]["bastide"]
    text = page(bare)
    assert "What bastide must reach" not in text
    assert row(text, "trivy | 12.0").split(" | ")[2] == ""


def test_evaluation_alone_is_shown_when_it_was_measured(results):
    text = page(results | {"evaluation": {"resources": 1_000_000, "seconds": 41.5}})
    assert "41.5 s | met" in row(text, "1,000,000 resources evaluated")


def test_a_busy_machine_is_confessed(results):
    assert "other work" not in page(results)
    results["machine"]["load"] = 1.9
    assert "other work" in page(results)


def test_one_size_shows_no_growth(results):
    assert "## Growth" in page(results)
    assert "## Growth" not in page(results | {"inputs": results["inputs"][1:2]})


def test_what_other_runs_measured_is_told_with_their_command(results):
    results["made"] = {"monorepo": ["python benchmarks/run.py", "2030-01-02"], "live": ["python old.py", "2029-12-31"]}
    head = page(results).partition("## ")[0]
    assert "By `python old.py` on 2029-12-31: live." in head
    assert "monorepo" not in head
