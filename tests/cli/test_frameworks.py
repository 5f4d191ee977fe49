"""`bastide controls frameworks`."""

from __future__ import annotations

import json

from bastide.controls.frameworks import framework, framework_names
from tests.cli.conftest import Run


def test_a_line_a_framework(run: Run) -> None:
    done = run("controls", "frameworks")
    assert done.returncode == 0
    lines = done.stdout.splitlines()
    assert [line.split()[0] for line in lines[1 : len(framework_names()) + 1]] == list(framework_names())
    rows = {row["id"]: row for row in json.loads(run("controls", "frameworks", "-f", "json").stdout)}
    assert rows.keys() == set(framework_names())
    for row in rows.values():
        assert 0 < row["served"] <= row["requirements"] - row["procedural"]
        assert row["controls"] > 0
    assert rows["cis-aws-6.0"]["controls"] == rows["cis-aws-5.0"]["controls"]


def test_the_requirements_of_one(run: Run) -> None:
    done = run("controls", "frameworks", "cis-aws-1.4")
    assert done.returncode == 0
    assert "  2.1.1  technical   buckets encrypt what they store: S3 encrypts every new object" in done.stdout
    assert "  1.3    procedural  security questions of the account are set: AWS no longer" in done.stdout
    assert "kms.key-rotates" in done.stdout
    (row,) = json.loads(run("controls", "frameworks", "cis-aws-1.4", "-f", "json").stdout)
    assert [entry["id"] for entry in row["entries"]] == list(framework("cis-aws-1.4").requirements)
    assert sum(bool(entry["controls"]) for entry in row["entries"]) == row["served"]
    (rotates,) = [entry for entry in row["entries"] if entry["id"] == "3.8"]
    assert rotates["controls"] == ["kms.key-rotates"]
    assert rotates["from"] == {"cis-aws-3.0": ["3.6"]}


def test_many_controls_of_a_requirement_are_counted(run: Run) -> None:
    text = run("controls", "frameworks", "dora").stdout
    (line,) = [line for line in text.splitlines() if line.startswith("  Art. 9(4)(c) ")]
    assert " more" in line
    assert line.count(", ") == 5
    assert "  Art. 5        procedural  governance and organization: people" in text


def test_a_framework_that_is_not_there(run: Run) -> None:
    done = run("controls", "frameworks", "iso-27001")
    assert (done.returncode, "no framework is called `iso-27001`" in done.stderr) == (2, True)
