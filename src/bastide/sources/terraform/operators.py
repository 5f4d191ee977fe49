"""The operators of the Terraform language over plain values and marks."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from bastide.resources.model import Reference, Unresolved
from bastide.sources.terraform.values import MARKS, Dynamic, Failed, Refused, Secret, known, secret, unknown

if TYPE_CHECKING:
    from collections.abc import Callable

    from bastide.sources.terraform.values import Budget

_NUMBERS = 1e300


def number(value: Any) -> int | float:
    """A number, also from its string; `ValueError` for anything else."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and len(value) < 400:
        try:
            return tidy(int(value))
        except ValueError:
            return tidy(float(value))
    raise Refused("a number is wanted")


def tidy(value: float) -> int | float:
    """A number in Terraform's one numeric type: whole ones are ints; `ValueError` beyond what is sensible."""
    if not math.isfinite(value) or abs(value) > _NUMBERS:
        raise Refused("the number is too large")
    return int(value) if isinstance(value, float) and value.is_integer() else value


def truth(value: Any) -> Any:
    """True or False, also from their strings; otherwise the mark that says why it is not known."""
    if value is True or value is False:
        return value
    if isinstance(value, Secret):
        return truth(value.value)
    if value in ("true", "false") and isinstance(value, str):
        return value == "true"
    if isinstance(value, MARKS):
        return value
    return Failed("", "true or false is wanted")


def unary(operator: str, value: Any, words: object) -> Any:
    """`!value` or `-value`."""
    if operator == "!":
        result = truth(value)
        return (not result) if isinstance(result, bool) else unknown(words, [result], present=False)
    if isinstance(value, Secret):
        return secret(unary(operator, value.value, words))
    if isinstance(value, MARKS):
        return unknown(words, [value], present=False)
    try:
        return -number(value)
    except ValueError as error:
        return Failed(str(words), str(error))


def binary(operator: str, left: Any, right: Any, words: object, budget: Budget) -> Any:
    """`left operator right`."""
    if operator in ("&&", "||"):
        return _logic(operator, left, right, words)
    if operator in ("==", "!="):
        equal = same(left, right, budget)
        if equal is None:
            found = [side for side in (left, right) if isinstance(side, MARKS)]
            return unknown(words, found, present=False)
        return equal if operator == "==" else not equal
    if isinstance(left, Secret) or isinstance(right, Secret):
        return secret(_arithmetic(operator, _bare(left), _bare(right), words))
    return _arithmetic(operator, left, right, words)


def _arithmetic(operator: str, left: Any, right: Any, words: object) -> Any:
    found = [side for side in (left, right) if isinstance(side, MARKS)]
    if found:
        return unknown(words, found, present=False)
    try:
        return _ARITHMETIC[operator](number(left), number(right))
    except (ValueError, ArithmeticError) as error:
        return Failed(str(words), str(error))


def _bare(value: Any) -> Any:
    return value.value if isinstance(value, Secret) else value


def _logic(operator: str, left: Any, right: Any, words: object) -> Any:
    deciding = operator == "||"
    sides = [truth(left), truth(right)]
    if deciding in sides:
        return deciding
    found = [side for side in sides if not isinstance(side, bool)]
    return unknown(words, found, present=False) if found else not deciding


def same(left: Any, right: Any, budget: Budget) -> bool | None:
    """Whether two values are equal, types included; None when that is not known."""
    left, right = _comparable(left), _comparable(right)
    if left is None or right is None:
        other = right if left is None else left
        return None if isinstance(other, Unresolved) else left is right
    if not (known(left, budget) and known(right, budget)):
        return True if isinstance(left, (Reference, Dynamic)) and left == right else None
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    return bool(left == right)


def _comparable(value: Any) -> Any:
    if isinstance(value, Secret):
        return value.value
    if isinstance(value, Reference) and "${" not in value.text:
        return value.text
    return value


def _power_free_modulo(left: float, right: float) -> int | float:
    if right == 0:
        raise Refused("division by zero")
    return tidy(math.fmod(left, right) if isinstance(left + right, float) else int(math.fmod(left, right)))


_ARITHMETIC: dict[str, Callable[[Any, Any], Any]] = {
    "+": lambda left, right: tidy(left + right),
    "-": lambda left, right: tidy(left - right),
    "*": lambda left, right: tidy(left * right),
    "/": lambda left, right: tidy(left // right if _whole(left, right) else left / right),
    "%": _power_free_modulo,
    "<": lambda left, right: left < right,
    ">": lambda left, right: left > right,
    "<=": lambda left, right: left <= right,
    ">=": lambda left, right: left >= right,
}


def _whole(left: float, right: float) -> bool:
    return isinstance(left, int) and isinstance(right, int) and right != 0 and left % right == 0
