"""`bastide coverage`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bastide.cli.parser import make_parser


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bastide.yaml").write_text("workload: {name: shop}\n")
    return tmp_path


def said(capsys: pytest.CaptureFixture[str], command: str, *words: str) -> str:
    arguments = make_parser(command).parse_args([command, *words])
    assert arguments.run(arguments) == 0
    return capsys.readouterr().out


def status(text: str, uid: str) -> str:
    return next(row["status"] for row in json.loads(text)["techniques"] if row["id"] == uid)


def test_before_and_after_a_replay(capsys: pytest.CaptureFixture[str]) -> None:
    assert status(said(capsys, "coverage", "-f", "json"), "T1110.001") == "untested"
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
