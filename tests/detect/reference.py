"""Sigma over plain dictionaries, slowly and plainly: what the compiled SQL must agree with.

It works on pySigma's condition tree and on CloudTrail's record as it was delivered, and shares no code with the
compiler: fields are looked up in the record, strings are compared letter by letter.
"""

from __future__ import annotations

import datetime as dt
import ipaddress
import json
import re
from typing import Any
from urllib.parse import unquote

import re2
from sigma import conditions as c
from sigma import types as t

_NUMBER = re.compile(r"[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]+)?")


def matches(tree: Any, event: dict[str, Any]) -> bool:
    """Whether the condition is true for the event."""
    if isinstance(tree, c.ConditionNOT):
        return not matches(tree.args[0], event)
    if isinstance(tree, c.ConditionAND):
        return all(matches(arg, event) for arg in tree.args)
    if isinstance(tree, c.ConditionOR):
        return any(matches(arg, event) for arg in tree.args)
    if isinstance(tree, c.ConditionFieldEqualsValueExpression):
        return field_matches(tree.field, tree.value, event)
    return keyword_matches(tree.value, event)


def field_matches(name: str, value: t.SigmaType, event: dict[str, Any]) -> bool:
    found = texts(name, event)
    if isinstance(value, t.SigmaExpansion):
        return any(field_matches(name, one, event) for one in value.values)
    if isinstance(value, t.SigmaNull):
        return not found
    if isinstance(value, t.SigmaExists):
        return bool(found) == value.exists
    if isinstance(value, t.SigmaFieldReference):
        return any(refers(one, other, value) for one in found for other in texts(value.field, event))
    return any(value_matches(value, one) for one in found)


def refers(one: str, other: str, value: t.SigmaFieldReference) -> bool:
    one, other = one.lower(), other.lower()
    if value.starts_with and value.ends_with:
        return other in one
    if value.starts_with:
        return one.startswith(other)
    return one.endswith(other) if value.ends_with else one == other


def value_matches(value: t.SigmaType, text: str) -> bool:  # noqa: PLR0911  one kind of value after the other
    if isinstance(value, t.SigmaString):
        cased = isinstance(value, t.SigmaCasedString)
        return string_matches(value.s, text, lambda word: word if cased else word.lower())
    if isinstance(value, t.SigmaTimestampPart):
        return part_of(text, value.timestamp_part.name) == value.number
    if isinstance(value, t.SigmaNumber):
        return text == str(value.number) or number(text) == value.number
    if isinstance(value, t.SigmaBool):
        return text.lower() == str(value.boolean).lower()
    if isinstance(value, t.SigmaRegularExpression):
        flags = "".join(sorted(flag.name[0].lower().replace("d", "s") for flag in value.flags))
        return re2.search((f"(?{flags})" if flags else "") + str(value.regexp), text) is not None
    if isinstance(value, t.SigmaCompareExpression):
        given = number(text)
        wanted = value.number.number
        return given is not None and {
            "LT": given < wanted, "LTE": given <= wanted, "GT": given > wanted, "GTE": given >= wanted
        }[value.op.name]  # fmt: skip
    if isinstance(value, t.SigmaCIDRExpression):
        try:
            address = ipaddress.ip_address(text)
        except ValueError:
            return False
        return address.version == value.network.version and address in value.network
    raise AssertionError(type(value))


def string_matches(parts: list[Any], text: str, fold: Any) -> bool:
    """Letter by letter, with wildcards tried at every place."""
    letters: list[Any] = []
    for part in parts:
        letters += list(part) if isinstance(part, str) else [part]
    reachable = {0}
    for letter in letters:
        if letter is t.SpecialChars.WILDCARD_MULTI:
            reachable = {at for start in reachable for at in range(start, len(text) + 1)}
        elif letter is t.SpecialChars.WILDCARD_SINGLE:
            reachable = {at + 1 for at in reachable if at < len(text)}
        else:
            reachable = {at + 1 for at in reachable if at < len(text) and fold(text[at]) == fold(letter)}
    return len(text) in reachable


def keyword_matches(value: t.SigmaType, event: dict[str, Any]) -> bool:
    raw = json.dumps(event)
    if isinstance(value, t.SigmaExpansion):
        return any(keyword_matches(one, event) for one in value.values)
    if isinstance(value, t.SigmaRegularExpression):
        return value_matches(value, raw)
    given = value if isinstance(value, t.SigmaString) else t.SigmaString.from_str(str(value))
    many = t.SpecialChars.WILDCARD_MULTI
    cased = isinstance(value, t.SigmaCasedString)
    escaped = [json.dumps(part)[1:-1] if isinstance(part, str) else part for part in given.s]
    return any(
        string_matches([many, *parts, many], raw, lambda word: word if cased else word.lower())
        for parts in (given.s, escaped)
    )


def number(text: str) -> float | None:
    if not _NUMBER.fullmatch(text):
        return None
    found = float(text)
    return found if abs(found) != float("inf") else None


def part_of(text: str, unit: str) -> int | None:
    try:
        at = dt.datetime.fromisoformat(text)
    except ValueError:
        return None
    at = at.astimezone(dt.UTC) if at.tzinfo else at
    return int(at.isocalendar().week if unit == "WEEK" else getattr(at, unit.lower()))


def texts(name: str, event: dict[str, Any]) -> list[str]:
    """Every value that the field has, as text."""
    nodes = at_path(event, name.lower())
    found = [one for node in nodes for one in (node if isinstance(node, list) else [node])]
    return [text for one in found if one is not None for text in as_texts(one)]


def at_path(node: Any, path: str) -> list[Any]:
    """What is at a path whose dots are between keys, or within them."""
    found: list[Any] = []
    for one in opened(node):
        for word, inner in one.items() if isinstance(one, dict) else ():
            if word.lower() == path:
                found.append(inner)
            elif path.startswith(f"{word.lower()}."):
                found += at_path(inner, path[len(word) + 1 :])
    return found


def opened(node: Any) -> list[Any]:
    node = plain(node)
    return [plain(one) for one in node] if isinstance(node, list) else [node]


def plain(node: Any) -> Any:
    """What a text holds, where it holds JSON."""
    if isinstance(node, str):
        text = unquote(node) if node.lower().startswith(("%7b", "%5b")) else node
        if text.lstrip().startswith(("{", "[")):
            try:
                return json.loads(text)
            except ValueError:
                return node
    return node


def as_texts(node: Any) -> list[str]:
    """An object counts as its JSON, and as that with the quotes of texts within it as they are."""
    text = as_text(node)
    return [text, text.replace('\\"', '"')] if isinstance(node, dict) else [text]


def as_text(node: Any) -> str:
    if isinstance(node, str):
        return node
    if isinstance(node, bool):
        return str(node).lower()
    return json.dumps(node, separators=(",", ":"), ensure_ascii=False)
