"""Which properties a collector fills at all, told from botocore's shapes: what it does not is unknown, never absent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bastide.resources.schema import schema_for
from bastide.sources.aws.convert import Lines
from bastide.sources.aws.shapes import ANY, SCALAR, Form, form_of, infer, structure, union

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from bastide.resources.schema import PropertyType
    from bastide.sources.aws.collectors import Call, Collector, Rule

NOT_READ = "bastide does not read it from live accounts"
CONTEXT = structure({"account": SCALAR, "region": SCALAR, "partition": SCALAR})


class Forms:
    """The forms of what collectors see. `model` gives botocore's model of a service; `mistakes` go to its list."""

    def __init__(self, model: Callable[[str], Any], entries: Iterable[Collector]) -> None:
        self._model = model
        self._models: dict[str, Any] = {}
        self._entries: dict[tuple[str, str], list[Collector]] = {}
        for entry in entries:
            self._entries.setdefault((entry.group, entry.type), []).append(entry)
        self._items: dict[int, tuple[Collector, Form]] = {}  # with the entry, whose id no other has then

    def answer(self, entry: Collector, call: Call) -> Form:
        """The form of a call's answer, as its expressions see it."""
        service = entry.service_of(call)
        if service not in self._models:
            self._models[service] = self._model(service)
        return form_of(self._models[service].operation_model(call.call).output_shape)

    def parent(self, entry: Collector) -> Form:
        """The form of the items that an entry is `each` of: those of entries above it, which may be of its own type."""
        found: Form | None = None
        for one in self._entries.get((entry.group, entry.each), ()):
            if one is entry:
                break
            item = self.item(one)
            found = item if found is None else union(found, item)
        return structure({**(found or ANY).members, "arn": SCALAR, "id": SCALAR})

    def before(self, entry: Collector) -> Form:
        """What the calls that list see: the context, and the parent of an entry that has one."""
        members = {"context": CONTEXT}
        if entry.each:
            members["parent"] = self.parent(entry)
        return structure(members)

    def steps(self, entry: Collector, mistakes: list[str] | None = None) -> list[Form]:
        """The item after it was listed, and after each call that completes it."""
        before = self.before(entry)
        found: Form | None = None
        for call in entry.listings:
            root = self.answer(entry, call) if call.call else before
            listed = infer(call.items or "@", root, mistakes)
            one = listed.item if listed.kind == "list" else listed
            found = one if found is None else union(found, one)
        for other in entry.otherwise:
            found = union(structure(dict.fromkeys(other, SCALAR)), found or ANY)
        item = union(found or ANY, before)
        forms = [item]
        for call in entry.complete:
            answer = self.root(entry, call, item)
            if call.item:
                more = infer(call.item, answer, mistakes)
                item = union(item, more.item if more.kind == "list" else more)
            if call.keep:
                kept = (
                    answer.members.get("matches", ANY)
                    if call.match
                    else infer(call.items, answer)
                    if call.items
                    else answer
                )
                item = union(item, structure({call.keep: kept}))
            forms.append(item)
        return forms

    def root(self, entry: Collector, call: Call, item: Form) -> Form:
        """What the properties of a completing call are evaluated on."""
        answer = self.answer(entry, call)
        if call.match:
            matches = infer(call.items or "@", answer)
            one = matches.item if matches.kind == "list" else matches
            answer = union(one, structure({"matches": matches}))
        return union(answer, structure({"item": item}))

    def item(self, entry: Collector) -> Form:
        """The complete item."""
        if id(entry) not in self._items:
            self._items[id(entry)] = entry, self.steps(entry)[-1]
        return self._items[id(entry)][1]


def uncovered(entry: Collector, reads: Iterable[str], forms: Forms) -> dict[str, str]:
    """Those of the paths that the collector never fills, and why."""
    found: dict[str, str] = {}
    for path in sorted(set(reads)):
        if _is_under(path, entry.unread) or not covers(entry, path, forms):
            found[path] = next(
                (why for name, why in entry.unread.items() if path == name or path.startswith(f"{name}.")), NOT_READ
            )
    return found


def covers(entry: Collector, path: str, forms: Forms) -> bool:
    """Whether a collector fills the property at a path without positions, when AWS has something to fill it with."""
    schema = schema_for(entry.type)
    name, *rest = path.split(".")
    if schema is None or name not in schema.properties:
        return True  # nothing to fill: the control linter says so
    if name in entry.constants or _is_under(path, entry.never):
        return True
    kind = schema.properties[name]
    item = forms.item(entry)
    if _covers(Lines.of(entry.properties), item, name, rest, kind, by_rule=entry.by_rule):
        return True
    return any(
        _covers(Lines.of(call.properties), forms.root(entry, call, item), name, rest, kind, by_rule=False)
        for call in entry.complete
    )


def _is_under(path: str, names: Iterable[str]) -> bool:
    return any(path == name or path.startswith(f"{name}.") for name in names)


def _covers(lines: Lines, form: Form, name: str, rest: list[str], kind: PropertyType, *, by_rule: bool) -> bool:
    own = lines.members.get(name)
    if own is not None and own.rule is not None:
        value = _rule_form(own.rule, form)
    elif by_rule:
        found = _member(form, name)
        if found is None:
            return False
        value = found
    else:
        return False
    inside = kind.element
    if not rest or inside.kind in ("json", "map") or value.element.kind in ("any", "map"):
        return True
    member = inside.members.get(rest[0])
    if member is None:
        return True
    # Where the schema has the wrapper as it is, as of origin groups, it stays on.
    below = value.unlisted if "Items" in inside.members else value.element
    return _covers(own or Lines(), below, rest[0], rest[1:], member, by_rule=True)


def _rule_form(rule: Rule, form: Form) -> Form:
    return infer(rule.source, form)


def _member(form: Form, name: str) -> Form | None:
    if form.kind in ("any", "map"):
        return ANY if form.kind == "any" else None
    lowered = name.lower()
    return next((member for key, member in form.members.items() if key.lower() == lowered), None)


def uncovered_of(
    entries: Iterable[Collector], reads: Mapping[str, Iterable[str]], forms: Forms
) -> dict[str, dict[str, str]]:
    """By type, what none of its collectors fill."""
    found: dict[str, dict[str, str]] = {}
    for entry in entries:
        missing = uncovered(entry, reads.get(entry.type, ()), forms)
        if missing:
            found.setdefault(entry.type, {}).update(missing)
    return found
