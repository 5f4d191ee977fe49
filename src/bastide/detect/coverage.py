"""Which techniques and threats would be seen: by which detections, in which logs, and whether a replay has shown it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from msgspec import Struct

from bastide.detect.attack import TECHNIQUES, technique
from bastide.detect.sightings import threats_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from bastide.detect.replay import Kept
    from bastide.detect.rules import Rule
    from bastide.detect.scenario import Scenario

Status = Literal["seen", "missed", "untested", "no logs", "blind"]
ORDER: tuple[Status, ...] = ("blind", "missed", "no logs", "untested", "seen")


class Row(Struct, frozen=True):
    """One technique or threat. `on` is the day of the replay that has seen it, or missed it; `lacking` are logs that
    detections need and the lake has not; `noisy` are detections that fired for ordinary work.
    """

    id: str
    name: str
    status: Status
    on: str = ""
    detections: tuple[str, ...] = ()
    logs: tuple[str, ...] = ()
    lacking: tuple[str, ...] = ()
    noisy: tuple[str, ...] = ()


def techniques(
    rules: Sequence[Rule], scenarios: Iterable[Scenario], kept: Kept, there: Mapping[str, int] | None
) -> list[Row]:
    """A row for each technique that a rule or a scenario names, or that ATT&CK has for clouds.

    `there` is how many events of each kind of log the lake has, None without a lake: then no log is missed.
    """
    wanted = set(TECHNIQUES) | {uid for rule in rules for uid in rule.techniques}
    wanted |= {uid.upper() for one in scenarios for uid in one.techniques}
    by_technique: dict[str, list[Rule]] = {}
    for rule in rules:
        for uid in rule.techniques:
            by_technique.setdefault(uid, []).append(rule)
    known = _Known(rules, kept, there)
    return [
        _row(uid, by_technique.get(uid, []), known, kept.seen.get(uid, ""), kept.missed.get(uid, ""))
        for uid in sorted(wanted)
    ]


def threats(rules: Sequence[Rule], kept: Kept, there: Mapping[str, int] | None) -> list[Row]:
    """A row for each threat that a rule says it sees; it is seen when one of them fired in a replay."""
    by_threat: dict[str, list[Rule]] = {}
    for rule in rules:
        for uid in threats_of(rule):
            by_threat.setdefault(uid, []).append(rule)
    known = _Known(rules, kept, there)
    rows = []
    for uid, some in sorted(by_threat.items()):
        days = [kept.rules[rule.id] for rule in some if rule.id in kept.rules]
        rows.append(_row(uid, some, known, max(days, default=""), ""))
    return rows


class _Known(Struct, frozen=True):
    rules: Sequence[Rule]
    kept: Kept
    there: Mapping[str, int] | None


def _row(uid: str, some: list[Rule], known: _Known, seen: str, missed: str) -> Row:
    some = [rule for rule in some if rule.shown]
    logs = sorted({word for rule in some for word in logs_of(rule, known.rules)})
    lacking = [word for word in logs if known.there is not None and not known.there.get(word)]
    status: Status = "seen" if seen else "untested"
    if not some:
        status = "blind"
    elif logs and len(lacking) == len(logs):
        status = "no logs"
    elif missed:
        status = "missed"
    return Row(
        id=uid,
        name=technique(uid),
        status=status,
        on={"seen": seen, "missed": missed}.get(status, ""),
        detections=tuple(rule.title for rule in some),
        logs=tuple(logs),
        lacking=tuple(lacking),
        noisy=tuple(rule.title for rule in some if rule.id in known.kept.noisy),
    )


def logs_of(rule: Rule, rules: Sequence[Rule]) -> set[str]:
    """The kinds of log that a rule needs, a correlation those of all that it counts."""
    if rule.source is not None:
        return {rule.source.name}
    by_parsed = {id(one.parsed): one for one in rules}
    counted = [by_parsed[id(one.rule)] for one in rule.parsed.referenced_rules if id(one.rule) in by_parsed]
    return {word for one in counted for word in logs_of(one, rules)}
