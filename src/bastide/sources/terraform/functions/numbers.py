"""Functions over numbers."""

from __future__ import annotations

import math
from typing import Any

from bastide.sources.terraform.functions.registry import function
from bastide.sources.terraform.operators import number, tidy
from bastide.sources.terraform.values import Beyond


@function("abs", present=False)
def absolute(value: Any) -> int | float:
    """`abs`."""
    return abs(number(value))


@function("ceil", present=False)
def ceil(value: Any) -> int:
    """`ceil`."""
    return math.ceil(number(value))


@function("floor", present=False)
def floor(value: Any) -> int:
    """`floor`."""
    return math.floor(number(value))


@function("log", present=False)
def log(value: Any, base: Any) -> int | float:
    """`log`."""
    return tidy(math.log(number(value), number(base)))


@function("max", present=False)
def largest(*values: Any) -> int | float:
    """`max`."""
    return max(number(value) for value in values)


@function("min", present=False)
def smallest(*values: Any) -> int | float:
    """`min`."""
    return min(number(value) for value in values)


@function("pow", present=False)
def power(value: Any, exponent: Any) -> int | float:
    """`pow`, for exponents that give a number of sensible size."""
    base, times = number(value), number(exponent)
    if abs(times) > 1000:
        raise Beyond("the number is too large")
    return tidy(base**times)


@function("signum", present=False)
def signum(value: Any) -> int:
    """`signum`."""
    given = number(value)
    return (given > 0) - (given < 0)


@function("parseint", present=False)
def parse_int(value: str, base: Any) -> int:
    """`parseint`."""
    if len(value) > 100:
        raise Beyond("the number is too large")
    return int(value, int(number(base)))
