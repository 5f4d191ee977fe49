"""Write the AWS schema extract in `src/bastide/library/schema` from the schemas that cfn-lint carries.

Run it with cfn-lint installed (a development dependency): `python scripts/extract_schema.py`. The output is a
function of cfn-lint's version alone. One file a service (`s3.json` for `AWS::S3::*`), one line a type:

    {"properties": {"Tags": "[#Tag]"}, "definitions": {"Tag": {"Key": "string"}}, "required": [...], ...}

A type is written `string`, `boolean`, `integer`, `number`, `json` (anything, also a union), `#Name` (an
object of `definitions`), `[type]` (a list), `{type}` (a map with string keys). `_types.json` lists the names
of all types.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import json
from pathlib import Path
from typing import Any

TARGET = Path(__file__).parent.parent / "src" / "bastide" / "library" / "schema"
REGION = "us-east-1"
CHOICES = {("AWS::DynamoDB::Table", "KeySchema"): "KeySchema"}
"""Properties that the source writes as a choice between a definition and anything, and the definition."""
SCALARS = ("string", "boolean", "integer", "number")
VARIANTS = ("oneOf", "anyOf", "allOf")


def main() -> None:
    """Extract every type of the region, and say how much it was."""
    source = schemas_folder()
    index = json.loads((source / "providers" / f"{REGION}.json").read_text("utf-8"))
    services: dict[str, dict[str, Any]] = {}
    for name, key in sorted(index.items()):
        if name.startswith("AWS::"):
            schema = json.loads((source / "resources" / f"{key}.json").read_text("utf-8"))
            services.setdefault(name.split("::")[1].lower(), {})[name] = Compact(schema).result()
    TARGET.mkdir(parents=True, exist_ok=True)
    for old in TARGET.glob("[a-z]*.json"):  # not _extra.json, which is written by hand
        old.unlink()
    for service, types in services.items():
        write(TARGET / f"{service}.json", types)
    names = {service: sorted(types) for service, types in services.items()}
    write(TARGET / "_types.json", names)
    size = sum(path.stat().st_size for path in TARGET.glob("*.json"))
    version = importlib.metadata.version("cfn-lint")
    print(f"cfn-lint {version}: {len(index)} types, {len(services)} services, {size / 1e6:.1f} MB")


def schemas_folder() -> Path:
    """The folder of schemas in cfn-lint's package, found without importing it (that takes seconds)."""
    found = importlib.util.find_spec("cfnlint")
    if found is None or found.origin is None:
        raise SystemExit("cfn-lint is not installed: install the development dependencies first")
    return Path(found.origin).parent / "data" / "schemas"


def write(path: Path, entries: dict[str, Any]) -> None:
    """One line an entry, so that a newer cfn-lint gives a diff that can be read."""
    lines = [f"{json.dumps(key)}:{json.dumps(entries[key], separators=(',', ':'))}" for key in sorted(entries)]
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n", "utf-8")


class Compact:
    """One registry schema, made compact."""

    def __init__(self, schema: dict[str, Any]) -> None:
        self.schema = schema
        self.definitions: dict[str, dict[str, str]] = {}
        self.followed: dict[str, str] = {}

    def result(self) -> dict[str, Any]:
        """The compact form; parts that would be empty are left out."""
        members = self.schema.get("properties", {})
        properties = {name: self.property_type(name, members[name]) for name in sorted(members)}
        compact = {
            "properties": properties,
            "definitions": dict(sorted(self.definitions.items())),
            "required": sorted(self.schema.get("required", [])),
            "readonly": self.paths("readOnlyProperties"),
            "writeonly": self.paths("writeOnlyProperties"),
            "primary": self.paths("primaryIdentifier", in_order=True),
        }
        return {key: value for key, value in compact.items() if value or key == "properties"}

    def property_type(self, name: str, part: dict[str, Any]) -> str:
        definition = CHOICES.get((self.schema["typeName"], name))
        return self.follow(f"#/definitions/{definition}") if definition else self.type_of(part, f"Properties.{name}")

    def paths(self, key: str, *, in_order: bool = False) -> list[str]:
        """JSON pointers as dotted paths without list positions."""
        found = []
        for pointer in self.schema.get(key, []):
            parts = [part for part in pointer.split("/") if part not in ("", "*", "items")]
            found.append(".".join(parts[1:] if parts[0] == "properties" else parts))
        return found if in_order else sorted(set(found))

    def type_of(self, part: dict[str, Any], name: str) -> str:
        """The compact type of a sub-schema; `name` names it when it is an object written in place."""
        if reference := part.get("$ref"):
            return self.follow(reference)
        kind = part.get("type")
        if isinstance(kind, list):
            kind = kind[0] if len(kind) == 1 else self.kind_of_union(set(kind))
        if kind is None:
            kind = self.kind_of_variants(part)
        if kind in SCALARS:
            return str(kind)
        if kind == "array":
            return f"[{self.type_of(part['items'], name)}]" if part.get("items") else "[json]"
        return self.object_type(part, name) if kind == "object" else "json"

    def follow(self, reference: str) -> str:
        """The type behind a `$ref`: `#Name` for an object with properties, else what it stands for."""
        done = self.followed.get(reference)
        if done is None:
            _, group, *rest = reference.split("/")
            target = self.schema[group]
            for step in rest:
                target = target[step]
            self.followed[reference] = f"#{rest[-1]}"  # where an object has itself for a property
            done = self.followed[reference] = self.type_of(target, rest[-1])
        return done

    @staticmethod
    def kind_of_union(kinds: set[str]) -> str:
        """`string` for scalars that deployment makes strings of (environment variables), else anything."""
        scalars = kinds & {"number", "integer", "boolean"}
        return (
            "string" if "string" in kinds and scalars and not ("array" in kinds and "integer" not in kinds) else "any"
        )

    def kind_of_variants(self, part: dict[str, Any]) -> str:
        if part.get("properties"):
            return "object"
        variants = [variant for key in VARIANTS for variant in part.get(key, [])]
        kinds = {
            "object" if variant.get("properties") else str(variant.get("type", "any"))
            for variant in map(self.resolved, variants)
        }
        return str(kinds.pop()) if len(kinds) == 1 else "any"

    def resolved(self, part: dict[str, Any]) -> dict[str, Any]:
        while reference := part.get("$ref"):
            _, group, name = reference.split("/")
            part = self.schema[group][name]
        return part

    def object_type(self, part: dict[str, Any], name: str) -> str:
        members = self.members(part)
        if members:
            name = self.free_name(name, members)
            if name not in self.definitions:
                self.definitions[name] = {}
                types = {key: self.type_of(members[key], f"{name}.{key}") for key in sorted(members)}
                self.definitions[name] = types
            return f"#{name}"
        patterns = list(part.get("patternProperties", {}).values())
        if isinstance(part.get("additionalProperties"), dict):
            patterns.append(part["additionalProperties"])
        return f"{{{self.type_of(patterns[0], name)}}}" if patterns else "{json}"

    def members(self, part: dict[str, Any]) -> dict[str, Any]:
        """The properties of an object, those of its variants among them."""
        members = {}
        for key in VARIANTS:
            for variant in part.get(key, []):
                members.update(self.members(self.resolved(variant)))
        members.update(part.get("properties", {}))
        return members

    def free_name(self, name: str, members: dict[str, Any]) -> str:
        """`name`, unless an object with other properties has it already."""
        while name in self.definitions and self.definitions[name] and set(self.definitions[name]) != set(members):
            name += "_"
        return name


if __name__ == "__main__":
    main()
