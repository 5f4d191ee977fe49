"""JMESPath as collectors use it, compiled once, with a few functions more.

`tags(x)` gives tags as a map whether they come as a map or as a list; `json(x)` the value of JSON text, URL-encoded or
plain; `spread(x, names)` one object for each element of the lists of these names in a list of objects; `pairs(x)` a
map as a list of `{Key, Value}`; `lower(x)`, `split(x, separator)`, `last_part(x, separator)` and `replace(x, old, new)`
do what they say to text; `csv(x)` gives one object for each row of CSV text, by the names in its first row.
Nothing raises: an expression that does not fit an answer gives None, as AWS's answers are input like any other.
"""

from __future__ import annotations

import csv
import io
import json
import re
from functools import cache, lru_cache
from itertools import islice
from typing import Any
from urllib.parse import unquote

import jmespath
from jmespath import functions
from jmespath.exceptions import JMESPathError

MAX_TEXT = 1_000_000
MAX_ROWS = 100_000
MAX_COLUMNS = 200


class _Functions(functions.Functions):
    @functions.signature({"types": []})
    def _func_tags(self, value: Any) -> Any:
        return tags_map(value)

    @functions.signature({"types": []})
    def _func_json(self, value: Any) -> Any:
        return json_value(value) if isinstance(value, str) else value

    @functions.signature({"types": []})
    def _func_pairs(self, value: Any) -> Any:
        return [{"Key": key, "Value": item} for key, item in value.items()] if isinstance(value, dict) else None

    @functions.signature({"types": []})
    def _func_lower(self, value: Any) -> Any:
        return value.lower() if isinstance(value, str) else value

    @functions.signature({"types": []}, {"types": ["string"]})
    def _func_split(self, value: Any, separator: str) -> Any:
        return value.split(separator) if isinstance(value, str) and separator else None

    @functions.signature({"types": []}, {"types": ["string"]})
    def _func_last_part(self, value: Any, separator: str) -> Any:
        return value.rpartition(separator)[2] if isinstance(value, str) and separator else None

    @functions.signature({"types": []}, {"types": ["string"]}, {"types": ["string"]})
    def _func_replace(self, value: Any, old: str, new: str) -> Any:
        return value.replace(old, new) if isinstance(value, str) else None

    @functions.signature({"types": []})
    def _func_csv(self, value: Any) -> Any:
        return csv_rows(value) if isinstance(value, str) else None

    @functions.signature({"types": []}, {"types": ["array"]})
    def _func_spread(self, value: Any, names: list[str]) -> Any:
        return spread(value, names)


_OPTIONS = jmespath.Options(custom_functions=_Functions())
_STARTS = re.compile(r"arn:|\{[\w.]+\}(/|$)")
_TEMPLATE = re.compile(r"\{([^{}]+)\}")


@cache
def compile_expression(text: str) -> Any:
    """The compiled expression; raises `JMESPathError` for text that is none."""
    return jmespath.compile(text)


def find(text: str, value: Any) -> Any:
    """What an expression finds in a value, or None."""
    if text == "@":
        return value
    if text.isidentifier():  # most of them: no need for the interpreter
        return value.get(text) if isinstance(value, dict) else None
    try:
        return compile_expression(text).search(value, options=_OPTIONS)
    except (JMESPathError, RecursionError, ValueError, TypeError, AttributeError):
        return None


def is_template(text: str) -> bool:
    """Whether it is text with expressions in braces (`arn:{partition}:…`, `{parent.arn}/policy`), not an expression."""
    return _STARTS.match(text) is not None


@cache
def holes(template: str) -> tuple[str, ...]:
    """The expressions in the braces of a template."""
    return tuple(_TEMPLATE.findall(template))


def fill_template(template: str, value: Any) -> str | None:
    """The text with its braces filled; None when one of them finds no text or number."""
    missing = False

    def one(match: re.Match[str]) -> str:
        nonlocal missing
        found = find(match[1], value)
        if isinstance(found, bool) or not isinstance(found, (str, int)) or found == "":
            missing = True
            return ""
        return str(found)

    text = _TEMPLATE.sub(one, template)
    return None if missing else text


def text_of(expression: str, value: Any) -> str | None:
    """The text that an expression or a template gives, None for nothing and for what is no text or number."""
    if is_template(expression):
        return fill_template(expression, value)
    found = find(expression, value)
    if isinstance(found, bool) or not isinstance(found, (str, int)) or found == "":
        return None
    return str(found)


def spread(value: Any, names: list[str]) -> list[dict[str, Any]] | None:
    """One object for each element of the named lists of each object, with the outer object's other members."""
    if not isinstance(value, list):
        return None
    found = []
    for outer in value:
        if isinstance(outer, dict):
            rest = {key: item for key, item in outer.items() if key not in names}
            lists = [outer[name] for name in names if isinstance(outer.get(name), list)]
            found += [{**rest, **one} for inner in lists for one in inner if isinstance(one, dict)]
    return found


@lru_cache(maxsize=4)
def csv_rows(text: str) -> list[dict[str, str]]:
    """The rows of CSV text by the names in the first; what has more or fewer cells than names is no row (a text that
    was cut off ends like this).

    The same text is asked about for each of many items, so the last ones are remembered: nobody may change the list.
    """
    rows = csv.reader(io.StringIO(text))
    try:
        names = next(rows, [])
        if len(names) > MAX_COLUMNS:
            return []
        return [dict(zip(names, row, strict=True)) for row in islice(rows, MAX_ROWS) if len(row) == len(names)]
    except csv.Error:
        return []


def json_value(text: str) -> Any:
    """The value of JSON text, URL-encoded or plain; None for text that is neither."""
    if len(text) > MAX_TEXT:
        return None
    for one in (text, unquote(text)) if "%" in text else (text,):
        try:
            return json.loads(one)
        except (ValueError, RecursionError):
            continue
    return None


_KEYS = ("Key", "key", "TagKey", "tagKey", "Name", "name")
_VALUES = ("Value", "value", "TagValue", "tagValue")


def tags_map(value: Any) -> dict[str, Any] | None:
    """A list of pairs as a map, a map as it is; None for anything else."""
    if isinstance(value, dict):
        return value
    if not isinstance(value, list):
        return None
    found: dict[str, Any] = {}
    for pair in value:
        if not isinstance(pair, dict):
            return None
        key = next((pair[name] for name in _KEYS if isinstance(pair.get(name), str)), None)
        if key is None:
            return None
        found[key] = next((pair[name] for name in _VALUES if name in pair), "")
    return found
