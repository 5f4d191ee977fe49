"""Scenarios of attacks as data: steps with the events that they leave, the technique of each, and what must see it.

A file of `library/scenarios`, or one's own: `id`, `title`, `description`, `variables`, `steps`. A step has `technique`,
`events` (see `events`) and `expect`, rules by id, name or title. With `benign: true` it is ordinary work that nothing
must fire for.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field

from bastide.detect.events import made, moment
from bastide.errors import UsageError, near_miss
from bastide.library import FOLDER
from bastide.workload.fields import Checker, Field
from bastide.yamltext import read_yaml

if TYPE_CHECKING:
    from collections.abc import Sequence

_STEP = {
    "title": Field("what is done", required=True),
    "technique": Field("ATT&CK technique id", pattern=r"T\d{4}(\.\d{3})?"),
    "expect": Field("ids, names or titles of the detections that must fire", "texts"),
}
_FIELDS = {
    "id": Field("a short name", required=True, pattern=r"[a-z0-9][a-z0-9-]{0,62}"),
    "title": Field("the attack in a few words", required=True),
    "description": Field("what happens, and where it was seen"),
    "benign": Field("ordinary work, for which nothing must fire", "flag"),
    "steps": Field("what is done, in its order", "objects", required=True, of=_STEP),
}


class Step(Struct, frozen=True):
    """One step; `events` are descriptions, not records yet."""

    title: str
    events: list[dict[str, Any]]
    technique: str = ""
    expect: tuple[str, ...] = ()


class Scenario(Struct, frozen=True):
    """An attack, or ordinary work."""

    id: str
    title: str
    place: str
    steps: tuple[Step, ...]
    description: str = ""
    benign: bool = False
    variables: dict[str, Any] = field(default_factory=dict)

    def records(self, start: dt.datetime) -> list[list[dict[str, Any]]]:
        """The CloudTrail records of each step; steps follow each other by a minute unless their events say more."""
        found: list[list[dict[str, Any]]] = []
        at = start
        for index, step in enumerate(self.steps):
            records = made(step.events, at, f"{self.id}/{index}/{start:%Y%m%d}", self.variables, self.place)
            found.append(records)
            if last := max(map(moment, records), default=0):
                at = dt.datetime.fromtimestamp(last / 1000, dt.UTC) + dt.timedelta(minutes=1)
        return found

    @property
    def techniques(self) -> list[str]:
        """The techniques of its steps, each once."""
        return list(dict.fromkeys(step.technique for step in self.steps if step.technique))


def load_scenarios(names: Sequence[str] = ()) -> list[Scenario]:
    """The scenarios of these files and folders, or with these names in the library; all of the library without any.

    `UsageError` with the place for what is no scenario, and for an id that is there twice.
    """
    found: list[Scenario] = []
    library: list[Scenario] | None = None
    for name in names:
        path = Path(name)
        if path.exists():
            found += [_read(file) for file in _files(path)]
            continue
        if library is None:
            library = _library()
        chosen = [one for one in library if one.id == name]
        if not chosen:
            hint = near_miss(name, [one.id for one in library])
            raise UsageError(f"there is no scenario or file `{name[:80]}`", remedy=hint)
        found += chosen
    found = found if names else _library()
    seen: dict[str, str] = {}
    for one in found:
        if one.id in seen:
            raise UsageError(f"two scenarios have the id {one.id}", place=one.place, remedy=f"also {seen[one.id]}")
        seen[one.id] = one.place
    return found


def _library() -> list[Scenario]:
    return [_read(file) for file in _files(FOLDER / "scenarios")]


def _files(path: Path) -> list[Path]:
    return [path] if path.is_file() else sorted([*path.rglob("*.yaml"), *path.rglob("*.yml")])


def _read(path: Path) -> Scenario:
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"cannot be read: {error}", place=str(path)) from None
    value, lines = read_yaml(text, str(path))
    if not isinstance(value, dict):
        raise UsageError("a scenario is a mapping", place=str(path))
    checker = Checker(str(path), lines)
    variables = value.pop("variables", {})
    steps = value.get("steps")
    events = [item.pop("events", None) if isinstance(item, dict) else None for item in steps or []]
    found = checker.object(value, _FIELDS)
    if not isinstance(variables, dict):
        checker.say(("variables",), "`variables` is a mapping of names to values")
    for index, some in enumerate(events):
        if not isinstance(some, list) or not some or not all(isinstance(one, dict) for one in some):
            checker.say(("steps", index), "a step needs `events`, a list of mappings")
    if steps == []:
        checker.say(("steps",), "a scenario needs a step: of none nothing would be seen to fail")
    checker.finish("scenario")
    return Scenario(
        id=found["id"],
        title=found["title"],
        place=str(path),
        description=found.get("description", ""),
        benign=found.get("benign", False),
        variables=variables,
        steps=tuple(
            Step(
                title=step["title"],
                technique=step.get("technique", ""),
                expect=tuple(step.get("expect", ())),
                events=some,
            )
            for step, some in zip(found["steps"], events, strict=True)
            if some
        ),
    )
