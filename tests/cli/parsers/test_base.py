"""What the parsers of all commands are made of."""

from __future__ import annotations

import pytest

from bastide.cli.parsers.base import Parser, add_options, lazy
from bastide.settings import Option


def test_a_slip_is_told_with_the_near_miss(capsys: pytest.CaptureFixture[str]) -> None:
    parser = Parser(prog="bastide")
    add_options(parser, [Option("until", "a day", metavar="DAY"), Option("quick", "no wait", "flag")])
    with pytest.raises(SystemExit) as stop:
        parser.parse_args(["--untli", "2027-01-01"])
    assert stop.value.code == 2
    assert "Did you mean `--until`?" in capsys.readouterr().err


def test_options_say_what_was_not_given() -> None:
    parser = Parser(prog="bastide")
    add_options(parser, [Option("names", "several", "texts", metavar="NAME"), Option("quick", "no wait", "flag")])
    assert vars(parser.parse_args([])) == {"names": None, "quick": None}
    assert vars(parser.parse_args(["--names", "a", "--names", "b", "--quick"])) == {"names": ["a", "b"], "quick": True}


def test_a_command_is_imported_when_it_is_called() -> None:
    run = lazy("no_such_command")
    with pytest.raises(ModuleNotFoundError, match="no_such_command"):
        run(Parser().parse_args([]))
