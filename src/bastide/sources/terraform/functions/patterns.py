"""Regular expressions of a configuration, refused when they could take unbounded time."""

from __future__ import annotations

import re
import warnings

from bastide.sources.terraform.values import Refused

MAX_PATTERN = 300
MAX_SUBJECT = 10_000
MAX_REPEATS = 12
MAX_WORK = 10**9
_REPEATS = re.compile(r"(?<![(\\])[*+?]|(?<!\\)\{\d*,?\d*\}")
_NESTED = re.compile(r"(?<!\\)\)(?:[*+]|\{)")
_CLASS = re.compile(r"(?<!\\)\[(?:\\.|[^\]\\])*\]")


def pattern(expression: str, subject: str) -> re.Pattern[str]:
    """A compiled expression that is safe on this subject; `ValueError` where that cannot be told.

    The language's engine never backtracks, Python's does: refused are a repeated group that itself repeats or
    chooses, many repetitions, and several of them over a long subject.
    """
    bare = _CLASS.sub("c", expression)
    repeats = len(_REPEATS.findall(bare))
    nested = bool(_NESTED.search(bare)) and (repeats > 1 or "|" in bare)
    work = len(subject) ** min(repeats, 4) if repeats > 1 else 0
    too_long = len(expression) > MAX_PATTERN or len(subject) > MAX_SUBJECT
    if too_long or nested or repeats > MAX_REPEATS or work > MAX_WORK:
        raise Refused("the regular expression is too costly to try")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return re.compile(_python_form(expression))


def _python_form(expression: str) -> str:
    return expression.replace(r"\z", r"\Z").replace("[[:alnum:]]", "[a-zA-Z0-9]").replace("[[:digit:]]", "[0-9]")
