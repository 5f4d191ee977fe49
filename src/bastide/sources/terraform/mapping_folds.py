"""Separate resources into the resource they belong to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct, field

from bastide.resources.model import ABSENT, Origin, Perhaps
from bastide.resources.schema import schema_for
from bastide.sources.terraform.mapping_origins import origins_of
from bastide.sources.terraform.mapping_paths import get, plain, put, steps_of, type_at
from bastide.sources.terraform.mapping_rules import Node, Rule, schema_members

if TYPE_CHECKING:
    from bastide.resources.model import Unresolved
    from bastide.sources.terraform.mapping import Fold, Table
    from bastide.sources.terraform.mapping_paths import Step
    from bastide.sources.terraform.mapping_values import Context
    from bastide.sources.terraform.provider import ProviderResource

_PLANS: dict[tuple[str, Fold], FoldPlan] = {}


class Pending(Struct):
    """A resource of a CloudFormation type on its way: `tree` still has marks in it, others may be folded in."""

    source: ProviderResource
    type: str
    address: str
    tree: dict[str, Any]
    origins: dict[str, Origin] = field(default_factory=dict)


class FoldPlan:
    """A fold compiled: how the separate resource becomes the value at `steps` of its parent."""

    def __init__(self, table: Table, fold: Fold) -> None:
        self.fold = fold
        self.table = table
        self.steps: tuple[Step, ...] = steps_of(fold.at)
        schema = schema_for(fold.into)
        readonly = schema.readonly if schema else ()
        kind = type_at(schema_members(fold.into), self.steps) if fold.at else None
        if kind is not None and kind.kind == "list" and fold.how == "append":
            kind = kind.item
        owner = kind.definition if kind else fold.into.rpartition("::")[2]
        members = (kind.element.members if kind else {}) if fold.at else schema_members(fold.into)
        self.node = Node(table, "", members, owner, () if fold.at else readonly)
        self.node.rules[fold.by] = None
        self.rule: Rule | None = None
        if fold.value:
            self.rule = self.node.finish(Rule(self.steps, None), fold.value, kind)
            self.node.rules[fold.value] = self.rule

    def values(self, child: ProviderResource, context: Context) -> list[Any]:
        """What goes into the parent: one value, or one for each element that the resource is taken apart into."""
        attributes = child.attributes
        if self.rule is not None:
            return [self.rule.convert(attributes.get(self.fold.value), context)]
        made = self.node.explode(attributes, context)
        for tree in made:
            add_constants(self.table, tree)
        return made

    def into(
        self, parent: Pending, child: ProviderResource, context: Context, perhaps: Unresolved | None = None
    ) -> None:
        """Fold the child in, with the places where it was written; `perhaps` says why an element may not be there."""
        for value in self.values(child, context):
            if value is ABSENT or value is None:
                continue
            where = plain(self.steps)
            if not self.steps:
                for name, item in value.items():
                    put(parent.tree, ((name, None),), item)
            elif self.fold.how == "append":
                old = get(parent.tree, where)
                where = f"{where}[{len(old) if isinstance(old, list) else 0}]"
                item = Perhaps(perhaps.expression, perhaps.reason, value) if perhaps else value
                put(parent.tree, (*self.steps[:-1], (self.steps[-1][0], {})), item)
            else:
                self.set(parent, value)
            self.remember(parent, child, context, where)

    def set(self, parent: Pending, value: Any) -> None:
        """In the place of what is there, or merged into it."""
        if self.fold.how != "merge" and self.steps[-1][1] is None:
            above = self.steps[:-1]
            holder = get(parent.tree, plain(above)) if above else parent.tree
            if isinstance(holder, dict):
                holder.pop(self.steps[-1][0], None)
        put(parent.tree, self.steps, value)

    def remember(self, parent: Pending, child: ProviderResource, context: Context, where: str) -> None:
        if where:
            parent.origins[where] = Origin(child.path, child.line, child.end_line)
        for path, origin in origins_of(child, self.node, context.spread).items():
            if self.rule is None:
                parent.origins[f"{where}.{path}" if where else path] = origin

    def blur(self, parent: Pending, unknown: Unresolved) -> None:
        """Say that the child may or may not be part of this parent, where it has no value of its own."""
        for steps in [self.steps] if self.steps else self.node.targets():
            if not get(parent.tree, plain(steps)):
                parent.tree.pop(steps[0][0], None) if len(steps) == 1 else None
                put(parent.tree, (*steps[:-1], (steps[-1][0], None)), unknown)


def plan_for(table: Table, fold: Fold) -> FoldPlan:
    """The compiled fold, made once."""
    key = (table.name, fold)
    if key not in _PLANS:
        _PLANS[key] = FoldPlan(table, fold)
    return _PLANS[key]


def add_constants(table: Table, tree: dict[str, Any]) -> None:
    """What is so for every resource of the type."""
    for path, value in table.constants.items():
        steps = steps_of(path)
        if get(tree, plain(steps)) is None:
            put(tree, steps, value)
