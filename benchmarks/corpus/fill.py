"""The small language in which the pieces (`*.in`) are written, and its filling by a seeded random generator.

`<<name>>` is a value of the context, `<<a|b|c>>` one of several texts (repeat one to make it likelier),
`<<3..9>>` a number of that range; they nest, innermost first, within a line. `#? 0.4` to `#.` is a part that is
there with that probability, `#|` between them starts what stands there instead. `#% name` starts a section.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from random import Random

HERE = Path(__file__).parent

_MARK = re.compile(r"<<((?:(?!<<|>>).)*)>>")
_RANGE = re.compile(r"(\d+)\.\.(\d+)")


def fill(text: str, context: Mapping[str, str], random: Random) -> str:
    """The text with every choice made; a name that the context does not have raises KeyError."""

    def choose(match: re.Match[str]) -> str:
        words = str(match[1])
        if "|" in words:
            return random.choice(words.split("|"))
        if span := _RANGE.fullmatch(words):
            return str(random.randint(int(span[1]), int(span[2])))
        return context[words]

    text = "\n".join(_kept(text.splitlines(), random)) + "\n"
    while _MARK.search(text):
        text = _MARK.sub(choose, text)
    return text


def _kept(lines: list[str], random: Random) -> Iterator[str]:
    """The lines without the parts that chance leaves out."""
    stack: list[bool] = []
    for line in lines:
        if line.startswith("#? "):
            stack.append(random.random() < float(line[3:]))
        elif line == "#|":
            stack[-1] = not stack[-1]
        elif line == "#.":
            stack.pop()
        elif all(stack):
            yield line


@cache
def piece(path: str) -> dict[str, str]:
    """The sections of one piece, by name, as written; `path` is relative to this folder, without `.in`."""
    parts = re.split(r"^#% (\w+)\n", (HERE / f"{path}.in").read_text("utf-8"), flags=re.MULTILINE)
    if parts[0].strip():
        return {"body": parts[0]}
    return dict(zip(parts[1::2], parts[2::2], strict=True))


@cache
def names(folder: str) -> tuple[str, ...]:
    """The files of a folder of pieces, without `.in`, relative to this folder, in order."""
    found = (path.relative_to(HERE).as_posix() for path in (HERE / folder).rglob("*.in"))
    return tuple(sorted(name.removesuffix(".in") for name in found))
