"""Where properties were written: the attribute's place carried over to the property that it became."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from bastide.resources.model import Origin

if TYPE_CHECKING:
    from bastide.sources.terraform.mapping_rules import Node, Rule
    from bastide.sources.terraform.provider import ProviderResource

_PART = re.compile(r"([^.\[\]]+)((?:\[\d+\])*)")


def origins_of(resource: ProviderResource, node: Node, spread: dict[str, list[int]]) -> dict[str, Origin]:
    """Origins by property path: the known ones, and for every other top attribute the block to search for it."""
    found: dict[str, Origin] = {}
    known = resource.origins
    cache = node.places
    for attribute, origin in known.items():
        if spread and attribute.startswith(tuple(spread)):
            for place in places(node, attribute, spread):
                found[place] = origin
            continue
        try:
            place = cache[attribute]
        except KeyError:
            place = cache[attribute] = "".join(places(node, attribute, spread))
        if place:
            found[place] = origin
    for name, value in resource.attributes.items():
        if name not in known and value is not None:
            rule = node.rule(name)
            if rule is not None:
                guessed(resource, rule, name, value, found)
    return found


def guessed(resource: ProviderResource, rule: Rule, name: str, value: Any, found: dict[str, Origin]) -> None:
    """Where to search for an attribute whose place is not known: in the resource's block, by its name."""
    path, line, end_line = resource.path, resource.line, resource.end_line
    if not rule.flat or rule.node is None:
        found.setdefault(rule.path, Origin(path, line, end_line, str(name)))
        return
    for block in value if isinstance(value, list) else ():
        for inner in block if isinstance(block, dict) else ():
            deeper = rule.node.rule(inner)
            if deeper is not None and deeper.path:
                found.setdefault(deeper.path, Origin(path, line, end_line, str(inner)))


def places(node: Node, attribute: str, spread: dict[str, list[int]]) -> list[str]:
    """The property paths that an attribute path became; none for what has no place.

    One at most, unless its block was taken apart into several elements.
    """
    path, names = "", []
    for name, positions in _PART.findall(attribute):
        rule: Rule | None = node.rule(name)
        if rule is None:
            return []
        names.append(name)
        if rule.flat and rule.node is not None:
            node = rule.node
            continue
        path = f"{path}.{rule.path}" if path and not rule.root else rule.path
        kind = rule.kind
        if positions and kind is not None and kind.kind == "list":
            counts = spread.get(".".join(names))
            if counts is not None:
                return spread_places(path, positions, counts)
            path += positions
        if rule.node is None:
            break
        node = rule.node
    return [path] if path else []


def spread_places(path: str, positions: str, counts: list[int]) -> list[str]:
    """The elements that the block at this position was taken apart into."""
    at = int(positions[1 : positions.index("]")])
    start = sum(counts[:at])
    return [f"{path}[{start + step}]" for step in range(counts[at] if at < len(counts) else 0)]
