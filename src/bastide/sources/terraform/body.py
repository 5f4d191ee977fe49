"""A resource's body into attributes: values, nested blocks, `dynamic` blocks, and where each was written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bastide.resources.model import Origin, Unresolved
from bastide.sources.limits import MAX_INSTANCES
from bastide.sources.terraform.nodes import Scope, evaluate, pairs_of
from bastide.sources.terraform.values import PLAIN, Secret, finish

if TYPE_CHECKING:
    from bastide.sources.terraform.syntax import Block, Body

META_ATTRIBUTES = frozenset({"count", "for_each", "provider", "depends_on", "providers"})
META_BLOCKS = frozenset({"lifecycle", "provisioner", "connection"})


def attributes(block: Block, scope: Scope, origins: dict[str, Origin]) -> dict[str, Any]:
    """The attributes of a resource's block as they leave evaluation; null ones are left out.

    A nested block is a list of dicts. A `dynamic` block whose `for_each` is not known leaves an `Unresolved`: in
    the place of the list, or behind the blocks that are known.
    """
    return _body(block.body, block, scope, "", origins)


def _body(
    body: Body, block: Block, scope: Scope, prefix: str, origins: dict[str, Origin]
) -> dict[str, Any]:
    budget, text = scope.module.budget, block.text
    top = not prefix
    result: dict[str, Any] = {}
    for name, (expression, start, end) in body.attributes.items():
        if top and name in META_ATTRIBUTES:
            continue
        if type(expression) in PLAIN:
            value = expression
        else:
            value = finish(evaluate(expression, scope), budget)
        if value is None:
            continue
        result[name] = value
        line = text.line(start)
        origins[prefix + name] = Origin(text.path, line, line if end - start < 40 else text.line(end - 1))
    for inside in body.blocks:
        if inside.type == "dynamic" and inside.labels:
            _dynamic(inside, scope, prefix, origins, result)
        elif not (top and inside.type in META_BLOCKS):
            _append(inside.type, inside, scope, prefix, origins, result)
    return result


def _append(
    name: str,
    block: Block,
    scope: Scope,
    prefix: str,
    origins: dict[str, Origin],
    result: dict[str, Any],
) -> None:
    scope.module.budget.spend()
    items = result.get(name)
    if not isinstance(items, list):
        items = result[name] = []
    path = f"{prefix}{name}[{len(items)}]"
    origins[path] = Origin(block.text.path, block.line, block.end_line)
    items.append(_body(block.body, block, scope, path + ".", origins))


def _dynamic(
    block: Block, scope: Scope, prefix: str, origins: dict[str, Origin], result: dict[str, Any]
) -> None:
    name = block.labels[0]
    contents = [inside for inside in block.body.blocks if inside.type == "content"]
    over = block.body.attributes.get("for_each")
    value = evaluate(over[0], scope) if over else None
    pairs = pairs_of(value.value if isinstance(value, Secret) else value)
    if isinstance(pairs, list) and len(pairs) > MAX_INSTANCES:
        pairs = Unresolved(name, f"over {MAX_INSTANCES} blocks")
    if isinstance(pairs, Unresolved):
        mark = Unresolved(pairs.expression, f"the blocks hang on what is not known: {pairs.reason}")
        items = result.get(name)
        origins.setdefault(prefix + name, Origin(block.text.path, block.line, block.end_line))
        if isinstance(items, list):
            items.append(mark)
        else:
            result[name] = mark
        return
    iterator = _iterator(block, name)
    for key, item in pairs:
        names = {iterator: {"key": key, "value": item}}
        for inside in contents:
            _append(name, inside, scope.with_names(names), prefix, origins, result)


def _iterator(block: Block, name: str) -> str:
    given = block.body.attributes.get("iterator")
    return str(getattr(given[0], "root", name)) if given else name
