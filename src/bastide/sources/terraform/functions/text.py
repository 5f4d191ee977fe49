"""Functions over strings."""

from __future__ import annotations

import re
from typing import Any

from bastide.sources.limits import MAX_TEXT
from bastide.sources.terraform.functions.patterns import pattern
from bastide.sources.terraform.functions.registry import Context, function
from bastide.sources.terraform.operators import number
from bastide.sources.terraform.render import render
from bastide.sources.terraform.values import MARKS, Beyond, Refused, text_of, unknown

_VERB = re.compile(r"%(?:%|(?:\[(\d+)\])?([-+ 0#]*)(\d+)?(?:\.(\d+))?([vdsqtfgeboxXc#]))")


@function("lower")
def lower(value: Any) -> str:
    """`lower`."""
    return text_of(value).lower()


@function("upper")
def upper(value: Any) -> str:
    """`upper`."""
    return text_of(value).upper()


@function("title")
def title(value: Any) -> str:
    """`title`: the first letter of each word in capitals, the others as they are."""
    return re.sub(r"(?<!\S)\w", lambda found: found[0].upper(), text_of(value))


@function("trimspace")
def trim_space(value: Any) -> str:
    """`trimspace`."""
    return text_of(value).strip()


@function("chomp")
def chomp(value: Any) -> str:
    """`chomp`."""
    return text_of(value).rstrip("\r\n")


@function("trim")
def trim(value: Any, signs: str) -> str:
    """`trim`."""
    return text_of(value).strip(signs)


@function("trimprefix")
def trim_prefix(value: Any, prefix: str) -> str:
    """`trimprefix`."""
    return text_of(value).removeprefix(prefix)


@function("trimsuffix")
def trim_suffix(value: Any, suffix: str) -> str:
    """`trimsuffix`."""
    return text_of(value).removesuffix(suffix)


@function("startswith", present=False)
def starts_with(value: Any, prefix: str) -> bool:
    """`startswith`."""
    return text_of(value).startswith(prefix)


@function("endswith", present=False)
def ends_with(value: Any, suffix: str) -> bool:
    """`endswith`."""
    return text_of(value).endswith(suffix)


@function("strcontains", present=False)
def contains_text(value: Any, part: str) -> bool:
    """`strcontains`."""
    return part in text_of(value)


@function("strrev")
def reversed_text(value: Any) -> str:
    """`strrev`."""
    return text_of(value)[::-1]


@function("substr")
def part_of(value: Any, offset: Any, length: Any) -> str:
    """`substr`; a negative offset counts from the end, length -1 is the rest."""
    text, start, size = text_of(value), int(number(offset)), int(number(length))
    start = max(0, start + len(text)) if start < 0 else start
    return text[start:] if size < 0 else text[start : start + size]


@function("split")
def split(separator: str, value: Any) -> list[str]:
    """`split`."""
    text = text_of(value)
    return text.split(separator) if separator else list(text)


@function("indent")
def indent(spaces: Any, value: Any) -> str:
    """`indent`: all lines but the first."""
    width = int(number(spaces))
    if width > 1000:
        raise Beyond("the text is too long")
    return text_of(value).replace("\n", "\n" + " " * width)


@function("replace")
def replace(value: Any, old: str, new: str) -> str:
    """`replace`; `/…/` is a regular expression."""
    text, new = text_of(value), text_of(new)
    if len(old) > 1 and old.startswith("/") and old.endswith("/"):
        template = re.sub(r"\$\{?(\w+)\}?", r"\\g<\1>", new.replace("\\", r"\\"))
        return pattern(old[1:-1], text).sub(template, text)
    if old and len(text) + text.count(old) * len(new) > MAX_TEXT:
        raise Beyond("the text is too long")
    return text.replace(old, new)


@function("regex")
def regex(expression: str, value: Any) -> Any:
    """`regex`: the match, its groups as a list, or its named groups as a map."""
    text = text_of(value)
    found = pattern(expression, text).search(text)
    if not found:
        raise Refused("the pattern does not match")
    return _matched(found)


@function("regexall")
def regex_all(expression: str, value: Any) -> list[Any]:
    """`regexall`."""
    text = text_of(value)
    return [_matched(found) for found in pattern(expression, text).finditer(text)]


def _matched(found: re.Match[str]) -> Any:
    if found.re.groupindex:
        return found.groupdict()
    return list(found.groups()) if found.re.groups else found[0]


@function("format", needs="none", context=True)
def formatted(context: Context, form: Any, *values: Any) -> Any:
    """`format` with the verbs that configurations use: `%s %d %v %q %t %f %x %%` with width and precision.

    Values that are not known stand in the text as they do in a template.
    """
    if not isinstance(form, str):
        return unknown("format(…)", [mark for mark in (form, *values) if isinstance(mark, MARKS)])
    segments: list[Any] = []
    at = taken = 0
    for found in _VERB.finditer(form):
        segments.append(form[at : found.start()])
        at = found.end()
        if found[0] == "%%":
            segments.append("%")
            continue
        taken = int(found[1]) if found[1] else taken + 1
        value = values[taken - 1]
        segments.append(value if isinstance(value, MARKS) else _verb(found, value))
    return render([*segments, form[at:]], "format(…)", context.budget)


def _verb(found: re.Match[str], value: Any) -> str:
    flags, width, precision, verb = found[2], int(found[3] or 0), found[4], found[5]
    if width > 1000 or int(precision or 0) > 100:
        raise Beyond("the text is too long")
    if verb in "dboxX":
        text = format(int(number(value)), "+" + verb if "+" in flags else verb)
    elif verb in "feg":
        text = format(number(value), f".{precision or 6}{verb}")
    elif verb == "q":
        text = '"' + text_of(value).replace("\\", "\\\\").replace('"', '\\"') + '"'
    else:
        text = text_of(value)
        text = text[: int(precision)] if precision else text
    if "-" in flags:
        return text.ljust(width)
    return text.zfill(width) if "0" in flags and verb not in "sqv" else text.rjust(width)


@function("formatlist", needs="top", context=True)
def formatted_list(context: Context, form: str, *values: Any) -> list[Any]:
    """`formatlist`."""
    lengths = [len(value) for value in values if isinstance(value, list)]
    if len(set(lengths)) > 1:
        raise Refused("the lists differ in length")
    return [
        formatted(context, form, *[value[at] if isinstance(value, list) else value for value in values])
        for at in range(lengths[0] if lengths else 1)
    ]
