"""Dirty events made readable: names in another case, an object in a list, escapes that are none."""

from __future__ import annotations

import json
import re
from typing import Any

_ESCAPE = re.compile(
    r"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(u[dD][89a-fA-F][0-9a-fA-F]{2})|.)", re.DOTALL
)
"""An escape; what the group holds is half of a character without the other half."""
MAX_DEPTH = 200


def mended(text: str, fields: dict[str, Any]) -> str | None:
    """The event as a source's fields want it, None when nothing about it can be mended.

    Nothing is made up: names differ in case only, and what is taken out of a list was its only item. Numbers are kept
    as they are, save that what no double can hold is text.
    """
    event = _event(text)
    return None if event is None else json.dumps(_shaped(_of_log(event, fields), fields), ensure_ascii=False)


def renamed(text: str, fields: dict[str, Any]) -> str | None:
    """As `mended`, for an event that can be read; None when nothing of it is called or wrapped otherwise."""
    event = _event(text)
    found = event if event is None else _shaped(_of_log(event, fields), fields)
    return None if found == event else json.dumps(found, ensure_ascii=False)


def _event(text: str) -> dict[str, Any] | None:
    try:
        event = json.loads(_ESCAPE.sub(_whole, text), parse_constant=str)
    except (ValueError, RecursionError):
        return None
    return event if isinstance(event, dict) and _depth(event) <= MAX_DEPTH else None


def _whole(escape: re.Match[str]) -> str:
    return r"\ufffd" if escape[1] else escape[0]


def _of_log(event: dict[str, Any], fields: dict[str, Any]) -> dict[str, Any]:
    """The event with the log's own names, where all have the capitals of an answer of AWS's API (`AccountId`)."""
    answered = all(name[:1].isupper() for name in event) and any(_low(name) in fields for name in event)
    return _lowered(event) if answered and not any(name[:1].isupper() for name in fields) else event


def _lowered(value: Any) -> Any:
    if isinstance(value, list):
        return [_lowered(one) for one in value]
    if isinstance(value, dict):
        return {_low(name): _lowered(one) for name, one in value.items()}
    return value


def _low(name: str) -> str:
    return name[:1].lower() + name[1:]


def _shaped(value: Any, kind: Any) -> Any:
    if not isinstance(kind, dict):
        return value
    if isinstance(value, list) and len(value) == 1 and isinstance(value[0], dict):
        value = value[0]
    if not isinstance(value, dict):
        return value
    known = {name.lower(): name for name in kind}
    result = {}
    for name, inner in value.items():
        right = known.get(name.lower(), name) if name not in kind else name
        if right != name and right in value:
            right = name
        result[right] = _shaped(inner, kind.get(right))
    return result


def _depth(value: Any) -> int:
    level, depth = [value], 0
    while level and depth <= MAX_DEPTH + 1:
        depth += 1
        level = [
            inner
            for one in level
            if isinstance(one, (dict, list))
            for inner in (one.values() if isinstance(one, dict) else one)
        ]
    return depth
