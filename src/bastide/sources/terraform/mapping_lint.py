"""The linter of the mapping tables: what cannot work, or works on nothing, is named before anyone relies on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bastide.resources.schema import schema_for
from bastide.sources.terraform.convert import compiled_node
from bastide.sources.terraform.mapping import build_table, mapping_files, parse, read_entries
from bastide.sources.terraform.mapping_folds import FoldPlan
from bastide.sources.terraform.mapping_paths import steps_of, type_at
from bastide.sources.terraform.mapping_rules import ALWAYS_IGNORED, Node, schema_members

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bastide.sources.terraform.mapping import Fold, Table

KEYS = {
    *("type", "like", "rename", "ignore", "values", "defaults", "set", "also", "invert", "json", "keyed"),
    *("enabled_by", "explode", "fold", "emit", "switch", "cases"),
}
FOLD_KEYS = {"into", "by", "at", "how", "value", "key"}
EMIT_KEYS = {"as", "parent", "set", "whole"}
HOW = ("set", "append", "merge")


def lint_mappings(provider: Mapping[str, Any] | None = None) -> list[str]:
    """What is wrong with the tables of the library, each `type: what`; empty when all is well.

    `provider` has the attributes of provider types, nested as their blocks are; attributes that the tables name
    are looked up in it for the types that it has.
    """
    found = list(doubles())
    for name, entry in read_entries().items():
        misshapen = list(shape(name, entry))
        found += misshapen
        if not misshapen:
            for table in tables_of(build_table(name, entry)):
                found += [f"{name}: {problem}" for problem in check(table)]
                if provider and name in provider:
                    found += [f"{name}: {problem}" for problem in unknown_attributes(table, provider[name])]
    return found


def unmatched(provider: Mapping[str, Any]) -> dict[str, list[str]]:
    """The attributes that no rule and no table gives a place, by provider type, for the types of `provider`."""
    found: dict[str, list[str]] = {}
    for name, entry in read_entries().items():
        if name not in provider:
            continue
        lost: set[str] | None = None
        for table in tables_of(build_table(name, entry)):
            for node in nodes_of(table):
                here = set(lost_attributes(table, node, provider[name]))
                lost = here if lost is None else lost & here
        if lost:
            found[name] = sorted(lost)
    return found


def lost_attributes(table: Table, node: Node, attributes: Mapping[str, Any], depth: int = 0) -> Iterator[str]:
    """Attribute paths, from this node down, that have no rule and that the table does not ignore."""
    for name, inside in attributes.items():
        path = f"{node.prefix}{name}"
        rule = node.rule(name)
        if rule is None:
            named = path in table.ignore or path in table.emit or name in node.exploded
            key = table.keyed.get(node.prefix.removesuffix("."), "").split("=")
            belongs = not node.prefix and (name in ALWAYS_IGNORED or any(fold.by == name for fold in table.folds))
            if not (named or belongs or name in key):
                yield path
        elif rule.node is not None and inside and depth < 4:
            yield from lost_attributes(table, rule.node, inside, depth + 1)


def doubles() -> Iterator[str]:
    """Types that stand in two files, or twice in one."""
    seen: dict[str, str] = {}
    for file in mapping_files():
        text = file.read_text("utf-8")
        for name in parse(text):
            if name in seen:
                yield f"{name}: in {seen[name]} and in {file.name}"
            seen[name] = file.name
        heads = [line.partition(":")[0] for line in text.splitlines() if line[:1].isalpha()]
        for head in sorted({head for head in heads if heads.count(head) > 1}):
            yield f"{head}: twice in {file.name}"


def shape(name: str, entry: dict[str, Any]) -> Iterator[str]:
    """Keys that no table has, and values of the wrong kind."""
    yield from (f"{name}: no key is called {key}" for key in sorted(set(entry) - KEYS))
    folds = entry.get("fold", [])
    for fold in folds if isinstance(folds, list) else [folds]:
        yield from (f"{name}: no key of fold is called {key}" for key in sorted(set(fold) - FOLD_KEYS))
        yield from (f"{name}: fold needs {key}" for key in ("into", "by") if key not in fold)
    for spec in entry.get("emit", {}).values():
        if not {"as", "parent"} <= set(spec) <= EMIT_KEYS:
            yield f"{name}: emit has as, parent, set and whole"
    for key in ("rename", "values", "defaults", "set", "also", "keyed", "enabled_by", "explode", "emit", "cases"):
        if not isinstance(entry.get(key, {}), dict):
            yield f"{name}: {key} is a table of names"
    for key in ("ignore", "invert", "json"):
        if not isinstance(entry.get(key, []), list):
            yield f"{name}: {key} is a list"
    if bool(entry.get("switch")) != bool(entry.get("cases")):
        yield f"{name}: switch and cases belong together"
    elif not (entry.get("type") or entry.get("fold") or entry.get("switch")):
        yield f"{name}: needs a type or a fold"


def tables_of(table: Table) -> list[Table]:
    """The table, or those of its cases."""
    return list(table.cases.values()) if table.switch else [table]


def nodes_of(table: Table) -> list[Node]:
    """The compiled rules of the table: as a resource of its own, and as part of others."""
    nodes = [compiled_node(table)] if table.type else []
    return nodes + [FoldPlan(table, fold).node for fold in table.folds]


def check(table: Table) -> Iterator[str]:
    """What the table says that the schema does not have."""
    if table.type and schema_for(table.type) is None:
        yield f"AWS has no type {table.type}"
        return
    bad = [problem for fold in table.folds for problem in check_fold(fold)]
    if bad:
        yield from bad
        return
    nodes = nodes_of(table)
    for path, target in table.rename.items():
        if not any(leads(node, path, target) for node in nodes):
            yield f"rename {path}: {target} is no property there"
    ways = (table.values, table.defaults, table.also, table.keyed, table.enabled_by, table.invert, table.json)
    for path in sorted({path for way in ways for path in way}):
        if path in table.ignore or not any(reaches(node, path) for node in nodes):
            yield f"{path}: has no place, so what is said of it has no effect"
    for path in sorted(set(table.rename) & table.ignore):
        yield f"{path}: is renamed and ignored"
    yield from check_places(table)
    known = read_entries()
    yield from (f"emit: {spec.table} has no table" for spec in table.emit.values() if spec.table not in known)


def check_places(table: Table) -> Iterator[str]:
    """Properties that the table names outside of `rename`."""
    holders = [schema_members(table.type)] if table.type else []
    for fold in table.folds:
        kind = type_at(schema_members(fold.into), steps_of(fold.at)) if fold.at else None
        holders.append(kind.element.members if kind else schema_members(fold.into))
    for path in table.constants:
        if not any(type_at(members, steps_of(path)) for members in holders):
            yield f"set {path}: is no property"
    for path, targets in table.explode.items():
        for node in nodes_of(table):
            inside = node if path == "." else step(node, path)
            for attribute, target in targets.items():
                if inside is None or type_at(inside.members, steps_of(target)) is None:
                    yield f"explode {path}.{attribute}: {target} is no property there"


def check_fold(fold: Fold) -> Iterator[str]:
    """A fold into what is not there, or in a way that is none."""
    schema = schema_for(fold.into)
    if schema is None:
        yield f"fold: AWS has no type {fold.into}"
    elif fold.at and type_at(schema.properties, steps_of(fold.at)) is None:
        yield f"fold: {fold.into} has no {fold.at}"
    elif fold.key and fold.key not in schema.properties:
        yield f"fold: {fold.into} has no {fold.key}"
    if fold.how not in HOW:
        yield f"fold: how is one of {', '.join(HOW)}"


def step(node: Node, path: str) -> Node | None:
    """The node of the block at an attribute path, None if it has none."""
    current: Node | None = node
    for name in path.split(".") if path else ():
        rule = current.rule(name) if current is not None else None
        current = rule.node if rule is not None else None
    return current


def leads(node: Node, path: str, target: str) -> bool:
    """Whether a `rename` is met on the way and its target has a type."""
    above, _, name = path.rpartition(".")
    inside = step(node, above)
    if inside is None:
        return False
    if name == "*":
        return type_at(inside.members, inside.fallback) is not None
    rule = inside.rule(name)
    return rule is not None and (rule.flat or rule.kind is not None) and bool(target)


def reaches(node: Node, path: str) -> bool:
    """Whether an attribute has a place."""
    above, _, name = path.rpartition(".")
    inside = step(node, above)
    return inside is not None and inside.rule(name) is not None


def unknown_attributes(table: Table, attributes: Mapping[str, Any]) -> Iterator[str]:
    """Attributes that the table names and the provider does not have."""
    ways = (table.rename, table.ignore, table.values, table.defaults, table.also, table.keyed, table.enabled_by)
    names = {path for way in (*ways, table.invert, table.json, table.emit) for path in way}
    names |= {fold.by for fold in table.folds} | {fold.value for fold in table.folds if fold.value}
    for path, targets in table.explode.items():
        names |= {name if path == "." else f"{path}.{name}" for name in targets}
    for path in sorted(names):
        inside: Any = attributes
        for part in path.removesuffix(".*").removesuffix("*").split("."):
            inside = inside.get(part) if part and isinstance(inside, dict) else (None if part else {})
        if inside is None:
            yield f"the provider has no {path}"
