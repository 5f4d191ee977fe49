"""From configuration items to resources, with the lines of the collectors: equal to what the live source makes.

An item whose configuration has the names of the API stands in for the answers of a collector's calls; one with the
names of the resource schema is taken as it is. What an item does not say is unknown, never absent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct, field

from bastide.resources.model import ABSENT, Resource, Unresolved, settle
from bastide.resources.schema import schema_for
from bastide.sources.aws.calls import Work
from bastide.sources.aws.collect import elements, merged
from bastide.sources.aws.convert import Lines, convert, fill
from bastide.sources.aws.covering import Forms, uncovered_of
from bastide.sources.aws.expressions import find, tags_map
from bastide.sources.aws.items import Item, Maker, context_of, roots_of
from bastide.sources.aws.shapes import ANY, Form
from bastide.sources.config_snapshot.table import Recorded

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from bastide.resources.schema import TypeSchema
    from bastide.sources.aws.collectors import Call, Collector, Collectors
    from bastide.sources.config_snapshot.item import ConfigItem

NOT_RECORDED = "AWS Config does not record it"
NOT_SELECTED = "what was read of AWS Config does not have its configuration"
OTHER_FORM = "bastide does not know the form in which AWS Config records it"
NONE = "none"
"""What an expression of the table gives where AWS Config knows that there is none."""
HOME = "us-east-1"
MAX_DEPTH = 24
MAX_NAMES = 5_000
"""Names of types that are kept in mind; there are not half as many."""


class Made(Struct):
    """What one item gave. `types` are those that it says all about, `unread` those that it says nothing about."""

    resources: list[Resource] = field(default_factory=list)
    types: set[str] = field(default_factory=set)
    unread: dict[str, str] = field(default_factory=dict)


class Makers:
    """Makes the resources of wanted `types`; `reads` are the properties that controls read of them."""

    def __init__(
        self,
        library: Collectors,
        table: Mapping[str, Recorded],
        types: set[str],
        reads: Mapping[str, set[str]],
        model: Callable[[str], Any],
    ) -> None:
        self.table, self.types = table, types
        self._reads = reads
        self._entries = library.by_type()
        self._children: dict[tuple[str, str], list[Collector]] = {}
        for entry in library.entries:
            if entry.each:
                self._children.setdefault((entry.group, entry.each), []).append(entry)
        self._forms = Forms(model, library.entries)
        self._uncovered: dict[str, dict[str, str]] = {}
        self._made: dict[tuple[int, str, str, str], Maker] = {}
        self._is_wanted: dict[str, bool] = {}

    def type_of(self, name: str) -> str:
        """The CloudFormation type of what AWS Config calls by a name."""
        entry = self.table.get(name)
        return entry.type if entry and entry.type else name

    def is_wanted(self, name: str) -> bool:
        """Whether items of a type of AWS Config give anything that is wanted."""
        if name not in self._is_wanted and len(self._is_wanted) < MAX_NAMES:
            self._is_wanted[name] = self.gives(name, self.types)
        return self._is_wanted.get(name, False)

    def gives(self, name: str, types: Collection[str]) -> bool:
        """Whether items of a type of AWS Config may give resources of some types."""
        kind = self.type_of(name)
        children = (child.type for one in self._entries.get(kind, ()) for child in self._of(one))
        return kind in types or any(child in types for child in children)

    def _of(self, entry: Collector) -> list[Collector]:
        return self._children.get((entry.group, entry.type), [])

    def make(self, item: ConfigItem) -> Made:
        """The resources of an item; `unread` has why there may be more."""
        kind = self.type_of(item.type)
        schema = schema_for(kind)
        made = Made(types={kind})
        if schema is None:
            return made
        entry = next((one for one in self._entries.get(kind, ()) if not one.each), None)
        if item.configuration is None:
            made.resources.append(self._unknown(schema, item, NOT_SELECTED))
        elif item.type not in self.table and is_of_schema(schema, item.configuration):
            made.resources.append(self._plain(schema, item))
        elif entry is None:
            each = next(iter(self._entries.get(kind, ())), None)
            made.resources.append(
                self._alone(each, schema, item) if each and item.arn else self._unknown(schema, item, OTHER_FORM)
            )
        else:
            self._collected(entry, item, made)
            return made
        made.resources = [one for one in made.resources if one.type in self.types]
        for one in self._entries.get(kind, ()):
            for child in self._of(one):
                made.unread[child.type] = NOT_RECORDED
        return made

    # The names of the API

    def _collected(self, entry: Collector, item: ConfigItem, made: Made) -> None:
        recorded = self.table.get(item.type, Recorded())
        seen = _seen(item)
        for data in elements(recorded.item or "configuration", seen):
            one = Item({**renamed(data, self._forms.item(entry)), "context": context_of(self._work(entry, item))})
            resource = self._one(entry, item, recorded, seen, one)
            if resource is None or one.gone:
                continue
            if entry.type in self.types:
                made.resources.append(resource)
            for child in self._of(entry):
                self._child(child, item, seen, one, made)

    def _one(
        self, entry: Collector, item: ConfigItem, recorded: Recorded, seen: dict[str, Any], one: Item
    ) -> Resource | None:
        maker = self._maker(entry, item)
        for number, call in enumerate(entry.complete):
            if reason := one.why_not(_roots(call)):
                maker.fail(one, call, reason)
            elif not call.when or find(call.when, one.data):
                self._apply(maker, number, recorded.answers.get(call.call), seen, one)
        self._tag(maker, recorded, item, one)
        if entry.only and not find(entry.only, one.data):
            one.gone = True
        resource = maker.resource(one)
        if resource is not None:
            self._say_unrecorded(resource, recorded, item)
        return resource

    @staticmethod
    def _tag(maker: Maker, recorded: Recorded, item: ConfigItem, one: Item) -> None:
        """Tags stand beside the configuration; where a call of their own gives them, no tags are an empty list."""
        kind = maker.schema.properties.get("Tags")
        if kind is None or item.tags is None:
            return
        one.unresolved.pop("Tags", None)
        calls = [call.call for call in maker.entry.complete if "Tags" in call.properties]
        asked = bool(calls) and not recorded.answers.keys() & set(calls)
        if (item.tags or asked) and (tags := convert(item.tags, kind)) is not ABSENT:
            one.filled["Tags"] = tags

    def _apply(self, maker: Maker, number: int, expression: str | None, seen: dict[str, Any], one: Item) -> None:
        """Do with an item what a call would have done: from what is recorded, or say that it is not."""
        call: Call = maker.entry.complete[number]
        if call.item or (call.keep and call.keep in one.data):
            return  # the configuration is both the list's and this call's
        found = find(expression, seen) if expression else None
        if found == NONE:
            return
        if not isinstance(found, dict):
            maker.fail(one, call, NOT_RECORDED)
            return
        answer = renamed(found, self._forms.answer(maker.entry, call))
        if call.keep:
            one.data[call.keep] = find(call.items, answer) if call.items else answer
        if call.properties:
            maker.complete(one, number, merged([answer]))

    def _child(self, child: Collector, item: ConfigItem, seen: dict[str, Any], parent: Item, made: Made) -> None:
        made.types.add(child.type)
        recorded = self.table.get(child.type, Recorded())
        for call in child.listings:
            root: Any = {"parent": parent.data, "context": parent.data["context"]}
            if call.call:
                expression = recorded.answers.get(call.call, "")
                answer = find(expression, seen) if expression else None
                if answer == NONE:
                    continue
                if not isinstance(answer, dict):
                    made.unread[child.type] = NOT_RECORDED
                    continue
                root = renamed(answer, self._forms.answer(child, call))
            elif reason := Item({}, parent).why_not(roots_of(call.items or "@")):
                made.unread[child.type] = reason
                continue
            for data in elements(call.items, root):
                one = Item({**data, "context": parent.data["context"], "parent": parent.data}, parent)
                resource = self._one(child, item, recorded, seen, one)
                if resource is not None and not one.gone and child.type in self.types:
                    made.resources.append(resource)

    def _maker(self, entry: Collector, item: ConfigItem) -> Maker:
        work = self._work(entry, item)
        key = (id(entry), work.account, work.region, work.partition)
        if key not in self._made:
            if entry.type not in self._uncovered:
                found = uncovered_of(self._entries[entry.type], self._reads, self._forms)
                self._uncovered[entry.type] = found.get(entry.type, {})
            self._made[key] = Maker(entry, work, self._uncovered[entry.type])
        return self._made[key]

    @staticmethod
    def _work(entry: Collector, item: ConfigItem) -> Work:
        region = "global" if entry.scope == "global" else item.region
        return Work(item.account, region, entry.group, item.partition, HOME)

    @staticmethod
    def _say_unrecorded(resource: Resource, recorded: Recorded, item: ConfigItem) -> None:
        names = {name.lower() for name in item.configuration or ()}
        for path in recorded.unrecorded:
            if path not in resource.properties and path.lower() not in names:
                resource.unresolved.setdefault(path, NOT_RECORDED)

    def _alone(self, entry: Collector, schema: TypeSchema, item: ConfigItem) -> Resource:
        """A resource that the live source finds through another, as far as its own item tells."""
        data = renamed(item.configuration, self._forms.item(entry))
        tree = fill(schema, Lines.of(entry.properties), {**data, "context": context_of(self._work(entry, item))},
                    by_rule=entry.by_rule)  # fmt: skip
        for path, rule in entry.properties.items():
            if any(root[0] == "parent" for root in roots_of(rule if isinstance(rule, str) else rule.source)):
                tree[path.partition(".")[0]] = Unresolved("", NOT_RECORDED)
        for call in entry.complete:
            for path in () if call.item else call.properties:
                tree.setdefault(path.partition(".")[0], Unresolved("", NOT_RECORDED))
        if item.tags and "Tags" in schema.properties:
            tree.setdefault("Tags", convert(item.tags, schema.properties["Tags"]))
        return self._resource(schema, item, tree)

    # The names of the resource schema

    def _plain(self, schema: TypeSchema, item: ConfigItem) -> Resource:
        tree = fill(schema, Lines(), item.configuration, by_rule=True)
        if item.tags and "Tags" in schema.properties:
            tree.setdefault("Tags", convert(item.tags, schema.properties["Tags"]))
        never = {name for one in self._entries.get(schema.name, ()) for name in one.never}
        for name in {*schema.live, *(path for path in schema.writeonly if "." not in path)} - never:
            tree.setdefault(name, Unresolved("", NOT_RECORDED))
        return self._resource(schema, item, tree)

    def _unknown(self, schema: TypeSchema, item: ConfigItem, why: str) -> Resource:
        return self._resource(schema, item, {name: Unresolved("", why) for name in schema.properties})

    @staticmethod
    def _resource(schema: TypeSchema, item: ConfigItem, tree: dict[str, Any]) -> Resource:
        properties, unresolved, _ = settle(tree)
        unit = f"aws:{item.account}"
        address = item.arn or f"arn:{item.partition}:config:{item.region}:{item.account}:{item.type}/{item.id}"
        metadata = {"region": item.region, "id": item.id}
        path = f"{unit}/{item.region}"
        return Resource(
            schema.name, address, unit, "aws", path, 0, 0, properties, schema.name, unresolved, metadata=metadata
        )


def is_of_schema(schema: TypeSchema, configuration: dict[str, Any]) -> bool:
    """Whether a configuration has the names of the resource schema (a few may be newer), not those of an API."""
    known = sum(name in schema.properties for name in configuration)
    return 2 * known > len(configuration) and all(name[:1].isupper() for name in configuration)


def _roots(call: Call) -> frozenset[tuple[str, ...]]:
    """What of an item decides whether a call is made, and how."""
    texts = [call.when, *call.parameters.values(), *call.ids.values()]
    return frozenset(root for text in texts if isinstance(text, str) and text for root in roots_of(text))


def renamed(value: Any, form: Form, depth: int = 0) -> Any:
    """A value with the names as the API writes them: `dBName` as `DBName`. Maps and what is not known stay."""
    if depth > MAX_DEPTH or form is ANY or value is None:
        return value
    if isinstance(value, list):
        inner = form.item if form.kind == "list" else form
        return [renamed(one, inner, depth + 1) for one in value]
    if not isinstance(value, dict) or form.kind in ("map", "any", "scalar"):
        return value
    members = form.members if form.kind == "structure" else form.element.members
    names = {name.lower(): name for name in members}
    found: dict[str, Any] = {}
    for key, one in value.items():
        name = names.get(str(key).lower())
        found[name or key] = renamed(one, members[name], depth + 1) if name else one
    return found


def _seen(item: ConfigItem) -> dict[str, Any]:
    """What expressions of the table see."""
    return {
        "configuration": item.configuration,
        "supplementary": item.supplementary,
        "tags": tags_map(item.tags),
        "region": item.region,
        "account": item.account,
        "partition": item.partition,
        "id": item.id,
        "arn": item.arn,
    }
