"""Policy documents of any resource as statements: one form for every action, principal, resource and condition.

Reference: the JSON policy elements of AWS Identity and Access Management. Actions, operators and condition keys
are in lower case; resources and values as written; a principal is a kind (`aws`, `service`, `federated`,
`canonicaluser`) and an id; `*` alone is kind `aws`, id `*`.
"""

from __future__ import annotations

import json
import re
from functools import cache
from typing import TYPE_CHECKING, Any

from bastide.resources.model import without_positions
from bastide.resources.schema import schema_for

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bastide.resources.schema import PropertyType

MAX_TEXT = 1_000_000
MAX_STATEMENTS = 2_000

_NAMES = (
    "policy",
    "policydocument",
    "policytext",
    "assumerolepolicydocument",
    "keypolicy",
    "accesspolicy",
    "accesspolicies",
    "repositorypolicytext",
    "resourcepolicy",
    "inlinepolicy",
    "filesystempolicy",
    "registrypolicytext",
    "clusterpolicy",
    "content",
    "destinationpolicy",
    "permissionspolicydocument",
    "resourcepolicydocument",
    "statement",
)
_NAMED_OTHERWISE = {
    "content": ("AWS::Organizations::Policy", "AWS::Organizations::ResourcePolicy"),
    "statement": ("AWS::Events::EventBusPolicy",),
}
"""Names that are those of policies in these types only."""
_FIELDS = {
    "Action": "actions",
    "NotAction": "not_actions",
    "Principal": "principals",
    "NotPrincipal": "not_principals",
    "Resource": "resources",
    "NotResource": "not_resources",
    "Condition": "conditions",
    "Effect": "effect",
    "Sid": "sid",
}

Statement = dict[str, Any]


@cache
def policy_paths(resource_type: str) -> tuple[str, ...]:
    """The properties of a type that are policy documents, as paths without list positions."""
    schema = schema_for(resource_type)
    if schema is None:
        return ()
    found: list[str] = []
    for name, prop in schema.properties.items():
        found.extend(_documents(name, name, prop, resource_type, 0))
    return tuple(found)


def _documents(path: str, name: str, prop: PropertyType, resource_type: str, depth: int) -> Iterator[str]:
    element = prop.element
    if (
        element.kind in ("json", "string", "map")
        and name.lower() in _NAMES
        and _is_document(name, element.kind, resource_type)
    ):
        yield path
    elif element.kind == "object" and depth < 2:
        for inner, member in element.members.items():
            yield from _documents(f"{path}.{inner}", inner, member, resource_type, depth + 1)


def _is_document(name: str, kind: str, resource_type: str) -> bool:
    if only := _NAMED_OTHERWISE.get(name.lower()):
        return resource_type in only
    if resource_type.startswith("AWS::Config::"):
        return False  # its policies are rules in another language
    return kind != "string" or name.lower() not in ("policy", "accesspolicy", "content", "clusterpolicy")


def has_policies(resource_type: str) -> bool:
    """Whether a type has any policy document."""
    return bool(policy_paths(resource_type))


def statements_of(
    resource_type: str, properties: dict[str, Any], unresolved: dict[str, str]
) -> tuple[list[Statement], dict[str, str]]:
    """The statements of all policy documents of a resource, and what is not known of them, by path from `statements`.

    A statement's `property` is where it stands (`Policies[0].PolicyDocument.Statement[1]`). A document that is
    no policy (or text that is no JSON) makes `statements` itself unknown.
    """
    found: list[Statement] = []
    unknown: dict[str, str] = {}
    for path in policy_paths(resource_type):
        for where, document in _values(properties, path.split("."), ""):
            _read_document(document, where, found, unknown)
    if unresolved:
        _carry(unresolved, policy_paths(resource_type), found, unknown)
    return found, unknown


def document_statements(document: Any) -> tuple[list[Statement], str]:
    """The statements of one document, and why there may be others; `property` is where each stands in it."""
    found: list[Statement] = []
    unknown: dict[str, str] = {}
    _read_document(document, "", found, unknown)
    for statement in found:
        statement["property"] = statement["property"].removeprefix(".")
    return found, unknown.get("statements", "")


def _values(value: Any, names: list[str], where: str) -> Iterator[tuple[str, Any]]:
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from _values(item, names, f"{where}[{index}]")
    elif not names:
        if value is not None:
            yield where, value
    elif isinstance(value, dict) and names[0] in value:
        yield from _values(value[names[0]], names[1:], f"{where}.{names[0]}" if where else names[0])


def _read_document(document: Any, where: str, found: list[Statement], unknown: dict[str, str]) -> None:
    if isinstance(document, str):
        try:
            document = json.loads(document) if len(document) <= MAX_TEXT else None
        except (ValueError, RecursionError):
            document = None
    if not isinstance(document, dict):
        unknown["statements"] = f"{where} is no policy document that can be read"
        return
    bare = "Statement" not in document and "Effect" in document
    statements = document if bare else document.get("Statement", [])
    for index, statement in enumerate(statements if isinstance(statements, list) else [statements]):
        if len(found) >= MAX_STATEMENTS:
            unknown["statements"] = f"{where} has more than {MAX_STATEMENTS} statements"
            return
        if isinstance(statement, dict):
            found.append(_statement(statement, where if bare else f"{where}.Statement[{index}]"))
        elif statement is not None:
            unknown["statements"] = f"{where}.Statement[{index}] is no statement"


def _statement(raw: dict[str, Any], where: str) -> Statement:
    return {
        "property": where,
        "sid": _text(raw.get("Sid")),
        "effect": (_text(raw.get("Effect")) or "").lower(),
        "actions": [item.lower() for item in _texts(raw.get("Action"))],
        "not_actions": [item.lower() for item in _texts(raw.get("NotAction"))],
        "principals": _principals(raw.get("Principal")),
        "not_principals": _principals(raw.get("NotPrincipal")),
        "resources": _texts(raw.get("Resource")),
        "not_resources": _texts(raw.get("NotResource")),
        "conditions": _conditions(raw.get("Condition")),
    }


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _texts(value: Any) -> list[str]:
    items = value if isinstance(value, list) else [value]
    return [
        item if isinstance(item, str) else str(item).lower()
        for item in items
        if isinstance(item, (str, bool, int, float))
    ]


def _principals(value: Any) -> list[dict[str, str]]:
    if isinstance(value, dict):
        return [{"kind": str(kind).lower(), "id": item} for kind, ids in value.items() for item in _texts(ids)]
    return [{"kind": "aws", "id": item} for item in _texts(value)]


def _conditions(value: Any) -> list[dict[str, Any]]:
    if not isinstance(value, dict):
        return []
    return [
        {"operator": str(operator).lower(), "key": str(key).lower(), "values": _texts(values)}
        for operator, keys in value.items()
        if isinstance(keys, dict)
        for key, values in keys.items()
    ]


def _carry(
    unresolved: dict[str, str], documents: tuple[str, ...], found: list[Statement], unknown: dict[str, str]
) -> None:
    """Say of `statements`, by position, what is unresolved in the documents that they come from."""
    for path, reason in unresolved.items():
        plain = without_positions(path)
        if not any(document == plain or _starts(document, plain) or _starts(plain, document) for document in documents):
            continue
        for position, statement in enumerate(found):
            where = statement["property"]
            if where.startswith(f"{path}."):
                unknown[f"statements[{position}]"] = reason  # of an element that may not be there
            alone = where.removesuffix("[0]")  # a statement that stands without a list around it
            if rest := next((path[len(start) + 1 :] for start in (where, alone) if path.startswith(f"{start}.")), ""):
                unknown[f"statements[{position}]{_place_in(statement, rest)}"] = reason
                break
        else:
            if ".Statement" in path or not any(_starts(plain, document) for document in documents):
                unknown["statements"] = reason


def _place_in(statement: Statement, rest: str) -> str:
    """Where in a statement as controls see it something is not known; a condition keeps its operator and key."""
    head, _, inner = rest.partition(".")
    operator, _, key = inner.partition(".")
    if head == "Condition" and key:
        wanted = {"operator": operator.lower(), "key": _TRAILING.sub("", key).lower()}
        for position, condition in enumerate(statement["conditions"]):
            if condition["operator"] == wanted["operator"] and condition["key"] == wanted["key"]:
                return f".conditions[{position}].values"
        statement["conditions"].append({**wanted, "values": []})
        return f".conditions[{len(statement['conditions']) - 1}].values"
    name = _FIELDS.get(without_positions(head))
    return f".{name}" if name else ""


_TRAILING = re.compile(r"\[\d+\]$")


def _starts(path: str, above: str) -> bool:
    return path.startswith(f"{above}.") or not above
