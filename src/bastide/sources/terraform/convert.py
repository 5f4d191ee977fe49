"""Provider resources into CloudFormation resources, by the mapping tables in `library/mappings`."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from bastide.resources.model import Link, Problem, Reference, Resource, Unresolved, settle
from bastide.resources.schema import schema_for
from bastide.sources.terraform.mapping import plain_key, table_for
from bastide.sources.terraform.mapping_families import Families
from bastide.sources.terraform.mapping_folds import FoldPlan, Pending, add_constants, plan_for
from bastide.sources.terraform.mapping_origins import origins_of
from bastide.sources.terraform.mapping_paths import listed
from bastide.sources.terraform.mapping_policy import DOCUMENT, Documents
from bastide.sources.terraform.mapping_rules import Node
from bastide.sources.terraform.mapping_values import Context
from bastide.sources.terraform.provider import Converted, ProviderResource
from bastide.sources.terraform.values import Maybe

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from bastide.resources.model import Origin, SourceKind
    from bastide.sources.terraform.mapping import Fold, Table

_NODES: dict[str, Node] = {}


def convert(resources: Iterable[ProviderResource], unit: str, source: SourceKind) -> Converted:
    """CloudFormation resources of one unit: settled, separate resources folded into their parents.

    Every link's target is the address of a resource in the result. A type that no table maps gives one
    `unmapped` problem with its count. Never raises on any attribute tree.
    """
    return Conversion(list(resources), unit, source).run()


def root_node(table: Table) -> Node:
    """The compiled rules of a table's own type, made once."""
    node = _NODES.get(table.name)
    if node is None:
        node = _NODES[table.name] = compiled_node(table)
    return node


def compiled_node(table: Table) -> Node:
    """The rules of a table's own type, empty until attributes are met."""
    schema = schema_for(table.type)
    assert schema is not None, f"{table.name}: {table.type} has no schema"
    return Node(table, "", schema.properties, table.type.rpartition("::")[2], schema.readonly)


class Conversion:
    """The conversion of one unit, from its provider resources to settled resources."""

    def __init__(self, resources: list[ProviderResource], unit: str, source: SourceKind) -> None:
        self.resources = resources
        self.unit = unit
        self.source: SourceKind = source
        self.pending: list[Pending] = []
        self.children: list[tuple[ProviderResource, Table]] = []
        self.folded: dict[str, list[Pending]] = {}
        self.uncertain: dict[Any, tuple[FoldPlan, Unresolved, list[Pending]]] = {}
        self.counted: dict[str, Problem] = {}
        self.problems: list[Problem] = []
        self.sources = {one.address: one for one in resources if one.data and one.type == DOCUMENT}
        self.documents = Documents(self.sources.get)
        self.families = Families([], [])

    def run(self) -> Converted:
        """Take each resource, fold those that belong to others, settle."""
        for one in self.resources:
            if not one.data:
                self.guarded(one, self.take)
        self.families = Families(self.pending, self.resources)
        for child, table in self.children:
            self.guarded(child, partial(self.fold, table=table))
        for plan, unknown, parents in self.uncertain.values():
            for parent in parents:
                plan.blur(parent, unknown)
        places = {one.address: [one.address] for one in self.pending}
        for address, parents in self.folded.items():
            places.setdefault(address, [parent.address for parent in parents])
        for base, instances in self.families.by_base.items():
            places.setdefault(base, [one.address for one in instances])
        found: list[Resource] = []
        for made in self.pending:
            self.guarded(made.source, partial(self.settle, made, places, found))
        return Converted(found, [*self.problems, *self.counted.values()])

    def guarded(self, resource: ProviderResource, step: Callable[[ProviderResource], None]) -> None:
        """Run a step for one resource; what is nested too deeply costs this resource only."""
        try:
            step(resource)
        except RecursionError:
            message = f"{resource.address}: nested too deeply to be judged"
            self.problems.append(Problem("partial", resource.path, resource.line, message))

    def take(self, resource: ProviderResource) -> None:
        """Convert a resource, put it aside as part of another, or count it as not mapped."""
        table = table_for(resource.type)
        if table is None:
            self.count("unmapped", resource, resource.type)
            return
        if table.switch:
            cases, case = table.cases, resource.attributes.get(table.switch)
            if isinstance(case, Unresolved):
                condition = f"{table.switch} = {case.expression}"
                resource = replace(resource, conditions=(*resource.conditions, condition))
            table = cases.get(plain_key(case)) or next(iter(cases.values()))
        for name in table.emit:
            self.emit(resource, table, name)
        if table.folds:
            self.children.append((resource, table))
        else:
            self.add(resource, table)

    def count(self, kind: Any, resource: ProviderResource, message: str) -> None:
        """One problem for all of a type, at the place of the first."""
        problem = self.counted.get(resource.type)
        if problem is None:
            self.counted[resource.type] = Problem(kind, resource.path, resource.line, message)
        else:
            problem.count += 1

    def emit(self, resource: ProviderResource, table: Table, name: str) -> None:
        """The resources that CloudFormation has for one attribute."""
        spec = table.emit[name]
        owner = Reference(f"${{{resource.address}.id}}", ((resource.address, "id"),))
        value = resource.attributes.get(name)
        items = value if isinstance(value, list) and not spec.whole else [value]
        several = items is value
        for position, one in enumerate(items):
            if one in (None, "", {}, []):
                continue
            # Like a resource whose `for_each` is not known, a block that may be there is taken to be.
            item = (one.attributes if isinstance(one, Maybe) else None) or one
            where = f"{name}[{position}]" if several else name
            attributes = item if several and isinstance(item, dict) else {name: item}
            block = attributes is item
            origins = inner_origins(resource, where if block else name, block=block)
            origin = resource.origins.get(where) or next(iter(origins.values()), None)
            made = ProviderResource(
                spec.table,
                f"{resource.address}.{where}",
                {**attributes, **spec.constants, spec.parent: owner},
                origin.path if origin else resource.path,
                origin.line if origin else resource.line,
                origin.end_line if origin else resource.end_line,
                origins,
                call=resource.call,
                provider=resource.provider,
                conditions=resource.conditions,
            )
            self.take(made)
            if isinstance(item, Unresolved) and self.pending and self.pending[-1].source is made:
                self.blank(self.pending[-1], name, item)

    @staticmethod
    def blank(one: Pending, name: str, unknown: Unresolved) -> None:
        """Say that nothing is known of what is made of an attribute, where that is not a property of its own."""
        table = table_for(one.source.type)
        if table is not None and root_node(table).rule(name) is None:
            for place in root_node(table).index.values():
                one.tree.setdefault(place, unknown)

    def add(self, resource: ProviderResource, table: Table, own: Any = None) -> None:
        """A resource of its own; several, if the table takes it apart."""
        node = root_node(table)
        tree: dict[str, Any] = {}
        if own is None and table.explode:
            own = Reference(f"${{{resource.address}.id}}", ((resource.address, "id"),))
        context = Context(own, self.documents, tree)
        attributes = with_default_tags(resource)
        trees = node.explode(attributes, context) if node.exploded else [node.fill(attributes, tree, context)]
        origins = origins_of(resource, node, context.spread)
        for number, made in enumerate(trees, 1):
            if table.constants:
                add_constants(table, made)
            address = resource.address if number == 1 else f"{resource.address}/{number}"
            self.pending.append(Pending(resource, table.type, address, made, dict(origins)))

    def fold(self, child: ProviderResource, table: Table) -> None:
        """Into the resources it names, or on its own if CloudFormation has it and they are not here."""
        found: list[Pending] = []
        possible = False
        for fold in table.folds:
            for value in listed(child.attributes.get(fold.by)):
                if value in (None, ""):
                    continue
                parents = self.families.parents(fold, value, child.address)
                for parent in parents.certain:
                    self.into(parent, child, plan_for(table, fold), Context(value, self.documents, {}))
                    found.append(parent)
                if parents.possible:
                    possible = True
                    self.blur(child, table, fold, value, parents.possible)
        if found:
            self.folded[child.address] = found
        elif table.type:
            self.add(child, table, child.attributes.get(table.folds[0].by))
        elif not possible:
            into = table.folds[0].into
            message = f"{child.type}: its {into} is not in this unit, so it was not judged"
            self.count("note", child, message)

    def into(self, parent: Pending, child: ProviderResource, plan: FoldPlan, context: Context) -> None:
        """Into one that it surely belongs to; what may not be there is unknown in the parent, or an element perhaps."""
        only = [one for one in child.conditions if one not in parent.source.conditions]
        unknown = Unresolved(child.address, f"depends on {' and '.join(only)}") if only else None
        if unknown and plan.fold.how != "append":
            self.uncertain[plan, parent.address] = (plan, unknown, [parent])
        else:
            plan.into(parent, child, context, unknown)

    def blur(self, child: ProviderResource, table: Table, fold: Fold, value: Any, parents: list[Pending]) -> None:
        """Note that the child may be part of each of these, for when all certain ones are folded.

        Into a list of those that it names it is put as an element that may not be there.
        """
        key = (table.name, fold, id(parents))
        if key in self.uncertain:
            return  # another child has made the same properties unknown
        expression = value.expression if isinstance(value, Unresolved) else getattr(value, "text", str(value))
        unknown = Unresolved(expression, f"{child.address} may set it: which resource it belongs to is not known")
        plan = plan_for(table, fold)
        if fold.how == "append" and parents is not self.families.by_type.get(fold.into):
            for parent in parents:
                plan.into(parent, child, Context(value, self.documents, {}), unknown)
        else:
            self.uncertain[key] = (plan, unknown, parents)

    def settle(
        self, one: Pending, places: dict[str, list[str]], found: list[Resource], source: ProviderResource
    ) -> None:
        """Add the resource to `found` as everything after this reads it."""
        perhaps: list[str] = []
        properties, unresolved, links = settle(one.tree, perhaps)
        if links:
            links = [
                Link(link.property, target, link.attribute) for link in links for target in places.get(link.target, ())
            ]
        region = source.attributes.get("region") or source.provider.get("region")
        resource = Resource(
            one.type,
            one.address,
            self.unit,
            self.source,
            source.path,
            source.line,
            source.end_line,
            properties,
            source.type,
            unresolved,
            links,
            one.origins,
            source.call,
            ({"region": region} if isinstance(region, str) else {})
            | ({"condition": "\n".join(source.conditions)} if source.conditions else {})
            | ({"perhaps": "\n".join(perhaps)} if perhaps else {}),
        )
        found.append(resource)


def inner_origins(resource: ProviderResource, where: str, *, block: bool) -> dict[str, Origin]:
    """The origins of what is made a resource of its own: of a block's attributes, or of one attribute with blocks."""
    if block:
        head = f"{where}."
        return {path[len(head) :]: origin for path, origin in resource.origins.items() if path.startswith(head)}
    inside = (f"{where}[", f"{where}.")
    return {path: origin for path, origin in resource.origins.items() if path == where or path.startswith(inside)}


def with_default_tags(resource: ProviderResource) -> dict[str, Any]:
    """The attributes, with the tags that the provider adds: `tags_all` of a plan, `default_tags` of the files."""
    attributes = resource.attributes
    everything = attributes.get("tags_all") or resource.provider.get("default_tags")
    tags = attributes.get("tags")
    if isinstance(everything, dict) and (tags is None or isinstance(tags, dict)):
        return {**attributes, "tags": {**everything, **(tags or {})}}
    return attributes
