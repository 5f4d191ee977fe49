"""Rows as lines of JSON, without secrets; what occurs again and again in an account is taken out and written once.

A `Raw` is text that stands for a value: JSON that was made before.
"""

from __future__ import annotations

import json
import marshal
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import structs

from bastide.redact import redacted, redacted_property, tells_names
from bastide.resources.policies import policy_paths, statements_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bastide.resources.model import Resource

REMEMBERED = 20_000
"""Texts that are remembered at most, of properties and of statements each."""
LONGEST = 4096
"""Bytes of a value beyond which its text is not remembered."""
SHORT = 64
"""Letters of a text beyond which it is hardly a word of a list."""

_encode = msgspec.json.Encoder().encode
_encode_oddly = json.JSONEncoder(
    separators=(",", ":"), ensure_ascii=False, default=lambda raw: json.loads(bytes(raw))
).encode
_texts: dict[bytes, bytes] = {}
_statements: dict[bytes, list[bytes]] = {}


def line(row: dict[str, Any] | msgspec.Struct) -> bytes:
    """The row as a line; half a pair of surrogates, which stands in names that are no text, becomes a mark."""
    try:
        return _encode(row) + b"\n"
    except (UnicodeEncodeError, OverflowError):
        # It is no JSON for DuckDB.
        plain = structs.asdict(row) if isinstance(row, msgspec.Struct) else row
        return (_encode_oddly(plain) + "\n").encode("utf-8", "replace")


def properties_text(properties: dict[str, Any]) -> Any:
    """The properties without secrets, as a `Raw` of what `redacted` says of them; odd ones as what it says."""
    if tells_names(properties):
        return redacted(properties)
    try:
        return msgspec.Raw(b"{" + b",".join([_property_text(*item) for item in properties.items()]) + b"}")
    except (UnicodeEncodeError, OverflowError):
        return redacted(properties)


def _property_text(name: str, value: Any) -> bytes:
    if isinstance(value, str):
        return _short(name, value) if len(value) <= SHORT else _pair(name, redacted_property(name, value))
    if isinstance(value, bool):
        return _truth(name, value)
    # Of this version of the format, equal texts have equal bytes, whichever objects they are.
    key = marshal.dumps((name, value), 2)
    text = _texts.get(key)
    if text is None:
        text = _pair(name, redacted_property(name, value))
        if len(key) <= LONGEST:
            _make_room(_texts)
            _texts[key] = text
    return text


@lru_cache(maxsize=REMEMBERED)
def _truth(name: str, value: bool) -> bytes:  # noqa: FBT001 (a property's)
    return _pair(name, redacted_property(name, value))


@lru_cache(maxsize=REMEMBERED)
def _short(name: str, value: str) -> bytes:
    return _pair(name, redacted_property(name, value))


def _pair(name: str, value: Any) -> bytes:
    return _encode(name) + b":" + _encode(value)


def statement_lines(resource: Resource, name: str) -> Iterator[bytes]:
    """A line for each statement of the policies of a resource, which is called `name`."""
    names = _policy_properties(resource.type)
    if not names:
        return
    own = {top: resource.properties.get(top) for top in names}
    key = marshal.dumps((resource.type, own), 2)
    texts = _statements.get(key)
    if texts is None:
        found = statements_of(resource.type, own, {})[0]
        texts = [line(redacted(statement)) for statement in found]
        if len(key) <= LONGEST:
            _make_room(_statements)
            _statements[key] = texts
    if texts:
        start = line({"resource": name})[:-2] + b","
        for text in texts:
            yield start + text[1:]


@cache
def _policy_properties(kind: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(path.partition(".")[0] for path in policy_paths(kind)))


def _make_room(memory: dict[bytes, Any]) -> None:
    if len(memory) >= REMEMBERED:
        memory.clear()
