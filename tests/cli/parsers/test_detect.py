"""The command lines of detections are complete, and say so."""

from __future__ import annotations

import pytest

from bastide.cli.parser import make_parser


@pytest.mark.parametrize("command", ["detect", "detections", "replay", "coverage"])
def test_help(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        make_parser(command).parse_args([command, "--help"])
    assert caught.value.code == 0
    assert "--" in capsys.readouterr().out


def test_defaults() -> None:
    arguments = make_parser("detect").parse_args(["detect"])
    assert (arguments.fail_on, arguments.format, arguments.rules, arguments.watch) == ("low", "terminal", None, False)
    assert make_parser("detections").parse_args(["detections", "list"]).patterns == []
