"""Looks through objectives of library and packs: what they say, whom they choose, and that no control is left over."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from bastide.controls.entry import CONCERNS
from bastide.controls.frameworks import ATTACK, framework, framework_names
from bastide.objectives.catalogue import (
    AREAS,
    OWN_KEYS,
    Choice,
    Index,
    by_objective,
    entries_of_files,
    library_objectives,
    load_objectives,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bastide.controls.entry import Control, Summary
    from bastide.objectives.catalogue import Objective


def lint_objectives(controls: Iterable[Control | Summary]) -> list[str]:
    """Complaints about the library's objectives, and about controls that serve none; empty when all is sound."""
    controls = list(controls)
    found = [f"{place}: {text}" for place, value in entries_of_files() for text in complaints_of(value)]
    if found:
        return found
    return [*_repeated(), *_not_served(controls)]


_ID = re.compile(r"[a-z]+\.[a-z0-9][a-z0-9.-]{0,62}")
_FIELDS = {"id", "title", "why", "controls", "procedural"}


def complaints_of(value: Any) -> Iterator[str]:
    """What is wrong with a file of objectives by itself."""
    if not isinstance(value, list):
        yield "a file of objectives is a list"
        return
    for item in value:
        if not isinstance(item, dict) or not {"id", "title", "why"} <= set(item) <= _FIELDS:
            yield f"an objective has id, title, why, and controls or procedural: {str(item)[:80]}"
            continue
        yield from (f"{item['id']}: {text}" for text in _entry(item))


def _entry(item: dict[str, Any]) -> Iterator[str]:
    if not all(isinstance(item[key], str) and item[key].strip() for key in ("id", "title", "why")):
        yield "id, title and why are text"
        return
    area = item["id"].split(".", 1)[0]
    if area not in AREAS:
        yield f"`{area}` is no area ({', '.join(AREAS)})"
    if not _ID.fullmatch(item["id"]):
        yield "an id is an area, a dot, and small letters, digits and hyphens"
    if ("controls" in item) == ("procedural" in item):
        yield "has either `controls` or `procedural`"
    if not isinstance(item.get("procedural", ""), str):
        yield "`procedural` is text"
    if item["title"].endswith("."):
        yield "a title has no full stop"
    if not all(item[key].replace("\n", "").isprintable() for key in ("title", "why")):
        yield "title and why have characters that cannot be shown"
    if not isinstance(item.get("controls", []), list):
        yield "`controls` is a list of choices"
        return
    for choice in item.get("controls", ()):
        yield from _wrong_choice(choice)


def _wrong_choice(choice: Any) -> Iterator[str]:
    if not isinstance(choice, dict) or not set(choice) - {"except"}:
        yield "a choice is a mapping from keys to patterns"
        return
    if not isinstance(choice.get("except", []), list):
        yield "`except` is a list of choices"
        return
    for key, patterns in choice.items():
        if key == "except":
            for one in patterns:
                yield from _wrong_choice(one)
        elif key not in (*OWN_KEYS, *framework_names()):
            yield f"`{key}` is nothing to choose controls by"
        elif not isinstance(patterns, list) or not all(isinstance(one, str) and one for one in patterns):
            yield f"`{key}` has a list of patterns"
        else:
            known = _known(key)
            yield from (
                f"`{one}` means no {key}" for one in patterns if known and not any(fnmatchcase(k, one) for k in known)
            )


def _known(key: str) -> Iterable[str]:
    """The values that a key can have, where the library says which."""
    if key == "concern":
        return CONCERNS
    if key == "attack":
        return framework(ATTACK).requirements
    return framework(key).requirements if key in framework_names() else ()


def _repeated() -> Iterator[str]:
    ids = [one.id for one in load_objectives()]
    yield from (f"`{one}` stands twice" for one in sorted({one for one in ids if ids.count(one) > 1}))


def _not_served(controls: list[Control | Summary]) -> Iterator[str]:
    """Controls without an objective, objectives without a control, and choices that take nothing."""
    serving = by_objective(controls)
    served = frozenset().union(*serving.values())
    yield from (
        f"{control.place}: {control.id} serves no objective" for control in controls if control.id not in served
    )
    known, index = set(serving), Index(controls)
    for control in controls:
        yield from (
            f"{control.place}: {control.id} names `{one}`, which is no objective"
            for one in control.objectives
            if one not in known
        )
    for one in load_objectives():
        yield from _without(one, serving[one.id], index)


def lint_own(controls: Iterable[Control | Summary]) -> list[str]:
    """Complaints about objectives of the packs in use: those that no control serves, and choices that take nothing."""
    own = [one for one in load_objectives() if one not in library_objectives()]
    if not own:
        return []
    controls = list(controls)
    serving, index = by_objective(controls), Index(controls)
    return [text for one in own for text in _without(one, serving[one.id], index)]


def _without(one: Objective, serving: frozenset[str], index: Index) -> Iterator[str]:
    if not serving and not one.procedural:
        yield f"{one.place}: {one.id} has no control"
    yield from (f"{one.place}: {one.id}: {text}" for choice in one.choices for text in _idle(choice, index))


def _idle(choice: Choice, index: Index) -> Iterator[str]:
    if not choice.taken(index):
        yield f"a choice takes no control: {choice.keys}"
    for key in ("service", "id", "type"):
        for pattern in choice.keys.get(key, ()):
            if not Choice({**choice.keys, key: (pattern,)}, choice.without).taken(index):
                yield f"`{key}: {pattern}` takes no control"
    whole = Choice(choice.keys).taken(index)
    yield from (
        f"an exception leaves out nothing: {one.keys}" for one in choice.without if not whole & one.taken(index)
    )
