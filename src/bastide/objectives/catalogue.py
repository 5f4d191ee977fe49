"""Objectives, and which controls serve them: chosen by the tags that controls have, never by a list of their ids.

An objective is an entry of `library/objectives/AREA.yaml`. Its `controls` are choices: a control is taken by one when
it matches every key of it, and serves the objective when any choice takes it. A control may also name objectives.
"""

from __future__ import annotations

from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct

from bastide.cache import compiled
from bastide.controls.packs import packs, read_files, refuse
from bastide.errors import UsageError, near_miss
from bastide.library import FOLDER

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from bastide.controls.entry import Control, Summary

AREAS = {
    "identity": "Identity and access",
    "secrets": "Secrets",
    "organization": "Organization and accounts",
    "network": "Network",
    "edge": "Edge",
    "api": "Interfaces",
    "messaging": "Messaging",
    "data": "Data",
    "compute": "Compute",
    "supply": "Supply chain",
    "logging": "Logging",
    "detection": "Detection",
    "response": "Response",
    "availability": "Availability",
}
"""The parts that objectives are about, in the order in which they are shown."""
OWN_KEYS = ("service", "concern", "type", "attack", "id")
"""What a choice can ask of a control beside the requirements that it names; all are patterns."""
NAMED = "objectives"
"""The key under which a control names objectives itself."""
DETECTIVE = ("logging", "monitoring")
"""Concerns whose controls are about seeing what happens, wherever they are judged."""


class Index:
    """The ids of controls by what can be asked of them: a key and a value."""

    def __init__(self, controls: Iterable[Control | Summary]) -> None:
        self._ids: dict[str, dict[str, set[str]]] = {}
        for control in controls:
            own = {"service": (control.service,), "concern": (control.concern,), "type": (control.resource,),
                   "attack": control.attack, "id": (control.id,), NAMED: control.objectives}  # fmt: skip
            for key, values in (*own.items(), *control.frameworks.items()):
                for value in values:
                    self._ids.setdefault(key, {}).setdefault(value, set()).add(control.id)

    def matching(self, key: str, patterns: Iterable[str]) -> set[str]:
        """The controls that have a value for the key which a pattern matches."""
        values = self._ids.get(key, {})
        found: set[str] = set()
        for pattern in patterns:
            names = [value for value in values if fnmatchcase(value, pattern)] if "*" in pattern else [pattern]
            found.update(*(values.get(name, ()) for name in names))
        return found


class Choice(Struct, frozen=True):
    """Controls that match a pattern of every key, and no choice of `without`."""

    keys: dict[str, tuple[str, ...]]
    without: tuple[Choice, ...] = ()

    def taken(self, index: Index) -> set[str]:
        """The ids of those controls."""
        found = set.intersection(*(index.matching(key, patterns) for key, patterns in self.keys.items()))
        return found.difference(*(one.taken(index) for one in self.without))


class Objective(Struct, frozen=True):
    """What must hold. `procedural` says who sees to it where no control can; `place` is its file."""

    id: str
    title: str
    why: str
    choices: tuple[Choice, ...] = ()
    procedural: str = ""
    place: str = ""

    @property
    def area(self) -> str:
        """The part of the id before the dot, one of `AREAS`."""
        return self.id.split(".", 1)[0]


def load_objectives() -> tuple[Objective, ...]:
    """The objectives of the library and of the packs in use, in the order of their areas and files.

    Raises `UsageError` with all mistakes of the packs.
    """
    return packs().once("objectives", _with_own) if packs().folders else library_objectives()


def _with_own() -> tuple[Objective, ...]:
    from bastide.objectives.lint import complaints_of

    mistakes: list[str] = []
    found = {one.id: one for one in library_objectives()}
    for file, value, lines in read_files("objectives", mistakes):
        if wrong := [f"{file}: {text}" for text in complaints_of(value)]:
            mistakes += wrong
            continue
        for number, item in enumerate(value):
            one = _objective(item, f"{file}:{lines.get((number,), 1)}")
            if one.id in found:
                mistakes.append(f"{one.place}: `{one.id}` stands at {found[one.id].place}, too")
            found.setdefault(one.id, one)
    refuse(mistakes)
    return _ordered(found.values())


def _ordered(found: Iterable[Objective]) -> tuple[Objective, ...]:
    order = list(AREAS)
    return tuple(sorted(found, key=lambda one: order.index(one.area) if one.area in order else len(order)))


@cache
def library_objectives() -> tuple[Objective, ...]:
    """The library's objectives, in the order of their areas and files."""
    found = compiled(
        "objectives",
        [*_files(), Path(__file__)],
        lambda: [_objective(one, p) for p, v in entries_of_files() for one in v],
    )
    return _ordered(msgspec.convert(found, tuple[Objective, ...]))


def objective(name: str) -> Objective:
    """By id; raises `UsageError` with the near miss."""
    known = {one.id: one for one in load_objectives()}
    if name not in known:
        near = near_miss(name, list(known))
        raise UsageError(f"no objective is called `{name}`", remedy=near or "see `bastide objectives`")
    return known[name]


def by_objective(controls: Iterable[Control | Summary]) -> dict[str, frozenset[str]]:
    """The ids of the controls that serve each objective, for every objective."""
    index = Index(controls)
    return {
        one.id: frozenset(index.matching(NAMED, [one.id]).union(*(choice.taken(index) for choice in one.choices)))
        for one in load_objectives()
    }


def controls_of(name: str, controls: Iterable[Control | Summary]) -> frozenset[str]:
    """The ids of the controls that serve one objective; `UsageError` for one that there is not."""
    objective(name)
    return by_objective(controls)[name]


def kinds_of(control: Control | Summary) -> tuple[str, ...]:
    """What kinds of measure a control is: it prevents by judging code, detects by judging accounts, answers by a fix.

    Controls about logs and monitoring detect, wherever they are judged.
    """
    kinds = []
    if not control.live and control.concern not in DETECTIVE:
        kinds.append("preventive")
    if control.concern in DETECTIVE or control.resource.startswith("AWS::"):
        kinds.append("detective")
    if control.has_fix:
        kinds.append("responsive")
    return tuple(kinds)


def entries_of_files() -> Iterator[tuple[str, Any]]:
    """Where each file of objectives is, and what it says."""
    from bastide.yamltext import read_yaml  # only when the cache is cold

    for file in _files():
        place = f"library/objectives/{file.name}"
        yield place, read_yaml(file.read_text("utf-8"), place)[0]


def _files() -> list[Path]:
    return sorted((FOLDER / "objectives").glob("*.yaml"), key=lambda file: file.stem)


def _objective(item: Mapping[str, Any], place: str) -> Objective:
    choices = tuple(_choice(one) for one in item.get("controls", ()))
    return Objective(item["id"], item["title"], item["why"], choices, item.get("procedural", ""), place)


def _choice(item: Mapping[str, Any]) -> Choice:
    keys = {key: tuple(patterns) for key, patterns in item.items() if key != "except"}
    return Choice(keys, tuple(_choice(one) for one in item.get("except", ())))
