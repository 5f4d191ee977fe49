"""Functions that convert types or change what is known of a value."""

from __future__ import annotations

from typing import Any

from bastide.resources.model import Unresolved
from bastide.sources.terraform.functions.registry import Context, function
from bastide.sources.terraform.operators import number
from bastide.sources.terraform.types import as_set
from bastide.sources.terraform.values import (
    MARKS,
    Dynamic,
    Failed,
    Refused,
    Secret,
    marks,
    secret,
    text_of,
    unknown,
)


@function("tostring", needs="none")
def to_string(value: Any) -> Any:
    """`tostring`."""
    if value is None or isinstance(value, MARKS):
        return value.whole() if isinstance(value, Dynamic) else value
    return text_of(value)


@function("tonumber", needs="none")
def to_number(value: Any) -> Any:
    """`tonumber`."""
    return value if value is None or isinstance(value, MARKS) else number(value)


@function("tobool", needs="none")
def to_bool(value: Any) -> Any:
    """`tobool`."""
    if value is None or isinstance(value, (bool, *MARKS)):
        return value
    if value in ("true", "false"):
        return value == "true"
    raise Refused("true or false is wanted")


@function("tolist", needs="none")
def to_list(value: Any) -> Any:
    """`tolist`."""
    if value is None or isinstance(value, (list, *MARKS)):
        return value
    raise Refused("a list is wanted")


@function("list", needs="none")
def listed(*values: Any) -> Any:
    """`list`, of old configurations."""
    return list(values)


@function("map", needs="none")
def mapped(*pairs: Any) -> Any:
    """`map`, of old configurations: keys and values in turn."""
    if len(pairs) % 2:
        raise Refused("keys and values are wanted")
    return {text_of(key): value for key, value in zip(pairs[::2], pairs[1::2], strict=True)}


@function("toset", needs="none")
def to_set(value: Any) -> Any:
    """`toset`."""
    return as_set(value) if isinstance(value, list) else to_list(value)


@function("tomap", needs="none")
def to_map(value: Any) -> Any:
    """`tomap`."""
    if value is None or isinstance(value, (dict, *MARKS)):
        return value
    raise Refused("a map is wanted")


@function("sensitive", needs="none")
def sensitive(value: Any) -> Any:
    """`sensitive`."""
    return secret(value)


@function("nonsensitive", "ephemeralasnull", needs="none")
def nonsensitive(value: Any) -> Any:
    """`nonsensitive`."""
    return value.value if isinstance(value, Secret) else value


@function("issensitive", needs="none")
def is_sensitive(value: Any) -> Any:
    """`issensitive`."""
    return isinstance(value, Secret)


@function("can", needs="none", context=True)
def can(context: Context, value: Any) -> Any:
    """`can`: False for what Terraform would refuse."""
    found = list(marks(value, context.budget))
    if any(isinstance(mark, Failed) for mark in found):
        return False
    return unknown("can(…)", found, present=False) if any(isinstance(mark, Unresolved) for mark in found) else True


@function("defaults", needs="all")
def defaults(value: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    """`defaults`, of old configurations: null attributes from the second map."""
    return {**given, **{key: item for key, item in value.items() if item is not None}}


@function("type", needs="none")
def type_of(_: Any) -> str:
    """`type`, which only the console has."""
    raise Refused("type is for the console")
