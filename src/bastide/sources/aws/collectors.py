"""Collectors as they are written in `library/collectors`: how the calls of AWS become resources of one type.

A file is a group: what is collected together, named as `--services` names it. Its entries are in the order of the file.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import msgspec

from bastide.cache import compiled
from bastide.errors import ControlError
from bastide.library import FOLDER

PLACE = "library/collectors"


class Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"source": "from"}):
    """How one property is made: `from` is JMESPath; `values` renames words; `default` stands where nothing is found.

    `capitals` writes the names of members of a `json` property with a capital, as CloudFormation does.
    """

    source: str = "@"
    values: dict[str, Any] = {}
    default: Any = None
    capitals: bool = False


Properties = dict[str, str | Rule]
Service = Literal["global", "region"]


class Call(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"parameters": "with", "keep": "as"}):
    """One call, or one for each item. `with` has JMESPath over the item, `constants` plain values.

    `items` says where in an answer the items are; `item` merges what it finds into the item, `as` puts it there under
    a name, `properties` fills properties from it. `absent` are the error codes that mean: there is none. A list that is
    `single` has one item at most: where it is denied, that one is there and nothing is known of it. `otherwise` stands
    for the answer of a completing call where there is none.

    `when` is what a call is for; `unless` is what earlier answers have told already: where it surely holds there is
    none, and nobody need ask. Where the earlier answer is not known, the call is made.
    """

    call: str = ""
    service: str = ""
    parameters: dict[str, Any] = {}
    constants: dict[str, Any] = {}
    items: str = ""
    single: bool = False
    absent: list[str] = []
    not_offered: list[str] = []
    permission: str = ""
    when: str = ""
    unless: str = ""
    item: str = ""
    keep: str = ""
    properties: Properties = {}
    ids: dict[str, str] = {}
    batch: int = 1
    otherwise: dict[str, Any] = {}
    match: str | dict[str, str] = ""
    needed: bool = False


class Collector(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"lists": "list"}):
    """How resources of one CloudFormation type are collected; `docs/collectors.md` explains each field.

    `never` are properties that no live resource can have (a password that only a template sets): absent, not unknown.
    `unread` are properties that a live resource may have and that are not collected: unknown, for the reason given.
    """

    type: str
    service: str
    lists: Call | list[Call]
    id: str
    arn: str
    scope: Service = "region"
    each: str = ""
    otherwise: list[dict[str, Any]] = []
    only: str = ""
    region: str = ""
    by_rule: bool = True
    properties: Properties = {}
    constants: dict[str, Any] = {}
    metadata: dict[str, str] = {}
    complete: list[Call] = []
    never: dict[str, str] = {}
    unread: dict[str, str] = {}
    group: str = ""
    place: str = ""

    @property
    def listings(self) -> list[Call]:
        """The calls that list items; usually one."""
        return [self.lists] if isinstance(self.lists, Call) else self.lists

    @property
    def calls(self) -> list[Call]:
        """Every call, those that list first. One without a name looks into the parent's item."""
        return [*self.listings, *self.complete]

    def service_of(self, call: Call) -> str:
        """botocore's name of the service that a call is made to."""
        return call.service or self.service


class Collectors(msgspec.Struct, frozen=True):
    """All collectors, and types without one, with the reason.

    `part_of` are types that no live account has, since another type's properties say it; `not_collected` the rest.
    """

    entries: list[Collector]
    part_of: dict[str, str] = {}
    not_collected: dict[str, str] = {}

    def by_type(self) -> dict[str, list[Collector]]:
        """The collectors of each type; a type may have several."""
        found: dict[str, list[Collector]] = {}
        for entry in self.entries:
            found.setdefault(entry.type, []).append(entry)
        return found

    def groups(self) -> list[str]:
        """The names of the groups, in order."""
        return sorted({entry.group for entry in self.entries})


def load_collectors() -> Collectors:
    """The library's collectors; raises `ControlError` with `file:line` for the first entry that is wrong."""
    files = _files()
    plain = compiled("collectors", [Path(__file__), *files], lambda: _read(files))
    return msgspec.convert(plain, Collectors)


def parse_collectors(text: str, place: str) -> list[dict[str, Any]]:
    """The entries of one file as plain values, checked; `place` is the file's path."""
    from bastide.yamltext import read_yaml  # scans use what was read before

    value, lines = read_yaml(text, place)
    if not isinstance(value, list):
        raise ControlError("a file of collectors is a list of entries", place=f"{place}:1")
    group = place.rpartition("/")[2].removesuffix(".yaml")
    found = []
    for index, entry in enumerate(value):
        where = f"{place}:{lines.get((index,), 1)}"
        try:
            collector = msgspec.convert({**entry, "group": group, "place": where}, Collector)
        except (msgspec.ValidationError, TypeError) as error:
            raise ControlError(f"no collector: {error}", place=where) from None
        found.append(msgspec.to_builtins(collector))
    return found


def _files() -> list[Any]:
    return sorted((FOLDER / "collectors").glob("*.yaml"))


def _read(files: list[Any]) -> dict[str, Any]:
    from bastide.yamltext import read_yaml

    entries: list[dict[str, Any]] = []
    missing: dict[str, Any] = {}
    for file in files:
        text, place = file.read_text("utf-8"), f"{PLACE}/{file.name}"
        if file.name == "_missing.yaml":
            missing = {key: value or {} for key, value in (read_yaml(text, place)[0] or {}).items()}
        elif not file.name.startswith("_"):
            entries += parse_collectors(text, place)
    return {"entries": entries, **missing}
