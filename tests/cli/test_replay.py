"""`bastide replay`."""

from __future__ import annotations

import json
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


def said(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    arguments = make_parser("replay").parse_args(["replay", *words])
    code = arguments.run(arguments)
    return code, capsys.readouterr().out


def test_an_attack_is_seen(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, text = said(capsys, "guessed-password-of-root")
    assert code == 0
    assert "seen    Passwords are tried at the console (medium, after 0:02:55)" in text
    assert text.splitlines()[-1] == "1 scenario, 0 failed; 3 of 3 techniques seen"
    kept = json.loads((project / ".bastide" / "replay.json").read_text())
    assert sorted(kept["seen"]) == ["T1078.004", "T1098.001", "T1110.001"]


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


def test_detections_that_are_not_the_projects_say_nothing(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = make_parser("replay").parse_args(["replay", "ordinary-day", "--rules", "library"])
    arguments.run(arguments)
    assert "these are not the detections of the project" in capsys.readouterr().err
    assert not (project / ".bastide" / "state.db").exists()


def test_a_log_that_cannot_be_written_hinders_no_replay(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = make_parser("replay").parse_args(["replay", "ordinary-day", "--state", "mysql://x/y"])
    assert arguments.run(arguments) == 0
    assert "not kept for `bastide threats`: --state: the state is kept in SQLite" in capsys.readouterr().err


def test_without_a_manifest_nothing_is_written(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "bastide.yaml").unlink()
    assert said(capsys, "ordinary-day")[0] == 0
    assert not list(project.rglob("state.db"))


def test_json(capsys: pytest.CaptureFixture[str]) -> None:
    found = json.loads(said(capsys, "ordinary-day", "--format", "json")[1])
    assert (found["version"], found["scenarios"][0]["passed"], found["scenarios"][0]["benign"]) == (1, True, True)


def test_only_the_files(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, text = said(capsys, "ordinary-day", "--write", "out")
    assert (code, text) == (0, "1 file of 1 scenario in out\n")
    assert [path.suffixes for path in (project / "out").rglob("*.gz")] == [[".json", ".gz"]]
