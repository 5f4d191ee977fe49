"""`bastide replay`."""

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


def test_json(capsys: pytest.CaptureFixture[str]) -> None:
    found = json.loads(said(capsys, "ordinary-day", "--format", "json")[1])
    assert (found["version"], found["scenarios"][0]["passed"], found["scenarios"][0]["benign"]) == (1, True, True)


def test_only_the_files(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, text = said(capsys, "ordinary-day", "--write", "out")
    assert (code, text) == (0, "1 file of 1 scenario in out\n")
    assert [path.suffixes for path in (project / "out").rglob("*.gz")] == [[".json", ".gz"]]
