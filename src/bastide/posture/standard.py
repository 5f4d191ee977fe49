"""Standards: what a workload has to show before it ships, as data. A file, checked field by field before its SQL runs.

A standard may extend another: it replaces criteria by their id, adds some, and switches some off, each with a reason.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from bastide.controls.packs import packs, refuse
from bastide.errors import UsageError, near_miss
from bastide.library import FOLDER
from bastide.workload.fields import Checker, Field
from bastide.yamltext import read_yaml

_ID = r"[a-z0-9][a-z0-9.-]{0,80}"
_FIELDS = {
    "id": Field("a short name", required=True, pattern=_ID),
    "title": Field("what it is for, in a few words", required=True),
    "extends": Field("a standard of the library, or a file from here, whose criteria hold here too"),
    "stages": Field(
        "the way to production, in its order",
        "objects",
        of={
            "id": Field("a short name", required=True, pattern=_ID),
            "title": Field("what happens there", required=True),
        },
    ),
    "off": Field(
        "criteria of the extended standard that do not hold here",
        "objects",
        of={
            "criterion": Field("its id", required=True),
            "because": Field("why it does not hold here", required=True),
        },
    ),
    "criteria": Field(
        "what is asked",
        "objects",
        of={
            "id": Field("a short name, unique in the standard", required=True, pattern=_ID),
            "title": Field("what shall be so", required=True),
            "stage": Field("id of the stage", required=True),
            "why": Field("what goes wrong otherwise", required=True),
            "require": Field("one select: each row speaks against it, or says so in its column `ok`", required=True),
            "evidence": Field("one select: its column `detail` says what speaks for it"),
            "may_be_empty": Field("tables of `require` that may be empty without making it unknown", "texts"),
            "environments": Field("environments, or patterns, that it is for; all without", "texts"),
            "remedy": Field("what to do when it is not so", required=True),
        },
    ),
}


class Criterion(Struct, frozen=True):
    """One question. `place` is where it is written; `off` why it is not asked here, empty when it is."""

    id: str
    title: str
    stage: str
    why: str
    require: str
    remedy: str
    evidence: str = ""
    may_be_empty: tuple[str, ...] = ()
    environments: tuple[str, ...] = ()
    place: str = ""
    off: str = ""


class Standard(Struct, frozen=True):
    """`stages` has titles by id, in their order; the criteria are in the order of the stages."""

    id: str
    title: str
    stages: dict[str, str]
    criteria: tuple[Criterion, ...]


MAX_EXTENDS = 8


def load_standard(name: str, beside: str = "", _depth: int = 0) -> Standard:
    """The standard of the library or of a pack in use with this name, or that of a file, by its path from `beside`.

    Raises `UsageError` with all mistakes of the file, each with its line.
    """
    if _depth > MAX_EXTENDS:
        raise UsageError("these standards extend each other", place=name)
    file, place = _file(name, beside)
    try:
        text = file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"the standard cannot be read: {error}", place=place) from None
    value, lines = read_yaml(text, place)
    checker = Checker(place, lines)
    found = checker.object(value, _FIELDS)
    base = load_standard(found["extends"], str(file), _depth + 1) if "extends" in found else None
    standard = _made(found, base, checker)
    checker.finish("the standard")
    return standard


def library_standards() -> list[str]:
    """Names of the library's standards."""
    return sorted(file.stem for file in (FOLDER / "standards").glob("*.yaml"))


def own_standards() -> dict[str, Path]:
    """The files of the packs in use by the names of their standards; `UsageError` for a name that is there already."""
    found: dict[str, Path] = {}
    mistakes = []
    for file in packs().files("standards"):
        if file.stem in library_standards():
            mistakes.append(f"{file}: `{file.stem}` is a standard of the library")
        elif file.stem in found:
            mistakes.append(f"{file}: `{file.stem}` stands at {found[file.stem]}, too")
        found.setdefault(file.stem, file)
    refuse(mistakes)
    return found


def _file(name: str, beside: str) -> tuple[Path, str]:
    """The file of a standard, and how it is called in messages."""
    if "/" not in name and not name.endswith((".yaml", ".yml")):
        own = own_standards()
        if name in own:
            return own[name], str(own[name])
        known = [*library_standards(), *own]
        if name not in known:
            hint = near_miss(name, known) or f"the library has {', '.join(known)}; a file is named as ./{name}.yaml"
            raise UsageError(f"there is no standard `{name}`", place=beside, remedy=hint)
        return FOLDER / "standards" / f"{name}.yaml", f"library/standards/{name}.yaml"
    file = Path(beside).parent / name if beside else Path(name)
    return file, str(file)


def _made(value: dict[str, Any], base: Standard | None, checker: Checker) -> Standard:
    stages = {one["id"]: one["title"] for one in value.get("stages", ()) if {"id", "title"} <= one.keys()}
    stages = (base.stages if base else {}) | stages
    if not stages:
        checker.say((), "a standard has `stages`, or extends one that has")
    criteria = {one.id: one for one in base.criteria} if base else {}
    _switch_off(criteria, value.get("off", ()), checker)
    own: set[str] = set()
    for number, item in enumerate(value.get("criteria", ())):
        at: tuple[str | int, ...] = ("criteria", number)
        if item.get("id") in own:
            checker.say(at, f"`{item['id']}` stands here twice")
        own.add(item.get("id", ""))
        if item.get("stage") not in (None, *stages):
            near = near_miss(item["stage"], list(stages))
            checker.say(
                (*at, "stage"), f"`{item['stage']}` is none of {', '.join(stages)}{f', {near}' if near else ''}"
            )
        if _FIELDS["criteria"].of and all(k in item for k, f in _FIELDS["criteria"].of.items() if f.required):
            lists = {key: tuple(item.pop(key, ())) for key in ("may_be_empty", "environments")}
            place = f"{checker.path}:{checker.line(at)}"
            criteria[item["id"]] = Criterion(**{**item, **lists, "place": place})
    order = list(stages)
    listed = sorted(criteria.values(), key=lambda one: order.index(one.stage) if one.stage in stages else 0)
    return Standard(value.get("id", ""), value.get("title", ""), stages, tuple(listed))


def _switch_off(criteria: dict[str, Criterion], off: Any, checker: Checker) -> None:
    for number, item in enumerate(off):
        name = item.get("criterion")
        if name in criteria:
            criteria[name] = replace(criteria[name], off=item.get("because", ""))
        elif name is not None:
            near = near_miss(name, list(criteria))
            checker.say(("off", number), f"`{name}` is no criterion of what is extended{f', {near}' if near else ''}")
