"""The linter of collectors: everything that botocore's models and AWS's schemas can tell about them without a call.

Each mistake is a line `file:line: type: what is wrong`. A test runs it over the library.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from jmespath.exceptions import JMESPathError

from bastide.resources.schema import schema_for
from bastide.sources.aws.client import paginators
from bastide.sources.aws.convert import inside
from bastide.sources.aws.covering import Forms, covers
from bastide.sources.aws.expressions import compile_expression, holes, is_template
from bastide.sources.aws.items import roots_of
from bastide.sources.aws.paging import MORE, TOKENS, paging_of
from bastide.sources.aws.permissions import permission_of
from bastide.sources.aws.shapes import ANY, Form, infer

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bastide.sources.aws.collectors import Call, Collector, Collectors

_PERMISSION = re.compile(r"[a-z0-9-]+:[A-Za-z0-9]+")
_CODE = re.compile(r"[A-Za-z0-9][\w.:-]{1,99}")


def lint(library: Collectors, reads: Mapping[str, set[str]], session: Any) -> list[str]:
    """The mistakes of all collectors. `reads` are the types that controls judge or relate to, and what they read."""
    return [*_Linter(library, session).run(), *missing(library, reads), *uncovered(library, reads, session)]


def forms_for(library: Collectors, session: Any) -> Forms:
    """The forms of what all collectors see, with botocore's models from a session."""
    return Forms(session.get_service_model, library.entries)


def missing(library: Collectors, reads: Mapping[str, set[str]]) -> Iterator[str]:
    """Types that controls judge and nobody collects, and reasons for that which no longer hold."""
    known = library.by_type()
    excused = {**library.part_of, **library.not_collected}
    place = "library/collectors/_missing.yaml"
    for name in sorted(set(reads) - known.keys() - excused.keys()):
        yield f"{name}: a control judges or relates to it: write a collector, or a reason in {place}"
    for name in sorted(excused):
        if name in known:
            yield f"{place}: {name} has a collector now: remove the entry"
        elif name not in reads:
            yield f"{place}: no control judges {name}: remove the entry"


def uncovered(library: Collectors, reads: Mapping[str, set[str]], session: Any) -> Iterator[str]:
    """Properties that controls read and a collector neither fills nor says that it does not."""
    forms = forms_for(library, session)
    for entry in library.entries:
        if schema_for(entry.type) is None:
            continue
        try:
            for path in sorted(reads.get(entry.type, ())):
                told = any(path == name or path.startswith(f"{name}.") for name in entry.unread)
                if not told and not covers(entry, path, forms):
                    where = f"{entry.place}: {entry.type}"
                    yield f"{where}: controls read {path}: fill it, or list it in `unread` or `never`"
        except Exception as error:  # noqa: BLE001 (an entry that is wrong has its own mistake from the linter)
            yield f"{entry.place}: {entry.type}: cannot be looked through: {type(error).__name__}: {error}"


class _Linter:
    def __init__(self, library: Collectors, session: Any) -> None:
        self.library, self.session = library, session
        self.forms = forms_for(library, session)
        self.mistakes: list[str] = []
        self.entry: Collector = library.entries[0]

    def run(self) -> list[str]:
        seen: set[tuple[str, str]] = set()
        for entry in self.library.entries:
            self.entry = entry
            if entry.each and (entry.group, entry.each) not in seen:
                self.wrong(f"`each: {entry.each}` has no entry above it in this file")
            else:
                self._entry(entry)
            seen.add((entry.group, entry.type))
        return self.mistakes

    def wrong(self, text: str) -> None:
        self.mistakes.append(f"{self.entry.place}: {self.entry.type}: {text}")

    def _entry(self, entry: Collector) -> None:
        if schema_for(entry.type) is None:
            self.wrong("no such CloudFormation type")
            return
        before = len(self.mistakes)
        self._expressions(entry)
        for call in entry.calls:
            if call.call or call in entry.complete:
                self._call(call)
        if len(self.mistakes) > before:
            return  # what follows would only repeat it
        wrong: list[str] = []
        forms = self.forms.steps(entry, wrong)
        for call in entry.listings:
            self._parameters(call, self.forms.before(entry))
        for call, item in zip(entry.complete, forms, strict=False):
            self._parameters(call, item)
            root = self.forms.root(entry, call, item)
            self._properties(call.properties, root, from_call=True)
            if call.item:
                infer(call.item, root, wrong)
        item = forms[-1]
        self._properties(entry.properties, item)
        for name in (*entry.constants, *entry.never, *entry.unread):
            self._path(name)
        self._own(entry, item, wrong)
        for text in dict.fromkeys(wrong):
            self.wrong(text)

    def _own(self, entry: Collector, item: Form, wrong: list[str]) -> None:
        infer(entry.id, item, wrong)
        if item.kind == "any":
            return
        more = {**item.members, **self.forms.before(entry).members["context"].members, "id": ANY}
        infer(entry.arn, Form("structure", _members=more), wrong)
        for text in (entry.only, entry.region, *entry.metadata.values()):
            if text:
                infer(text, item, wrong)

    def _expressions(self, entry: Collector) -> None:
        texts = [entry.id, entry.arn, entry.only, entry.region, *entry.metadata.values()]
        texts += [rule if isinstance(rule, str) else rule.source for rule in entry.properties.values()]
        for call in entry.calls:
            texts += [call.items, call.item, call.when, call.unless, *call.ids.values()]
            texts += [text for text in call.parameters.values() if isinstance(text, str)]
            texts += [rule if isinstance(rule, str) else rule.source for rule in call.properties.values()]
            texts += [call.match] if isinstance(call.match, str) else list(call.match.values())
        for text in texts:
            for one in holes(text) if is_template(text) else [text] if text else []:
                try:
                    compile_expression(one)
                except JMESPathError as error:
                    self.wrong(f"`{one}` is no JMESPath: {str(error).splitlines()[0]}")

    def _call(self, call: Call) -> None:
        service = self.entry.service_of(call)
        try:
            model = self.session.get_service_model(service)
        except Exception:  # noqa: BLE001 (botocore's error for an unknown service has several types)
            self.wrong(f"botocore knows no service `{service}`")
            return
        if call.call not in model.operation_names:
            self.wrong(f"{service} has no operation `{call.call}`")
            return
        operation = model.operation_model(call.call)
        self._codes(call, operation)
        if not _PERMISSION.fullmatch(call.permission or permission_of(service, call.call)):
            self.wrong(f"`{call.permission}` is no permission")
        if isinstance(call.match, dict) and set(call.match) != {"answer", "item"}:
            self.wrong("`match` is an expression, or has `answer` and `item`")
        output = operation.output_shape
        members = output.members if output else ()
        tokens = {name for name in members if name.lower() in TOKENS or name.startswith(MORE)}
        if tokens and paging_of(paginators(self.session.get_component("data_loader"), service), operation) is None:
            self.wrong(
                f"{service}:{call.call} has pages ({', '.join(tokens)}), and nothing tells how to ask for the next"
            )

    def _codes(self, call: Call, operation: Any) -> None:
        known = {}
        for shape in operation.error_shapes:
            code = shape.metadata.get("error", {}).get("code") or shape.name
            known[code.lower()] = code
        for code in (*call.absent, *call.not_offered):
            name = code.partition(": ")[0]
            if not _CODE.fullmatch(name):
                self.wrong(f"`{code}` is no error code")
            elif (right := known.get(name.lower())) and right != name:
                self.wrong(f"the error code is `{right}`, not `{name}`")

    def _parameters(self, call: Call, item: Form) -> None:
        wrong: list[str] = []
        for text in (*call.parameters.values(), *call.ids.values(), call.when):
            if isinstance(text, str) and text:
                infer(text, item, wrong)
        if isinstance(call.match, dict):
            infer(call.match["item"], item, wrong)
        for text in dict.fromkeys(wrong):
            self.wrong(f"{call.call or 'list'}: {text}")
        self._spared(call, item)
        if not call.call:
            return
        shape = self.session.get_service_model(self.entry.service_of(call)).operation_model(call.call).input_shape
        members = shape.members if shape else {}
        given = {*call.parameters, *call.constants, *call.ids}
        for name in sorted(given - set(members)):
            self.wrong(f"{call.call} has no parameter `{name}`: {', '.join(sorted(members)[:30])}")
        for name in shape.required_members if shape else ():
            if name not in given:
                self.wrong(f"{call.call} needs the parameter `{name}`")

    def _spared(self, call: Call, item: Form) -> None:
        """What spares a call must be known whatever the earlier answer was, and say what the call would say."""
        if not call.unless:
            return
        if call not in self.entry.complete:
            self.wrong("list: `unless` is of calls that complete an item")
            return
        wrong: list[str] = []
        infer(call.unless, item, wrong)
        if call.ids or call.match:
            wrong.append("`unless` does not go with `ids` or `match`")
        if not (call.absent or call.otherwise) or (call.item and not call.otherwise):
            wrong.append("`unless` needs what it stands for: `absent`, or the answer in `otherwise`")
        earlier = {one.keep: one for one in self.entry.complete[: self.entry.complete.index(call)]}
        for name in sorted({root[0] for root in roots_of(call.unless)} & earlier.keys()):
            if earlier[name].absent and not earlier[name].otherwise:
                wrong.append(f"`{name}` is not there when there is none: give its call `otherwise`")
            elif earlier[name].when:
                wrong.append(f"`{name}` is not there when its call is not made: it has a `when`")
        for text in dict.fromkeys(wrong):
            self.wrong(f"{call.call}: {text}")

    def _properties(self, properties: Any, root: Form, *, from_call: bool = False) -> None:
        for path, rule in properties.items():
            if not self._path(path):
                continue
            whole = from_call and path in inside(properties)
            form = root if whole else self._enclosing(path, properties, root)
            wrong: list[str] = []
            infer(rule if isinstance(rule, str) else rule.source, form, wrong)
            for text in wrong:
                self.wrong(f"{path}: {text}")

    def _enclosing(self, path: str, properties: Any, root: Form) -> Form:
        """The form of the object on which a dotted line is evaluated."""
        form, at = root, ""
        for name in path.split(".")[:-1]:
            at = f"{at}.{name}" if at else name
            rule = properties.get(at)
            if rule is not None:
                form = infer(rule if isinstance(rule, str) else rule.source, form.element if at != name else form)
            else:
                form = next((m for key, m in form.element.members.items() if key.lower() == name.lower()), ANY)
        return form.element if "." in path else form

    def _path(self, path: str) -> bool:
        schema = schema_for(self.entry.type)
        assert schema is not None
        if schema.property(path) is None:
            self.wrong(f"{path} is no property of the type")
            return False
        return True
