"""Checks a YAML value against declared fields, and tells every mistake at once, each with its line."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Any, Literal

from msgspec import Struct

from bastide.errors import UsageError, near_miss

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bastide.yamltext import Lines

MAX_TEXT = 4_000
Kind = Literal["text", "texts", "number", "day", "object", "objects", "flag"]
_WORD = {
    "text": "text",
    "texts": "text, or a list of texts",
    "number": "a number",
    "day": "a day, as 2027-03-01",
    "object": "a mapping",
    "objects": "a list of mappings",
    "flag": "true or false",
}


class Field(Struct, frozen=True):
    """One field: what it may hold. `of` are the fields of an object, or of each object of a list.

    `short` names the field of an object that a plain text stands for.
    """

    help: str
    kind: Kind = "text"
    required: bool = False
    choices: tuple[str, ...] = ()
    pattern: str = ""
    of: dict[str, Field] | None = None
    short: str = ""


class Checker:
    """Collects mistakes; `finish` raises them all as one `UsageError`, in the order of their lines."""

    def __init__(self, path: str, lines: Lines) -> None:
        self.path, self.lines = path, lines
        self.mistakes: list[tuple[int, str]] = []

    def say(self, at: tuple[str | int, ...], text: str) -> None:
        """A mistake at a path of the file."""
        while at and at not in self.lines:
            at = at[:-1]
        self.mistakes.append((self.lines.get(at, 1), text))

    def line(self, at: tuple[str | int, ...]) -> int:
        """The line of a path, or of its nearest ancestor that has one."""
        while at and at not in self.lines:
            at = at[:-1]
        return self.lines.get(at, 1)

    def object(self, value: Any, fields: dict[str, Field], at: tuple[str | int, ...] = ()) -> dict[str, Any]:
        """The object with those of its fields that are as declared; a single text becomes a list."""
        if not isinstance(value, dict):
            self.say(at, f"{_name(at)} is a mapping with {', '.join(fields)}")
            return {}
        found: dict[str, Any] = {}
        for key, item in value.items():
            if key not in fields:
                near = near_miss(key, tuple(fields))
                self.say((*at, key), f"`{key}` is no field of {_name(at)}{f', {near}' if near else ''}")
            elif (good := self._value(item, fields[key], (*at, key))) is not None:
                found[key] = good
        for key, field in fields.items():
            if field.required and value.get(key) is None:
                self.say(at, f"{_name(at)} needs `{key}`: {field.help}")
        return found

    def _value(self, value: Any, field: Field, at: tuple[str | int, ...]) -> Any:
        if value is None:
            return None
        if field.kind == "object":
            return self.object(self._short(value, field), field.of or {}, at)
        if field.kind == "objects":
            if not isinstance(value, list):
                self.say(at, f"`{at[-1]}` is a list of mappings: {field.help}")
                return None
            return [self.object(self._short(item, field), field.of or {}, (*at, i)) for i, item in enumerate(value)]
        if field.kind == "texts":
            items = value if isinstance(value, list) else [value]
            return [good for i, item in enumerate(items) if (good := self._plain(item, field, (*at, i))) is not None]
        return self._plain(value, field, at)

    @staticmethod
    def _short(value: Any, field: Field) -> Any:
        return {field.short: value} if field.short and isinstance(value, str) else value

    def _plain(self, value: Any, field: Field, at: tuple[str | int, ...]) -> Any:
        if not _fits(value, field.kind):
            self.say(at, f"`{_word(at)}` is {_WORD[field.kind]}: {field.help}")
            return None
        if field.choices and value not in field.choices:
            near = near_miss(str(value), field.choices)
            self.say(at, f"`{value}` is none of {', '.join(field.choices)}{f', {near}' if near else ''}")
            return None
        if field.pattern and not re.fullmatch(field.pattern, str(value)):
            self.say(at, f"`{_word(at)}`: `{str(value)[:80]}` is not {field.help}")
            return None
        return value

    def finish(self, what: str) -> None:
        """Raise what was found, if anything."""
        refuse(self.path, self.mistakes, what)


def refuse(path: str, mistakes: Iterable[tuple[int, str]], what: str) -> None:
    """One error for all mistakes of a file, by line; nothing where there are none."""
    listed = sorted(set(mistakes))
    if len(listed) == 1:
        raise UsageError(listed[0][1], place=f"{path}:{listed[0][0]}")
    if listed:
        text = "\n".join(f"  {path}:{line}: {cause}" for line, cause in listed)
        raise UsageError(f"{what} has {len(listed)} mistakes\n{text}", place=path)


def _fits(value: Any, kind: Kind) -> bool:
    if kind == "number":
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    if kind == "flag":
        return isinstance(value, bool)
    if not isinstance(value, str) or not 0 < len(value) <= MAX_TEXT:
        return False
    return kind != "day" or is_day(value)


def is_day(text: str) -> bool:
    """Whether a text is a day of the calendar as ISO 8601 writes it."""
    try:
        return dt.date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _word(at: tuple[str | int, ...]) -> str:
    return next((part for part in reversed(at) if isinstance(part, str)), "it")


def _name(at: tuple[str | int, ...]) -> str:
    names = [str(part) for part in at if isinstance(part, str)]
    return f"`{'.'.join(names)}`" if names else "the file"
