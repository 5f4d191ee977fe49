"""Programs (`bastide.controls.program`) as Python functions: what a control's SQL means, over one resource at a time.

A function takes a frame: a list with the resource's columns at 0 and the values of variables above. SQL's NULL is None;
conditions are True, False or None. Where a value is of a kind on which Python and DuckDB might differ (case of letters
beyond ASCII, numbers in JSON with a fraction, …), `Unsure` is raised, and DuckDB is asked.
"""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any

from bastide.controls.functions import FUNCTIONS, PATTERNS, Unsure, entries, extract, number, texts, whole

if TYPE_CHECKING:
    from collections.abc import Callable

    from bastide.controls.compiled import Program

    Frame = list[Any]
    Run = Callable[[Frame], Any]

SLOTS = 64
"""Variables that may be alive at once; a program with more goes to DuckDB."""


def function_of(program: Program) -> Run:
    """The function of a program; raises `Unsure` for one that needs more than there is."""
    return _MAKERS[program[0]](*program[1:])


def frame_for(columns: dict[str, Any]) -> Frame:
    """A fresh frame over a resource's columns."""
    return [columns, *([None] * SLOTS)]


def _column(name: str) -> Run:
    return lambda frame: frame[0].get(name)


def _slot(number_of: int) -> Run:
    if number_of > SLOTS:
        raise Unsure
    return operator.itemgetter(number_of)


def _constant(value: Any) -> Run:
    return lambda _: value


def _member(of: Program, name: str) -> Run:
    base = function_of(of)
    if of[0] == "column":
        above = of[1]

        def in_column(frame: Frame) -> Any:
            value = frame[0].get(above)
            return None if value is None else value.get(name)

        return in_column

    def member(frame: Frame) -> Any:
        value = base(frame)
        return None if value is None else value.get(name)

    return member


def _and(*programs: Program) -> Run:
    parts = [function_of(program) for program in programs]

    def both(frame: Frame) -> Any:
        result: bool | None = True
        for part in parts:
            value = part(frame)
            if value is False:
                return False
            if value is None:
                result = None
        return result

    return both


def _or(*programs: Program) -> Run:
    parts = [function_of(program) for program in programs]

    def either(frame: Frame) -> Any:
        result: bool | None = False
        for part in parts:
            value = part(frame)
            if value is True:
                return True
            if value is None:
                result = None
        return result

    return either


def _not(program: Program) -> Run:
    inner = function_of(program)

    def negated(frame: Frame) -> Any:
        value = inner(frame)
        return None if value is None else not value

    return negated


def _absent(program: Program) -> Run:
    inner = function_of(program)
    return lambda frame: inner(frame) is None


def _present(program: Program) -> Run:
    inner = function_of(program)
    return lambda frame: inner(frame) is not None


def _coalesce(*programs: Program) -> Run:
    parts = [function_of(program) for program in programs]

    def first(frame: Frame) -> Any:
        for part in parts:
            value = part(frame)
            if value is not None:
                return value
        return None

    return first


def _try(program: Program) -> Run:
    inner = function_of(program)

    def tried(frame: Frame) -> Any:
        try:
            return inner(frame)
        except ValueError:
            return None

    return tried


def _two(compute: Callable[[Any, Any], Any]) -> Callable[[Program, Program], Run]:
    """The maker of what is computed of two values, both of which must be there."""

    def make(left: Program, right: Program) -> Run:
        one, other = function_of(left), function_of(right)

        def run(frame: Frame) -> Any:
            a = one(frame)
            if a is None:
                return None
            b = other(frame)
            return None if b is None else compute(a, b)

        return run

    return make


def _in(program: Program, words: list[Any]) -> Run:
    inner, known = function_of(program), frozenset(words)

    def among(frame: Frame) -> Any:
        value = inner(frame)
        return None if value is None else value in known

    return among


def _not_in(program: Program, words: list[Any]) -> Run:
    return _not(["in", program, words])


def _case(branches: list[list[Program]], otherwise: Program) -> Run:
    pairs = [(function_of(when), function_of(then)) for when, then in branches]
    last = function_of(otherwise)

    def chosen(frame: Frame) -> Any:
        for when, then in pairs:
            if when(frame) is True:
                return then(frame)
        return last(frame)

    return chosen


def _let(slot: int, program: Program, body: Program) -> Run:
    value, inner = function_of(program), function_of(body)
    _slot(slot)

    def let(frame: Frame) -> Any:
        frame[slot] = value(frame)
        return inner(frame)

    return let


def _each(items: Program, slot: int, body: Program) -> Run:
    listed, inner = function_of(items), function_of(body)
    _slot(slot)

    def each(frame: Frame) -> Any:
        values = listed(frame)
        if values is None:
            return None
        result = []
        for value in values:
            frame[slot] = value
            result.append(inner(frame))
        return result

    return each


def _filter(items: Program, slot: int, body: Program) -> Run:
    listed, wanted = function_of(items), _each(["slot", slot], slot, body)

    def kept(frame: Frame) -> Any:
        values = frame[slot] = listed(frame)
        if values is None:
            return None
        return [value for value, keep in zip(values, wanted(frame), strict=True) if keep is True]

    return kept


def _some(program: Program, wanted: bool, found: bool) -> Run:  # noqa: FBT001 (internal)
    """`found` where an element is `wanted`, else its opposite; elements behind that one are not looked at."""
    if program[0] != "each":
        listed = function_of(program)
        return lambda frame: found if wanted in (listed(frame) or ()) else not found
    _, items, slot, body = program
    values, inner = function_of(items), function_of(body)
    _slot(slot)

    def run(frame: Frame) -> Any:
        for value in values(frame) or ():
            frame[slot] = value
            if inner(frame) is wanted:
                return found
        return not found

    return run


def _any_of(program: Program) -> Run:
    return _some(program, wanted=True, found=True)


def _none_of(program: Program) -> Run:
    return _some(program, wanted=True, found=False)


def _all_of(program: Program) -> Run:
    listed = function_of(program)
    return lambda frame: all(value is True for value in listed(frame) or ())


def _call(name: str, *programs: Program) -> Run:
    compute = FUNCTIONS[name]
    parts = [function_of(program) for program in programs]
    if len(parts) == 1:
        (only,) = parts

        def of_one(frame: Frame) -> Any:
            value = only(frame)
            return None if value is None else compute(value)

        return of_one

    def of_several(frame: Frame) -> Any:
        values = [part(frame) for part in parts]
        return None if None in values else compute(*values)

    return of_several


def _of_one(compute: Callable[..., Any]) -> Callable[..., Run]:
    """The maker of what is computed of one value, which must be there, and of constants."""

    def make(program: Program, *constants: Any) -> Run:
        inner = function_of(program)

        def run(frame: Frame) -> Any:
            value = inner(frame)
            return None if value is None else compute(value, *constants)

        return run

    return make


def _pattern(name: str) -> Callable[..., Run]:
    def make(program: Program, pattern: str, options: str, *extra: Any) -> Run:
        inner, compute = function_of(program), PATTERNS[name](pattern, options, *extra)

        def run(frame: Frame) -> Any:
            value = inner(frame)
            return None if value is None else compute(value)

        return run

    return make


def _list(*programs: Program) -> Run:
    parts = [function_of(program) for program in programs]
    return lambda frame: [part(frame) for part in parts]


def _struct(names: list[str], *programs: Program) -> Run:
    parts = [(name, function_of(program)) for name, program in zip(names, programs, strict=True)]
    return lambda frame: {name: part(frame) for name, part in parts}


def _joined(between: Program, *programs: Program) -> Run:
    separator, parts = function_of(between), [function_of(program) for program in programs]

    def joined(frame: Frame) -> Any:
        text = separator(frame)
        return None if text is None else text.join(value for part in parts if (value := part(frame)) is not None)

    return joined


def _has(left: Program, right: Program) -> Run:
    """Whether a list has a value; an empty one has none, not even one that is not known."""
    listed, wanted = function_of(left), function_of(right)

    def among(frame: Frame) -> bool | None:
        values = listed(frame)
        if not values:
            return None if values is None else False
        value = wanted(frame)
        return None if value is None else value in values

    return among


def _has_all(values: list[Any], wanted: list[Any]) -> bool:
    if None in wanted:
        raise Unsure
    return all(item in values for item in wanted)


_MAKERS: dict[str, Callable[..., Run]] = {
    "column": _column,
    "slot": _slot,
    "constant": _constant,
    "member": _member,
    "and": _and,
    "or": _or,
    "not": _not,
    "absent": _absent,
    "present": _present,
    "coalesce": _coalesce,
    "try": _try,
    "eq": _two(operator.eq),
    "ne": _two(operator.ne),
    "lt": _two(operator.lt),
    "le": _two(operator.le),
    "gt": _two(operator.gt),
    "ge": _two(operator.ge),
    "plus": _two(operator.add),
    "times": _two(operator.mul),
    "in": _in,
    "not in": _not_in,
    "case": _case,
    "let": _let,
    "each": _each,
    "filter": _filter,
    "any_of": _any_of,
    "none_of": _none_of,
    "all_of": _all_of,
    "call": _call,
    "list": _list,
    "struct": _struct,
    "joined": _joined,
    "has": _has,
    "has all": _two(_has_all),
    "size": _of_one(len),
    "entries": _of_one(entries),
    "extract": _of_one(extract),
    "texts": _of_one(texts),
    "whole": _of_one(whole),
    "number": _of_one(number),
    **{name: _pattern(name) for name in PATTERNS},
}
