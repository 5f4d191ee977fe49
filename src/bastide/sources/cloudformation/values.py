"""What is done to evaluated values, in which the marks of the resource model stand among plain ones."""

from __future__ import annotations

from typing import Any

from bastide.resources.model import ABSENT, REDACTED_WRITTEN, Reference, Sensitive, Unresolved

Value = Any
"""A plain JSON value whose parts may be marks: `Unresolved`, `Reference`, `Sensitive`, `ABSENT`."""


class Secret(Sensitive, frozen=True):
    """The value of the parameter `name` with `NoEcho`."""

    name: str = ""


def as_text(value: Value) -> str | None:
    """A scalar as CloudFormation writes it into text; None for anything else."""
    if type(value) is str:
        return value
    if type(value) is bool:
        return "true" if value else "false"
    if type(value) is int or type(value) is float:
        return str(value)
    return None


def concatenate(parts: list[Value]) -> Value:
    """The parts as one text.

    A text when all parts are known; a single part that is no list as it is; otherwise a `Reference` in which what is
    not known stands as `${…}`: it is known that there is a text, and what the known parts of it are.
    """
    if len(parts) == 1 and type(parts[0]) is not list and as_text(parts[0]) is None:
        return parts[0]
    texts: list[str] = []
    targets: list[tuple[str, str]] = []
    known = True
    for part in parts:
        text = as_text(part)
        if text is None:
            text, part_known = _described(part, targets)
            known = known and part_known
        texts.append(text)
    joined = "".join(texts)
    return joined if known else Reference(joined, tuple(dict.fromkeys(targets)))


def _described(part: Value, targets: list[tuple[str, str]]) -> tuple[str, bool]:
    """How a part that is no scalar stands in a text, and whether that is what will stand there."""
    if type(part) is Reference:
        targets += part.targets
        return part.text, False
    if type(part) is Unresolved:
        return f"${{{part.expression}}}", False
    if type(part) is Secret:
        return (REDACTED_WRITTEN, True) if part.written else (f"${{{part.name}}}", False)
    if type(part) is list:
        inner = concatenate(interleave(part, ","))
        text = as_text(inner)
        return (text, True) if text is not None else _described(inner, targets)
    return "", part is ABSENT or part is None


def interleave(parts: list[Value], delimiter: str) -> list[Value]:
    """The parts with the delimiter between any two."""
    if not delimiter or len(parts) < 2:
        return parts
    result = [delimiter] * (2 * len(parts) - 1)
    result[::2] = parts
    return result


def unknown_in(*values: Value) -> Value | None:
    """The first of these values that is no plain one: why something computed from them is not known."""
    return next((value for value in values if isinstance(value, (Unresolved, Sensitive, Reference))), None)


def derived(name: str, *values: Value) -> Value:
    """What a function gives for arguments that are not all known.

    Unresolved as soon as one of them is; but of values that exist and are made at deployment only, a value that
    exists and is made at deployment only.
    """
    targets: list[tuple[str, str]] = []
    for value in values:
        if isinstance(value, Sensitive):
            return Unresolved(name, "depends on a parameter with NoEcho")
        if isinstance(value, Unresolved):
            return value
        if isinstance(value, Reference):
            targets += value.targets
    return Reference(f"${{{name}}}", tuple(dict.fromkeys(targets)))


def size(value: Value) -> int:
    """How many characters a value of a function itself holds, what is within its items aside."""
    if type(value) is str:
        return len(value)
    if type(value) is Reference:
        return len(value.text)
    return len(value.expression) + len(value.reason) if type(value) is Unresolved else 0


def shown(value: Value) -> str:
    """A value for a reason: booleans, numbers and references as they are, of texts only that they are one.

    Any text may be a secret.
    """
    if isinstance(value, (bool, int, float)):
        return as_text(value) or ""
    if type(value) is Reference:
        return value.text
    if value is ABSENT or value is None:
        return "absent"
    if type(value) is Unresolved:
        return f"{value.expression} ({value.reason})"
    return "an object" if type(value) is dict else "a list" if type(value) is list else "a text"
