"""A table and the schema compiled into rules: one a attribute, made when the attribute is met first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bastide.resources.model import ABSENT, Perhaps, Unresolved
from bastide.resources.schema import schema_for
from bastide.sources.terraform.mapping_names import find_property, index_of
from bastide.sources.terraform.mapping_paths import listed, plain, put, steps_of, type_at
from bastide.sources.terraform.mapping_values import (
    MARKS,
    SCALARS,
    document,
    free,
    inverted,
    is_pairs,
    list_of,
    mapping_of,
    row_of,
    switched,
    translated,
)
from bastide.sources.terraform.values import Maybe

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bastide.resources.schema import PropertyType
    from bastide.sources.terraform.mapping import Table
    from bastide.sources.terraform.mapping_paths import Step
    from bastide.sources.terraform.mapping_values import Context, Convert

ALWAYS_IGNORED = {"id", "arn", "tags_all", "region", "timeouts", "lifecycle", "depends_on", "count", "for_each"}
ALWAYS_IGNORED |= {"provider", "provisioner", "connection", "name_prefix", "apply_immediately", "skip_destroy"}
ALWAYS_IGNORED |= {"force_destroy", "skip_final_snapshot", "final_snapshot_identifier"}
"""Meta-arguments, computed attributes and orders to the provider alone; `rename` brings one of them back."""


class Rule:
    """What becomes of one attribute: `convert` it, put it at `steps`; or `flat`, its members belong one level up.

    `key` is the property when that is one plain step and all there is to do, the fast way. `also` is what is so
    wherever the attribute is set. `each`: every item of a list goes into an element of its own. `node` converts
    the blocks inside.
    """

    __slots__ = ("also", "convert", "each", "flat", "key", "kind", "node", "path", "root", "steps")

    def __init__(self, steps: tuple[Step, ...], kind: PropertyType | None, *, root: bool = False) -> None:
        self.steps = steps
        self.kind = kind
        self.root = root
        self.each = False
        self.key = steps[0][0] if len(steps) == 1 and steps[0][1] is None and not root else ""
        self.path = plain(steps)
        self.also: list[tuple[tuple[Step, ...], Any]] = []
        self.flat = False
        self.node: Node | None = None
        self.convert: Convert = SCALARS["json"]


class Node:
    """How the attributes of one block become the members of one object."""

    __slots__ = ("defaults", "exploded", "fallback", "index", "members", "owner", "places", "prefix", "rules", "table")

    def __init__(
        self,
        table: Table,
        prefix: str,
        members: Mapping[str, PropertyType],
        owner: str,
        readonly: tuple[str, ...] = (),
    ) -> None:
        self.table = table
        self.prefix = prefix
        self.members = members
        self.owner = owner
        self.index = index_of({name: kind for name, kind in members.items() if name not in readonly})
        self.rules: dict[str, Rule | None] = {}
        self.places: dict[str, str] = {}  # property path by attribute path, as far as asked for
        self.defaults = {
            path[len(prefix) :]: value
            for path, value in table.defaults.items()
            if path.startswith(prefix) and "." not in path[len(prefix) :]
        }
        self.fallback = steps_of(table.rename.get(f"{prefix}*", ""))
        spread = table.explode.get(prefix.removesuffix(".") or ".", {})
        self.exploded = {name: Rule(steps_of(path), None) for name, path in spread.items()}
        for name, rule in self.exploded.items():
            self.finish(rule, f"{prefix}{name}", type_at(members, rule.steps))
            self.rules[name] = None

    def fill(self, attributes: dict[str, Any], tree: dict[str, Any], context: Context) -> dict[str, Any]:
        """Put what the attributes say into `tree`, and return it."""
        rules = self.rules
        for name, value in attributes.items():
            if value is None:
                continue
            rule = rules[name] if name in rules else self.rule(name)
            if rule is None:
                continue
            if rule.key and rule.key not in tree:
                converted = rule.convert(value, context)
                if converted is not ABSENT:
                    tree[rule.key] = converted
            else:
                self.place(rule, value, tree, context)
        for name, value in self.defaults.items():
            rule = self.rule(name)
            if rule is not None and attributes.get(name) is None:
                self.place(rule, value, tree, context)
        return tree

    def place(self, rule: Rule, value: Any, tree: dict[str, Any], context: Context) -> None:
        """Put one attribute's value where its rule says, beside what is there already."""
        if rule.node is not None and rule.flat:
            rule.node.flatten(value, tree, context)
            return
        for item in listed(value) if rule.each else (value,):
            converted = rule.convert(item, context)
            if converted is ABSENT:
                continue
            put(context.root if rule.root else tree, rule.steps, converted)
            for steps, constant in rule.also:
                put(tree, steps, constant)

    def flatten(self, value: Any, tree: dict[str, Any], context: Context) -> None:
        """The members of this block into the object around it; of an unknown block, none of them is known."""
        for block in listed(value):
            if isinstance(block, dict):
                self.fill(block, tree, context)
            elif isinstance(block, Unresolved):
                for steps in self.targets():
                    put(tree, steps, block)

    def targets(self) -> list[tuple[Step, ...]]:
        """Where the members of this block may go: where the table says, else every property."""
        named = [
            steps_of(path)
            for attribute, path in self.table.rename.items()
            if attribute.startswith(self.prefix) and "." not in attribute[len(self.prefix) :] and path != "."
        ]
        return named or [((name, None),) for name in self.index.values()]

    def explode(self, block: dict[str, Any], context: Context) -> list[dict[str, Any]]:
        """One object for every value of the exploded attributes, each with everything else of the block."""
        base = self.fill(block, {}, context)
        found: list[dict[str, Any]] = []
        for name, rule in self.exploded.items():
            value = block.get(name)
            for item in listed(value) if value else ():
                tree = dict(base)
                put(tree, rule.steps, rule.convert(context.own if item is True else item, context))
                found.append(tree)
        return found or [base]

    def rule(self, name: str) -> Rule | None:
        """The rule of an attribute, made when it is asked for first; None for what has no place."""
        if name not in self.rules:
            self.rules[name] = self.match(str(name))
        return self.rules[name]

    def match(self, name: str) -> Rule | None:
        path = f"{self.prefix}{name}"
        table = self.table
        if path in table.ignore or path in table.emit:
            return None
        target = table.rename.get(path)
        if target == ".":
            rule = Rule((), None)
            rule.flat = True
            rule.node = Node(table, f"{path}.", self.members, self.owner)
            rule.node.index = self.index
            return rule
        if target is not None:
            steps = steps_of(target.removeprefix("/"))
            return self.finish(Rule(steps, None, root=target[0] == "/"), path, self.type_at(target, steps))
        if not self.prefix and name in ALWAYS_IGNORED:
            return None
        return self.by_rule(name, path)

    def by_rule(self, name: str, path: str) -> Rule | None:
        """The property of that name among the members, or in the object that unnamed ones go into."""
        found = find_property(name, self.index, self.owner)
        if found is not None:
            return self.finish(Rule(((found, None),), None), path, self.members[found])
        inside = type_at(self.members, self.fallback) if self.fallback else None
        if inside is not None:
            found = find_property(name, index_of(inside.members), inside.definition)
            if found is not None:
                return self.finish(Rule((*self.fallback, (found, None)), None), path, inside.members[found])
        return None

    def type_at(self, target: str, steps: tuple[Step, ...]) -> PropertyType | None:
        members = schema_members(self.table.type) if target[0] == "/" else self.members
        return type_at(members, steps)

    def finish(self, rule: Rule, path: str, kind: PropertyType | None) -> Rule:
        """Give the rule what it needs to convert a value of that type."""
        rule.kind = kind
        rule.convert = self.converter(rule, path, kind)
        table = self.table
        rule.each = kind is not None and kind.kind in SCALARS and any(step == {} for _, step in rule.steps[:-1])
        if path in table.enabled_by:
            rule.convert = switched(table.enabled_by[path], rule.convert)
        if path in table.also:
            rule.also = [(steps_of(place), value) for place, value in table.also[path].items()]
            rule.key = ""
        if path in table.invert:
            rule.convert = inverted(rule.convert)
        if path in table.values:
            rule.convert = translated(table.values[path], rule.convert)
        return rule

    def converter(self, rule: Rule, path: str, kind: PropertyType | None) -> Convert:
        """The function for the type: objects and lists of them go on with a node of their own."""
        if kind is None:
            return SCALARS["json"]
        parse = path in self.table.json
        key = self.table.keyed.get(path, "")
        if kind.kind == "json" and key:
            return mapping_of(SCALARS["string"], key)
        if kind.kind == "json" and parse:
            return document
        if kind.kind in SCALARS:
            return SCALARS[kind.kind]
        element = kind.element
        inner: Convert = SCALARS["json"]
        if element.kind == "object":
            rule.node = Node(self.table, f"{path}.", element.members, element.definition)
            inner = to_object(rule.node)
        elif element.kind == "map":
            inner = self.converter(rule, path, element.item)
        else:
            inner = SCALARS[element.kind]
        if element.kind == "map":
            inner = mapping_of(inner, key)
        if kind.kind == "list" and kind.item is not None and kind.item.kind == "list" and inner is free:
            inner = row_of
        if kind.kind == "list":
            inner = to_blocks(rule.node, element, path) if rule.node and element.kind == "object" else list_of(inner)
        return parsed(inner) if parse else inner


def schema_members(type_name: str) -> Mapping[str, PropertyType]:
    """The properties of a CloudFormation type."""
    schema = schema_for(type_name)
    return schema.properties if schema else {}


def to_object(node: Node) -> Convert:
    """Into an object: from a map, or from a list of one block."""

    def convert(value: Any, context: Context) -> Any:
        if isinstance(value, dict):
            return node.fill(value, {}, context)
        if isinstance(value, list):
            blocks = [block for block in value if block is not None]
            if len(blocks) > 1:
                return Unresolved("", f"{len(blocks)} blocks where AWS has room for one")
            return convert(blocks[0], context) if blocks else ABSENT
        if isinstance(value, MARKS):
            return value
        if isinstance(value, str) and value.lstrip()[:1] == "{":
            return convert(context.documents.parse(value), context)
        return ABSENT if value == "" else Unresolved("", "not the object that AWS has here")

    return convert


def to_blocks(node: Node, element: PropertyType, path: str) -> Convert:
    """Into a list of objects: from blocks, from a map where the objects are its entries, from one object."""
    pairs = is_pairs(element)
    one = to_object(node)

    def several(block: Any, context: Context) -> list[Any]:
        if isinstance(block, dict):
            return node.explode(block, context)
        if isinstance(block, Maybe) and block.attributes is not None:
            return [Perhaps(block.expression, block.reason, tree) for tree in several(block.attributes, context)]
        return [one(block, context)]

    def convert(value: Any, context: Context) -> Any:
        if isinstance(value, dict):
            if pairs and not (pairs[0].lower() in value and "value" in value):
                text = SCALARS["string"]
                return [{pairs[0]: str(k), pairs[1]: text(v, context)} for k, v in value.items() if v is not None]
            value = [value]
        elif not isinstance(value, list):
            return value if isinstance(value, MARKS) else ABSENT
        if not node.exploded:
            return [
                node.fill(block, {}, context) if isinstance(block, dict) else several(block, context)[0]
                for block in value
                if block is not None
            ]
        found: list[Any] = []
        counts = context.spread.setdefault(path, [])
        for block in value:
            made = several(block, context)
            counts.append(len(made))
            found += made
        return found

    return convert


def parsed(inner: Convert) -> Convert:
    """A JSON document given as text, before it is converted like what it says."""

    def convert(value: Any, context: Context) -> Any:
        found = document(value, context)
        return found if found is ABSENT else inner(found, context)

    return convert
