"""Words of an instruction: quotes taken off, variables filled in, what is not known kept apart.

A variable is text, or `Unresolved` for one that only the build knows. A word with such a variable in it is text with
marks (`HOLE`) in its place, so that what stands around it can still be read.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bastide.resources.model import Unresolved
from bastide.sources.dockerfile.limits import MAX_VALUE

if TYPE_CHECKING:
    from collections.abc import Mapping

Value = str | Unresolved
HOLE = "\0"
"""What stands, twice and with a number between, in a word for a variable that is not known."""
_HOLE = re.compile(f"{HOLE}([0-9]{{1,6}}){HOLE}")

_VARIABLE = re.compile(r"\$(?:(?P<plain>[A-Za-z_]\w*)|\{(?P<name>[A-Za-z_]\w*)(?P<rest>(?:[^{}]|\{[^{}]*\})*)\})")
_MAX_DEPTH = 10


class Words:
    """Reads words with the variables of one place. `reasons` collects what was not known."""

    def __init__(self, variables: Mapping[str, Value], escape: str = "\\") -> None:
        self.variables, self.escape = variables, escape
        self.reasons: list[Unresolved] = []
        self._made = 0

    def split(self, text: str, *, fill: bool = True) -> list[str]:
        """The words between white space, quotes taken off and (with `fill`) variables filled in."""
        words: list[str] = []
        current: list[str] = []
        at, quote, begun = 0, "", False
        while at < len(text):
            char = text[at]
            if char == self.escape and quote != "'":
                following = text[at + 1 : at + 2]
                keep = quote and following not in ('"', "$", self.escape)
                current.append(char + following if keep else following)
                at, begun = at + 2, True
                continue
            if quote:
                quote = "" if char == quote else quote
                if quote:
                    at = self._take(text, at, current, fill=fill and quote == '"')
                else:
                    at += 1
                continue
            if char in "\"'":
                quote, begun = char, True
                at += 1
            elif char.isspace():
                if begun:
                    words.append("".join(current))
                    current, begun = [], False
                at += 1
            else:
                begun = True
                at = self._take(text, at, current, fill=fill)
        return [*words, "".join(current)] if begun else words

    def whole(self, text: str) -> str:
        """The text as one word: white space stays."""
        current: list[str] = []
        at, quote = 0, ""
        while at < len(text):
            char = text[at]
            if char == self.escape and quote != "'":
                current.append(text[at + 1 : at + 2])
                at += 2
            elif quote and char == quote:
                quote = ""
                at += 1
            elif not quote and char in "\"'":
                quote = char
                at += 1
            else:
                at = self._take(text, at, current, fill=quote != "'")
        return "".join(current)

    def value(self, word: str) -> Value:
        """A word as a property's value: unresolved if something in it is not known."""
        return self.unknown(word) if HOLE in word else word

    def unknown(self, word: str) -> Unresolved:
        """What is not known in a word, and why; the first of it."""
        found = _HOLE.search(word)
        return self.reasons[int(found[1])] if found else Unresolved("", "not known before the build")

    def _hole(self, reason: Unresolved) -> str:
        self.reasons.append(reason)
        return f"{HOLE}{len(self.reasons) - 1}{HOLE}"

    def _take(self, text: str, at: int, current: list[str], *, fill: bool) -> int:
        """Adds the character or the variable at a place; the place after it."""
        if not fill or text[at] != "$" or (match := _VARIABLE.match(text, at)) is None:
            current.append(text[at])
            return at + 1
        if self._made < MAX_VALUE:
            value = self._variable(match, 0)[:MAX_VALUE]
            self._made += len(value)
            current.append(value)
        return match.end()

    def _variable(self, match: re.Match[str], depth: int) -> str:
        name, rest = match["plain"] or match["name"], match["rest"] or ""
        value = self.variables.get(name)
        if isinstance(value, Unresolved):
            return self._hole(value)
        form = re.match(r":?[-+?]", rest)
        if form is None:
            if rest:
                return self._hole(Unresolved(match[0][:100], "a pattern of the shell"))
            return value or ""
        is_set = bool(value) if rest[0] == ":" else value is not None
        other = rest[form.end() :]
        if form[0][-1] == "+":
            return self._filled(other, depth) if is_set else ""
        return (value or "") if is_set else self._filled(other, depth) if form[0][-1] == "-" else ""

    def _filled(self, text: str, depth: int) -> str:
        if depth >= _MAX_DEPTH:
            return self._hole(Unresolved(text[:100], "too many variables within variables"))
        return _VARIABLE.sub(lambda match: self._variable(match, depth + 1), text)[:MAX_VALUE]


def pairs(text: str, words: Words) -> list[tuple[str, str]]:
    """The names and values of `ENV` and `LABEL`: `a=1 b="2 3"`, or the old form `a 1 and all the rest`."""
    text = text.strip()
    first = text.split(maxsplit=1)
    if not first:
        return []
    if "=" not in first[0]:
        return [(first[0], words.whole(first[1]) if len(first) > 1 else "")]
    found = []
    for word in words.split(text):
        name, equals, value = word.partition("=")
        if equals:
            found.append((name, value))
    return found
