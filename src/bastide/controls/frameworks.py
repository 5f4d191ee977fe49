"""Frameworks, and which controls serve their requirements: by a tag on the control, or by way of another framework.

A control names the requirements of a few frameworks (its tags). A requirement of another framework may say `from` which
requirements of those it follows; then their controls serve it, too. So each fact is written once: what a control serves
on the control, what a framework borrows in the framework.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from typing import TYPE_CHECKING, Any, Literal, get_args

from msgspec import Struct, field

from bastide.cache import compiled_parts
from bastide.controls.entry import CONCERNS
from bastide.controls.packs import packs, read_files, refuse
from bastide.errors import UsageError, near_miss
from bastide.library import FOLDER

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence, Set
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


def framework_names() -> tuple[str, ...]:
    """The ids of the library's frameworks, in order, and then of those of the packs in use."""
    return (*library_names(), *own_frameworks())


@cache
def library_names() -> tuple[str, ...]:
    """The ids of the library's frameworks, in order."""
    return tuple(file.stem for file in _files())


def framework(name: str) -> Framework:
    """By id; raises `UsageError` with the near miss."""
    if name in library_names():
        return _of_library(name)
    if name not in own_frameworks():
        near = near_miss(name, framework_names())
        raise UsageError(f"no framework is called `{name}`", remedy=near or "see `bastide controls frameworks`")
    return own_frameworks()[name]


@cache
def _of_library(name: str) -> Framework:
    return parse_framework(frameworks_compiled().get(name))


def own_frameworks() -> dict[str, Framework]:
    """The frameworks of the packs in use; `UsageError` with all their mistakes."""
    return packs().once("frameworks", _read_own) if packs().folders else {}


def _read_own() -> dict[str, Framework]:
    mistakes: list[str] = []
    found: dict[str, tuple[Path, Any]] = {}
    for file, value, _ in read_files("frameworks", mistakes):
        if file.stem in library_names():
            mistakes.append(f"{file}: `{file.stem}` is a framework of the library")
        elif file.stem in found:
            mistakes.append(f"{file}: `{file.stem}` stands at {found[file.stem][0]}, too")
        else:
            found[file.stem] = file, value
    sound = {name: one for name, (file, value) in found.items() if (one := _sound(file, value, mistakes))}
    unsound = found.keys() - sound.keys()
    for name, one in sound.items():
        mistakes += [f"{found[name][0]}: {text}" for text in _follows_wrongly(one, sound, unsound)]
    refuse(mistakes)
    return sound


def _sound(file: Path, value: Any, mistakes: list[str]) -> Framework | None:
    """The framework, where nothing is wrong with its entry by itself."""
    wrong = [f"{file}: {text}" for text in complaints_of(value, file.stem, sources=False)]
    mistakes += wrong
    return None if wrong else parse_framework(value)


def _follows_wrongly(one: Framework, own: dict[str, Framework], unsound: Set[str]) -> Iterator[str]:
    """What is wrong with what it follows: only the library and `own` can be followed, and not in a circle.

    Of what is `unsound` enough is said elsewhere.
    """
    seen, ahead = set(), [one.id]
    while ahead:
        name = ahead.pop()
        seen.add(name)
        sources = {source for each in own[name].requirements.values() for source in each.sources}
        if one.id in sources:
            yield f"follows itself, by way of `{name}`"
        ahead += [source for source in sources if source in own and source not in seen]
    for requirement in one.requirements.values():
        for source, ids in requirement.sources.items():
            if source in own:
                known: Iterable[str] = own[source].requirements
            elif source == CONCERN or source in library_names():
                known = CONCERNS if source == CONCERN else _of_library(source).requirements
            else:
                if source not in unsound:
                    yield f"{requirement.id}: follows `{source}`, which is no other framework"
                continue
            yield from (
                f"{requirement.id}: follows `{each}`, which is not in {source}" for each in ids if each not in known
            )


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
_ID = re.compile(r"[a-z0-9][a-z0-9.-]{0,62}")
_TAKEN = (CONCERN, "attack", "except", "id", "objectives", "service", "type")
"""What is asked of controls under the same keys as frameworks."""


def complaints_of(value: Any, name: str, *, sources: bool = True) -> Iterator[str]:
    """What is wrong with the entry of a framework that is to be called `name`.

    Without `sources` it is not asked whether what it follows is there.
    """
    if not isinstance(value, dict) or set(value) != _FIELDS:
        yield f"a framework has the fields {', '.join(sorted(_FIELDS))}"
        return
    if value["id"] != name:
        yield f"the id is `{str(value['id'])[:MAX_NAME]}`, and that of the file `{name}`"
    if not _ID.fullmatch(name) or name in _TAKEN:
        yield f"`{name}` is no id of a framework: small letters, digits, dots and hyphens, and not {', '.join(_TAKEN)}"
    for key in ("name", "version", "publisher", "about"):
        if not _is_text(value[key]):
            yield f"`{key}` is text"
    if value["basis"] not in tuple(BASES):
        yield f"a basis is one of {', '.join(BASES)}"
    groups, requirements = value["groups"], value["requirements"]
    if not _are_mappings(groups) or not all(set(one) == {"id", "name"} and _are_texts(one) for one in groups):
        yield "`groups` is a list of mappings from `id` and `name` to texts"
    elif not _are_mappings(requirements) or not all(_is_text(one.get("id")) for one in requirements):
        yield "`requirements` is a list of mappings, each with an `id` that is text"
    else:
        yield from _contents([one["id"] for one in groups], value, sources=sources)


def _contents(groups: list[str], value: dict[str, Any], *, sources: bool) -> Iterator[str]:
    """What is wrong with groups and requirements."""
    ids = [item["id"] for item in value["requirements"]]
    for what, several in (("group", groups), ("requirement", ids)):
        count = Counter(several)
        yield from (f"{what} `{one}` stands twice" for one in sorted(count) if count[one] > 1)
    used = {str(item.get("group")) for item in value["requirements"]}
    yield from (f"group `{one}` has no requirement" for one in groups if one not in used)
    for item in value["requirements"]:
        yield from (f"{item['id']}: {text}" for text in _requirement(item, groups, value, sources=sources))


def _requirement(item: dict[str, Any], groups: list[str], value: dict[str, Any], *, sources: bool) -> Iterator[str]:
    if not _REQUIRED <= set(item) <= _REQUIRED | _OPTIONAL or not all(_is_text(item[key]) for key in _REQUIRED):
        yield "a requirement has `id`, `name`, `group` and `kind`, and may have `from` and `without`"
        return
    if not 3 <= len(item["name"]) <= MAX_NAME or item["name"].endswith("."):
        yield f"a name has at most {MAX_NAME} characters and no full stop"
    if item["group"] not in groups:
        yield f"`{item['group']}` is no group"
    if item["kind"] not in KINDS:
        yield f"a kind is one of {', '.join(KINDS)}"
    if not _is_text(item.get("without", "-")):
        yield "`without` is text"
    yield from _following(item.get("from", {}), item["kind"], value, sources=sources)


def _following(following: Any, kind: str, value: dict[str, Any], *, sources: bool) -> Iterator[str]:
    """What is wrong with what a requirement follows."""
    if kind == "procedural" and following:
        yield "what is procedural is served by no control, and follows nothing"
    if value["basis"] == "tags" and following:
        yield "the framework's basis is tags, and it follows another"
    if not isinstance(following, dict):
        yield "`from` is a mapping from frameworks to lists of ids"
        return
    for source, ids in following.items():
        if not isinstance(ids, list) or not ids or not all(isinstance(one, str) for one in ids):
            yield f"`from` has a list of ids under `{source}`"
        elif sources:
            yield from _source(source, ids, value["id"])


def _is_text(value: Any) -> bool:
    """Whether it is a text that can be shown as it is."""
    return isinstance(value, str) and bool(value.strip()) and value.replace("\n", "").isprintable()


def _are_texts(one: dict[str, Any]) -> bool:
    return all(_is_text(text) for text in one.values())


def _are_mappings(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, dict) for one in value)


def _source(source: str, ids: list[str], own: str) -> Iterator[str]:
    if source == own or (source != CONCERN and source not in library_names()):
        yield f"follows `{source}`, which is no other framework of the library"
    elif source != CONCERN and follows(source, own):
        yield f"follows `{source}`, which follows it"
    else:
        known = CONCERNS if source == CONCERN else framework(source).requirements
        yield from (f"follows `{one}`, which is not in {source}" for one in ids if one not in known)


@cache
def follows(name: str, other: str) -> bool:
    """Whether a framework of the library follows another, itself or by way of a third."""
    sources = {source for one in _of_library(name).requirements.values() for source in one.sources} - {CONCERN, name}
    return other in sources or any(follows(source, other) for source in sources if source in library_names())
