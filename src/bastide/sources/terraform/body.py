"""A resource's body into attributes: values, nested blocks, `dynamic` blocks, and where each was written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bastide.resources.model import Origin, Unresolved
from bastide.sources.limits import MAX_INSTANCES
from bastide.sources.terraform.nodes import Scope, evaluate, pairs_of
from bastide.sources.terraform.values import PLAIN, Maybe, Rest, Secret, finish

if TYPE_CHECKING:
    from bastide.sources.terraform.syntax import Block

META_ATTRIBUTES = frozenset({"count", "for_each", "provider", "depends_on", "providers"})
META_BLOCKS = frozenset({"lifecycle", "provisioner", "connection"})
_SHORT = 40
"""Characters of an attribute that is taken to stand on one line."""


def attributes(block: Block, scope: Scope, origins: dict[str, Origin]) -> dict[str, Any]:
    """The attributes of a resource's block as they leave evaluation; null ones are left out.

    A nested block is a list of dicts. A `dynamic` block whose `for_each` is not known is a `Maybe` among them.
    """
    return _Builder(origins).body(block, scope, "")


class _Builder:
    def __init__(self, origins: dict[str, Origin]) -> None:
        self.origins = origins

    def body(self, block: Block, scope: Scope, prefix: str) -> dict[str, Any]:
        """The attributes and blocks within a block, whose own path is `prefix` and a dot."""
        budget, text = scope.module.budget, block.text
        top = not prefix
        result: dict[str, Any] = {}
        for name, (expression, start, end) in block.body.attributes.items():
            if top and name in META_ATTRIBUTES:
                continue
            plain = type(expression) in PLAIN
            value = expression if plain else finish(evaluate(expression, scope), budget)
            if value is not None:
                result[name] = value
                line = text.line(start)
                last = text.line(end - 1) if end - start > _SHORT else line
                self.origins[prefix + name] = Origin(text.path, line, last)
        for inside in block.body.blocks:
            if inside.type == "dynamic" and inside.labels:
                self.dynamic(inside, scope, prefix, result)
            elif not (top and inside.type in META_BLOCKS):
                self.append(inside.type, inside, scope, prefix, result)
        return result

    def append(self, name: str, block: Block, scope: Scope, prefix: str, result: dict[str, Any]) -> None:
        """Put a block behind those of its name."""
        scope.module.budget.spend()
        items = result.get(name)
        if not isinstance(items, list):
            items = result[name] = []
        path = f"{prefix}{name}[{len(items)}]"
        self.origins[path] = Origin(block.text.path, block.line, block.end_line)
        items.append(self.body(block, scope, path + "."))

    def dynamic(self, block: Block, scope: Scope, prefix: str, result: dict[str, Any]) -> None:
        """Put in what a `dynamic` block makes, or the mark that says why that is not known."""
        name = block.labels[0]
        contents = [inside for inside in block.body.blocks if inside.type == "content"]
        over = block.body.attributes.get("for_each")
        value = evaluate(over[0], scope) if over else None
        pairs = pairs_of(value.value if isinstance(value, Secret) else value)
        if isinstance(pairs, list) and len(pairs) > MAX_INSTANCES:
            pairs = Unresolved(name, f"over {MAX_INSTANCES} blocks")
        if isinstance(pairs, Unresolved):
            self.unknown(block, pairs, scope, prefix, result)
            return
        iterator = _iterator(block, name)
        for key, item in pairs:
            if type(item) is Rest:
                self.unknown(block, item, scope, prefix, result)
                continue
            inner = scope.with_names({iterator: {"key": key, "value": item}})
            for inside in contents:
                self.append(name, inside, inner, prefix, result)

    def unknown(self, block: Block, why: Unresolved, scope: Scope, prefix: str, result: dict[str, Any]) -> None:
        """Say that there may be more blocks than are known, and what they would be."""
        name = block.labels[0]
        items = result.get(name)
        if not isinstance(items, list):
            items = result[name] = []
        path = f"{prefix}{name}[{len(items)}]"
        for place in (prefix + name, path):
            self.origins.setdefault(place, Origin(block.text.path, block.line, block.end_line))
        iterator = _iterator(block, name)
        each = {key: Unresolved(f"{iterator}.{key}", why.reason) for key in ("key", "value")}
        content = next((inside for inside in block.body.blocks if inside.type == "content"), None)
        known = self.body(content, scope.with_names({iterator: each}), f"{path}.") if content else None
        items.append(Maybe(why.expression, why.reason, known))


def _iterator(block: Block, name: str) -> str:
    given = block.body.attributes.get("iterator")
    return str(getattr(given[0], "root", name)) if given else name
