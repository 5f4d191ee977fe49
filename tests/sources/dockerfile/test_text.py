from __future__ import annotations

from bastide.sources.dockerfile.text import read_text


def _read(text: str) -> list[tuple[str, str, int, int]]:
    return [(one.name, one.rest, one.line, one.end_line) for one in read_text(text).instructions]


def test_continuations_skip_comments_and_empty_lines() -> None:
    text = "# note\nfrom a\n\nRUN one \\\n  # between\n\n  && two \\  \n  && three\nUSER x"
    assert _read(text) == [("FROM", "a", 2, 2), ("RUN", "one   && two   && three", 4, 8), ("USER", "x", 9, 9)]


def test_windows_files_with_their_own_escape() -> None:
    read = read_text(
        "\ufeff# escape=`\r\n# syntax = docker/dockerfile:1\r\nFROM a\r\nRUN dir `\r\n C:\\x\\\r\nUSER b\r\n"
    )
    assert read.escape == "`"
    assert [(one.name, one.rest) for one in read.instructions] == [
        ("FROM", "a"),
        ("RUN", "dir  C:\\x\\"),
        ("USER", "b"),
    ]


def test_directives_end_at_the_first_other_line() -> None:
    assert read_text("# a comment\n# escape=`\nFROM a\n").escape == "\\"
    assert read_text("# escape=/\nFROM a\n").wrong[0][0] == 1


def test_flags() -> None:
    (one,) = read_text('RUN --mount=type=secret,id=a --mount=type="cache" --network=none -- x').instructions
    assert one.flags == {"mount": "type=secret,id=a\ntype=cache", "network": "none"}
    assert one.rest == "-- x"
    (two,) = read_text("CMD --flag").instructions
    assert (two.flags, two.rest) == ({}, "--flag")


def test_here_documents() -> None:
    text = "RUN <<A <<-'B' x\none\nA\n\ttwo\n\tB\nCOPY <<\"E F\" <<F /x\ntext\nF\nUSER a\n"
    run, copy, user = read_text(text).instructions
    assert [(one.name, one.text, one.expand, one.line) for one in run.heredocs] == [
        ("A", "one", True, 2),
        ("B", "two", False, 4),
    ]
    assert [(one.name, one.text) for one in copy.heredocs] == [("F", "text")]
    assert (run.end_line, user.name, user.line) == (5, "USER", 9)


def test_what_is_no_here_document() -> None:
    text = "RUN echo \"<<EOT\" '<<EOT' \\<<EOT $((1<<n))\nUSER a\n"
    run, user = read_text(text).instructions
    assert (run.heredocs, user.name) == ([], "USER")


def test_a_mark_of_continuation_alone() -> None:
    read = read_text("FROM a\n \\\n\\")
    assert ([one.name for one in read.instructions], read.wrong) == (["FROM"], [])


def test_what_is_no_instruction_is_told_with_its_line() -> None:
    read = read_text("FROM a\n\nFOO bar\n\x1b[31m x\nUSER a\n")
    assert [one.name for one in read.instructions] == ["FROM", "USER"]
    assert [line for line, _ in read.wrong] == [3, 4]
    assert "`FOO`" in read.wrong[0][1]
    assert "\x1b" not in read.wrong[1][1]
