"""The mapping tables: what `library/mappings/*.yaml` says of each provider type, see docs/mappings.md."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field

from bastide.cache import compiled
from bastide.library import FOLDER
from bastide.resources.schema import all_types

if TYPE_CHECKING:
    from pathlib import Path


class Fold(Struct, frozen=True):
    """Where a separate resource belongs: into the resource of type `into` that its attribute `by` names.

    `at` is the property path there (`""` is the resource itself), `how` is set, append or merge. `value` is the
    one attribute that is taken, when it is not the whole resource. `key` is the parent's property that a literal
    `by` is compared with.
    """

    into: str
    by: str
    at: str = ""
    how: str = "set"
    value: str = ""
    key: str = ""


class Emit(Struct, frozen=True):
    """An attribute that CloudFormation has as a resource of its own: mapped as the provider type `table`.

    `parent` is the attribute in which that type names its parent; `constants` are more attributes of it. `whole`
    is one resource of all blocks, in place of one of each.
    """

    table: str
    parent: str
    whole: bool = False
    constants: dict[str, Any] = field(default_factory=dict)


class Table(Struct):
    """One provider type. Keys of `rename` and the others are dotted attribute paths without list positions."""

    name: str
    type: str = ""
    rename: dict[str, str] = field(default_factory=dict)
    ignore: frozenset[str] = frozenset()
    values: dict[str, dict[str, Any]] = field(default_factory=dict)
    defaults: dict[str, Any] = field(default_factory=dict)
    constants: dict[str, Any] = field(default_factory=dict)
    also: dict[str, dict[str, Any]] = field(default_factory=dict)
    invert: frozenset[str] = frozenset()
    json: frozenset[str] = frozenset()
    keyed: dict[str, str] = field(default_factory=dict)
    enabled_by: dict[str, str] = field(default_factory=dict)
    explode: dict[str, dict[str, str]] = field(default_factory=dict)
    folds: tuple[Fold, ...] = ()
    emit: dict[str, Emit] = field(default_factory=dict)
    switch: str = ""
    cases: dict[str, Table] = field(default_factory=dict)


@cache
def table_for(provider_type: str) -> Table | None:
    """The table of a provider type, None if no file has one.

    The types of the provider `awscc` are AWS's own under the names that the rule gives; they need no file.
    """
    entry = entries().get(provider_type)
    if entry is not None:
        return build_table(provider_type, entry)
    if provider_type.startswith("awscc_"):
        name = own_types().get(provider_type.removeprefix("awscc_").replace("_", ""))
        return Table(provider_type, name) if name else None
    return None


@cache
def own_types() -> dict[str, str]:
    """AWS's types by the letters of service and resource, which is how `awscc` names them."""
    return {"".join(name.split("::")[1:]).lower(): name for name in all_types()}


def mapped_types() -> list[str]:
    """The provider types that have a table, in order."""
    return sorted(name for name in entries() if "/" not in name)


def build_table(name: str, entry: dict[str, Any]) -> Table:
    """A table from its entry, as it stands in the file after `like` is resolved."""
    folds = entry.get("fold", [])
    outer = {key: value for key, value in entry.items() if key not in ("switch", "cases")}
    return Table(
        name=name,
        type=entry.get("type", ""),
        rename=entry.get("rename", {}),
        ignore=frozenset(entry.get("ignore", ())),
        values=entry.get("values", {}),
        defaults=entry.get("defaults", {}),
        constants=entry.get("set", {}),
        also=entry.get("also", {}),
        invert=frozenset(entry.get("invert", ())),
        json=frozenset(entry.get("json", ())),
        keyed=entry.get("keyed", {}),
        enabled_by=entry.get("enabled_by", {}),
        explode=entry.get("explode", {}),
        folds=tuple(Fold(**fold) for fold in (folds if isinstance(folds, list) else [folds])),
        emit={key: _emit(spec) for key, spec in entry.get("emit", {}).items()},
        switch=entry.get("switch", ""),
        cases={
            value: build_table(f"{name}/{value}", merged(outer, case)) for value, case in entry.get("cases", {}).items()
        },
    )


def _emit(spec: dict[str, Any]) -> Emit:
    return Emit(spec["as"], spec["parent"], spec.get("whole", False), spec.get("set", {}))


@cache
def entries() -> dict[str, dict[str, Any]]:
    """Every entry of every file by provider type, `like` resolved; compiled once into the user's cache."""
    content: dict[str, dict[str, Any]] = compiled("mappings", mapping_files(), read_entries)
    return content


def mapping_files() -> list[Path]:
    """The files of the library, in order of name."""
    return sorted((FOLDER / "mappings").glob("*.yaml"))


def read_entries() -> dict[str, dict[str, Any]]:
    """The entries, read from the YAML files; a bare string is a type whose attributes all follow by rule."""
    found: dict[str, Any] = {}
    for file in mapping_files():
        found |= parse(file.read_text("utf-8"))
    whole = {name: {"type": entry} if isinstance(entry, str) else normal(entry) for name, entry in found.items()}
    return {name: inherited(whole, name) for name in whole}


def parse(text: str) -> dict[str, Any]:
    """One YAML file of the library."""
    import yaml  # only when the cache does not have the tables

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    content: dict[str, Any] = yaml.load(text, loader) or {}  # noqa: S506  # both are safe loaders
    return content


def normal(entry: dict[str, Any]) -> dict[str, Any]:
    """The entry with the keys of `values` and `cases` as they are looked up: `true`, `1`."""
    entry = dict(entry)
    if "values" in entry:
        entry["values"] = {
            path: {plain_key(key): value for key, value in table.items()} for path, table in entry["values"].items()
        }
    if "cases" in entry:
        entry["cases"] = {plain_key(key): normal(case) for key, case in entry["cases"].items()}
    return entry


def plain_key(value: Any) -> str:
    """A scalar as the key of `values`: booleans as Terraform writes them."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def inherited(whole: dict[str, dict[str, Any]], name: str) -> dict[str, Any]:
    """The entry over the one it is `like`; tables are merged key by key, everything else is replaced."""
    entry = dict(whole[name])
    base = entry.pop("like", None)
    return entry if base is None else merged(inherited(whole, base), entry)


def merged(base: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    """One entry over another."""
    result = dict(base)
    for key, value in over.items():
        old = result.get(key)
        if isinstance(old, dict) and isinstance(value, dict) and key != "fold":
            result[key] = {**old, **value}
        elif isinstance(old, list) and isinstance(value, list) and key != "fold":
            result[key] = [*old, *value]
        else:
            result[key] = value
    return result
