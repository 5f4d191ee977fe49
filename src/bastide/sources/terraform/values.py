"""Values while a configuration is evaluated: plain JSON values, and marks for what is not known.

Lists, tuples and sets are lists (a set is sorted), maps and objects are dicts, null is None. The marks of
`bastide.resources.model` stand for themselves; the ones here exist only during evaluation.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from bastide.resources.model import Reference, Sensitive, Unresolved, is_secret
from bastide.sources.limits import RESOURCE_STEPS, UNIT_STEPS

if TYPE_CHECKING:
    from collections.abc import Iterator

NOT_YET = "not known before deployment"
PLAIN = frozenset({str, int, float, bool, type(None)})
Targets = tuple[tuple[str, str], ...]


class Failed(Unresolved, frozen=True):
    """An expression that Terraform itself would refuse, as far as can be seen: what `try` and `can` ask for."""


class Rest(Unresolved, frozen=True):
    """An element of a list that stands for any number of elements, none included."""


class Maybe(Unresolved, frozen=True):
    """A block that is there any number of times, none included; `attributes` is what is known of each."""

    attributes: dict[str, Any] | None = None


class Refused(ValueError):  # noqa: N818  a state, told as a `Failed`
    """What Terraform would refuse; the text says why."""


class Beyond(ValueError):  # noqa: N818  a state, told as an `Unresolved`
    """What Terraform may take and this program does not; the text says why."""


class Secret:
    """A known value that the configuration declares sensitive; it leaves evaluation as `Sensitive`."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value


class Document:
    """A JSON text some of which is not known: the tree that it is of, with marks at the leaves."""

    __slots__ = ("tree",)

    def __init__(self, tree: Any) -> None:
        self.tree = tree


class Dynamic:
    """What has attributes of its own that are found one by one: a resource, or a module's outputs."""

    __slots__ = ()

    def attribute(self, name: str) -> Any:
        """The value of one attribute; a mark when it is made at deployment or is not there."""
        raise NotImplementedError

    def at(self, key: Any) -> Any:
        """What stands at a key: an attribute, for all but those that have instances."""
        if isinstance(key, str):
            return self.attribute(key)
        return Failed(extended(describe(self), key), "it is not a list")

    def whole(self) -> Reference | Unresolved:
        """What stands for all of it where a plain value is wanted."""
        raise NotImplementedError


class Exhausted(Exception):  # noqa: N818  it is a state, caught at a resource's boundary
    """An evaluation took more steps than it may."""


class Budget:
    """Steps that are left: for one resource, and for the unit."""

    __slots__ = ("left", "total")

    def __init__(self) -> None:
        self.left, self.total = RESOURCE_STEPS, UNIT_STEPS

    def refill(self) -> None:
        """A new resource begins."""
        self.total -= RESOURCE_STEPS - self.left
        self.left = min(RESOURCE_STEPS, self.total)

    def spend(self, steps: int = 1) -> None:
        """Take steps; `Exhausted` when none are left."""
        self.left -= steps
        if self.left < 0:
            raise Exhausted


MARKS = (Unresolved, Reference, Sensitive, Secret, Document, Dynamic)


def marks(value: Any, budget: Budget) -> Iterator[Any]:
    """Every mark in a value, outermost first."""
    budget.spend()
    if isinstance(value, (list, dict)):
        for item in value.values() if isinstance(value, dict) else value:
            if type(item) not in PLAIN:
                yield from marks(item, budget)
    elif isinstance(value, MARKS):
        yield value


def known(value: Any, budget: Budget) -> bool:
    """Whether there is no mark in a value."""
    if type(value) in PLAIN:
        return True
    return next(marks(value, budget), None) is None


def unknown(words: object, found: list[Any], *, present: bool = True) -> Any:
    """What is known of an expression over these marks: nothing, or (`present`) that it has some value.

    `words` is the expression, or what has it as its `str`.
    """
    targets: list[tuple[str, str]] = []
    for mark in found:
        item = mark.whole() if isinstance(mark, Dynamic) else mark
        if isinstance(item, Failed):
            return Failed(str(words), item.reason)
        if isinstance(item, Unresolved):
            return Unresolved(str(words), item.reason)
        if isinstance(item, Reference):
            targets.extend(item.targets)
    if any(isinstance(mark, (Secret, Sensitive)) for mark in found):
        return concealed(found)
    if not present:
        return Unresolved(str(words), NOT_YET)
    return Reference("${" + str(words) + "}", tuple(dict.fromkeys(targets)))


def concealed(parts: list[Any]) -> Sensitive:
    """What is known of something made of these parts, of which some are secret: whether a secret is written out."""
    return Sensitive(any(_written(part) for part in parts))


def _written(part: Any) -> bool:
    if type(part) is Secret:
        return type(part.value) in PLAIN and is_secret(part.value)
    return isinstance(part, Sensitive) and part.written


def extended(text: str, key: Any) -> str:
    """An expression's words with one more step."""
    if isinstance(key, str) and key.replace("-", "_").isidentifier():
        return f"{text}.{key}"
    if isinstance(key, (str, int, float)):
        return f"{text}[{json.dumps(key)}]"
    return f"{text}[{describe(key)}]"


def describe(value: Any) -> str:
    """A mark in the words of the configuration."""
    if isinstance(value, Dynamic):
        value = value.whole()
    if isinstance(value, Reference):
        return inner(value) or value.text
    return value.expression if isinstance(value, Unresolved) else "(sensitive)"


def inner(value: Reference) -> str:
    """The expression of a reference that is one expression, else an empty string."""
    text = value.text
    whole = text.startswith("${") and text.endswith("}") and "${" not in text[2:]
    return text[2:-1] if whole else ""


def step(value: Any, key: Any) -> Any:
    """`value.key` or `value[key]`; `Failed` where there is no such thing."""
    if isinstance(value, Dynamic):
        return value.at(key)
    if isinstance(value, (dict, list)):
        return _of_container(value, key)
    return _of_mark(value, key) if isinstance(value, MARKS) else _nothing(value, key)


def _of_mark(value: Any, key: Any) -> Any:
    if isinstance(value, Unresolved):
        return type(value)(extended(value.expression, key), value.reason)
    if isinstance(value, Reference):
        return _of_reference(value, key)
    if isinstance(value, Secret):
        return secret(step(value.value, key))
    return value if isinstance(value, Sensitive) else _nothing(value, key)


def _nothing(value: Any, key: Any) -> Failed:
    return Failed(extended("null" if value is None else "value", key), "there is no such attribute")


def _of_container(value: dict[str, Any] | list[Any], key: Any) -> Any:
    if isinstance(key, Secret):
        key = key.value
    if isinstance(key, (*MARKS, list, dict)):
        return _by_unknown_key(value, key)
    return _of_list(value, key) if isinstance(value, list) else _of_map(value, key)


def _of_map(value: dict[str, Any], key: Any) -> Any:
    try:
        name = key if isinstance(key, str) else text_of(key)
    except ValueError:
        return Failed(extended("value", key), "a key must be a string")
    if name in value:
        return value[name]
    if any("${" in other for other in value):
        return Unresolved(extended("value", key), NOT_YET)
    return Failed(extended("value", key), "there is no such key")


def _of_list(value: list[Any], key: Any) -> Any:
    try:
        position = int(key)
    except (TypeError, ValueError):
        return Failed(extended("list", key), "a list has no such attribute")
    for item in value[: position + 1]:
        if type(item) is Rest:
            return Unresolved(extended(item.expression, key), item.reason)
    if 0 <= position < len(value):
        return value[position]
    return Failed(extended("list", key), "there is no such element")


def _by_unknown_key(value: dict[str, Any] | list[Any], key: Any) -> Any:
    items = list(value.values()) if isinstance(value, dict) else value
    if items and all(isinstance(item, Dynamic) for item in items):
        whole = items[0].whole()
        if isinstance(whole, Reference):
            base = inner(whole).rpartition("[")[0]
            return Reference("${" + f"{base}[{describe(key)}]" + "}")
    return Unresolved(extended("value", key), key.reason if isinstance(key, Unresolved) else NOT_YET)


def _of_reference(value: Reference, key: Any) -> Any:
    words = inner(value)
    if not words:
        return Failed(extended("text", key), "a string has no attributes")
    targets = tuple((address, extended(name, key)) for address, name in value.targets)
    return Reference("${" + extended(words, key) + "}", targets)


def secret(value: Any) -> Any:
    """A value declared sensitive; what is not known, not there or made at deployment stays what it is."""
    if value is None or isinstance(value, (Secret, Sensitive, Unresolved)):
        return value
    if isinstance(value, Dynamic) or (isinstance(value, Reference) and inner(value)):
        return value
    return Sensitive() if isinstance(value, (Reference, Document)) else Secret(value)


def text_of(value: Any) -> str:
    """A number, bool or string as Terraform writes it in a string; `ValueError` for anything else."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    raise Refused("a string is wanted")


def finish(value: Any, budget: Budget) -> Any:
    """A value as it leaves evaluation: fresh lists and dicts, and only the marks of the model."""
    if type(value) in PLAIN:
        return value
    budget.spend()
    if isinstance(value, list):
        return [finish(item, budget) for item in value]
    if isinstance(value, dict):
        return {key: finish(item, budget) for key, item in value.items()}
    if isinstance(value, Document):
        return finish(value.tree, budget)
    return _finished(value, budget)


def _finished(mark: Any, budget: Budget) -> Any:
    if isinstance(mark, Secret):
        if mark.value in ("", [], {}):
            return mark.value
        return Sensitive(is_secret(mark.value) and known(mark.value, budget))
    if isinstance(mark, Dynamic):
        return mark.whole()
    return Unresolved(mark.expression, mark.reason) if isinstance(mark, (Failed, Rest)) else mark
