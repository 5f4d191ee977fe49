"""What replays have seen of threats and techniques, kept in the project's log and read back from there by all who tell.

Each replay is one entry: for every scenario the threats and techniques that were seen, with the detections that fired,
and those that an expected detection missed. Of a scenario only its newest outcome counts: what it has seen once and
sees no more is blind, with the day on which it was seen last. What the newest replay did not try keeps its answer and
its day. Ordinary work says which detections are noise, and nothing else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from msgspec import Struct, convert, field, to_builtins

from bastide.state.journal import append, entries

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from bastide.detect.replay import Outcome
    from bastide.detect.rules import Rule
    from bastide.state.database import State
    from bastide.state.journal import Entry

ACTION = "replay.run"
PROJECT = ""
"""The name of the detections that are the project's own, among sets of them."""
Status = Literal["seen", "blind", "not tried"]
Titles = dict[str, list[str]]
"""Titles of detections by the id of a threat or a technique."""


class Sighting(Struct, frozen=True):
    """How a threat or a technique stands by replays. `on` is the day of the newest that has seen it or was blind to it.

    `rules` are titles of the detections that fired, `missed` those of detections that should have and did not.
    `last_seen` is the day of the newest replay that has seen it, whatever came since.
    """

    status: Status = "not tried"
    on: str = ""
    rules: tuple[str, ...] = ()
    missed: tuple[str, ...] = ()
    last_seen: str = ""

    @property
    def lost(self) -> bool:
        """Whether it was seen once and is not any more."""
        return self.status == "blind" and bool(self.last_seen)

    @property
    def text(self) -> str:
        """The same in a few words."""
        if self.status == "not tried":
            return "not tried in replay"
        since = f", last seen on {self.last_seen}" if self.lost else ""
        return f"{self.status} in replay on {self.on}{since}"


class _Outcome(Struct, frozen=True):
    """What one scenario came to: detections by threat, the techniques that it tries, and detections by those.

    `fired` and `silent` are None in entries of a time when techniques were not told of.
    """

    seen: Titles
    missed: Titles
    techniques: list[str]
    fired: Titles | None = None
    silent: Titles | None = None


class _Told(Struct, frozen=True):
    """The body of an entry: outcomes by scenario, the threats that a detection is there for, noise by ordinary work.

    `rules` is the name of the set of detections; noise are ids of them.
    """

    scenarios: dict[str, _Outcome]
    watched: list[str]
    noise: dict[str, list[str]] = {}
    rules: str = PROJECT


class _Ledger(Struct):
    """What the newest outcome of each scenario says of threats, or of techniques: its day, what fired, what did not.

    `days` are, by threat or technique, the scenarios that ever saw it, each with the newest day of that.
    """

    newest: dict[str, tuple[str, Titles, Titles]] = field(default_factory=dict)
    days: dict[str, dict[str, str]] = field(default_factory=dict)

    def add(self, scenario: str, on: str, seen: Titles, missed: Titles) -> None:
        """Take in an outcome that is newer than all that are there."""
        self.newest[scenario] = on, seen, missed
        for name in seen:
            self.days.setdefault(name, {})[scenario] = on

    def last(self, wanted: set[str]) -> str:
        """The newest day on which one of these was seen; empty when none ever was."""
        return max((on for name in wanted for on in self.days.get(name, {}).values()), default="")

    def told(self, wanted: set[str], tried: Iterable[str]) -> Sighting:
        """How what goes by these names stands; `tried` are days of other outcomes that tried it."""
        seen = [(on, title) for on, some, _ in self.newest.values() for title in _titles(some, wanted)]
        missed = [(on, title) for on, _, some in self.newest.values() for title in _titles(some, wanted)]
        if seen:
            return Sighting("seen", max(seen)[0], _each(seen), _each(missed), self.last(wanted))
        # A scenario that has seen it before tries it, whatever it says that it expects.
        before = [self.newest[scenario][0] for name in wanted for scenario in self.days.get(name, ())]
        days = [*tried, *before, *(on for on, _ in missed)]
        return Sighting("blind", max(days), (), _each(missed), self.last(wanted)) if days else Sighting()


class Sightings(Struct):
    """What replays have come to. `on` is the day of the newest, `watched` are threats that it had a detection for.

    `tried` are the techniques of each scenario with the day of its newest outcome, `noise` ids of detections by
    ordinary work.
    """

    on: str = ""
    watched: set[str] = field(default_factory=set)
    tried: dict[str, tuple[str, list[str]]] = field(default_factory=dict)
    threats: _Ledger = field(default_factory=_Ledger)
    techniques: _Ledger = field(default_factory=_Ledger)
    noise: dict[str, list[str]] = field(default_factory=dict)

    @property
    def noisy(self) -> set[str]:
        """Ids of the detections that fired when ordinary work was replayed last."""
        return {uid for some in self.noise.values() for uid in some}

    def names(self) -> set[str]:
        """Threats, by the names that detections know them by, that some replay has watched or seen."""
        return self.watched | set(self.threats.days)

    def of(self, names: Iterable[str], attack: Sequence[str] = ()) -> Sighting:
        """How a threat stands that detections know by these names (its template, its id).

        A step whose technique is one of `attack`, or a part of one, tries it as much as an expected detection does.
        """
        wanted = set(names)
        if not self.on:
            return Sighting()
        if not wanted & self.watched:
            return Sighting("blind", self.on, last_seen=self.threats.last(wanted))
        return self.threats.told(wanted, [on for on, some in self.tried.values() if _tries(some, attack)])

    def of_technique(self, uid: str) -> Sighting:
        """How a technique stands: it is seen where anything fired in a step of it."""
        told = self.techniques
        return told.told({uid}, [on for name, (on, some) in self.tried.items() if name in told.newest and uid in some])


def threats_of(rule: Rule) -> list[str]:
    """The threats that a rule says it sees: ids of templates, or of threats."""
    named = rule.extra.get("threats", [])
    return [str(one) for one in named] if isinstance(named, list) else []


def record(
    state: State, actor: str, outcomes: Sequence[Outcome], rules: Sequence[Rule], name: str = PROJECT
) -> dict[str, Sighting]:
    """Write down what a replay with these rules came to; returns what was seen until then and is not now, by id."""
    named = {rule.id: threats_of(rule) for rule in rules if rule.shown}
    by_title: Titles = {}
    for rule in rules:
        by_title.setdefault(rule.title, []).extend(named.get(rule.id, ()))
    played = {one.id: _played(one, named, by_title) for one in outcomes if not one.benign}
    noise = {one.id: sorted(_fired(one)) for one in outcomes if one.benign}
    told = _Told(played, sorted({threat for threats in named.values() for threat in threats}), noise, name)
    before = entries(state)
    entry = append(state, actor, ACTION, state.workload, to_builtins(told))
    return _lost(sightings(before, name), sightings([*before, entry], name))


def _lost(before: Sightings, after: Sightings) -> dict[str, Sighting]:
    techniques = [uid for uid in before.techniques.days if before.of_technique(uid).status == "seen"]
    threats = [uid for uid in before.threats.days if before.of([uid]).status == "seen"]
    now = {uid: after.of_technique(uid) for uid in sorted(techniques)} | {
        uid: after.of([uid]) for uid in sorted(threats)
    }
    return {uid: one for uid, one in now.items() if one.lost}


def _played(outcome: Outcome, named: Mapping[str, list[str]], by_title: Titles) -> _Outcome:
    seen: dict[str, set[str]] = {}
    missed: dict[str, set[str]] = {}
    fired: dict[str, set[str]] = {}
    silent: dict[str, set[str]] = {}
    for step in outcome.steps:
        for one in (*step.seen, *step.others):
            _add(seen, named.get(one.rule, ()), one.title)
            _add(fired, [step.technique], one.title)
        for title in step.missed:
            _add(missed, by_title.get(title, ()), title)
            _add(silent, [step.technique], title)
    techniques = sorted({step.technique for step in outcome.steps if step.technique})
    return _Outcome(_listed(seen), _listed(missed), techniques, _listed(fired), _listed(silent))


def _add(found: dict[str, set[str]], names: Iterable[str], title: str) -> None:
    for name in filter(None, names):
        found.setdefault(name, set()).add(title)


def _listed(found: dict[str, set[str]]) -> Titles:
    return {name: sorted(titles) for name, titles in sorted(found.items())}


def _fired(outcome: Outcome) -> set[str]:
    return {one.rule for step in outcome.steps for one in (*step.seen, *step.others)}


def sightings(log: Iterable[Entry], name: str = PROJECT) -> Sightings:
    """What the log says of replays with one set of detections, read from its start."""
    found = Sightings()
    for entry in log:
        if entry.action == ACTION:
            told = convert(entry.body, _Told)
            if told.rules == name:
                _take(found, entry.at[:10], told)
    return found


def _take(found: Sightings, on: str, told: _Told) -> None:
    if told.scenarios:
        found.on, found.watched = on, set(told.watched)
    found.noise |= told.noise
    for scenario, one in told.scenarios.items():
        found.tried[scenario] = on, one.techniques
        found.threats.add(scenario, on, one.seen, one.missed)
        if one.fired is not None:
            found.techniques.add(scenario, on, one.fired, one.silent or {})


def _titles(by_name: Titles, wanted: set[str]) -> Iterable[str]:
    return (title for name in wanted for title in by_name.get(name, ()))


def _each(told: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    return tuple(sorted({title for _, title in told}))


def _tries(techniques: Iterable[str], attack: Sequence[str]) -> bool:
    return any(f"{one}.".startswith(f"{whole}.") for one in techniques for whole in attack)
