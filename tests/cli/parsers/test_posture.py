"""The command lines of the loop's last part: what each takes, and what it means without options."""

from __future__ import annotations

import pytest

from bastide.cli.parser import make_parser


def parsed(*words: str) -> dict[str, object]:
    return vars(make_parser(words[0]).parse_args(words))


def test_without_options() -> None:
    assert parsed("gate")["about"] == ""
    assert parsed("gate")["format"] == "terminal"
    assert parsed("init")["file"] == "bastide.yaml"
    assert parsed("metrics")["names"] == []
    found = parsed("report")
    assert (found["format"], found["since"]) == (None, "90d")


def test_audit_lists_where_nothing_else_is_said() -> None:
    plain, log = parsed("audit"), parsed("audit", "log")
    assert plain["action"] == log["action"] == "log"
    assert plain.keys() == log.keys()
    found = parsed("audit", "verify", "x.json", "--no-journal", "--format", "json")
    assert (found["action"], found["file"], found["no_journal"], found["format"]) == ("verify", "x.json", True, "json")


@pytest.mark.parametrize(
    "words",
    [("gate", "-f", "pdf"), ("report", "-f", "csv"), ("metrics", "-f", "html"), ("audit", "prove"), ("gate", "a", "b")],
)
def test_what_is_refused(words: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        parsed(*words)
    assert stop.value.code == 2
    assert capsys.readouterr().err.startswith("bastide: ")
