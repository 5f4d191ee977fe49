"""Regular expressions of a configuration, refused when they could take unbounded time."""

from __future__ import annotations

import re
import warnings

from bastide.sources.terraform.values import Refused

MAX_PATTERN = 300
MAX_SUBJECT = 10_000
_REPEATS = re.compile(r"(?<!\\)(?:[*+]|\{\d*,\d*\})")
_NESTED = re.compile(r"(?<!\\)\)(?:[*+]|\{\d+,\d*\})")
_CLASS = re.compile(r"(?<!\\)\[(?:\\.|[^\]\\])*\]")


def pattern(expression: str, subject: str) -> re.Pattern[str]:
    """A compiled expression that is safe on this subject; `ValueError` where that cannot be told.

    The language's engine never backtracks, Python's does: a repeated group that itself repeats, and more than
    a few repetitions over a long subject, are refused.
    """
    bare = _CLASS.sub("c", expression)
    repeats = len(_REPEATS.findall(bare))
    costly = repeats > 1 and bool(_NESTED.search(bare))
    if len(expression) > MAX_PATTERN or len(subject) > MAX_SUBJECT or costly:
        raise Refused("the regular expression is too costly to try")
    if repeats > 2 and len(subject) ** min(repeats, 6) > 10**10:
        raise Refused("the regular expression is too costly to try")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return re.compile(_python_form(expression))


def _python_form(expression: str) -> str:
    return expression.replace(r"\z", r"\Z").replace("[[:alnum:]]", "[a-zA-Z0-9]").replace("[[:digit:]]", "[0-9]")
