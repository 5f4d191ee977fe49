"""Which techniques and threats would be seen: by which detections, in which logs, and whether a replay has shown it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from msgspec import Struct

from bastide.detect.attack import TECHNIQUES, technique
from bastide.detect.sightings import Sighting, threats_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from bastide.detect.rules import Rule
    from bastide.detect.scenario import Scenario
    from bastide.detect.sightings import Sightings
    from bastide.detect.sightings import Status as Replayed

Status = Literal["seen", "blind", "not tried", "no logs"]


class Asked(Struct, frozen=True):
    """A threat that coverage is asked of: the names that detections know it by, and its ATT&CK techniques."""

    names: tuple[str, ...]
    attack: tuple[str, ...] = ()
    title: str = ""


class Row(Struct, frozen=True):
    """One technique or threat.

    `replay` is what replays say of it, as everywhere; `on` is the day of the newest that tried it, `last_seen` that of
    the newest that has seen it, `missed` are detections that should have fired in it and did not. `status` is the same
    unless no detection is there now (`blind`), or the lake has none of the logs that detections need (`no logs`).
    `lacking` are logs that it has not; `noisy` are detections that fired for ordinary work.
    """

    id: str
    name: str
    status: Status
    replay: Replayed
    on: str = ""
    last_seen: str = ""
    detections: tuple[str, ...] = ()
    missed: tuple[str, ...] = ()
    logs: tuple[str, ...] = ()
    lacking: tuple[str, ...] = ()
    noisy: tuple[str, ...] = ()

    @property
    def lost(self) -> bool:
        """Whether it was seen once and is not any more."""
        return self.status == "blind" and bool(self.last_seen)


def techniques(
    rules: Sequence[Rule], scenarios: Iterable[Scenario], replayed: Sightings, there: Mapping[str, int] | None
) -> list[Row]:
    """A row for each technique that a rule or a scenario names, that a replay tried, or that ATT&CK has for clouds.

    `there` is how many events of each kind of log the lake has, None without a lake: then no log is missed.
    """
    by_technique: dict[str, list[Rule]] = {}
    for rule in rules:
        for uid in rule.techniques:
            by_technique.setdefault(uid, []).append(rule)
    tried = [*(one.techniques for one in scenarios), *(some for _, some in replayed.tried.values())]
    wanted = {*TECHNIQUES, *by_technique, *replayed.techniques.days, *(uid for some in tried for uid in some)}
    known = _Known(rules, replayed.noisy, there)
    return [
        _row(uid, technique(uid), by_technique.get(uid, []), known, replayed.of_technique(uid))
        for uid in sorted(wanted)
    ]


def threats(
    rules: Sequence[Rule], asked: Mapping[str, Asked], replayed: Sightings, there: Mapping[str, int] | None
) -> list[Row]:
    """A row for each threat that is asked of, that a rule says it sees, or that a replay has told of, by id.

    One that nobody asked of is known by its id alone.
    """
    by_threat: dict[str, list[Rule]] = {}
    for rule in rules:
        for uid in threats_of(rule):
            by_threat.setdefault(uid, []).append(rule)
    known = _Known(rules, replayed.noisy, there)
    rows = []
    for uid in sorted({*by_threat, *asked, *replayed.names()}):
        one = asked.get(uid) or Asked((uid,))
        some = {rule.number: rule for name in one.names for rule in by_threat.get(name, ())}
        rows.append(_row(uid, one.title, list(some.values()), known, replayed.of(one.names, one.attack)))
    return rows


class _Known(Struct, frozen=True):
    rules: Sequence[Rule]
    noisy: set[str]
    there: Mapping[str, int] | None


def _row(uid: str, name: str, some: list[Rule], known: _Known, sighting: Sighting) -> Row:
    some = [rule for rule in some if rule.shown]
    logs = sorted({word for rule in some for word in logs_of(rule, known.rules)})
    lacking = [word for word in logs if known.there is not None and not known.there.get(word)]
    status: Status = sighting.status
    if not some:
        status = "blind"
    elif logs and len(lacking) == len(logs):
        status = "no logs"
    return Row(
        id=uid,
        name=name,
        status=status,
        replay=sighting.status,
        on=sighting.on,
        last_seen=sighting.last_seen,
        detections=tuple(rule.title for rule in some),
        missed=sighting.missed,
        logs=tuple(logs),
        lacking=tuple(lacking),
        noisy=tuple(rule.title for rule in some if rule.id in known.noisy),
    )


def logs_of(rule: Rule, rules: Sequence[Rule]) -> set[str]:
    """The kinds of log that a rule needs, a correlation those of all that it counts."""
    if rule.source is not None:
        return {rule.source.name}
    by_number = {one.number: one for one in rules}
    counted = [by_number[part.rule] for part in rule.correlation.parts] if rule.correlation else []
    return {word for one in counted for word in logs_of(one, rules)}
