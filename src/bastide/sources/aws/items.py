"""What a collector works on: one item of an answer, and how it becomes a resource."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field

from bastide.resources.model import ABSENT, Resource, Unresolved, settle
from bastide.resources.schema import schema_for
from bastide.sources.aws.convert import Lines, fill, inside, member
from bastide.sources.aws.expressions import compile_expression, find, holes, is_template, text_of

if TYPE_CHECKING:
    from bastide.resources.model import SourceKind
    from bastide.sources.aws.calls import Work
    from bastide.sources.aws.collectors import Call, Collector, Properties

SOURCE: SourceKind = "aws"


class Item(Struct):
    """One thing that a call listed. `data` is what expressions see: with `context`, and `parent` where there is one.

    `filled` are properties that calls completed, `placed` members of other properties by path, `unresolved` those that
    they could not. `whole` says why everything else about it is not known; `missing` the same of what calls were to
    keep in `data`, by name.
    """

    data: dict[str, Any]
    parent: Item | None = None
    filled: dict[str, Any] = field(default_factory=dict)
    placed: dict[str, Any] = field(default_factory=dict)
    unresolved: dict[str, str] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)
    whole: str = ""
    gone: bool = False
    region: str = ""

    def why_not(self, roots: frozenset[tuple[str, ...]]) -> str:
        """Why an expression with these roots cannot be told from the item; empty when it can."""
        for root in roots:
            if reason := self.missing.get(root[0]):
                return reason
            if root[0] == "parent" and self.parent is not None:
                inner = root[1:2]
                if self.parent.whole:
                    return self.parent.whole
                if inner and (reason := self.parent.missing.get(inner[0], "")):
                    return reason
        return self.whole

    def tells(self, roots: frozenset[tuple[str, ...]], value: Any) -> bool:
        """Whether a value is what the item says, and no default that stands where a call has failed."""
        known = [
            root[1] in self.parent.data if root[0] == "parent" and self.parent else root[0] in self.data
            for root in roots
            if root[0] != "context" and root != ("parent",)
        ]
        return all(known) or (any(known) and bool(value))

    def surely(self, text: str) -> bool:
        """Whether an expression is true by what is in the item, and by nothing that is not there."""
        roots = roots_of(text)
        known = all(root[0] in self.data and root[0] not in self.missing for root in roots)
        return known and not self.whole and bool(find(text, self.data))


def context_of(work: Work) -> dict[str, str]:
    """What every expression can ask about where it is."""
    return {"account": work.account, "region": work.client_region, "partition": work.partition}


@cache
def roots_of(text: str) -> frozenset[tuple[str, ...]]:
    """The first two names of every path in an expression or template, from the top of what it is evaluated on."""
    if is_template(text):
        return frozenset(root for hole in holes(text) for root in roots_of(hole))
    if text.isidentifier():
        return frozenset({(text,)})
    found: set[tuple[str, ...]] = set()
    _roots(compile_expression(text).parsed, found)
    return frozenset(found)


def _roots(node: dict[str, Any], found: set[tuple[str, ...]]) -> tuple[str, ...]:
    """The path that a node begins with; those inside functions and comparisons go to `found` as they are met."""
    kind, children = node["type"], node["children"]
    if kind == "field":
        found.add((node["value"],))
        return (node["value"],)
    if kind in ("subexpression", "index_expression", "projection", "filter_projection", "value_projection", "flatten"):
        head = _roots(children[0], found)
        if kind == "subexpression" and len(head) == 1 and (name := _first(children[1])):
            found.add((*head, name))
            return (*head, name)
        return head
    for child in children:
        if isinstance(child, dict):
            _roots(child, found)
    return ()


def _first(node: dict[str, Any]) -> str:
    """The name that the right side of a dot begins with: `b` of `a.b[0]`; empty for `a.{…}`."""
    while node["type"] in ("index_expression", "subexpression"):
        node = node["children"][0]
    return str(node["value"]) if node["type"] == "field" else ""


@cache
def lines_of(properties: tuple[tuple[str, Any], ...]) -> Lines:
    """The lines of a collector or call, made once."""
    return Lines.of(dict(properties))


def frozen(properties: Properties) -> tuple[tuple[str, Any], ...]:
    """Properties as a key of `lines_of`."""
    return tuple(properties.items())


def put(tree: dict[str, Any], path: str, value: Any) -> None:
    """Put a value into the objects of a tree, which are made if need be; what is no object there stays as it is."""
    *outer, last = path.split(".")
    for name in outer if value is not ABSENT else ():
        tree = tree.setdefault(name, {})
        if not isinstance(tree, dict):
            return
    if value is not ABSENT:
        tree[last] = value


class Maker:
    """Makes the resources of one collector."""

    def __init__(self, entry: Collector, work: Work, uncovered: dict[str, str]) -> None:
        self.entry, self.work, self.uncovered = entry, work, uncovered
        schema = schema_for(entry.type)
        assert schema is not None, f"{entry.place}: {entry.type} has no schema"
        self.schema = schema
        self.lines = Lines.of(entry.properties)
        self.by_call = [Lines.of(call.properties) for call in entry.complete]
        self.inside = [inside(call.properties) for call in entry.complete]

    def address(self, item: Item) -> tuple[str, str] | None:
        """The ARN (or what stands for one) and the id; None when the answer does not have them."""
        identity = text_of(self.entry.id, item.data)
        if identity is None:
            return None
        arn = text_of(self.entry.arn, {**item.data, **context_of(self.work), **self.place(item), "id": identity})
        return None if arn is None else (arn, identity)

    def place(self, item: Item) -> dict[str, str]:
        """The region that an item is in, when it says so itself."""
        region = self.region(item)
        return {"region": region} if region else {}

    def region(self, item: Item) -> str:
        """The item's own region, else its parent's; empty for neither."""
        if self.entry.region and (found := text_of(self.entry.region, item.data)):
            item.region = found
        return item.region or (item.parent.region if item.parent else "")

    def complete(self, item: Item, number: int, answer: dict[str, Any]) -> None:
        """Take the properties of the call of this number from its answer."""
        seen = {**answer, "item": item.data}
        item.filled.update(fill(self.schema, self.by_call[number], seen, by_rule=False))
        for path, rule in self.inside[number].items():
            item.placed[path] = member(self.schema, path, rule, seen)

    def fail(self, item: Item, call: Call, reason: str) -> None:
        """Note what a call could not tell."""
        for path in call.properties:
            item.unresolved[path] = reason
        if call.item:
            item.whole = reason
        if call.keep:
            item.missing[call.keep] = reason

    def resource(self, item: Item) -> Resource | None:
        """The resource of a complete item; None when it has no address."""
        place = self.address(item)
        if place is None:
            return None
        arn, identity = place
        tree = fill(self.schema, self.lines, item.data, by_rule=self.entry.by_rule)
        item.data.update(arn=arn, id=identity)  # for those that are `each` of it
        tree.update(item.filled)
        for path, value in item.placed.items():
            put(tree, path, value)
        tree.update(self.entry.constants)
        self._mark(tree, item)
        properties, unresolved, _ = settle(tree)
        for path, reason in (*item.unresolved.items(), *self.uncovered.items()):
            unresolved.setdefault(path, reason)
        region = self.region(item) or self.work.region
        metadata = {"region": region, "id": identity}
        for name, expression in self.entry.metadata.items():
            value = find(expression, item.data)
            if value not in (None, False, "", [], {}):
                metadata[name] = "true" if value is True else str(value)
        unit = f"aws:{self.work.account}"
        return Resource(
            self.entry.type,
            arn,
            unit,
            SOURCE,
            f"{unit}/{region}",
            0,
            0,
            properties,
            self.entry.type,
            unresolved,
            metadata=metadata,
        )

    def _mark(self, tree: dict[str, Any], item: Item) -> None:
        """Say of properties that they are not known, where what they are made of is not."""
        for path, rule in self.entry.properties.items() if item.missing or item.parent or item.whole else ():
            roots = roots_of(rule if isinstance(rule, str) else rule.source)
            name, dot, _ = path.partition(".")
            if (name not in tree or not (dot or item.tells(roots, tree[name]))) and (reason := item.why_not(roots)):
                tree[name] = Unresolved("", reason)
        if item.whole:
            for name in self.schema.properties:
                tree.setdefault(name, Unresolved("", item.whole))
        for path, reason in item.unresolved.items():
            if "." not in path:
                tree.setdefault(path, Unresolved("", reason))
