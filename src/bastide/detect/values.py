"""Sigma's values as SQL conditions on a field: strings with wildcards, numbers, regular expressions, networks…

Strings are compared without regard to case unless a rule says `cased`, regular expressions with regard to it unless a
rule says `i`; both look for a match anywhere only where the rule says so (`contains`), but a regular expression always.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from sigma.types import (
    CompareOperators,
    Placeholder,
    SigmaBool,
    SigmaCasedString,
    SigmaCIDRExpression,
    SigmaCompareExpression,
    SigmaExists,
    SigmaExpansion,
    SigmaFieldReference,
    SigmaNull,
    SigmaNumber,
    SigmaRegularExpression,
    SigmaRegularExpressionFlag,
    SigmaString,
    SigmaTimestampPart,
    SpecialChars,
    TimestampPart,
)

from bastide.detect.fields import Field, Unsupported
from bastide.detect.sql import OCTET, folded, literal, texts

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from ipaddress import IPv4Network

    from sigma.types import SigmaType

_FLAGS = {
    SigmaRegularExpressionFlag.IGNORECASE: "i",
    SigmaRegularExpressionFlag.MULTILINE: "m",
    SigmaRegularExpressionFlag.DOTALL: "s",
}
_COMPARE = {
    CompareOperators.LT: "<",
    CompareOperators.LTE: "<=",
    CompareOperators.GT: ">",
    CompareOperators.GTE: ">=",
    CompareOperators.NEQ: "<>",
}
_PARTS = {
    TimestampPart.MINUTE: "minute",
    TimestampPart.HOUR: "hour",
    TimestampPart.DAY: "day",
    TimestampPart.WEEK: "week",
    TimestampPart.MONTH: "month",
    TimestampPart.YEAR: "year",
}


def condition(field: Field, values: Sequence[SigmaType], field_of: Callable[[str], Field]) -> str:
    """True where the field has one of the values; what is NULL there is meant as false."""
    flat: list[SigmaType] = []
    for value in values:
        flat += value.values if isinstance(value, SigmaExpansion) else [value]
    whole = [found for value in flat if (found := _of_field(field, value, field_of))]
    single = [value for value in flat if not isinstance(value, (SigmaNull, SigmaExists, SigmaFieldReference))]
    if field.blank and any(_is_plain(value) and not _text(value) for value in single):
        whole.append(_of_field(field, SigmaNull(), field_of))
    if single:
        whole.append(_any(field, [*single, *_other_words(field, single)]))
    return whole[0] if len(whole) == 1 else f"({' or '.join(whole)})"


def _other_words(field: Field, values: Sequence[SigmaType]) -> list[SigmaType]:
    """What the column has for values that the log calls otherwise."""
    return [SigmaString(word) for given, word in field.words if any(_means(value, given) for value in values)]


def _means(value: SigmaType, word: str) -> bool:
    """Whether a word of the log is one that the rule looks for, by a text, a pattern or a regular expression."""
    try:
        if isinstance(value, SigmaRegularExpression):
            return re.search(_expression(value), word) is not None
        if isinstance(value, SigmaString):
            case = re.NOFLAG if isinstance(value, SigmaCasedString) else re.IGNORECASE
            return re.fullmatch("".join(map(_as_expression, value.s)), word, case) is not None
    except re.error:
        pass  # told when the rule is compiled
    return False


def _as_expression(part: str | SpecialChars | Placeholder) -> str:
    if part is SpecialChars.WILDCARD_MULTI:
        return ".*"
    return "." if part is SpecialChars.WILDCARD_SINGLE else re.escape(str(part))


def keyword(raw: Field, value: SigmaType) -> str:
    """True where the event as it came has the value anywhere, as it is or as JSON writes it."""
    if isinstance(value, SigmaExpansion):
        return f"({' or '.join(keyword(raw, one) for one in value.values)})"
    if isinstance(value, SigmaTimestampPart) or not isinstance(
        value, (SigmaString, SigmaNumber, SigmaBool, SigmaRegularExpression)
    ):
        raise Unsupported(f"a keyword cannot be {_words(value)}")
    if isinstance(value, SigmaRegularExpression):
        return _test(value)(raw.sql)
    given = value if isinstance(value, SigmaString) else SigmaString.from_str(str(value).lower())
    shapes = [_anywhere(given, lambda text: text), _anywhere(given, lambda text: json.dumps(text)[1:-1])]
    tests = [_string(shape)(raw.sql) for shape in shapes if shape.s != shapes[0].s or shape is shapes[0]]
    return f"({' or '.join(tests)})"


def _anywhere(value: SigmaString, change: Callable[[str], str]) -> SigmaString:
    parts = [change(part) if isinstance(part, str) else part for part in value.s]
    every = SpecialChars.WILDCARD_MULTI
    made = (SigmaCasedString if isinstance(value, SigmaCasedString) else SigmaString)()
    made.s = [
        *([] if parts and parts[0] is every else [every]),
        *parts,
        *([] if len(parts) > 1 and parts[-1] is every else [every]),
    ]
    return made


def _of_field(field: Field, value: SigmaType, field_of: Callable[[str], Field]) -> str:
    """Conditions on the field as a whole; empty for those on one of its values."""
    there = f"coalesce(len({field.sql}), 0) > 0" if field.many else f"{field.sql} is not null"
    if isinstance(value, SigmaNull):
        return f"not ({there})"
    if isinstance(value, SigmaExists):
        return f"({there})" if value.exists else f"not ({there})"
    if isinstance(value, SigmaFieldReference):
        return _reference(field, field_of(value.field), value)
    return ""


def _any(field: Field, values: Sequence[SigmaType]) -> str:
    if field.number and not field.many and all(_is_numeric(value) for value in values):
        tests = [_number(value)(field.number) for value in values]
        return tests[0] if len(tests) == 1 else f"({' or '.join(tests)})"
    if not field.many:
        return _tests(values)(field.sql)
    return f"len(list_filter({field.sql}, lambda v: {_tests(values)('v')})) > 0"


def _is_numeric(value: SigmaType) -> bool:
    return isinstance(value, (SigmaNumber, SigmaCompareExpression)) and not isinstance(value, SigmaTimestampPart)


def _number(value: SigmaType) -> Callable[[str], str]:
    if isinstance(value, SigmaCompareExpression):
        return lambda x: f"{x} {_COMPARE[value.op]} {value.number.number!r}"
    assert isinstance(value, SigmaNumber)
    return lambda x: f"{x} = {value.number!r}"


def _tests(values: Sequence[SigmaType]) -> Callable[[str], str]:
    """One condition for all: plain strings together, as `in (…)`."""
    plain = [value for value in values if _is_plain(value)]
    folded_words = [str(part) for value in plain for part in [_text(value)]]
    rest = [_test(value) for value in values if not _is_plain(value)]

    def made(x: str) -> str:
        tests = [test(x) for test in rest]
        if len(folded_words) == 1:
            tests.insert(0, f"lower({x}) = {folded(folded_words[0])}")
        elif folded_words:
            tests.insert(0, f"lower({x}) in ({', '.join(folded(word) for word in folded_words)})")
        return tests[0] if len(tests) == 1 else f"({' or '.join(tests)})"

    return made


def _is_plain(value: SigmaType) -> bool:
    return type(value) is SigmaString and all(isinstance(part, str) for part in value.s)


def _text(value: SigmaType) -> str:
    assert isinstance(value, SigmaString)
    return "".join(part for part in value.s if isinstance(part, str))


def _test(value: SigmaType) -> Callable[[str], str]:
    """A condition on one text; anything that has none is refused by name."""
    if isinstance(value, SigmaString):
        return _string(value)
    if isinstance(value, SigmaRegularExpression):
        return _regular(value)
    if isinstance(value, SigmaCIDRExpression):
        return _network(value)
    return _scalar(value)


def _scalar(value: SigmaType) -> Callable[[str], str]:
    if isinstance(value, SigmaTimestampPart):
        part, wanted = _PARTS[value.timestamp_part], int(value.number)
        return lambda x: f"{part}(as_moment({x})) = {wanted}"
    if isinstance(value, SigmaNumber):
        return lambda x: f"({x} = {literal(str(value.number))} or as_number({x}) = {value.number!r})"
    if isinstance(value, SigmaBool):
        return lambda x: f"lower({x}) = {literal(str(value.boolean).lower())}"
    if isinstance(value, SigmaCompareExpression):
        return lambda x: f"as_number({x}) {_COMPARE[value.op]} {value.number.number!r}"
    raise Unsupported(f"{_words(value)} is not supported")


def _words(value: SigmaType) -> str:
    return f"a value of type {type(value).__name__.removeprefix('Sigma').lower()}"


def _placeholders(value: SigmaString) -> str:
    names = ", ".join(f"`%{part.name}%`" for part in value.s if isinstance(part, Placeholder))
    return f"the placeholder {names}"


def _string(value: SigmaString) -> Callable[[str], str]:
    if any(isinstance(part, Placeholder) for part in value.s):
        raise Unsupported(f"{_placeholders(value)} is not defined: write its values into `detections.placeholders`")
    cased = isinstance(value, SigmaCasedString)
    write = literal if cased else folded

    def over(x: str) -> str:
        return x if cased else f"lower({x})"

    parts, many = list(value.s), SpecialChars.WILDCARD_MULTI
    words = [part for part in parts if isinstance(part, str)]
    if not parts:
        return lambda x: f"{x} = ''"
    if all(part is many for part in parts):
        return lambda x: f"{x} is not null"
    if len(words) == 1 and all(part is many for part in parts if not isinstance(part, str)):
        word = write(words[0])
        start, end = parts[0] is not many, parts[-1] is not many
        if start and end:
            return lambda x: f"{over(x)} = {word}"
        function = "starts_with" if start else "suffix" if end else "contains"
        return lambda x: f"{function}({over(x)}, {word})"
    pattern = "".join(
        part.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        if isinstance(part, str)
        else "%"
        if part is many
        else "_"
        for part in parts
    )
    return lambda x: f"{over(x)} like {write(pattern)} escape '\\'"


def _regular(value: SigmaRegularExpression) -> Callable[[str], str]:
    if value.contains_placeholder():
        raise Unsupported(
            f"{_placeholders(value.regexp)} is not defined: write its values into `detections.placeholders`"
        )
    return lambda x: f"regexp_matches({x}, {literal(_expression(value))})"


def _expression(value: SigmaRegularExpression) -> str:
    flags = "".join(sorted(_FLAGS[flag] for flag in value.flags))
    return f"(?{flags})" * bool(flags) + str(value.regexp)


def _network(value: SigmaCIDRExpression) -> Callable[[str], str]:
    network = value.network
    if network.version == 4:
        return lambda x: f"regexp_full_match({x}, {literal(_octets(network))})"
    first, last = int(network.network_address), int(network.broadcast_address)
    return lambda x: f"ip6({x}) between {texts([f'{first:032x}'])} and {texts([f'{last:032x}'])}"


def _octets(network: IPv4Network) -> str:
    """The addresses of a network as a regular expression: it is one look at the text, and short for the planner."""
    first, last = network.network_address.packed, network.broadcast_address.packed
    return "[.]".join(
        OCTET if (least, most) == (0, 255) else f"({'|'.join(map(str, range(least, most + 1)))})"
        for least, most in zip(first, last, strict=True)
    )


def _reference(field: Field, other: Field, value: SigmaFieldReference) -> str:
    """Whether a value of the one field is, or has at the place that is said, one of the other."""
    function = {(True, True): "contains", (True, False): "starts_with", (False, True): "suffix"}.get(
        (value.starts_with, value.ends_with)
    )

    def test(x: str, y: str) -> str:
        return f"{function}(lower({x}), lower({y}))" if function else f"lower({x}) = lower({y})"

    ours = field.sql if field.many else f"[{field.sql}]"
    theirs = other.sql if other.many else f"[{other.sql}]"
    if not field.many and not other.many:
        return test(field.sql, other.sql)
    return f"len(list_filter({ours}, lambda v: len(list_filter({theirs}, lambda w: {test('v', 'w')})) > 0)) > 0"
