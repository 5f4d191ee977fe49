"""Lines wrap at the width of a terminal and nowhere else."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from bastide.report.coloured import Coloured
from bastide.report.lines import Lines, Plain


def console(width: int, *, terminal: bool = True, encoding: str = "utf-8") -> Console:
    file = io.TextIOWrapper(io.BytesIO(), encoding=encoding, write_through=True)
    return Console(file=file, width=width, force_terminal=terminal, color_system=None, legacy_windows=False)


def printed(to: Console) -> str:
    file = to.file
    assert isinstance(file, io.TextIOWrapper)
    raw = file.buffer
    assert isinstance(raw, io.BytesIO)
    return raw.getvalue().decode(file.encoding)


def test_a_long_line_goes_on_at_its_hang() -> None:
    to = console(40)
    lines = Lines(Coloured(to))
    lines.add(("label ", "strong"), ("these are words that do not all fit in forty columns", ""), indent=2, hang=8)
    lines.flush()
    assert printed(to) == "  label these are words that do not all\n        fit in forty columns\n"


def test_what_has_no_space_is_never_broken() -> None:
    to = console(40)
    lines = Lines(Coloured(to))
    lines.add(("x" * 60, ""), ("  y", ""), indent=2)
    lines.flush()
    assert printed(to) == f"  {'x' * 60}\n  y\n"


def test_spaces_at_the_end_of_a_span_stay() -> None:
    to = console(80)
    lines = Lines(Coloured(to))
    lines.add(("a  ", "strong"), ("b", ""))
    lines.flush()
    assert printed(to) == "a  b\n"


def test_wide_characters_take_two_columns() -> None:
    to = console(40)
    lines = Lines(Coloured(to))
    lines.add(("日" * 10, ""), (" " + "本" * 12, ""))
    lines.flush()
    assert printed(to) == f"{'日' * 10}\n{'本' * 12}\n"


def test_a_plain_file_has_long_lines() -> None:
    file = io.StringIO()
    lines = Lines(Plain(file))
    lines.add(("word " * 50, "strong"), ("日…", "bad"), indent=2)
    lines.blank()
    assert file.getvalue() == ""
    lines.flush()
    assert file.getvalue() == f"  {'word ' * 50}日…\n\n"


def test_a_plain_file_has_the_characters_of_its_encoding() -> None:
    file = io.TextIOWrapper(io.BytesIO(), encoding="ascii", write_through=True)
    lines = Lines(Plain(file))
    lines.add(("a… → 日", ""))
    lines.flush()
    file.seek(0)
    assert file.read() == "a... -> \\u65e5\n"


def test_a_pipe_has_long_lines() -> None:
    to = console(40, terminal=False)
    lines = Lines(Coloured(to))
    lines.add(("word " * 50, ""), ("[bold]end[/]", ""))
    lines.flush()
    assert printed(to) == f"{'word ' * 50}[bold]end[/]\n"


@pytest.mark.parametrize(
    ("encoding", "text"), [("ascii", "a... -> \\u65e5\n"), ("latin-1", "a... -> \\u65e5\n"), ("utf-8", "a… → 日\n")]
)
def test_characters_that_the_terminal_lacks(encoding: str, text: str) -> None:
    to = console(40, encoding=encoding)
    lines = Lines(Coloured(to))
    lines.add(("a… → 日", ""))
    lines.flush()
    assert printed(to) == text


def test_flush_prints_once() -> None:
    to = console(40)
    lines = Lines(Coloured(to))
    lines.add(("a", ""))
    lines.flush()
    lines.flush()
    assert printed(to) == "a\n"


@given(st.text("ab ", max_size=200), st.integers(40, 120), st.integers(0, 20))
def test_no_word_is_lost_and_no_line_too_long(text: str, width: int, indent: int) -> None:
    to = console(width)
    lines = Lines(Coloured(to))
    lines.add((text, ""), indent=indent)
    lines.flush()
    out = printed(to)
    assert out.split() == text.split()
    for line in out.splitlines():
        assert len(line.rstrip()) <= width or len(line.split()) == 1
