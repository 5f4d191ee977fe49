"""Nested values as CloudTrail Lake writes them: JSON, or `{type=IAMUser, arn=…}`, which nothing quotes or escapes.

What such a text means is told only where it can mean one thing. A name or a value may have `, ` or `=` in it, and
whoever chooses names can make them look like other fields: then the text is `Unreadable`.
"""

from __future__ import annotations

import re
from typing import Any

import msgspec

MAX_DEPTH = 20
Shape = Any
"""`None` is a text, `MAP` texts under names that nobody knows, a dict a struct, a list of one shape an array."""
MAP = "map"

_SESSION = {
    "attributes": {"creationDate": None, "mfaAuthenticated": None},
    "sessionIssuer": {"type": None, "principalId": None, "arn": None, "accountId": None, "userName": None},
    "webIdFederationData": {"federatedProvider": None, "attributes": MAP},
    "sourceIdentity": None,
    "ec2RoleDelivery": None,
    "ec2IssuedInVpc": None,
}
SHAPES: dict[str, Shape] = {
    "userIdentity": {
        "type": None,
        "principalId": None,
        "arn": None,
        "accountId": None,
        "accessKeyId": None,
        "userName": None,
        "sessionContext": _SESSION,
        "invokedBy": None,
        "identityProvider": None,
        "onBehalfOf": {"userId": None, "identityStoreArn": None},
        "inScopeOf": {"sourceArn": None, "sourceAccount": None, "issuerType": None, "credentialsIssuedTo": None},
    },
    "resources": [{"accountId": None, "type": None, "ARN": None, "ARNPrefix": None}],
    "tlsDetails": {"tlsVersion": None, "cipherSuite": None, "clientProvidedHostHeader": None},
    **dict.fromkeys(
        (
            *("requestParameters", "responseElements", "additionalEventData", "serviceEventDetails"),
            *("addendum", "edgeDeviceDetails", "insightDetails"),
        ),
        MAP,
    ),
}
"""The nested columns of an event data store as AWS's page on its SQL schemas has them, with CloudTrail's own names."""

_LATER = (("onBehalfOf", "inScopeOf"), ("ARNPrefix",))
"""Names that older event data stores have not: all of them stand in a text, or none."""
_ALIASES = {"credentiaisissuedto": "credentialsissuedto"}
_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)(?:\.0+)?(\.\d+)?(?: ?UTC|Z)?")


class Unreadable(Exception):  # noqa: N818  it is caught and told with the column's name
    """A text that can mean several things, or nothing."""


def read(text: str, shape: Shape) -> Any:
    """The value that a text means, None for one that is absent; `Unreadable` where that is not certain."""
    text = text.strip()
    if text in ("", "null"):
        return None
    try:
        found = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError, UnicodeEncodeError):
        return _loose(text, shape, 0)
    if not isinstance(found, list if isinstance(shape, list) else dict):
        raise Unreadable("it is JSON of another kind")
    return _named(found, shape)


def moment(text: str) -> str:
    """A time as CloudTrail writes it; any other text as it is."""
    found = _MOMENT.fullmatch(text)
    return f"{found[1]}T{found[2]}{found[3] or ''}Z" if found else text


def _named(value: Any, shape: Shape) -> Any:
    """JSON with CloudTrail's own names for those that are known."""
    if isinstance(shape, list):
        return [_named(one, shape[0]) for one in value] if isinstance(value, list) else value
    if not isinstance(shape, dict) or not isinstance(value, dict):
        return value
    known = {name.lower(): name for name in shape}
    return {
        known.get(name.lower(), name): _named(one, shape.get(known.get(name.lower()))) for name, one in value.items()
    }


def _loose(text: str, shape: Shape, depth: int) -> Any:
    if depth > MAX_DEPTH:
        raise Unreadable("it is nested too deeply")
    if text == "null":
        return None
    if isinstance(shape, list):
        inner = _inside(text, "[]")
        return [_loose(part, shape[0], depth + 1) for part in _parts(inner)] if inner else []
    if shape == MAP:
        return _map(text)
    if isinstance(shape, dict):
        return _struct(text, shape, depth)
    if re.search(r"[={}\[\]]", text):
        raise Unreadable("a value has an equals sign or a bracket in it")
    return text


def _inside(text: str, brackets: str) -> str:
    if not (text.startswith(brackets[0]) and text.endswith(brackets[1]) and len(text) > 1):
        raise Unreadable(f"it does not stand in {brackets}")
    return text[1:-1]


def _map(text: str) -> dict[str, Any]:
    """A map of one entry: of several nobody can say where one ends, as any of them may hold the next."""
    inner = _inside(text, "{}")
    if not inner:
        return {}
    if inner.count("=") != 1:
        raise Unreadable("where one of several entries ends is not written")
    name, _, value = inner.partition("=")
    return {name: None if value == "null" else value}


def _struct(text: str, shape: dict[str, Shape], depth: int) -> dict[str, Any]:
    known = {name.lower(): name for name in shape}
    found: dict[str, Any] = {}
    for part in _parts(_inside(text, "{}")):
        word, equals, value = part.partition("=")
        lowered = _ALIASES.get(word.lower(), word.lower())
        name = known.get(lowered)
        if not equals or name is None:
            raise Unreadable("a value has a comma in it")
        if name in found:
            raise Unreadable(f"`{name}` stands in it twice")
        found[name] = _loose(value, shape[name], depth + 1)
    _complete(found, shape)
    return {name: value for name, value in found.items() if value is not None}


def _complete(found: dict[str, Any], shape: dict[str, Shape]) -> None:
    """With all names there no value can have passed for one of them: that would stand there twice."""
    lacking = {name for name in shape if name not in found}
    for later in _LATER:
        if lacking.issuperset(later) and all(name in shape for name in later):
            lacking -= set(later)
    if lacking:
        raise Unreadable(f"`{min(lacking)}` is not in it")


def _parts(text: str) -> list[str]:
    """A text divided at each `, ` that stands in no bracket."""
    parts, depth, start = [], 0, 0
    for found in re.finditer(r"[{}\[\]]|, ", text):
        mark = found[0]
        if mark in "{[":
            depth += 1
        elif mark in "}]":
            depth -= 1
        elif depth == 0:
            parts.append(text[start : found.start()])
            start = found.end()
        if depth < 0:
            raise Unreadable("a bracket is closed that was not opened")
    if depth:
        raise Unreadable("a bracket is not closed")
    return [*parts, text[start:]]
