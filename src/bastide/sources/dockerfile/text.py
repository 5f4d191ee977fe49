"""The text of a Dockerfile as instructions: directives, comments, continuation lines and here-documents.

After the reference of the Dockerfile format; what the builder would refuse is read as far as it makes sense, and told.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from msgspec import Struct, field

from bastide.sources.dockerfile.limits import MAX_HEREDOCS, MAX_INSTRUCTIONS, MAX_TEXT

KNOWN = frozenset({
    "ADD", "ARG", "CMD", "COPY", "ENTRYPOINT", "ENV", "EXPOSE", "FROM", "HEALTHCHECK", "LABEL", "MAINTAINER", "ONBUILD",
    "RUN", "SHELL", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR",
})  # fmt: skip
"""Every instruction of the format."""

_DIRECTIVE = re.compile(r"#\s*([A-Za-z][A-Za-z0-9]*)\s*=\s*(\S.*?)\s*$")
_WORD = re.compile(r"\s*([A-Za-z]+)(?:\s+|$)")
_FLAG = re.compile(r"--([a-z][a-z0-9-]*)(?:=((?:\"[^\"]*\"|'[^']*'|[^\s\"'])*))?(?:\s+|$)")
_PIECES = re.compile(
    r"(?:^|(?<=[\s;&|(]))\d{0,2}<<(?P<strip>-?)\s?(?P<quote>[\"']?)(?P<name>[A-Za-z_][\w.-]{0,100})(?P=quote)(?=[\s;&|)<>]|$)"
    r"|\\.|\"(?:[^\"\\]|\\.)*\"|'[^']*'",
    re.DOTALL,
)


class Heredoc(NamedTuple):
    """A here-document: what it is called, what stands in it, whether variables are filled in, its first line."""

    name: str
    text: str
    expand: bool
    line: int


class Instruction(Struct):
    """One instruction: its name in capitals, its flags, and the rest as one line with continuations joined."""

    name: str
    flags: dict[str, str]
    rest: str
    line: int
    end_line: int
    heredocs: list[Heredoc] = field(default_factory=list)


class Text(Struct):
    """The instructions of a Dockerfile, its escape character, and what is wrong with it: lines and causes."""

    instructions: list[Instruction] = field(default_factory=list)
    escape: str = "\\"
    wrong: list[tuple[int, str]] = field(default_factory=list)


def read_text(text: str) -> Text:
    """The instructions of a Dockerfile, in order; never raises."""
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").split("\n")
    found = Text()
    at = _directives(lines, found)
    while at < len(lines):
        line = lines[at]
        if not line.strip() or line.lstrip().startswith("#"):
            at += 1
            continue
        if len(found.instructions) >= MAX_INSTRUCTIONS:
            found.wrong.append((at + 1, f"more than {MAX_INSTRUCTIONS} instructions; the rest was not read"))
            break
        at = _instruction(lines, at, found)
    return found


def _directives(lines: list[str], found: Text) -> int:
    """Reads the directives at the top, which end at the first line that is none."""
    for at, line in enumerate(lines):
        match = _DIRECTIVE.match(line.strip())
        if match is None:
            return at
        if match[1].lower() == "escape":
            if match[2] in ("\\", "`"):
                found.escape = match[2]
            else:
                found.wrong.append((at + 1, "the escape character is a backslash or a backtick"))
    return len(lines)


def _instruction(lines: list[str], at: int, found: Text) -> int:
    """Reads the instruction that begins at a line; the index of the line after it."""
    start = at
    parts, at = _joined(lines, at, found.escape)
    whole = "".join(parts)
    if not whole.strip():
        return at  # nothing but a mark of continuation
    word = _WORD.match(whole)
    name = word[1].upper() if word else ""
    if word is None or name not in KNOWN:
        found.wrong.append((start + 1, f"`{_first(whole)}` is no instruction"))
        return at
    if len(whole) > MAX_TEXT:
        found.wrong.append((start + 1, f"an instruction of more than {MAX_TEXT} characters; it was not read"))
        return at
    flags, rest = _flags(whole[word.end() :]) if name != "CMD" else ({}, whole[word.end() :])
    made = Instruction(name, flags, rest.strip(), start + 1, at)
    if "<<" in rest and name in ("RUN", "COPY", "ADD"):
        at = _heredocs(lines, at, made, found)
        made.end_line = at
    found.instructions.append(made)
    return at


def _first(text: str) -> str:
    word = text.split(maxsplit=1)[0]
    return word if len(word) <= 40 and word.isprintable() else f"{word[:39]!a}…"


def _joined(lines: list[str], at: int, escape: str) -> tuple[list[str], int]:
    """The lines of one instruction without their continuation marks; comments and empty lines between are skipped."""
    parts: list[str] = []
    while at < len(lines):
        line = lines[at]
        at += 1
        if parts and (not line.strip() or line.lstrip().startswith("#")):
            continue
        stripped = line.rstrip(" \t")
        if not stripped.endswith(escape):
            parts.append(line)
            break
        parts.append(stripped[:-1])
    return parts, at


def _flags(text: str) -> tuple[dict[str, str], str]:
    """The flags at the beginning, values without quotes, several of one name joined by a line break; and the rest."""
    flags: dict[str, str] = {}
    at = 0
    while match := _FLAG.match(text, at):
        value = re.sub(r"[\"']", "", match[2] or "")
        flags[match[1]] = f"{flags[match[1]]}\n{value}" if match[1] in flags else value
        at = match.end()
    return flags, text[at:]


def _heredocs(lines: list[str], at: int, made: Instruction, found: Text) -> int:
    """Reads the here-documents that an instruction opens; the index of the line after the last."""
    opened = [match for match in _PIECES.finditer(made.rest) if match["name"]]
    for match in opened[:MAX_HEREDOCS]:
        end = _end_of(lines, at, match["name"], strip=bool(match["strip"]))
        if end is None:
            found.wrong.append((made.line, f"the here-document `{match['name']}` has no end"))
            return at
        body = [line.lstrip("\t") for line in lines[at:end]] if match["strip"] else lines[at:end]
        made.heredocs.append(Heredoc(match["name"], "\n".join(body)[:MAX_TEXT], not match["quote"], at + 1))
        at = end + 1
    return at


def _end_of(lines: list[str], at: int, name: str, *, strip: bool) -> int | None:
    for number in range(at, len(lines)):
        line = lines[number].lstrip("\t") if strip else lines[number]
        if line == name:
            return number
    return None
