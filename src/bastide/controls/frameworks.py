"""Frameworks, and which controls serve their requirements: by a tag on the control, or by way of another framework.

A control names the requirements of a few frameworks (its tags). A requirement of another framework may say `from` which
requirements of those it follows; then their controls serve it, too. So each fact is written once: what a control serves
on the control, what a framework borrows in the framework.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Literal, get_args

from msgspec import Struct, field

from bastide.cache import compiled_parts
from bastide.controls.entry import CONCERNS
from bastide.errors import UsageError, near_miss
from bastide.library import FOLDER

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from bastide.cache import Parts
    from bastide.controls.entry import Control, Summary

Kind = Literal["technical", "shared", "procedural"]
KINDS: tuple[str, ...] = get_args(Kind)
"""What meets a requirement: configuration alone, configuration and people, people alone."""
BASES = {
    "tags": "controls name its requirements themselves",
    "publisher": "derived by what its publisher says of another framework",
    "judgement": "derived by bastide's own reading of both texts",
}
"""Why a control serves a requirement, of a framework as a whole."""
ATTACK = "attack-cloud"
"""The framework whose ids stand in a control's `attack`."""
CONCERN = "concern"
"""What stands for a framework under `from` when a requirement follows concerns of controls."""
MAX_NAME = 80


class Requirement(Struct, frozen=True):
    """One requirement under its publisher's id, with a short name of ours.

    `sources` are the ids of requirements that it follows, by framework, or concerns under `concern`. `without` says why
    no control serves it.
    """

    id: str
    name: str
    group: str
    kind: Kind
    sources: dict[str, tuple[str, ...]] = field(default_factory=dict)
    without: str = ""


class Framework(Struct, frozen=True):
    """A framework; `basis` is one of `BASES`, `about` says where ids and derivations come from. Groups are id: name."""

    id: str
    name: str
    version: str
    publisher: str
    basis: str
    about: str
    groups: dict[str, str]
    requirements: dict[str, Requirement]


@cache
def framework_names() -> tuple[str, ...]:
    """The ids of the library's frameworks, in order."""
    return tuple(file.stem for file in _files())


@cache
def framework(name: str) -> Framework:
    """By id; raises `UsageError` with the near miss."""
    if name not in framework_names():
        near = near_miss(name, framework_names())
        raise UsageError(f"no framework is called `{name}`", remedy=near or "see `bastide controls frameworks`")
    return parse_framework(frameworks_compiled().get(name))


@cache
def frameworks_compiled() -> Parts:
    """The entries of the frameworks by id, from the cache."""
    return compiled_parts("frameworks", _files(), lambda: {file.stem: _read(file) for file in _files()})


def _files() -> list[Path]:
    return sorted((FOLDER / "frameworks").glob("*.yaml"), key=lambda file: file.stem)


def _read(file: Path) -> Any:
    from bastide.yamltext import read_yaml  # only when the cache is cold

    return read_yaml(file.read_text("utf-8"), f"library/frameworks/{file.name}")[0]


def parse_framework(value: dict[str, Any]) -> Framework:
    """A framework from its entry, which is the library's own and linted: what is wrong with it is a `KeyError`."""
    requirements = [
        Requirement(
            item["id"],
            item["name"],
            item["group"],
            item["kind"],
            {source: tuple(ids) for source, ids in item.get("from", {}).items()},
            item.get("without", ""),
        )
        for item in value["requirements"]
    ]
    texts = {key: value[key] for key in ("id", "name", "version", "publisher", "basis", "about")}
    groups = {group["id"]: group["name"] for group in value["groups"]}
    return Framework(**texts, groups=groups, requirements={one.id: one for one in requirements})


class Crosswalk:
    """Which of these controls serve which requirement, directly or not. Frameworks are read when asked for."""

    def __init__(self, controls: Iterable[Control | Summary]) -> None:
        self._tagged: dict[tuple[str, str], set[str]] = {}
        for control in controls:
            tags = {**control.frameworks, ATTACK: control.attack, CONCERN: [control.concern]}
            for name, ids in tags.items():
                for requirement in ids:
                    self._tagged.setdefault((name, requirement), set()).add(control.id)
        self._serving: dict[tuple[str, str], frozenset[str]] = {}

    def serving(self, name: str, requirement: str) -> frozenset[str]:
        """The ids of the controls that serve a requirement; frameworks in a circle, which are refused, add nothing."""
        key = (name, requirement)
        if key not in self._serving:
            self._serving[key] = frozenset()
            found = set(self._tagged.get(key, ()))
            if name != CONCERN and (entry := framework(name).requirements.get(requirement)):
                for source, ids in entry.sources.items():
                    found.update(*(self.serving(source, one) for one in ids))
            self._serving[key] = frozenset(found)
        return self._serving[key]

    def tagged(self, name: str, requirement: str) -> frozenset[str]:
        """The ids of the controls that name the requirement themselves."""
        return frozenset(self._tagged.get((name, requirement), ()))

    def served(self, name: str) -> dict[str, frozenset[str]]:
        """The ids of the controls by requirement, for the requirements of a framework that are served."""
        found = {one: self.serving(name, one) for one in framework(name).requirements}
        return {one: ids for one, ids in found.items() if ids}

    def of(self, name: str) -> frozenset[str]:
        """The ids of the controls that serve any requirement of a framework."""
        return frozenset().union(*self.served(name).values())

    def requirements_of(self, control: str, names: Sequence[str] = ()) -> dict[str, list[str]]:
        """What a control serves, directly or not: ids of requirements by framework, in the frameworks' order."""
        served = {
            name: [one for one in framework(name).requirements if control in self.serving(name, one)]
            for name in names or framework_names()
        }
        return {name: ids for name, ids in served.items() if ids}


def lint_frameworks() -> list[str]:
    """Complaints, `file: what`, about the library's frameworks; none for sound ones."""
    return [
        f"library/frameworks/{file.name}: {text}" for file in _files() for text in complaints_of(_read(file), file.stem)
    ]


_FIELDS = {"id", "name", "version", "publisher", "basis", "about", "groups", "requirements"}
_REQUIRED = {"id", "name", "group", "kind"}
_OPTIONAL = {"from", "without"}


def complaints_of(value: Any, name: str) -> Iterator[str]:
    """What is wrong with the entry of a framework that is to be called `name`."""
    if not isinstance(value, dict) or set(value) != _FIELDS:
        yield f"a framework has the fields {', '.join(sorted(_FIELDS))}"
        return
    if value["id"] != name:
        yield f"the id is `{value['id']}`"
    for key in ("name", "version", "publisher", "about"):
        if not isinstance(value[key], str) or not value[key].strip():
            yield f"`{key}` is text"
    if value["basis"] not in BASES:
        yield f"a basis is one of {', '.join(BASES)}"
    groups = [group["id"] for group in value["groups"]]
    ids = [item.get("id") for item in value["requirements"]]
    for what, several in (("group", groups), ("requirement", ids)):
        yield from (
            f"{what} `{one}` stands twice" for one in sorted({one for one in several if several.count(one) > 1})
        )
    used = {item.get("group") for item in value["requirements"]}
    yield from (f"group `{one}` has no requirement" for one in groups if one not in used)
    for item in value["requirements"]:
        yield from (f"{item.get('id')}: {text}" for text in _requirement(item, groups, value))


def _requirement(item: dict[str, Any], groups: list[str], value: dict[str, Any]) -> Iterator[str]:
    if not _REQUIRED <= set(item) <= _REQUIRED | _OPTIONAL or not all(isinstance(item[key], str) for key in _REQUIRED):
        yield "a requirement has `id`, `name`, `group` and `kind`, and may have `from` and `without`"
        return
    if not 3 <= len(item["name"]) <= MAX_NAME or item["name"].endswith("."):
        yield f"a name has at most {MAX_NAME} characters and no full stop"
    if item["group"] not in groups:
        yield f"`{item['group']}` is no group"
    if item["kind"] not in KINDS:
        yield f"a kind is one of {', '.join(KINDS)}"
    if item["kind"] == "procedural" and item.get("from"):
        yield "what is procedural is served by no control, and follows nothing"
    if value["basis"] == "tags" and item.get("from"):
        yield "the framework's basis is tags, and it follows another"
    for source, ids in item.get("from", {}).items():
        yield from _source(source, ids, value["id"])


def _source(source: str, ids: Any, own: str) -> Iterator[str]:
    if not isinstance(ids, list) or not ids:
        yield f"`from` has a list of ids under `{source}`"
    elif source == own or (source != CONCERN and source not in framework_names()):
        yield f"follows `{source}`, which is no other framework of the library"
    elif source != CONCERN and follows(source, own):
        yield f"follows `{source}`, which follows it"
    else:
        known = CONCERNS if source == CONCERN else framework(source).requirements
        yield from (f"follows `{one}`, which is not in {source}" for one in ids if one not in known)


@cache
def follows(name: str, other: str) -> bool:
    """Whether a framework follows another, itself or by way of a third."""
    sources = {source for one in framework(name).requirements.values() for source in one.sources} - {CONCERN, name}
    return other in sources or any(follows(source, other) for source in sources if source in framework_names())
