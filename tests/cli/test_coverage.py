"""`bastide coverage`."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from bastide.cli.parser import make_parser


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "user"))
    monkeypatch.delenv("BASTIDE_STATE", raising=False)
    (tmp_path / "bastide.yaml").write_text("workload: {name: shop}\n")
    return tmp_path


def said(capsys: pytest.CaptureFixture[str], command: str, *words: str, code: int = 0) -> str:
    arguments = make_parser(command).parse_args([command, *words])
    assert arguments.run(arguments) == code
    return capsys.readouterr().out


def status(text: str, uid: str) -> str:
    return next(row["status"] for row in json.loads(text)["techniques"] if row["id"] == uid)


def test_before_and_after_a_replay(capsys: pytest.CaptureFixture[str]) -> None:
    assert status(said(capsys, "coverage", "-f", "json"), "T1110.001") == "not tried"
    said(capsys, "replay", "guessed-password-of-root")
    text = said(capsys, "coverage", "-f", "json")
    assert (status(text, "T1110.001"), status(text, "T1556.009")) == ("seen", "blind")
    threats = {row["id"]: row["status"] for row in json.loads(text)["threats"]}
    assert threats["identity.root-user-is-taken-over"] == "seen"
    assert "T1110.001" not in said(capsys, "coverage", "--blind")
    assert "T1110.001 Password Guessing" in said(capsys, "coverage")


def test_a_lake_without_the_logs(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "rule.yml").write_text(
        "title: x\nid: 00000000-0000-4000-8000-000000000001\nlogsource: {product: aws, service: vpcflow}\n"
        "detection: {a: {dst_port: 22}, condition: a}\ntags: [attack.t1046]\n"
    )
    from bastide.detect.events import made
    from bastide.detect.replay import START, write

    write(made([{"eventSource": "s3.amazonaws.com", "eventName": "ListBuckets"}], START, "one"), project / "logs")
    said(capsys, "ingest", "logs")
    assert status(said(capsys, "coverage", "--rules", "rule.yml", "-f", "json"), "T1046") == "no logs"


ORDERS = """title: Orders are read
id: 00000000-0000-4000-8000-000000000001
logsource: {product: aws, service: cloudtrail}
detection: {a: {eventName: GetObject}, condition: a}
tags: [attack.t1530]
bastide: {threats: [data.objects-are-held-to-ransom]}
"""
OTHER = ORDERS.replace("0001", "0002").replace("Orders are read", "A trail stops").replace("GetObject", "StopLogging")
OTHER = OTHER.replace("t1530", "t1562.008").replace("data.objects-are-held-to-ransom", "own.other")
ATTACKS = {
    "read": ("T1530", "s3.amazonaws.com", "GetObject"),
    "stop": ("T1562.008", "cloudtrail.amazonaws.com", "StopLogging"),
}


def attack(project: Path, name: str) -> str:
    technique, service, call = ATTACKS[name]
    (project / f"{name}.yaml").write_text(
        f"id: {name}\ntitle: {name}\nsteps:\n  - title: {name}\n    technique: {technique}\n"
        f"    events: [{{eventSource: {service}, eventName: {call}}}]\n"
    )
    return f"{name}.yaml"


@pytest.fixture
def shop(project: Path) -> Path:
    """A project with a bucket, two detections of its own, and a scenario for each."""
    (project / "bastide.yaml").write_text("workload: {name: shop}\ndetections: {rules: [rules]}\n")
    (project / "store.tf").write_text('resource "aws_s3_bucket" "orders" {}\n')
    (project / "rules").mkdir()
    (project / "rules" / "orders.yml").write_text(ORDERS)
    (project / "rules" / "other.yml").write_text(OTHER)
    return project


@pytest.fixture
def day(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Makes it a day of March."""

    def set_day(number: int) -> None:
        monkeypatch.setattr("bastide.state.journal.now", lambda: f"2026-03-{number:02}T10:00:00.000Z")

    return set_day


Answer = tuple[str, str, str]


def answers(capsys: pytest.CaptureFixture[str]) -> tuple[dict[str, Answer], dict[str, Answer]]:
    """What coverage says of techniques and threats, and that the register says the same of all that it has."""
    found = json.loads(said(capsys, "coverage", "-f", "json"))
    register = json.loads(said(capsys, "threats", "-f", "json", "--status", "all", code=1))["threats"]
    by_threat = {row["id"]: (row["replay"], row["on"], row["last_seen"]) for row in found["threats"]}
    assert register
    for threat in register:
        told = threat["replay"]
        assert by_threat[threat["template"]] == (told["status"], told["on"], told["last_seen"]), threat["template"]
    return {row["id"]: (row["replay"], row["on"], row["last_seen"]) for row in found["techniques"]}, by_threat


def test_coverage_and_register_have_one_answer(
    shop: Path, day: Callable[[int], None], capsys: pytest.CaptureFixture[str]
) -> None:
    ransom, untried = "data.objects-are-held-to-ransom", ("not tried", "", "")
    both = [attack(shop, name) for name in ATTACKS]
    techniques, threats = answers(capsys)
    assert (techniques["T1530"], threats[ransom]) == (untried, untried)
    day(1)
    said(capsys, "replay", *both)
    seen = ("seen", "2026-03-01", "2026-03-01")
    techniques, threats = answers(capsys)
    assert [techniques["T1530"], techniques["T1562.008"], threats[ransom]] == [seen, seen, seen]
    day(2)
    (shop / "rules" / "orders.yml").unlink()
    said(capsys, "replay", both[0])
    techniques, threats = answers(capsys)
    assert [techniques["T1530"], threats[ransom]] == [("blind", "2026-03-02", "2026-03-01")] * 2
    assert [techniques["T1562.008"], threats["own.other"]] == [seen, seen]
    text = said(capsys, "coverage", "--blind")
    assert "LAST SEEN 2026-03-01" in next(line for line in text.splitlines() if line.startswith("T1530 "))
    assert "1 of the blind seen before" in text
    assert "blind in replay on 2026-03-02, last seen on 2026-03-01" in said(capsys, "threats", "--limit", "0", code=1)


def test_detections_of_others_have_an_answer_of_their_own(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (shop / "others").mkdir()
    (shop / "others" / "rule.yml").write_text(ORDERS)
    said(capsys, "replay", attack(shop, "read"), "--rules", "others")
    assert status(said(capsys, "coverage", "-f", "json"), "T1530") == "not tried"
    assert status(said(capsys, "coverage", "-f", "json", "--rules", "others"), "T1530") == "seen"


def test_looking_makes_no_state(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said(capsys, "coverage")
    assert not list(project.rglob("state.db"))


def test_a_rule_that_cannot_be_used_sees_nothing(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "rule.yml").write_text(ORDERS.replace("eventName", "eventNam"))
    arguments = make_parser("coverage").parse_args(["coverage", "--rules", "rule.yml", "-f", "json"])
    assert arguments.run(arguments) == 3
    told = capsys.readouterr()
    assert status(told.out, "T1530") == "blind"
    assert "not used: rule.yml:1: CloudTrail's events have no field `eventNam`" in told.err
