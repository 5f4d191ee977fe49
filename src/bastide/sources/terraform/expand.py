"""`count` and `for_each`: which instances a block has, and what each of them is called."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bastide.resources.model import Reference, Unresolved
from bastide.sources.limits import MAX_INSTANCES
from bastide.sources.terraform.nodes import Scope, evaluate
from bastide.sources.terraform.operators import number
from bastide.sources.terraform.values import (
    MARKS,
    NOT_YET,
    Dynamic,
    Failed,
    Secret,
    describe,
    text_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from bastide.sources.terraform.syntax import Block

ANY_KEY = "?"
"""The key of the one instance that stands for all, when `for_each` is not known."""


class Instances:
    """The instances of a block by key (None: the block has neither `count` nor `for_each`), with their names.

    `unknown` says why a `for_each` is not known; there is one instance then, at `ANY_KEY`. `excess` is a count
    that is over the limit; only the first instance is there then. `condition` is what decides whether there is
    any instance at all, where that is not known. `counted` ones are a list, also when there are none.
    """

    __slots__ = ("condition", "counted", "excess", "names", "unknown")

    def __init__(
        self,
        names: dict[str | int | None, dict[str, Any]],
        unknown: Unresolved | None = None,
        excess: int = 0,
        *,
        counted: bool = False,
    ) -> None:
        self.names, self.unknown, self.excess, self.counted = names, unknown, excess, counted
        self.condition = ""

    def value(self, address: str, make: Callable[[str, dict[str, Any]], Any]) -> Any:
        """What the block's name stands for in expressions: one, a list or a map of what `make` makes."""
        made = {key: make(_indexed(address, key), names) for key, names in self.names.items()}
        if None in made:
            return made[None]
        if self.unknown:
            return AnyInstance(address, made[ANY_KEY], self.unknown)
        return list(made.values()) if self.counted else made


class AnyInstance(Dynamic):
    """Instances whose keys are not known: every key leads to the one that stands for all."""

    __slots__ = ("address", "instance", "why")

    def __init__(self, address: str, instance: Any, why: Unresolved) -> None:
        self.address, self.instance, self.why = address, instance, why

    def at(self, key: Any) -> Any:  # noqa: ARG002  whatever the key is
        return self.instance

    def whole(self) -> Reference | Unresolved:
        return Unresolved(self.address, f"for_each is not known: {self.why.expression}")


def instances(block: Block, scope: Scope) -> Instances:
    """The instances that `count` or `for_each` makes; a count that is not known makes one."""
    attributes = block.body.attributes
    for name, made in (("for_each", _each), ("count", _counted)):
        if name in attributes:
            expression = attributes[name][0]
            value = evaluate(expression, scope)
            found = made(value)
            if isinstance(value, MARKS) and not isinstance(value, Secret) and (name == "count" or found.unknown):
                words = value.why.expression if isinstance(value, AnyInstance) else str(expression)
                found.condition = f"{name} = {words}"
            return found
    return Instances({None: {}})


def _counted(value: Any) -> Instances:
    if isinstance(value, Secret):
        value = value.value
    try:
        wanted = 1 if value is None or isinstance(value, (bool, *MARKS)) else int(number(value))
    except (ValueError, TypeError):
        wanted = 1
    made = wanted if wanted <= MAX_INSTANCES else 1
    names: dict[str | int | None, dict[str, Any]] = {at: {"count": {"index": at}} for at in range(made)}
    return Instances(names, excess=0 if made == wanted or wanted < 0 else wanted, counted=True)


def _each(value: Any) -> Instances:
    pairs = elements(value)
    if isinstance(pairs, Unresolved):
        key = Unresolved("each.key", f"for_each is not known: {pairs.expression}")
        item = value.instance if isinstance(value, AnyInstance) else Unresolved("each.value", key.reason)
        return Instances({ANY_KEY: {"each": {"key": key, "value": item}}}, unknown=pairs)
    excess = len(pairs) if len(pairs) > MAX_INSTANCES else 0
    kept = pairs[:1] if excess else pairs
    return Instances({key: {"each": {"key": key, "value": item}} for key, item in kept}, excess=excess)


def elements(value: Any) -> list[tuple[str, Any]] | Unresolved:
    """Keys and values of a map, or of a set of strings; `Unresolved` when the keys are not all known."""
    if isinstance(value, Secret):
        value = value.value
    if isinstance(value, dict):
        return sorted(value.items())
    items = value if isinstance(value, list) else [value]
    plain = [item.text if isinstance(item, Reference) and "${" not in item.text else item for item in items]
    for item in plain:
        if isinstance(item, MARKS):
            return item if isinstance(item, Unresolved) else Unresolved(describe(item), NOT_YET)
    try:
        keys = dict.fromkeys(text_of(item) for item in plain)
        return [(key, key) for key in keys] if items is value else _NO_SET
    except ValueError:
        return _NO_SET


_NO_SET = Failed("", "for_each is neither a map nor a set of strings")


def _indexed(address: str, key: str | int | None) -> str:
    if key is None:
        return address
    return f"{address}[{key}]" if isinstance(key, int) else _quoted(address, key)


def _quoted(address: str, key: str) -> str:
    escaped = key.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'{address}["{escaped}"]'
