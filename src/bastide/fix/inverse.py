"""The mappings backwards: which argument of which provider type says what a property path says."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from bastide.fix.hcl import Arg
from bastide.sources.terraform.mapping import entries, plain_key, table_for
from bastide.sources.terraform.mapping_folds import plan_for

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bastide.controls.fixes import Step
    from bastide.sources.terraform.mapping import Fold, Table
    from bastide.sources.terraform.mapping_rules import Node, Rule

Inverse = tuple[tuple[Arg, ...], Any]
"""The way to an argument, and the value in the provider's words."""


class Wanted(NamedTuple):
    """What an argument is looked for: a path and a value, and how deep in blocks that is."""

    steps: tuple[Step, ...]
    value: Any
    depth: int


_WORD = re.compile(r"[A-Z]+s?(?=[A-Z][a-z]|$|\d)|[A-Z][a-z]*|[a-z]+|\d+")
_CONFIGURATIONS = ("configuration", "config", "settings", "options", "specification")
_IDENTIFIERS = ("identifier", "id", "arn", "ids", "arns")
_DEPTH = 12


def arguments(node: Node, steps: tuple[Step, ...], value: Any, depth: int = 0) -> Iterator[Inverse]:
    """The arguments that may say it, the likeliest first: each one converts to the property at these steps.

    What a table says comes before what follows from spelling, and at that what stands in blocks of its own last.
    """
    if depth > _DEPTH or not steps:
        return
    yield from _named(node, steps, value, depth)
    yield from _spelled(node, steps, value, depth)


def _named(node: Node, steps: tuple[Step, ...], value: Any, depth: int) -> Iterator[Inverse]:
    """By the names that the table has."""
    flat: list[tuple[str, Node]] = []
    for name in own_names(node):
        rule = node.rule(name)
        if rule is not None and rule.flat and rule.node is not None:
            flat.append((name, rule.node))
        elif rule is not None and not rule.root:
            yield from _by_rule(node, name, rule, Wanted(steps, value, depth))
    for name, inside in flat:
        for inner, written in _named(inside, steps, value, depth + 1):
            yield (Arg(name, block=True), *inner), written


def _spelled(node: Node, steps: tuple[Step, ...], value: Any, depth: int) -> Iterator[Inverse]:
    """By the names that follow from the property's."""
    members = [(steps[0][0], node.owner)]
    count = len(node.fallback)
    if count and len(steps) > count and [one[0] for one in node.fallback] == [one[0] for one in steps[:count]]:
        members.insert(0, (steps[count][0], steps[count - 1][0]))
    for name in dict.fromkeys(name for member, owner in members for name in spellings(member, owner)):
        rule = node.rule(name)
        if rule is not None and not rule.flat and not rule.root:
            yield from _by_rule(node, name, rule, Wanted(steps, value, depth))
    for name in own_names(node):
        rule = node.rule(name)
        if rule is not None and rule.flat and rule.node is not None and depth < _DEPTH:
            for inner, written in _spelled(rule.node, steps, value, depth + 1):
                yield (Arg(name, block=True), *inner), written


def _by_rule(node: Node, name: str, rule: Rule, wanted: Wanted) -> Iterator[Inverse]:
    steps, value, depth = wanted
    count = len(rule.steps)
    if count > len(steps) or any(one[0] != other[0] for one, other in zip(rule.steps, steps, strict=False)):
        return
    if any(not _meet(one[1], other[1]) for one, other in zip(rule.steps[:-1], steps, strict=False)):
        return
    rest = steps[count:]
    if not rest:
        if rule.node is None:
            yield (Arg(name),), _in_words(node.table, f"{node.prefix}{name}", value)
        elif value is None:  # to be removed
            yield (Arg(name, block=True),), None
        return
    if rule.node is None:
        return
    selector = steps[count - 1][1]
    if isinstance(selector, dict):
        selector = _selected(rule.node, selector)
        if selector is None:
            return
    for inner, written in arguments(rule.node, rest, value, depth + 1):
        yield (Arg(name, block=True, selector=selector), *inner), written


def _meet(of_rule: dict[str, str] | None, asked: Any) -> bool:
    """Whether the element that a rule makes is the one that is asked for."""
    if of_rule is None:
        return asked in (None, "there")
    return asked in ("each", "any") if not of_rule else bool(asked == of_rule)


def _selected(node: Node, selector: dict[str, str]) -> dict[str, Any] | None:
    """The members that choose an element, in the provider's words."""
    found: dict[str, Any] = {}
    for key, word in selector.items():
        way = next((one for one in arguments(node, ((key, None),), word) if len(one[0]) == 1), None)
        if way is None:
            return None
        found[way[0][0].name] = way[1]
    return found


def _in_words(table: Table, path: str, value: Any) -> Any:
    if isinstance(value, list):
        return [_in_words(table, path, item) for item in value]
    if path in table.values:
        for word, meant in table.values[path].items():
            if word != "*" and meant is not None and plain_key(meant) == plain_key(value):
                value = {"true": True, "false": False}.get(word, word)
                break
    value = {"true": True, "false": False}.get(value, value) if isinstance(value, str) else value
    return not value if path in table.invert and isinstance(value, bool) else value


def own_names(node: Node) -> list[str]:
    """The arguments of a block that the table has something to say about."""
    table, prefix = node.table, node.prefix
    named = [*table.rename, *table.values, *table.invert, *table.json, *table.enabled_by, *table.keyed]
    own = [path[len(prefix) :] for path in named if path.startswith(prefix)]
    return list(dict.fromkeys(name.partition(".")[0] for name in own if name and name != "*"))


def spellings(member: str, owner: str) -> Iterator[str]:
    """How a provider may spell the name of a property, the likeliest first."""
    snake = snake_case(member)
    joined = re.sub(r"_(\d)", r"\1", snake).replace("o_auth", "oauth")
    bare = snake.removeprefix(snake_case(owner) + "_")
    for name in dict.fromkeys((joined, snake, bare)):
        yield name
        yield from (
            (name[:-1], f"{name[:-3]}y" if name.endswith("ies") else name) if name.endswith("s") else (f"{name}s",)
        )
        yield from _switches(name)
        yield from _endings(name, _CONFIGURATIONS)
        yield from _endings(name, _IDENTIFIERS)
        yield name.removesuffix("_document")


def _switches(name: str) -> Iterator[str]:
    stem = name.removeprefix("enable_").removeprefix("enabled_").removesuffix("_enabled")
    yield from (f"enable_{stem}", f"{stem}_enabled", f"enabled_{stem}", stem)


def _endings(name: str, endings: tuple[str, ...]) -> Iterator[str]:
    stem = next((name.removesuffix(f"_{end}") for end in endings if name.endswith(f"_{end}")), name)
    if stem != name:
        yield stem
    for end in endings:
        yield f"{stem}_{end}"


def snake_case(name: str) -> str:
    """`EnableIAMDatabaseAuthentication` as `enable_iam_database_authentication`."""
    return "_".join(word.lower() for word in _WORD.findall(name))


@cache
def folded_into(kind: str) -> tuple[tuple[str, Fold], ...]:
    """The provider types that are resources of their own and part of this CloudFormation type, those of the most
    particular property first.
    """
    found = []
    for name in sorted(entries()):
        table = table_for(name) if "/" not in name and name.startswith("aws_") else None
        found += [(name, fold) for fold in table.folds if fold.into == kind] if table else []
    return tuple(sorted(found, key=lambda one: -one[1].at.count(".") if one[1].at else 1))


def in_fold(kind: str, fold: Fold, steps: tuple[Step, ...], value: Any) -> Inverse | None:
    """The argument of a separate resource of a provider type that says what the property path of its parent says."""
    table = table_for(kind)
    assert table is not None
    plan = plan_for(table, fold)
    count = len(plan.steps)
    if any(one[0] != other[0] for one, other in zip(plan.steps, steps, strict=False)) or count > len(steps):
        return None
    if fold.value:
        return ((Arg(fold.value),), value) if count == len(steps) else None
    found = arguments(plan.node, steps[count:], value)
    # One that belongs into the resource itself could by its spelling be any property: only what the table says counts.
    return next((one for one in found if fold.at or is_renamed(table, one)), None)


def is_renamed(table: Table, found: Inverse) -> bool:
    """Whether the table says for which property the argument, or a block around it, stands."""
    names = [arg.name for arg in found[0]]
    targets = [table.rename.get(".".join(names[:count])) for count in range(1, len(names) + 1)]
    return any(target not in (None, ".") for target in targets)


def is_named(table: Table, found: Inverse) -> bool:
    """Whether the table itself has the argument, or the block that it is in."""
    return found[0][0].name in {path.partition(".")[0] for path in table.rename}
