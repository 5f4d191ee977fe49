"""Regular expressions of a configuration, refused when they could take unbounded time."""

from __future__ import annotations

import re
import warnings
from math import comb

from bastide.sources.terraform.values import Beyond

MAX_PATTERN = 300
MAX_SUBJECT = 10_000
MAX_REPEATS = 12
MAX_WORK = 10**9
_TOO_COSTLY = "the regular expression is too costly to try"
_REPEATS = re.compile(r"(?<![(\\])[*+?]|(?<!\\)\{\d*,?\d*\}")
_NESTED = re.compile(r"(?<!\\)\)(?:[*+]|\{)")
_SINGLE = re.compile(
    r"((?<!\\)\[\^?\]?(?:\\.|[^\]\\\[])*\]|\\[dDwWsS])[*+]\??\)?(\\[^\w\s]|[^\\\[\](){}.^$|*+?])(?![*?{])"
)
"""A class of characters that is repeated, and the character after it."""
_CLASS = re.compile(r"(?<!\\)\[(?:\[:\^?\w+:\]|\\.|[^\]\\])*\]")
_BRACKETS = re.compile(r"\\.|\[\^?\]?(?:\[:\^?\w+:\]|\\.|[^\]\\])*\]", re.DOTALL)
"""What is escaped, and each class of characters with the names in it."""
_NAMED = re.compile(r"\[:(\^?\w+):\]")
_MEMBERS = {
    "alnum": "0-9A-Za-z",
    "alpha": "A-Za-z",
    "ascii": r"\x00-\x7f",
    "blank": r"\t ",
    "cntrl": r"\x00-\x1f\x7f",
    "digit": "0-9",
    "graph": "!-~",
    "lower": "a-z",
    "print": " -~",
    "punct": r"!-/:-@\[-`{-~",
    "space": r"\t-\r ",
    "upper": "A-Z",
    "word": "0-9A-Za-z_",
    "xdigit": "0-9A-Fa-f",
}
"""The named classes of the language's engine, which Python's does not have."""


def pattern(expression: str, subject: str) -> re.Pattern[str]:
    """A compiled expression that is safe on this subject; `Beyond` where that cannot be told.

    The language's engine never backtracks, Python's does: refused are a repeated group that itself repeats or
    chooses, many repetitions, and as many ways to divide a long subject among them.
    """
    if len(expression) > MAX_PATTERN or len(subject) > MAX_SUBJECT:
        raise Beyond(_TOO_COSTLY)
    compiled = _compiled(expression)
    bare = _CLASS.sub("c", expression)
    repeats = len(_REPEATS.findall(bare))
    nested = bool(_NESTED.search(bare)) and (repeats > 1 or "|" in bare)
    free = repeats - sum(map(_is_ended, _SINGLE.finditer(expression))) + (not expression.startswith("^") or "|" in bare)
    work = comb(len(subject) + free, free) if repeats > 1 else 0
    if nested or repeats > MAX_REPEATS or work > MAX_WORK:
        raise Beyond(_TOO_COSTLY)
    return compiled


def _compiled(expression: str) -> re.Pattern[str]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return re.compile(_python_form(expression))
        except re.error as error:
            raise Beyond(f"the regular expression is not understood: {error.msg}") from None


def _is_ended(repeat: re.Match[str]) -> bool:
    """Whether what follows a repeated character ends it, as `:` does `[^:]+`: then there is one way to match it."""
    atom, after = repeat.groups()
    return re.fullmatch(_python_form(atom), after[-1]) is None


def _python_form(expression: str) -> str:
    return _BRACKETS.sub(_named_classes, expression.replace(r"\z", r"\Z"))


def _named_classes(found: re.Match[str]) -> str:
    return found[0][0] + _NAMED.sub(_members, found[0][1:]) if found[0].startswith("[") else found[0]


def _members(found: re.Match[str]) -> str:
    if (members := _MEMBERS.get(found[1])) is None:
        raise Beyond(f"the regular expression is not understood: {found[0]}")
    return members
