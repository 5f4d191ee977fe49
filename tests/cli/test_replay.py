"""`bastide replay`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bastide.cli.parser import make_parser
from bastide.detect.sightings import sightings
from bastide.state.database import open_state
from bastide.state.journal import entries

RULE = """title: Stops
id: 00000000-0000-4000-8000-000000000001
logsource: {product: aws, service: cloudtrail}
detection: {a: {eventName: StopLogging}, condition: a}
tags: [attack.t1562.008]
bastide: {threats: [own.threat]}
"""
ATTACK = """id: stop
title: Stop
steps:
  - title: stop
    technique: T1562.008
    events: [{eventSource: cloudtrail.amazonaws.com, eventName: StopLogging}]
"""


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "user"))
    monkeypatch.delenv("BASTIDE_STATE", raising=False)
    (tmp_path / "bastide.yaml").write_text("workload: {name: shop}\n")
    return tmp_path


def said(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    arguments = make_parser("replay").parse_args(["replay", *words])
    code = arguments.run(arguments)
    return code, capsys.readouterr().out


def test_an_attack_is_seen(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, text = said(capsys, "guessed-password-of-root")
    assert code == 0
    assert "seen    Passwords are tried at the console (medium, after 0:02:55)" in text
    assert text.splitlines()[-1] == "1 scenario, 0 failed; 3 of 3 techniques seen"
    with open_state("shop", f"sqlite:///{project / '.bastide' / 'state.db'}") as state:
        kept = sightings(entries(state))
    assert sorted(kept.techniques.days) == ["T1078.004", "T1098.001", "T1110.001"]


def test_the_register_tells_what_was_seen(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "store.tf").write_text('resource "aws_s3_bucket" "orders" {}\n')
    assert said(capsys, "bucket-held-to-ransom")[0] == 0
    words = ["threats", "--format", "json"]
    arguments = make_parser("threats").parse_args(words)
    arguments.run(arguments)
    found = {one["template"]: one["replay"] for one in json.loads(capsys.readouterr().out)["threats"]}
    ransom = found["data.objects-are-held-to-ransom"]
    assert ransom["status"] == "seen"
    assert "A note of ransom is left in a bucket" in ransom["rules"]
    assert {one["status"] for one in found.values()} == {"seen", "blind", "not tried"}


def test_detections_that_are_not_the_projects_are_kept_apart(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "others.yml").write_text(RULE)
    (project / "attack.yaml").write_text(ATTACK)
    said(capsys, "attack.yaml", "--rules", "library")
    assert capsys.readouterr().err == ""
    arguments = make_parser("replay").parse_args(["replay", "attack.yaml", "--rules", "others.yml"])
    arguments.run(arguments)
    assert "these are not the detections of the project" in capsys.readouterr().err
    with open_state("shop", f"sqlite:///{project / '.bastide' / 'state.db'}") as state:
        assert "own.threat" not in sightings(entries(state)).threats.days


def test_a_log_that_cannot_be_written_hinders_no_replay(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = make_parser("replay").parse_args(["replay", "ordinary-day", "--state", "mysql://x/y"])
    assert arguments.run(arguments) == 0
    told = capsys.readouterr().err
    assert "not kept for `bastide coverage` and `bastide threats`: --state: the state is kept in SQLite" in told


def test_what_it_sees_no_more_is_told(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "bastide.yaml").write_text("workload: {name: shop}\ndetections: {rules: [rule.yml]}\n")
    (project / "attack.yaml").write_text(ATTACK)
    (project / "rule.yml").write_text(RULE)
    assert "BLIND" not in said(capsys, "attack.yaml")[1]
    (project / "rule.yml").write_text(RULE.replace("StopLogging", "Never"))
    text = said(capsys, "attack.yaml")[1]
    assert "BLIND   to what was seen before:\n        T1562.008, last seen on 2" in text
    assert "        own.threat, last seen on 2" in text
    (project / "rule.yml").write_text(RULE)
    said(capsys, "attack.yaml")
    (project / "rule.yml").write_text(RULE.replace("StopLogging", "Never"))
    lost = json.loads(said(capsys, "attack.yaml", "--format", "json")[1])["lost"]
    assert [one["id"] for one in lost] == ["T1562.008", "own.threat"]


def test_without_a_manifest_it_is_kept_with_the_user(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "bastide.yaml").unlink()
    assert said(capsys, "ordinary-day")[0] == 0
    assert [path.is_relative_to(project / "user") for path in project.rglob("state.db")] == [True]


def test_json(capsys: pytest.CaptureFixture[str]) -> None:
    found = json.loads(said(capsys, "ordinary-day", "--format", "json")[1])
    assert (found["version"], found["scenarios"][0]["passed"], found["scenarios"][0]["benign"]) == (1, True, True)


def test_only_the_files(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, text = said(capsys, "ordinary-day", "--write", "out")
    assert (code, text) == (0, "1 file of 1 scenario in out\n")
    assert [path.suffixes for path in (project / "out").rglob("*.gz")] == [[".json", ".gz"]]


def test_a_rule_that_cannot_be_used_is_told_and_sees_nothing(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "rules").mkdir()
    (project / "rules" / "a.yml").write_text(RULE.replace("eventName", "eventNam"))
    (project / "attack.yaml").write_text(ATTACK)
    arguments = make_parser("replay").parse_args(["replay", "attack.yaml", "--rules", "rules"])
    assert arguments.run(arguments) == 3
    assert "not used: rules/a.yml:1: CloudTrail's events have no field `eventNam`" in capsys.readouterr().err
