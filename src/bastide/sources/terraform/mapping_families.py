"""Which resource of a unit an attribute names: by reference, by name, or by the same expression."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from bastide.resources.model import Reference, Unresolved
from bastide.resources.schema import schema_for
from bastide.sources.terraform.mapping import table_for
from bastide.sources.terraform.mapping_paths import get

if TYPE_CHECKING:
    from bastide.sources.terraform.mapping import Fold
    from bastide.sources.terraform.mapping_folds import Pending
    from bastide.sources.terraform.provider import ProviderResource

MAX_HOPS = 5
_MODULES = re.compile(r"(?:module\.[^.\[\"]+(?:\[[^\]]*\])?\.)*")
_INSTANCE = re.compile(r"\[[^\]]*\]$")


class Parents(NamedTuple):
    """What was found: `certain` parents, or `possible` ones when it cannot be told; neither: it is not here."""

    certain: list[Pending]
    possible: list[Pending]


NOWHERE = Parents([], [])


class Families:
    """The resources of one unit, by the ways in which others name them."""

    def __init__(self, pending: list[Pending], resources: list[ProviderResource]) -> None:
        self.resources = {one.address: one for one in resources}
        self.by_address = {one.address: one for one in pending}
        self.by_base: dict[str, list[Pending]] = {}
        self.by_type: dict[str, list[Pending]] = {}
        for one in pending:
            self.by_base.setdefault(base_of(one.address), []).append(one)
            self.by_type.setdefault(one.type, []).append(one)
        self._names: dict[tuple[str, str], dict[str, list[Pending]]] = {}

    def at(self, address: str) -> list[Pending]:
        """The resource at an address; all its instances for an address without a key."""
        one = self.by_address.get(address)
        return [one] if one is not None else self.by_base.get(address, [])

    def parents(self, fold: Fold, value: Any, address: str, hops: int = 0) -> Parents:
        """The resources of the fold's type that `value`, an attribute of the resource at `address`, names."""
        named = self.named(fold, name_key(value, address))
        if isinstance(value, Reference):
            found = self.referred(fold, value, hops)
            if len(named) == 1 and any(one is named[0] for one in found.possible):
                return Parents(named, [])
            if found != NOWHERE:
                return found
        elif isinstance(value, str) and not named and (value.startswith(("arn:", "https:"))):
            named = self.named(fold, re.split(r"[:/]", value)[-1])
        if named:
            return Parents(named, []) if len(named) == 1 else Parents([], named)
        return NOWHERE if outside(value) else Parents([], self.by_type.get(fold.into, []))

    def referred(self, fold: Fold, reference: Reference, hops: int) -> Parents:
        """By reference: to the parent itself, or to another resource that names it (a bucket's policy).

        Of several parents it is one, and which is not known: a condition chooses, or a plan does not show the key.
        """
        found = {id(one): one for target, _ in reference.targets for one in self.at(target) if one.type == fold.into}
        if found:
            parents = list(found.values())
            return Parents(parents, []) if len(parents) == 1 else Parents([], parents)
        for target, attribute in reference.targets:
            other = self.resources.get(target)
            if other is not None and hops < MAX_HOPS:
                table = table_for(other.type)
                by = table.folds[0].by if table is not None and table.folds else ""
                value = other.attributes.get(attribute, other.attributes.get(by))
                if value is not None:
                    return self.parents(fold, value, other.address, hops + 1)
        return NOWHERE

    def named(self, fold: Fold, key: str) -> list[Pending]:
        """The resources of the fold's type that have this name."""
        schema = schema_for(fold.into)
        where = fold.key or (schema.primary[0] if schema and schema.primary else "")
        index = self._names.get((fold.into, where))
        if index is None:
            index = self._names[fold.into, where] = {}
            for one in self.by_type.get(fold.into, ()):
                name = name_key(get(one.tree, where), one.address)
                if name:
                    index.setdefault(name, []).append(one)
        return index.get(key, []) if key else []


def outside(value: Any) -> bool:
    """Whether a value that names nothing here names something elsewhere: a literal, or what was looked up."""
    if isinstance(value, Unresolved):
        return is_lookup(value.expression)
    if isinstance(value, Reference):
        return bool(value.targets) and all(is_lookup(target) for target, _ in value.targets)
    return True


def is_lookup(expression: str) -> bool:
    """Whether an expression reads a data source: things that exist before this configuration."""
    return expression[len(module_of(expression)) :].startswith("data.")


def module_of(address: str) -> str:
    """The module part of an address, with its last dot; empty in the root module."""
    found = _MODULES.match(address)
    return found.group() if found else ""


def base_of(address: str) -> str:
    """The address without the key of its instance."""
    return _INSTANCE.sub("", address) if address[-1:] == "]" else address


def name_key(value: Any, address: str) -> str:
    """What two attributes have in common that mean the same name; empty for what says nothing."""
    if isinstance(value, str):
        return value
    if isinstance(value, Reference):
        return value.text
    if isinstance(value, Unresolved) and value.expression:
        return f"{module_of(address)}\0{value.expression}"
    return ""
