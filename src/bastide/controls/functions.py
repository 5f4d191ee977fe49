"""DuckDB's functions in Python, as far as both certainly agree; where they might not, `Unsure` is raised.

Patterns are RE2's in both, so they take time that is linear in the text, whoever wrote the pattern or the text.
"""

from __future__ import annotations

import base64
import datetime as dt
import json
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


class Unsure(Exception):  # noqa: N818 (no error: the way to DuckDB)
    """DuckDB is to say what this comes to."""


LONG = 2**62
"""Whole numbers beyond this may overflow in SQL."""


def _ascii(text: str) -> str:
    if not text.isascii():
        raise Unsure
    return text


def _lower(text: str) -> str:
    return _ascii(text).lower()


def _upper(text: str) -> str:
    return _ascii(text).upper()


def _length(text: str) -> int:
    return len(_ascii(text))


def _split_part(text: str, separator: str, position: int) -> str:
    if position < 1 or not separator:
        raise Unsure
    parts = text.split(separator)
    return parts[position - 1] if position <= len(parts) else ""


@lru_cache(maxsize=65_536)
def _glob(text: str, pattern: str) -> bool:
    if "[" in pattern or "\\" in pattern or not (text.isascii() and pattern.isascii()):
        raise Unsure
    if "?" in pattern:
        return _glob_pattern(pattern)(text) is not None
    first, *rest = pattern.split("*")
    if not rest:
        return text == pattern
    if not text.startswith(first):
        return False
    at, last = len(first), rest.pop()
    for part in rest:
        found = text.find(part, at)
        if found < 0:
            return False
        at = found + len(part)
    return len(text) - at >= len(last) and text.endswith(last)


@lru_cache(maxsize=4_096)
def _glob_pattern(pattern: str) -> Callable[[str], Any]:
    words = {"*": "(?s:.*)", "?": "(?s:.)"}
    return _compiled("".join(words.get(letter) or re.escape(letter) for letter in pattern), "").fullmatch  # type: ignore[no-any-return]


_BASE64 = re.compile(r"[A-Za-z0-9+/]*={0,2}")


def _from_base64(text: str) -> bytes:
    if len(text) % 4 or not _BASE64.fullmatch(text):
        raise ValueError
    return base64.b64decode(text)


def _decode(data: bytes) -> str:
    return data.decode("utf-8")  # a `ValueError`, which `try` takes for NULL


def today() -> dt.date:
    """The day that it is now, in UTC."""
    return dt.datetime.now(dt.UTC).date()


@lru_cache(maxsize=4_096)
def _date(text: str) -> dt.date | None:
    if not _DATE.fullmatch(text):
        if text and (text[0].isdigit() or not text[0].isalpha()):
            raise Unsure  # DuckDB reads more forms than this one
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _days_since(text: str) -> int | None:
    date = _date(text[:10])
    return None if date is None else (today() - date).days


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "lower": _lower,
    "upper": _upper,
    "length": _length,
    "ltrim": lambda text: text.lstrip(" "),
    "rtrim": lambda text: text.rstrip(" "),
    "trim": lambda text: text.strip(" "),
    "contains": lambda text, part: part in text,
    "starts_with": str.startswith,
    "ends_with": str.endswith,
    "prefix": str.startswith,
    "suffix": str.endswith,
    "replace": lambda text, old, new: text.replace(old, new) if old else text,
    "split_part": _split_part,
    "~~~": _glob,
    "||": lambda one, other: one + other,
    "days_since": _days_since,
    "from_base64": _from_base64,
    "decode": _decode,
}
"""By name in SQL; arguments are never None."""


@lru_cache(maxsize=4_096)
def _compiled(pattern: str, options: str) -> Any:
    try:
        import re2  # where there is none, DuckDB judges
    except ImportError:
        raise Unsure from None
    chosen = re2.Options()
    chosen.case_sensitive = "i" not in options
    chosen.log_errors = False
    try:
        return re2.compile(pattern, chosen)
    except re2.error:
        raise Unsure from None


def _text(value: str) -> str:
    """Text that has a form in UTF-8; half a pair of surrogates has none."""
    if not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError:
            raise Unsure from None
    return value


def _matches(pattern: str, options: str) -> Callable[[str], bool]:
    search = _compiled(pattern, options).search
    return lambda text: search(_text(text)) is not None


def _full_match(pattern: str, options: str) -> Callable[[str], bool]:
    match = _compiled(pattern, options).fullmatch
    return lambda text: match(_text(text)) is not None


def _extract(pattern: str, options: str, group: int) -> Callable[[str], str]:
    search = _compiled(pattern, options).search

    def extract_one(text: str) -> str:
        found = search(_text(text))
        return (found.group(group) or "") if found else ""

    return extract_one


def _extract_all(pattern: str, options: str, group: int) -> Callable[[str], list[str]]:
    compiled = _compiled(pattern, options)

    def extract_each(text: str) -> list[str]:
        found = []
        for match in compiled.finditer(_text(text)):
            if match.end() == match.start() or match.group(group) is None:
                raise Unsure
            found.append(match.group(group))
        return found

    return extract_each


def _replace(pattern: str, options: str, new: str) -> Callable[[str], str]:
    compiled, count = _compiled(pattern, options), 0 if "g" in options else 1
    return lambda text: str(compiled.sub(new, _text(text), count))


PATTERNS: dict[str, Callable[..., Callable[[str], Any]]] = {
    "regexp_matches": _matches,
    "regexp_full_match": _full_match,
    "regexp_extract": _extract,
    "regexp_extract_all": _extract_all,
    "regexp_replace": _replace,
}
"""By name in SQL: what makes the function of a pattern, its options and further constants."""


def entries(values: dict[str, str | None]) -> list[dict[str, str | None]]:
    """The entries of a map, in their order."""
    return [{"key": key, "value": value} for key, value in values.items()]


def extract(value: Any, steps: list[str]) -> str | None:
    """What stands in JSON at a path, as text; None for null and for what is not there."""
    for step in steps:
        if not isinstance(value, dict):
            return None
        value = value.get(step)
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return json.dumps(_plain(value), separators=(",", ":"), ensure_ascii=False)


def _plain(value: Any) -> Any:
    """JSON that is written in one way only: without fractions and huge numbers."""
    if isinstance(value, dict):
        for item in value.values():
            _plain(item)
    elif isinstance(value, list):
        for item in value:
            _plain(item)
    elif (
        isinstance(value, float)
        or (isinstance(value, int) and not -LONG < value < LONG)
        or (isinstance(value, str) and not (value.isascii() and value.isprintable()))
    ):
        raise Unsure
    return value


def texts(value: Any) -> dict[str, str]:
    """A JSON object of scalars as a map of texts."""
    if not isinstance(value, dict):
        raise Unsure
    found = {}
    for key, item in value.items():
        if isinstance(item, str):
            found[key] = item
        elif isinstance(item, (bool, int)) and abs(item) < LONG:
            found[key] = ("true" if item else "false") if isinstance(item, bool) else str(item)
        else:
            raise Unsure
    return found


_WHOLE, _NUMBER = re.compile(r"\d{1,9}"), re.compile(r"\d{1,9}(\.\d{1,9})?")
_NO_NUMBER = re.compile(r"|[a-hj-mo-zA-HJ-MO-Z].*", re.DOTALL)
"""Nothing, and words other than those that may begin `infinity` and `nan`."""


def whole(text: str) -> int | None:
    """Text as a whole number, None where it is none."""
    if _WHOLE.fullmatch(text):
        return int(text)
    _refuse_doubt(text)
    return None


def number(text: str) -> float | None:
    """Text as a number, None where it is none."""
    if _NUMBER.fullmatch(text):
        return float(text)
    _refuse_doubt(text)
    return None


def _refuse_doubt(text: str) -> None:
    if not _NO_NUMBER.fullmatch(text):
        raise Unsure
