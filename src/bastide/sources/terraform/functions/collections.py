"""Functions over lists, sets and maps. Those that need only the shape keep elements that are not known."""

from __future__ import annotations

import itertools
from typing import Any

from bastide.resources.model import Reference, Unresolved
from bastide.sources.terraform.functions.registry import Context, function
from bastide.sources.terraform.operators import number, same
from bastide.sources.terraform.render import joined
from bastide.sources.terraform.types import as_set
from bastide.sources.terraform.values import (
    MARKS,
    NOT_YET,
    Beyond,
    Document,
    Dynamic,
    Failed,
    Refused,
    Rest,
    Secret,
    describe,
    secret,
    step,
    text_of,
    unknown,
)

_MOST = 100_000


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise Refused("a list is wanted")
    return value


def _map(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise Refused("a map is wanted")
    return value


@function("length", needs="none")
def length(value: Any) -> Any:
    """`length`, known when the number of elements is."""
    if isinstance(value, Secret):
        value = value.value
    if isinstance(value, MARKS):
        return unknown("length(…)", [value], present=False)
    if rest := _rest(value):
        return unknown("length(…)", rest, present=False)
    if isinstance(value, (list, dict, str)):
        return len(value)
    raise Refused("a list, map or string is wanted")


@function("merge", needs="top")
def merge(*maps: Any) -> dict[str, Any]:
    """`merge`."""
    result: dict[str, Any] = {}
    for one in maps:
        if one is not None:
            result.update(_map(one))
    return result


@function("concat", needs="none")
def concat(*lists: Any) -> list[Any]:
    """`concat`; what is known of it stays when one of the lists is not."""
    return list(itertools.chain.from_iterable(_parts(one) for one in lists))


def _parts(value: Any) -> list[Any]:
    if isinstance(value, Failed):
        raise Refused(value.reason)
    if isinstance(value, Secret):
        return [secret(item) for item in _list(value.value)]
    if isinstance(value, Unresolved):
        return [Rest(value.expression, value.reason)]
    return [Rest(describe(value), NOT_YET)] if isinstance(value, MARKS) else _list(value)


def _rest(value: Any) -> list[Any]:
    return [item for item in value if type(item) is Rest] if isinstance(value, list) else []


@function("flatten", needs="top", context=True)
def flatten(context: Context, value: Any) -> list[Any]:
    """`flatten`; an element that is not known might be a list itself."""
    result: list[Any] = []
    for item in _list(value):
        context.budget.spend()
        if isinstance(item, list):
            result.extend(flatten(context, item))
        elif isinstance(item, Unresolved) and not isinstance(item, Failed):
            result.append(Rest(item.expression, item.reason))
        else:
            result.append(item)
    return result


@function("keys", needs="top")
def keys(value: Any) -> list[str]:
    """`keys`, in order."""
    return sorted(_map(value))


@function("values", needs="top")
def values(value: Any) -> list[Any]:
    """`values`, in the order of the keys."""
    return [item for _, item in sorted(_map(value).items())]


@function("lookup", needs="none")
def lookup(value: Any, key: Any, *default: Any) -> Any:
    """`lookup`."""
    if isinstance(value, Secret):
        return secret(lookup(value.value, key, *default))
    if isinstance(value, MARKS) or isinstance(key, MARKS):
        if isinstance(value, dict) and isinstance(key, Reference) and "${" not in key.text:
            return lookup(value, key.text, *default)
        found = [mark for mark in (value, key) if isinstance(mark, MARKS)]
        return unknown("lookup(…)", found, present=False)
    name = text_of(key)
    if name in _map(value):
        return value[name]
    if not default:
        raise Refused("there is no such key")
    return default[0]


@function("element", needs="none")
def element(value: Any, position: Any) -> Any:
    """`element`: positions wrap around."""
    if isinstance(value, Secret):
        return secret(element(value.value, position))
    if isinstance(value, (Reference, Unresolved)) or isinstance(position, MARKS):
        if isinstance(value, list) and value and all(isinstance(item, (Reference, Dynamic)) for item in value):
            return unknown("element(…)", value)
        return step(value, position)
    if rest := _rest(value):
        return unknown("element(…)", rest, present=False)
    if not _list(value):
        raise Refused("the list is empty")
    return value[int(number(position)) % len(value)]


@function("index", needs="all", present=False)
def index(value: Any, item: Any) -> int:
    """`index`."""
    return _list(value).index(item)


@function("contains", needs="none", context=True)
def contains(context: Context, value: Any, item: Any) -> Any:
    """`contains`: known when a known element is equal, or all are known to differ."""
    if isinstance(value, Secret):
        value = value.value
    if isinstance(value, MARKS):
        return unknown("contains(…)", [value], present=False)
    found = [same(one, item, context.budget) for one in _list(value)]
    if True in found:
        return True
    if None in found:
        lacking = [one for one in [*value, item] if isinstance(one, MARKS)]
        return unknown("contains(…)", lacking, present=False)
    return False


@function("coalesce", needs="none")
def coalesce(*given: Any) -> Any:
    """`coalesce`: the first that is neither null nor empty; not known when that hangs on one that is not."""
    for value in given:
        inside = value.value if isinstance(value, Secret) else value
        if inside is not None and inside != "":
            return value
    raise Refused("no argument has a value")


@function("coalescelist", needs="top")
def coalesce_list(*lists: Any) -> list[Any]:
    """`coalescelist`."""
    for value in lists:
        if value:
            return _list(value)
    raise Refused("all lists are empty")


@function("compact", needs="top")
def compact(value: Any) -> Any:
    """`compact`: without null and empty strings; a reference is neither, what is not known might be."""
    kept = [item for item in _list(value) if item is not None and item != ""]
    return [Rest(item.expression, item.reason) if isinstance(item, Unresolved) else item for item in kept]


@function("distinct", needs="top")
def distinct(value: Any) -> list[Any]:
    """`distinct`."""
    result: list[Any] = []
    for item in _list(value):
        if type(item) is Rest or not any(type(item) is type(one) and item == one for one in result):
            result.append(item)
    return result


@function("one", needs="top")
def one_of(value: Any) -> Any:
    """`one`."""
    if rest := _rest(value):
        return unknown("one(…)", rest, present=False)
    if value is None or len(_list(value)) == 0:
        return None
    if len(value) > 1:
        raise Refused("the list has more than one element")
    return value[0]


@function("join", needs="none", context=True)
def join(context: Context, separator: Any, *lists: Any) -> Any:
    """`join`; over references it is a reference."""
    lacking = [mark for mark in (separator, *lists) if isinstance(mark, MARKS)]
    if lacking:
        return unknown("join(…)", lacking)
    items = list(itertools.chain.from_iterable(_list(one) for one in lists))
    if rest := _rest(items):
        return unknown("join(…)", rest, present=False)
    segments = [item.whole() if isinstance(item, Dynamic) else item for item in items]
    if not any(isinstance(item, MARKS) for item in segments):
        return text_of(separator).join(text_of(item) for item in segments)
    if not all(isinstance(item, (str, Reference, Unresolved, Document)) for item in segments):
        return unknown("join(…)", [item for item in segments if isinstance(item, MARKS)])
    spaced = [part for item in segments for part in (separator, item)][1:]
    failed = [item for item in spaced if isinstance(item, Failed)]
    return unknown("join(…)", failed) if failed else joined(spaced, context.budget)


@function("slice", needs="top")
def cut(value: Any, start: Any, end: Any) -> Any:
    """`slice`."""
    first, last = int(number(start)), int(number(end))
    if rest := _rest(value):
        return unknown("slice(…)", rest, present=False)
    if not 0 <= first <= last <= len(_list(value)):
        raise Refused("the list is shorter than that")
    return value[first:last]


@function("reverse", needs="top")
def reverse(value: Any) -> list[Any]:
    """`reverse`."""
    return _list(value)[::-1]


@function("sort")
def ordered(value: Any) -> list[str]:
    """`sort`."""
    return sorted(text_of(item) for item in _list(value))


@function("range")
def numbers(*given: Any) -> list[Any]:
    """`range`, up to Terraform's own limit of 1024 numbers."""
    if not 1 <= len(given) <= 3:
        raise Refused("one to three numbers are wanted")
    bounds = [number(one) for one in given]
    first, last = (0, bounds[0]) if len(bounds) == 1 else (bounds[0], bounds[1])
    by = bounds[2] if len(bounds) > 2 else (1 if last >= first else -1)
    result: list[Any] = []
    while by and ((by > 0 and first < last) or (by < 0 and first > last)):
        result.append(first)
        if len(result) > 1024:
            raise Refused("the range is too long")
        first += by
    return result


@function("zipmap", needs="top")
def zip_map(names: Any, items: Any) -> Any:
    """`zipmap`."""
    lacking = [name for name in _list(names) if isinstance(name, MARKS)] or _rest(items)
    if lacking:
        return unknown("zipmap(…)", lacking, present=False)
    return {text_of(name): item for name, item in zip(names, _list(items), strict=True)}


@function("matchkeys")
def match_keys(items: Any, names: Any, wanted: Any) -> list[Any]:
    """`matchkeys`."""
    return [item for item, name in zip(_list(items), _list(names), strict=True) if name in wanted]


@function("chunklist", needs="top")
def chunks(value: Any, size: Any) -> list[Any]:
    """`chunklist`."""
    width = int(number(size))
    if width < 1:
        raise Refused("the size must be over zero")
    return [_list(value)[at : at + width] for at in range(0, len(value), width)]


@function("transpose")
def transpose(value: Any) -> dict[str, list[str]]:
    """`transpose`."""
    result: dict[str, list[str]] = {}
    for key, items in sorted(_map(value).items()):
        for item in _list(items):
            result.setdefault(text_of(item), []).append(key)
    return result


@function("setunion", needs="top")
def union(*sets: Any) -> list[Any]:
    """`setunion`."""
    return as_set(concat(*sets))


@function("setintersection")
def intersection(first: Any, *others: Any) -> list[Any]:
    """`setintersection`."""
    return as_set([item for item in _list(first) if all(item in _list(other) for other in others)])


@function("setsubtract")
def subtract(first: Any, other: Any) -> list[Any]:
    """`setsubtract`."""
    return as_set([item for item in _list(first) if item not in _list(other)])


@function("setsymmetricdifference")
def difference(first: Any, other: Any) -> list[Any]:
    """`setsymmetricdifference`."""
    return as_set([*subtract(first, other), *subtract(other, first)])


@function("setproduct", needs="top", context=True)
def product(context: Context, *sets: Any) -> list[Any]:
    """`setproduct`."""
    size = 1
    for one in sets:
        size *= len(_list(one))
    if size > _MOST:
        raise Beyond("the product is too large")
    context.budget.spend(size)
    return [list(items) for items in itertools.product(*sets)]


@function("sum", present=False)
def total(value: Any) -> int | float:
    """`sum`."""
    if not _list(value):
        raise Refused("the list is empty")
    return sum(number(item) for item in value)


@function("alltrue", needs="none")
def all_true(value: Any) -> Any:
    """`alltrue`."""
    return _decided(value, deciding=False)


@function("anytrue", needs="none")
def any_true(value: Any) -> Any:
    """`anytrue`."""
    return _decided(value, deciding=True)


def _decided(value: Any, *, deciding: bool) -> Any:
    if isinstance(value, MARKS):
        return unknown("alltrue(…)", [value], present=False)
    told = [{"true": True, "false": False}.get(item, item) if isinstance(item, str) else item for item in value]
    if any(item is deciding for item in told):
        return deciding
    lacking = [item for item in told if isinstance(item, MARKS)]
    return unknown("alltrue(…)", lacking, present=False) if lacking else not deciding
