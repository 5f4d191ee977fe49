"""The typed columns that controls read: out of the schema, and filled from a resource's properties.

A shape is what DuckDB's `json_transform` takes: a column type, `[shape]` for a list, a mapping for a struct.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from bastide.errors import ControlError, near_miss
from bastide.resources.model import REDACTED, REDACTED_WRITTEN

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from bastide.controls.compiled import Read
    from bastide.resources.schema import PropertyType, TypeSchema

Shape = str | list[Any] | dict[str, Any]

_SCALARS = {
    "string": "VARCHAR",
    "boolean": "BOOLEAN",
    "integer": "BIGINT",
    "number": "DOUBLE",
    "json": "JSON",
    "object": "JSON",
}
_TEXTS = ["VARCHAR"]
STATEMENT: dict[str, Any] = {
    "property": "VARCHAR",
    "sid": "VARCHAR",
    "effect": "VARCHAR",
    "actions": _TEXTS,
    "not_actions": _TEXTS,
    "principals": [{"kind": "VARCHAR", "id": "VARCHAR"}],
    "not_principals": [{"kind": "VARCHAR", "id": "VARCHAR"}],
    "resources": _TEXTS,
    "not_resources": _TEXTS,
    "conditions": [{"operator": "VARCHAR", "key": "VARCHAR", "values": _TEXTS}],
}
"""One policy statement as controls see it (`bastide.resources.policies`)."""


def shape_of(reads: Iterable[Read], schema: TypeSchema) -> dict[str, Any]:
    """The columns for these reads of one type; raises `ControlError` for a property that the schema does not have."""
    shape: dict[str, Any] = {}
    for path, mode in sorted(reads):
        names = path.split(".")
        if prop := schema.property(path):
            _put(shape, names, schema, _leaf(prop))
        elif mode == "macro" and schema.property(".".join(names[:-1])):
            _put(shape, names, schema, "VARCHAR")
        else:
            raise ControlError(f"{schema.name} has no property `{path}`", remedy=_suggest(names, schema))
    return shape


def _leaf(prop: PropertyType) -> Shape:
    if prop.kind == "list" and prop.item:
        return [_leaf(prop.item)]
    if prop.kind == "map" and prop.item:
        return "MAP(VARCHAR, VARCHAR)" if prop.item.kind not in ("object", "list", "map", "json") else "JSON"
    return _SCALARS[prop.kind]


def _put(shape: dict[str, Any], names: list[str], schema: TypeSchema, leaf: Shape) -> None:
    """Widen the shape by one path, through structs and lists as the schema has them."""
    at = shape
    for depth, name in enumerate(names[:-1]):
        prop = schema.property(".".join(names[: depth + 1]))
        lists = 0
        while prop is not None and prop.kind == "list":
            prop, lists = prop.item, lists + 1
        if prop is not None and prop.kind in ("json", "map"):
            raise ControlError(
                f"`{'.'.join(names[: depth + 1])}` of {schema.name} is a free-form {prop.kind}",
                remedy="read it with ->> or with map_entries()",
            )
        inner = _struct_inside(at.get(name))
        found: Shape = inner
        for _ in range(lists):
            found = [found]
        at[name] = found
        at = inner
    at[names[-1]] = merged(at.get(names[-1]), leaf)


def _struct_inside(shape: Shape | None) -> dict[str, Any]:
    while isinstance(shape, list):
        shape = shape[0]
    return shape if isinstance(shape, dict) else {}


def merged(one: Shape | None, other: Shape) -> Shape:
    """The shape that serves both; what is read in parts wins over what is only looked at as a whole."""
    if one is None or one == other:
        return other
    if isinstance(one, dict) and isinstance(other, dict):
        return {key: merged(one.get(key), other[key]) if key in other else one[key] for key in {**one, **other}}
    if isinstance(one, list) and isinstance(other, list):
        return [merged(one[0], other[0])]
    return one if isinstance(one, (dict, list)) else other


def _suggest(names: list[str], schema: TypeSchema) -> str:
    above = schema.property(".".join(names[:-1])) if len(names) > 1 else None
    known = list(above.element.members) if above else list(schema.properties)
    return near_miss(names[-1], known)


def fill(value: Any, shape: Shape, path: str, unknown: dict[str, str]) -> Any:
    """The part of `value` that the shape has, coerced to its types; what cannot be is None and told in `unknown`.

    Text for a number or a boolean is taken as one (both languages allow it), one item for a list of one.
    """
    if value is None:
        return None
    if isinstance(shape, dict):
        if not isinstance(value, dict):
            return _no(path, value, "an object", unknown)
        prefix = f"{path}." if path else ""
        return {key: fill(value[key], shape[key], prefix + key, unknown) for key in shape if key in value}
    if isinstance(shape, list):
        if not isinstance(value, list):
            value = [value]
        return [fill(item, shape[0], f"{path}[{index}]", unknown) for index, item in enumerate(value)]
    return _FILLERS[shape](value, path, unknown)


class Unusual(Exception):  # noqa: N818 (no error: the way to `fill`)
    """A value is not just of its column's type; `fill` knows what to make of it."""


def filler(shape: Shape) -> Callable[[Any], Any]:
    """A quick `fill` for values that are what the schema says, as nearly all are; raises `Unusual` for any other."""
    if isinstance(shape, dict):
        return _struct_filler({key: filler(inner) for key, inner in shape.items()})
    if isinstance(shape, list):
        return _list_filler(filler(shape[0]))
    return _QUICK.get(shape, _unusual)


def _struct_filler(members: dict[str, Callable[[Any], Any]]) -> Callable[[Any], Any]:
    listed = list(members.items())

    def take(value: Any) -> Any:
        if type(value) is not dict:
            raise Unusual
        found = {}
        for key, inner in listed:
            item = value.get(key)
            if item is not None:
                found[key] = inner(item)
        return found

    return take


def _list_filler(inner: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def take(value: Any) -> Any:
        if type(value) is not list:
            raise Unusual
        return [None if item is None else inner(item) for item in value]

    return take


def _exactly(kind: type) -> Callable[[Any], Any]:
    def take(value: Any) -> Any:
        if type(value) is not kind:
            raise Unusual
        return value

    return take


def _small(value: Any) -> Any:
    if type(value) is not int or not -(2**63) <= value < 2**63:
        raise Unusual
    return value


def _tree(value: Any) -> Any:
    if type(value) is not dict and type(value) is not list:
        raise Unusual
    return value


def _unusual(_: Any) -> Any:
    raise Unusual


_QUICK = {"VARCHAR": _exactly(str), "BOOLEAN": _exactly(bool), "BIGINT": _small, "JSON": _tree}


def _no(path: str, value: Any, wanted: str, unknown: dict[str, str]) -> None:
    if isinstance(value, str) and ("${" in value or value in (REDACTED, REDACTED_WRITTEN)):
        unknown[path] = f"{value} is made at deployment"
    else:
        unknown[path] = f"{wanted} is expected here"


def _text(value: Any, path: str, unknown: dict[str, str]) -> Any:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return str(value)
    return _no(path, value, "text", unknown)


def _boolean(value: Any, path: str, unknown: dict[str, str]) -> Any:
    if isinstance(value, bool):
        return value
    word = str(value).lower() if isinstance(value, (str, int)) else ""
    if word in ("true", "1", "yes", "on"):
        return True
    if word in ("false", "0", "no", "off"):
        return False
    return _no(path, value, "true or false", unknown)


def _number(value: Any, path: str, unknown: dict[str, str]) -> Any:
    try:
        return float(value) if not isinstance(value, (dict, list)) else _no(path, value, "a number", unknown)
    except ValueError:
        return _no(path, value, "a number", unknown)


def _integer(value: Any, path: str, unknown: dict[str, str]) -> Any:
    if type(value) is int and -(2**63) <= value < 2**63:
        return value
    number = _number(value, path, unknown)
    if number is None or not number.is_integer() or abs(number) >= 2**63:
        return _no(path, value, "a whole number", unknown)
    return int(number)


def _map(value: Any, path: str, unknown: dict[str, str]) -> Any:
    if not isinstance(value, dict):
        return _no(path, value, "an object", unknown)
    return {str(key): _text(item, f"{path}.{key}", unknown) for key, item in value.items()}


def _json(value: Any, path: str, unknown: dict[str, str]) -> Any:
    if isinstance(value, str) and value[:1] in "{[":
        try:
            return json.loads(value)
        except (ValueError, RecursionError):
            return _no(path, value, "JSON", unknown)
    return value


_FILLERS = {
    "VARCHAR": _text,
    "BOOLEAN": _boolean,
    "BIGINT": _integer,
    "DOUBLE": _number,
    "MAP(VARCHAR, VARCHAR)": _map,
    "JSON": _json,
}
