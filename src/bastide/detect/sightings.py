"""Which threats the detections have seen in replays, kept in the project's log and read back from there.

Each replay is one entry: for every scenario the threats that were seen, with the detections that fired, and those that
an expected detection missed. Of a scenario only its newest outcome counts, so what was seen once and is missed since
is blind again. Ordinary work says nothing here: what fires for it is noise.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from msgspec import Struct, convert, field, to_builtins

from bastide.state.journal import append

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bastide.detect.replay import Outcome
    from bastide.detect.rules import Rule
    from bastide.state.database import State
    from bastide.state.journal import Entry

ACTION = "replay.run"
Status = Literal["seen", "blind", "not tried"]


class Sighting(Struct, frozen=True):
    """How a threat stands by replays. `on` is the day of the newest that has seen it, or was blind to it.

    `rules` are titles of the detections that fired, `missed` those of detections that should have and did not.
    """

    status: Status = "not tried"
    on: str = ""
    rules: tuple[str, ...] = ()
    missed: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The same in a few words."""
        if self.status == "not tried":
            return "not tried in replay"
        return f"seen in replay on {self.on}" if self.status == "seen" else f"blind in replay on {self.on}"


class _Outcome(Struct, frozen=True):
    """What one scenario came to: titles of detections by threat, and the techniques that it tries."""

    seen: dict[str, list[str]]
    missed: dict[str, list[str]]
    techniques: list[str]


class _Told(Struct, frozen=True):
    """The body of an entry: outcomes by scenario, and the threats that a detection is there for."""

    scenarios: dict[str, _Outcome]
    watched: list[str]


class Sightings(Struct):
    """What replays have come to: by scenario its newest day and outcome, and what a detection is there for."""

    on: str = ""
    outcomes: dict[str, tuple[str, _Outcome]] = field(default_factory=dict)
    watched: set[str] = field(default_factory=set)

    def of(self, names: Iterable[str], attack: Sequence[str]) -> Sighting:
        """How a threat stands that detections know by these names (its template, its id).

        A step whose technique is one of `attack`, or a part of one, tries it as much as an expected detection does.
        """
        wanted = set(names)
        if not self.on:
            return Sighting()
        if not wanted & self.watched:
            return Sighting("blind", self.on)
        outcomes = self.outcomes.values()
        seen = [(on, title) for on, one in outcomes for title in _titles(one.seen, wanted)]
        missed = [(on, title) for on, one in outcomes for title in _titles(one.missed, wanted)]
        if seen:
            return Sighting("seen", max(seen)[0], _each(seen), _each(missed))
        tried = [*(on for on, _ in missed), *(on for on, one in outcomes if _tries(one, attack))]
        return Sighting("blind", max(tried), (), _each(missed)) if tried else Sighting()


def threats_of(rule: Rule) -> list[str]:
    """The threats that a rule says it sees: ids of templates, or of threats."""
    named = rule.extra.get("threats", [])
    return [str(one) for one in named] if isinstance(named, list) else []


def record(state: State, actor: str, outcomes: Sequence[Outcome], rules: Sequence[Rule]) -> None:
    """Write down what a replay with these rules came to."""
    named = {rule.id: threats_of(rule) for rule in rules if rule.shown}
    by_title: dict[str, list[str]] = {}
    for rule in rules:
        by_title.setdefault(rule.title, []).extend(named.get(rule.id, ()))
    played = {one.id: _played(one, named, by_title) for one in outcomes if not one.benign}
    if played:
        told = _Told(played, sorted({name for names in named.values() for name in names}))
        append(state, actor, ACTION, state.workload, to_builtins(told))


def _played(outcome: Outcome, named: dict[str, list[str]], by_title: dict[str, list[str]]) -> _Outcome:
    seen: dict[str, set[str]] = {}
    missed: dict[str, set[str]] = {}
    for step in outcome.steps:
        for one in (*step.seen, *step.others):
            for name in named.get(one.rule, ()):
                seen.setdefault(name, set()).add(one.title)
        for title in step.missed:
            for name in by_title.get(title, ()):
                missed.setdefault(name, set()).add(title)
    return _Outcome(
        {name: sorted(titles) for name, titles in sorted(seen.items())},
        {name: sorted(titles) for name, titles in sorted(missed.items())},
        sorted({step.technique for step in outcome.steps if step.technique}),
    )


def sightings(entries: Iterable[Entry]) -> Sightings:
    """What the log says of replays, read from its start."""
    found = Sightings()
    for entry in entries:
        if entry.action == ACTION:
            told = convert(entry.body, _Told)
            found.on, found.watched = entry.at[:10], set(told.watched)
            found.outcomes |= {name: (found.on, one) for name, one in told.scenarios.items()}
    return found


def _titles(by_name: dict[str, list[str]], wanted: set[str]) -> Iterable[str]:
    return (title for name in wanted for title in by_name.get(name, ()))


def _each(told: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    return tuple(sorted({title for _, title in told}))


def _tries(outcome: _Outcome, attack: Sequence[str]) -> bool:
    return any(f"{one}.".startswith(f"{whole}.") for one in outcome.techniques for whole in attack)
