"""A console of rich as a screen."""

import io

import pytest
from rich.console import Console

from bastide.report.coloured import Coloured


def test_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    file = io.StringIO()
    screen = Coloured(Console(file=file, width=50, force_terminal=True, color_system="standard", legacy_windows=False))
    assert screen.width == 50
    screen.put([("CRITICAL", "critical"), (" [b]x[/b]\n", "")])
    assert file.getvalue() == "\x1b[1;37;41mCRITICAL\x1b[0m [b]x[/b]\n"


def test_no_terminal_no_width() -> None:
    file = io.StringIO()
    screen = Coloured(Console(file=file, width=50, force_terminal=False))
    assert screen.width == 0
    screen.put([("a" * 200, "high"), ("\n", "")])
    assert file.getvalue() == f"{'a' * 200}\n"


def test_columns() -> None:
    assert Coloured(Console(file=io.StringIO())).cells("日a") == 3
