"""What is over a limit is told, and costs no more than the limit."""

from __future__ import annotations

import pytest

from bastide.sources.dockerfile import limits
from bastide.sources.dockerfile.source import load


def test_limits_leave_room_for_real_files() -> None:
    assert limits.MAX_BYTES >= 100 * 1024
    assert limits.MAX_TEXT < limits.MAX_BYTES
    assert limits.MAX_VALUE * limits.MAX_INSTRUCTIONS < 100 * 1024 * 1024


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("FROM a\n" + "RUN x\n" * limits.MAX_INSTRUCTIONS, "instructions; the rest was not read"),
        ("FROM a\n" * (limits.MAX_STAGES + 2), "stages"),
        ("FROM a\nRUN " + "x" * limits.MAX_TEXT, "characters"),
        ("FROM a\nEXPOSED 1\n", "no instruction"),
        ("FROM a\nRUN <<EOT\nnever ends\n", "no end"),
    ],
)
def test_what_is_over_a_limit_is_told_and_the_rest_is_judged(text: str, message: str) -> None:
    loaded = load("Dockerfile", text.encode())
    assert message in loaded.problems[0].message
    assert {problem.kind for problem in loaded.problems} == {"partial"}
    assert len(loaded.problems) <= limits.MAX_PROBLEMS
    assert len(loaded.resources) == 1


def test_variables_that_grow_are_cut() -> None:
    doubling = "".join(f"ENV V{n + 1}=$V{n}$V{n}\n" for n in range(60))
    loaded = load("Dockerfile", f"FROM a\nENV V0=0123456789\n{doubling}".encode())
    values = [entry["Value"] for entry in loaded.resources[0].properties["Environment"]]
    assert max(map(len, values)) <= 2 * limits.MAX_VALUE


def test_files_that_are_too_large_or_no_text() -> None:
    large = load("Dockerfile", b"FROM a\n" + b"#" * limits.MAX_BYTES)
    binary = load("Dockerfile", b"FROM a\n\0")
    assert [one.problems[0].kind for one in (large, binary)] == ["unreadable", "unreadable"]
    assert [one.resources for one in (large, binary)] == [[], []]
