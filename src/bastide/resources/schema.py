"""AWS's resource schema: which properties a CloudFormation type has, and of which types they are.

Read on demand, one type at a time, from the extract in `library/schema` (`scripts/extract_schema.py`).
`_extra.json` adds by hand, in the same form, what AWS has no resource type for and Terraform can set (encryption of
new volumes, the password policy, the policy of a key that is made elsewhere), under names AWS could have given; what is
beside infrastructure in a repository (`Docker::Build::Dockerfile`), under names that its owner could have given; and
properties of what is found beside a resource (secrets in the code of a function), which no account can tell.
`_live.json` adds in the same way what only a live account knows: types (the root user), and properties of types that
AWS publishes (when a secret was last used).
"""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from bastide.library import FOLDER

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Kind = Literal["string", "boolean", "integer", "number", "json", "object", "list", "map"]


class PropertyType:
    """The type of a property: `kind`, the `item` of a list or map, the name and `members` of an object.

    `json` is anything: a policy document, or what the schema types as a union. One object a schema and type,
    so that types can be compared by identity. Objects may contain themselves: walk with a limit.
    """

    __slots__ = ("_members", "_schema", "definition", "item", "kind")

    def __init__(self, schema: TypeSchema, text: str) -> None:
        self.kind: Kind
        self.item: PropertyType | None = None
        self.definition = ""
        self._schema = schema
        self._members: dict[str, PropertyType] | None = None
        if text[0] == "#":
            self.kind, self.definition = "object", text[1:]
        elif text[0] in "[{":
            self.kind = "list" if text[0] == "[" else "map"
            self.item = schema.type_of(text[1:-1])
        else:
            self.kind = text  # type: ignore[assignment]  # the extract writes nothing else

    @property
    def members(self) -> Mapping[str, PropertyType]:
        """The properties of an object; empty for every other kind."""
        if self._members is None:
            self._members = self._schema.members_of(self.definition) if self.definition else {}
        return self._members

    @property
    def element(self) -> PropertyType:
        """What is left when lists are taken off: the type by which a path goes on."""
        found = self
        while found.kind == "list" and found.item is not None:
            found = found.item
        return found

    def __repr__(self) -> str:
        if self.item is not None:
            return f"[{self.item!r}]" if self.kind == "list" else f"{{{self.item!r}}}"
        return f"#{self.definition}" if self.definition else self.kind


class TypeSchema:
    """The schema of one CloudFormation type.

    `readonly`, `writeonly`, `required` and `primary` (what `Ref` is made of) are dotted paths. A property in
    `readonly` is known after deployment only, and is what `Fn::GetAtt` gives. `live` are the properties, each a name,
    that only a live account knows.
    """

    __slots__ = (
        "_definitions",
        "_types",
        "live",
        "name",
        "primary",
        "properties",
        "readonly",
        "required",
        "writeonly",
    )

    def __init__(self, name: str, compact: dict[str, Any], live: dict[str, Any] | None = None) -> None:
        self.name = name
        live = live or {"properties": {}}
        self._definitions: dict[str, dict[str, str]] = {**compact.get("definitions", {}), **live.get("definitions", {})}
        self.live: frozenset[str] = frozenset(live["properties"])
        self._types: dict[str, PropertyType] = {}
        self.properties: Mapping[str, PropertyType] = self._typed({**compact["properties"], **live["properties"]})
        self.required: tuple[str, ...] = tuple(compact.get("required", ()))
        self.readonly: tuple[str, ...] = tuple(compact.get("readonly", ()))
        self.writeonly: tuple[str, ...] = tuple(compact.get("writeonly", ()))
        self.primary: tuple[str, ...] = tuple(compact.get("primary", ()))

    def __iter__(self) -> Iterator[tuple[str, PropertyType]]:
        return iter(self.properties.items())

    def property(self, path: str) -> PropertyType | None:
        """The type at a dotted path without list positions (`SecurityGroupIngress.CidrIp`), or None.

        Lists are gone through, a step into a map is a key, and everything below `json` is `json`.
        """
        name, _, rest = path.partition(".")
        found = self.properties.get(name)
        while rest and found is not None:
            inside = found.element
            if inside.kind == "json":
                return inside
            name, _, rest = rest.partition(".")
            found = inside.item if inside.kind == "map" else inside.members.get(name)
        return found

    def type_of(self, text: str) -> PropertyType:
        """The type that the extract writes as `text`."""
        found = self._types.get(text)
        if found is None:
            found = self._types[text] = PropertyType(self, text)
        return found

    def members_of(self, definition: str) -> dict[str, PropertyType]:
        """The properties of one definition."""
        return self._typed(self._definitions.get(definition, {}))

    def _typed(self, members: dict[str, str]) -> dict[str, PropertyType]:
        return {name: self.type_of(text) for name, text in members.items()}


_OWNERS = ("AWS", "Docker", "GitHub")
"""What a type begins with: who owns what it describes."""


@cache
def schema_for(type_name: str) -> TypeSchema | None:
    """The schema of a CloudFormation type; None for what AWS does not publish (custom types, typos)."""
    parts = type_name.split("::")
    if len(parts) != 3 or parts[0] not in _OWNERS or not parts[1].isalnum():
        return None
    published = _entry(parts[1].lower(), type_name) if parts[0] == "AWS" else None
    own = _both(published, _entry("_extra", type_name))
    live = _entry("_live", type_name)
    if own is None:
        return TypeSchema(type_name, {**live, "properties": {}}, live) if live else None
    return TypeSchema(type_name, own, live)


def _both(published: dict[str, Any] | None, extra: dict[str, Any] | None) -> dict[str, Any] | None:
    """What AWS publishes of a type with what is added by hand; either may be all there is."""
    if published is None or extra is None:
        return published or extra
    parts = {key: {**published.get(key, {}), **extra.get(key, {})} for key in ("properties", "definitions")}
    return {**published, **parts, "writeonly": [*published.get("writeonly", []), *extra.get("writeonly", [])]}


def _entry(file: str, type_name: str) -> dict[str, Any] | None:
    text, key = _read(file), f'\n"{type_name}":'.encode("utf-8", "surrogatepass")
    at = text.find(key)
    if at < 0:
        return None
    entry: dict[str, Any] = msgspec.json.decode(text[at + len(key) : text.index(b"\n", at + 1)].removesuffix(b","))
    return entry


@cache
def all_types() -> tuple[str, ...]:
    """The names of all types, in order."""
    published = [name for names in json.loads(_read("_types")).values() for name in names]
    return tuple(sorted({*published, *json.loads(_read("_extra")), *json.loads(_read("_live"))}))


@cache
def _read(name: str) -> bytes:
    """A file of the extract: one line a type, so that one type can be read without the others."""
    try:
        with open(f"{FOLDER}/schema/{name}.json", "rb") as stream:  # noqa: PTH123 (for some fifty files a start)
            return stream.read()
    except FileNotFoundError:
        return b""
