"""Property paths of the tables: `A.B`, `List[].B` (a new element), `List[0].B` (the first), `List[Key=word].B` (the one
that has it)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from bastide.resources.model import ABSENT, Reference, Sensitive, Unresolved

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bastide.resources.schema import PropertyType

Step = tuple[str, dict[str, str] | None]
_FIRST = {"": ""}
"""The members that stand for those of whatever element is first."""


def steps_of(path: str) -> tuple[Step, ...]:
    """The steps of a path: a name, and for a list the members that its element has (none: a new element)."""
    steps: list[Step] = []
    for part in re.findall(r"[^.\[]+(?:\[[^\]]*\])?", path):
        name, bracket, inside = part.partition("[")
        if not bracket:
            steps.append((name, None))
        else:
            key, equal, value = inside.removesuffix("]").partition("=")
            steps.append((name, {key: value} if equal else _FIRST if key == "0" else {}))
    return tuple(steps)


def plain(steps: tuple[Step, ...]) -> str:
    """The path up to the first list whose element it picks: as far as it is the same for every resource."""
    names = []
    for name, element in steps:
        names.append(name)
        if element is not None:
            break
    return ".".join(names)


def type_at(members: Mapping[str, PropertyType], steps: tuple[Step, ...]) -> PropertyType | None:
    """The type that a value at this path has, None where the schema has no such path."""
    found: PropertyType | None = None
    for name, element in steps:
        if found is not None:
            inside = found.element
            if inside.kind == "json":
                return inside
            if inside.kind == "map":
                found = inside.item
                continue
            members = inside.members
        found = members.get(name)
        if found is None:
            return None
        if element is not None:
            if found.kind == "json":
                return found
            if found.item is None or found.kind != "list":
                return None
            found = found.item
    return found


def put(tree: dict[str, Any], steps: tuple[Step, ...], value: Any) -> None:
    """Set the value at a path. Lists grow, objects merge, and what is not known stays not known."""
    for name, element in steps[:-1]:
        below = tree.get(name)
        if element is not None:
            below = below_list(tree, name, element)
        elif isinstance(below, dict):
            below = tree[name] = dict(below)
        elif below is None:
            below = tree[name] = {}
        if not isinstance(below, dict):
            return
        tree = below
    name, element = steps[-1]
    old = tree.get(name)
    if element is not None:
        tree[name] = [*listed(old), *listed(value)]
    elif isinstance(old, dict) and isinstance(value, dict):
        tree[name] = {**old, **value}
    elif isinstance(old, list) and isinstance(value, list):
        tree[name] = [*old, *value]
    elif value is not ABSENT:
        tree[name] = value


def below_list(tree: dict[str, Any], name: str, element: dict[str, str]) -> dict[str, Any] | None:
    """The element of the list at `name` that has these members, or the first; new if there is none."""
    items = listed(tree.get(name))
    tree[name] = items
    for item in items if element else ():
        if isinstance(item, dict) and (
            element is _FIRST or all(item.get(key) == value for key, value in element.items())
        ):
            return item
    items.append({} if element is _FIRST else dict(element))
    return items[-1]  # type: ignore[no-any-return]


def listed(value: Any) -> list[Any]:
    """A list of its own: of the items, of the one value, or of nothing."""
    if value is None or value is ABSENT:
        return []
    return list(value) if isinstance(value, list) else [value]


def get(tree: Any, path: str) -> Any:
    """The value at a dotted path, or the mark of what it is inside of; None where there is nothing."""
    for name in path.split(".") if path else ():
        if isinstance(tree, (Unresolved, Reference, Sensitive)):
            return tree
        if not isinstance(tree, dict):
            return None
        tree = tree.get(name)
    return tree
