"""Regular expressions of a configuration, refused when they could take unbounded time."""

from __future__ import annotations

import re
import warnings
from math import comb

from bastide.sources.terraform.values import Refused

MAX_PATTERN = 300
MAX_SUBJECT = 10_000
MAX_REPEATS = 12
MAX_WORK = 10**9
_REPEATS = re.compile(r"(?<![(\\])[*+?]|(?<!\\)\{\d*,?\d*\}")
_NESTED = re.compile(r"(?<!\\)\)(?:[*+]|\{)")
_SINGLE = re.compile(
    r"((?<!\\)\[\^?\]?(?:\\.|[^\]\\\[])*\]|\\[dDwWsS])[*+]\??\)?(\\[^\w\s]|[^\\\[\](){}.^$|*+?])(?![*?{])"
)
"""A class of characters that is repeated, and the character after it."""
_CLASS = re.compile(r"(?<!\\)\[(?:\\.|[^\]\\])*\]")


def pattern(expression: str, subject: str) -> re.Pattern[str]:
    """A compiled expression that is safe on this subject; `ValueError` where that cannot be told.

    The language's engine never backtracks, Python's does: refused are a repeated group that itself repeats or
    chooses, many repetitions, and as many ways to divide a long subject among them.
    """
    bare = _CLASS.sub("c", expression)
    repeats = len(_REPEATS.findall(bare))
    nested = bool(_NESTED.search(bare)) and (repeats > 1 or "|" in bare)
    free = repeats - sum(map(_is_ended, _SINGLE.finditer(expression))) + (not expression.startswith("^") or "|" in bare)
    work = comb(len(subject) + free, free) if repeats > 1 else 0
    too_long = len(expression) > MAX_PATTERN or len(subject) > MAX_SUBJECT
    if too_long or nested or repeats > MAX_REPEATS or work > MAX_WORK:
        raise Refused("the regular expression is too costly to try")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return re.compile(_python_form(expression))


def _is_ended(repeat: re.Match[str]) -> bool:
    """Whether what follows a repeated character ends it, as `:` does `[^:]+`: then there is one way to match it."""
    atom, after = repeat.groups()
    return re.fullmatch(_python_form(atom), after[-1]) is None


def _python_form(expression: str) -> str:
    return expression.replace(r"\z", r"\Z").replace("[[:alnum:]]", "[a-zA-Z0-9]").replace("[[:digit:]]", "[0-9]")
