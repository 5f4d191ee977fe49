"""`bastide detections`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bastide.cli.parser import make_parser
from bastide.errors import UsageError
from tests.detect.conftest import rule_text


def said(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    arguments = make_parser("detections").parse_args(["detections", *words])
    code = arguments.run(arguments)
    return code, capsys.readouterr().out


def test_list(capsys: pytest.CaptureFixture[str]) -> None:
    code, text = said(capsys, "list")
    assert code == 0
    assert any("The root user acts" in line and "T1078.004" in line for line in text.splitlines())
    records = json.loads(said(capsys, "list", "--format", "json")[1])
    assert records["version"] == 1
    assert len(records["detections"]) == int(text.splitlines()[-1].split()[0])


def test_a_rule_that_is_not_used_says_so(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    event, field = "{eventName: DeleteTrail}", "{noSuchField: x}"
    for at, condition in enumerate((event, field)):
        (tmp_path / f"{at}.yml").write_text(rule_text(f"  call: {condition}\n  condition: call", number=at))
    code, text = said(capsys, "list", "--rules", str(tmp_path))
    assert (code, [line.endswith("(not used)") for line in text.splitlines()]) == (3, [False, True, False])
    records = json.loads(said(capsys, "list", "--rules", str(tmp_path), "--format", "json")[1])["detections"]
    assert [one["used"] for one in records] == [True, False]


def test_show(capsys: pytest.CaptureFixture[str]) -> None:
    code, text = said(capsys, "show", "root-user-acts")
    assert code == 0
    assert "identity.root-user-is-taken-over" in text
    assert "api_activity: (lower(" in text
    assert 'api_activity: (lower("api.operation") in (\'' in said(capsys, "show", "CloudTrail is switched*")[1]
    (one,) = json.loads(said(capsys, "show", "passwords are tried at the console", "-f", "json")[1])["detections"]
    assert one["counts"] == ["A sign-in to the console fails"]


def test_one_that_there_is_not(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(UsageError, match="there is no rule"):
        said(capsys, "show", "The root user act")


def test_their_examples(capsys: pytest.CaptureFixture[str]) -> None:
    code, text = said(capsys, "test", "root-user-acts", "Passwords are tried at the console")
    assert (code, text) == (0, "8 examples of 2 rules; 0 failed\n")
    (one,) = json.loads(said(capsys, "test", "root-user-acts", "-f", "json")[1])["detections"]
    assert (one["examples"], one["failed"]) == (5, [])
