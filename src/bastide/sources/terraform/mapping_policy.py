"""JSON documents inside Terraform: given as text, with references in it, or as `aws_iam_policy_document`.

What is made here is the document as AWS reads it, with marks at the places that are not known.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from bastide.resources.model import Reference, Unresolved
from bastide.sources.terraform.mapping_paths import listed

if TYPE_CHECKING:
    from collections.abc import Callable

    from bastide.sources.terraform.provider import ProviderResource

DOCUMENT = "aws_iam_policy_document"
VERSION = "2012-10-17"
MAX_JSON = 4_000_000
NO_JSON = Unresolved("", "not a JSON document")
LISTS = (
    ("actions", "Action"),
    ("not_actions", "NotAction"),
    ("resources", "Resource"),
    ("not_resources", "NotResource"),
)


class Documents:
    """The documents of one unit: `find` gives the data source at an address, None if there is none."""

    def __init__(self, find: Callable[[str], ProviderResource | None]) -> None:
        self._find = find
        self._rendered: dict[str, Any] = {}

    def follow(self, reference: Reference) -> Any:
        """The document that a reference stands for or whose text it is; the reference itself if it is neither."""
        text = reference.text
        for target, attribute in reference.targets:
            if attribute in ("json", "minified_json") and text == f"${{{target}.{attribute}}}":
                source = self._find(target)
                if source is not None and source.type == DOCUMENT:
                    return self.render(source)
        if text.lstrip()[:1] in ("{", "["):
            found = self.parse(text)
            return found if isinstance(found, Unresolved) else with_references(found, reference.targets)
        return reference

    def parse(self, text: str) -> Any:
        """What a JSON text says; `Unresolved` for what is no JSON."""
        if len(text) > MAX_JSON:
            return Unresolved("", f"a JSON document of more than {MAX_JSON} characters")
        try:
            found = json.loads(text)
        except (ValueError, RecursionError):
            return NO_JSON
        return found if isinstance(found, (dict, list)) else NO_JSON

    def render(self, source: ProviderResource) -> Any:
        """The document that a data source makes, once for all that refer to it."""
        done = self._rendered.get(source.address)
        if done is None:
            self._rendered[source.address] = Unresolved(source.address, "a policy document that includes itself")
            done = self._rendered[source.address] = self._render(source.attributes)
        return done

    def _render(self, attributes: dict[str, Any]) -> Any:
        statements: list[Any] = []
        for name in ("source_json", "source_policy_documents"):
            for item in listed(attributes.get(name)):
                replace_by_sid(statements, self._statements_of(item))
        own = [statement(block) for block in listed(attributes.get("statement"))]
        replace_by_sid(statements, own)
        for name in ("override_json", "override_policy_documents"):
            for item in listed(attributes.get(name)):
                replace_by_sid(statements, self._statements_of(item))
        document = {"Version": attributes.get("version") or VERSION, "Statement": statements}
        if attributes.get("policy_id"):
            document["Id"] = attributes["policy_id"]
        return document

    def _statements_of(self, item: Any) -> list[Any]:
        """The statements of a document that is included; what is not known of it stands for all of it."""
        if isinstance(item, str):
            item = self.parse(item) if item.strip() else {}
        elif isinstance(item, Reference):
            item = self.follow(item)
            if isinstance(item, Reference):
                return [Unresolved(item.text, "a policy document that is not known here")]
        if isinstance(item, dict):
            return listed(item.get("Statement"))
        return [item if isinstance(item, Unresolved) else NO_JSON]


def with_references(tree: Any, targets: tuple[tuple[str, str], ...]) -> Any:
    """The tree with a `Reference` for every text that holds one of the targets' tokens."""
    tokens = [(f"${{{target}.{attribute}}}", (target, attribute)) for target, attribute in targets]

    def walk(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: walk(item) for key, item in value.items()}
        if isinstance(value, list):
            return [walk(item) for item in value]
        if isinstance(value, str) and "${" in value:
            found = tuple(target for token, target in tokens if token in value)
            return Reference(value, found) if found else value
        return value

    return walk(tree)


def replace_by_sid(statements: list[Any], more: list[Any]) -> None:
    """Append statements, each in the place of the one that has its sid."""
    for item in more:
        sid = item.get("Sid") if isinstance(item, dict) else None
        places = [
            at
            for at, old in enumerate(statements)
            if isinstance(sid, str) and sid and isinstance(old, dict) and old.get("Sid") == sid
        ]
        if places:
            statements[places[0]] = item
        else:
            statements.append(item)


def statement(block: Any) -> Any:
    """One `statement` block as AWS writes it."""
    if not isinstance(block, dict):
        return block if isinstance(block, (Unresolved, Reference)) else Unresolved("", "not a statement")
    found: dict[str, Any] = {}
    if block.get("sid"):
        found["Sid"] = block["sid"]
    found["Effect"] = block.get("effect") or "Allow"
    for name, key in (("principals", "Principal"), ("not_principals", "NotPrincipal")):
        if block.get(name):
            found[key] = principals(block[name])
    for name, key in LISTS:
        if block.get(name):
            found[key] = one_or_many([variables(item) for item in listed(block[name])])
    if block.get("condition"):
        found["Condition"] = conditions(block["condition"])
    return found


def principals(blocks: Any) -> Any:
    """`principals` blocks as a map of kinds to identifiers, or `*`; a mark if they are not known."""
    found: dict[str, Any] = {}
    for block in listed(blocks):
        if not isinstance(block, dict):
            return block
        kind, names = block.get("type"), listed(block.get("identifiers"))
        if not isinstance(kind, str):
            return kind if isinstance(kind, Unresolved) else Unresolved("", "a principal of unknown kind")
        if kind == "*" and names == ["*"]:
            return "*"
        found[kind] = one_or_many([*listed(found.get(kind)), *map(variables, names)])
    return found


def conditions(blocks: Any) -> Any:
    """`condition` blocks as tests of variables of values; a mark if they are not known."""
    found: dict[str, dict[str, Any]] = {}
    for block in listed(blocks):
        if not isinstance(block, dict):
            return block
        test, variable = key_text(block.get("test")), key_text(block.get("variable"))
        if not test or "${" in test or not variable:
            return Unresolved("", "a condition of unknown kind")
        tests = found.setdefault(test, {})
        tests[variable] = one_or_many([*listed(tests.get(variable)), *map(variables, listed(block.get("values")))])
    return found


def key_text(value: Any) -> str:
    """A key as text: also one that begins with a reference, since its end says what it is (`${…}:sub`); else empty."""
    if isinstance(value, Reference):
        return value.text if "${" not in value.text or value.text.rpartition("}")[2] else ""
    return value if isinstance(value, str) else ""


def one_or_many(items: list[Any]) -> Any:
    """One value by itself, as AWS allows and as the provider writes it."""
    return items[0] if len(items) == 1 else items


def variables(item: Any) -> Any:
    """Policy variables as AWS writes them: the data source has `&{aws:username}` for `${aws:username}`."""
    if isinstance(item, str):
        return item.replace("&{", "${")
    if isinstance(item, Reference):
        return Reference(item.text.replace("&{", "${"), item.targets)
    return item
