"""Matches that belong together as one alert: what one actor did within a time, with how bad it is and why."""

from __future__ import annotations

import hashlib
from collections import deque
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from msgspec import Struct, field

from bastide.detect.attack import in_order
from bastide.detect.rules import LEVELS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from bastide.detect.engine import Match
    from bastide.detect.reach import Reach
    from bastide.detect.rules import Rule

WINDOW = 60 * 60 * 1000
"""Matches of one actor that are at most so far apart (milliseconds) are one alert."""
CHAIN = 3
"""Tactics of ATT&CK after which an alert is one level worse: steps of one attack, not one slip."""
HEAD, TAIL = 100, 20
"""Matches of an alert that are kept: the first, and the last."""
MOST = 1000
"""Resources, addresses, … of an alert that are kept."""
APART = 10_000
"""Events of an alert that are told apart; of more, one that matches several rules counts for each of them."""
_SENSITIVE = 0.99


class Alert(Struct):
    """What one actor did, or what befell one resource (then `actor` is empty).

    `reasons` say why its level is higher than that of its worst rule.

    `matches` are the first and the last of them, `total` is how many there are, `events` how many events. `touched`
    are classes of data with how sensitive they are, 0 to 1; `reach` is what the actor may do, once somebody has looked.
    """

    id: str
    title: str
    level: str
    actor: str
    first: int
    last: int
    matches: list[Match] = field(default_factory=list)
    total: int = 0
    events: int = 0
    rules: dict[str, Rule] = field(default_factory=dict)
    tactics: list[str] = field(default_factory=list)
    techniques: list[str] = field(default_factory=list)
    accounts: list[str] = field(default_factory=list)
    regions: list[str] = field(default_factory=list)
    sources: list[str] = field(default_factory=list)
    resources: list[str] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)
    touched: dict[str, float] = field(default_factory=dict)
    reach: Reach | None = None

    @property
    def event_uids(self) -> list[str]:
        """The events of the matches that are kept, each once, in the order of the matches."""
        return list(dict.fromkeys(uid for match in self.matches for uid in match.event_uids or (match.event_uid,)))

    @property
    def classes(self) -> list[str]:
        """The classes of data that was touched, the most sensitive first."""
        return sorted(self.touched, key=lambda name: (-self.touched[name], name))


class Classed(Struct, frozen=True):
    """What the manifest says of data: a pattern of resources, the class, and how sensitive it is from 0 to 1."""

    pattern: str
    name: str
    sensitivity: float


def level_number(level: str) -> int:
    """Levels as numbers, the worst the highest."""
    return LEVELS.index(level) if level in LEVELS else LEVELS.index("medium")


def alerts_of(matches: Iterable[Match], classes: Sequence[Classed] = (), window: int = WINDOW) -> list[Alert]:
    """The alerts, the worst first and of those the newest. Each match is in exactly one."""
    gathered = Gathered(classes, window)
    for match in sorted(matches, key=lambda one: one.time):
        gathered.add(match)
    return gathered.alerts()


def in_turn(alerts: Iterable[Alert]) -> list[Alert]:
    """The worst first and of those the newest."""
    return sorted(alerts, key=lambda one: (-level_number(one.level), -one.last))


class Gathered:
    """Alerts while matches come in, in the order of time; memory grows with alerts, not with matches."""

    def __init__(self, classes: Sequence[Classed] = (), window: int = WINDOW) -> None:
        self.classes, self.window = classes, window
        self._open: dict[tuple[str, str], _Growing] = {}
        self._done: list[Alert] = []

    def add(self, match: Match) -> None:
        """Take in one more."""
        key = _key(match)
        growing = self._open.get(key)
        if growing is None or (match.first or match.time) - growing.last > self.window:
            if growing is not None:
                self._done.append(growing.alert(self.classes))
            growing = self._open[key] = _Growing(key)
        growing.add(match)

    def alerts(self) -> list[Alert]:
        """All of them, the worst first and of those the newest."""
        found = [*self._done, *(growing.alert(self.classes) for growing in self._open.values())]
        return in_turn(found)


class _Growing:
    """One alert, with the first and last of its matches."""

    def __init__(self, key: tuple[str, str]) -> None:
        self.key = key
        self.head: list[Match] = []
        self.tail: deque[Match] = deque(maxlen=TAIL)
        self.total = self.events = self.last = 0
        self.seen: set[str] = set()
        self.first = 1 << 62
        self.worst: Match | None = None
        self.rules: dict[str, Rule] = {}
        self.words: dict[str, dict[str, None]] = {name: {} for name in ("account", "region", "source", "resource")}

    def add(self, match: Match) -> None:
        (self.head if len(self.head) < HEAD else self.tail).append(match)
        self.total += 1
        self.events += self._new(match)
        self.first = min(self.first, match.first or match.time)
        self.last = max(self.last, match.last, match.time)
        self.rules.setdefault(match.rule.id, match.rule)
        if self.worst is None or _badness(match.rule) > _badness(self.worst.rule):
            self.worst = match
        given = {"account": (match.account,), "region": (match.region,), "source": (match.source,),
                 "resource": match.resources}  # fmt: skip
        for name, words in given.items():
            known = self.words[name]
            if len(known) < MOST:
                known.update((word, None) for word in words if word)

    def _new(self, match: Match) -> int:
        """How many events it has that no match before had; a correlation names only the first of very many."""
        uids = set(match.event_uids or (match.event_uid,))
        again = len(uids & self.seen)
        if len(self.seen) < APART:
            self.seen |= uids
        return match.count - again

    def alert(self, classes: Sequence[Classed]) -> Alert:
        assert self.worst
        first = self.head[0]
        digest = hashlib.sha256("\n".join([*self.key, first.rule.id, first.event_uid]).encode()).hexdigest()
        rules = self.rules.values()
        found = Alert(
            id=digest[:16],
            title=self.worst.rule.title + (f", and {len(rules) - 1} more" if len(rules) > 1 else ""),
            level=self.worst.rule.level,
            actor=first.actor,
            first=self.first,
            last=self.last,
            matches=[*self.head, *self.tail],
            total=self.total,
            events=self.events,
            rules=self.rules,
            tactics=in_order({word for rule in rules for word in rule.tactics}),
            techniques=sorted({word for rule in rules for word in rule.techniques}),
            accounts=sorted(self.words["account"]),
            regions=sorted(self.words["region"]),
            sources=sorted(self.words["source"]),
            resources=list(self.words["resource"]),
        )
        _raise(found, classes)
        return found


def _badness(rule: Rule) -> tuple[int, bool]:
    return level_number(rule.level), rule.is_correlation


def _key(match: Match) -> tuple[str, str]:
    """Whose doing a match is: the actor's, else about which resource it is, else from where it came."""
    who = match.actor or (match.resources[0] if match.resources else "") or match.source
    return who, match.account


def _raise(alert: Alert, classes: Sequence[Classed]) -> None:
    if len(alert.tactics) >= CHAIN:
        alert.reasons.append(f"steps of {len(alert.tactics)} tactics: {', '.join(alert.tactics)}")
        _worse(alert)
    touch(
        alert,
        {one.name: one.sensitivity for one in classes if any(_is(uid, one.pattern) for uid in alert.resources)},
    )


def touch(alert: Alert, classes: Mapping[str, float]) -> None:
    """Say that data of these classes was touched, with how sensitive each is; the first of the most sensitive makes
    the alert one level worse.
    """
    known = alert.touched | dict(classes)
    worst = sorted(name for name, sensitivity in known.items() if sensitivity >= _SENSITIVE)
    if worst and not any(sensitivity >= _SENSITIVE for sensitivity in alert.touched.values()):
        alert.reasons.append(f"{', '.join(worst)} data was touched")
        _worse(alert)
    alert.touched = known


def _worse(alert: Alert) -> None:
    alert.level = LEVELS[min(level_number(alert.level) + 1, len(LEVELS) - 1)]


def _is(resource: str, pattern: str) -> bool:
    """Whether a resource is meant: by its ARN, or by the name at the end of it."""
    names = (resource, resource.rpartition(":")[2], resource.rpartition("/")[2])
    return any(fnmatchcase(name, pattern) for name in names if name)
