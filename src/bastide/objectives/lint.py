"""Looks through the library's objectives: what they say, whom they choose, and that no control is left over."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from bastide.controls.entry import CONCERNS
from bastide.controls.frameworks import ATTACK, framework, framework_names
from bastide.objectives.catalogue import AREAS, OWN_KEYS, Choice, Index, by_objective, entries_of_files, load_objectives

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bastide.controls.entry import Control, Summary


def lint_objectives(controls: Iterable[Control | Summary]) -> list[str]:
    """Complaints about the library's objectives, and about controls that serve none; empty when all is sound."""
    controls = list(controls)
    found = [f"{place}: {text}" for place, value in entries_of_files() for text in complaints_of(value)]
    if found:
        return found
    return [*_repeated(), *_not_served(controls)]


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
    if ("controls" in item) == ("procedural" in item):
        yield "has either `controls` or `procedural`"
    if item["title"].endswith("."):
        yield "a title has no full stop"
    for choice in item.get("controls", ()):
        yield from _wrong_choice(choice)


def _wrong_choice(choice: Any) -> Iterator[str]:
    if not isinstance(choice, dict) or not set(choice) - {"except"}:
        yield "a choice is a mapping from keys to patterns"
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
        if not serving[one.id] and not one.procedural:
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
