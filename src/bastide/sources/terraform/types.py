"""Type constraints of variables, and conversion of values to them."""

from __future__ import annotations

from typing import Any

from msgspec import Struct, field

from bastide.sources.terraform import nodes
from bastide.sources.terraform.operators import number
from bastide.sources.terraform.values import MARKS, PLAIN, Failed, Refused, Secret, text_of

_SCALARS = frozenset({"string", "number", "bool"})
_COLLECTIONS = frozenset({"list", "set", "map"})


class Constraint(Struct, frozen=True):
    """`kind` is `any`, a scalar, `list`, `set`, `map`, `object` or `tuple`; `of` is the element's constraint.

    `fields` has an object's attributes, `optional` the defaults (or None) of those that may be left out.
    """

    kind: str = "any"
    of: Constraint | None = None
    fields: dict[str, Constraint] = field(default_factory=dict)
    optional: dict[str, Any] = field(default_factory=dict)
    items: tuple[Constraint, ...] = ()


ANY = Constraint()


def constraint(expression: Any) -> Constraint:
    """What a `type` expression asks for; `any` for what is not understood."""
    if isinstance(expression, nodes.Traversal) and not expression.steps:
        expression = expression.root
    if isinstance(expression, str):
        return Constraint(expression) if expression in _SCALARS | _COLLECTIONS else ANY
    if not isinstance(expression, nodes.Call) or len(expression.arguments) < 1:
        return ANY
    argument = expression.arguments[0]
    if expression.name in _COLLECTIONS:
        return Constraint(expression.name, constraint(argument))
    if expression.name == "tuple" and isinstance(argument, (nodes.Items, list)):
        items = argument.items if isinstance(argument, nodes.Items) else argument
        return Constraint("tuple", items=tuple(constraint(item) for item in items))
    return _object(argument) if expression.name == "object" else ANY


def _object(argument: Any) -> Constraint:
    entries: list[tuple[Any, Any]] = []
    if isinstance(argument, nodes.Entries):
        entries = argument.entries
    elif isinstance(argument, dict):
        entries = list(argument.items())
    fields: dict[str, Constraint] = {}
    optional: dict[str, Any] = {}
    for key, item in entries:
        wanted = item
        if isinstance(item, nodes.Call) and item.name == "optional" and item.arguments:
            wanted = item.arguments[0]
            optional[str(key)] = item.arguments[1] if len(item.arguments) > 1 else None
        fields[str(key)] = constraint(wanted)
    return Constraint("object", fields=fields, optional=optional)


def convert(value: Any, wanted: Constraint, scope: nodes.Scope) -> Any:
    """The value as the type wants it; `Failed` when it cannot be that, marks and null as they are."""
    if wanted.kind == "any" or value is None:
        return value
    if isinstance(value, Secret):
        inside = convert(value.value, wanted, scope)
        return inside if isinstance(inside, Failed) else Secret(inside)
    if isinstance(value, MARKS):
        return value
    scope.module.budget.spend()
    try:
        if wanted.kind in _SCALARS:
            return _scalar(value, wanted.kind)
        return _composite(value, wanted, scope)
    except ValueError as error:
        return Failed("", f"{error}")


def _scalar(value: Any, kind: str) -> Any:
    if kind == "string":
        return text_of(value)
    if kind == "number":
        return number(value)
    if isinstance(value, bool):
        return value
    if value in ("true", "false", "1", "0"):
        return value in ("true", "1")
    raise Refused("true or false is wanted")


def _composite(value: Any, wanted: Constraint, scope: nodes.Scope) -> Any:
    if wanted.kind in ("list", "set"):
        if not isinstance(value, list):
            raise Refused(f"a {wanted.kind} is wanted")
        items = [convert(item, wanted.of or ANY, scope) for item in value]
        return as_set(items) if wanted.kind == "set" else items
    if wanted.kind == "tuple":
        if not isinstance(value, list) or len(value) != len(wanted.items):
            raise Refused("a tuple of another length is wanted")
        return [convert(item, one, scope) for item, one in zip(value, wanted.items, strict=True)]
    if not isinstance(value, dict):
        raise Refused(f"a {wanted.kind} is wanted")
    if wanted.kind == "map":
        return {key: convert(item, wanted.of or ANY, scope) for key, item in value.items()}
    return _fields(value, wanted, scope)


def _fields(value: dict[str, Any], wanted: Constraint, scope: nodes.Scope) -> Any:
    result: dict[str, Any] = {}
    for name, one in wanted.fields.items():
        item = value.get(name)
        if item is None and name in wanted.optional:
            item = nodes.evaluate(wanted.optional[name], scope)
        elif name not in value:
            raise Refused(f"{name} is missing")
        result[name] = convert(item, one, scope)
    return result


def as_set(items: list[Any]) -> list[Any]:
    """Each element once; strings in order, as Terraform keeps a set of them."""
    result: list[Any] = []
    seen: set[tuple[type, Any]] = set()
    for item in items:
        if type(item) in PLAIN:
            if (type(item), item) in seen:
                continue
            seen.add((type(item), item))
        elif not isinstance(item, MARKS) and item in result:
            continue
        result.append(item)
    return sorted(result) if all(isinstance(item, str) for item in result) else result
