"""Matches that belong together as one alert: what one actor did within a time, with how bad it is and why."""

from __future__ import annotations

import hashlib
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from msgspec import Struct, field

from bastide.detect.attack import in_order
from bastide.detect.rules import LEVELS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bastide.detect.engine import Match

WINDOW = 60 * 60 * 1000
"""Matches of one actor that are at most so far apart (milliseconds) are one alert."""
CHAIN = 3
"""Tactics of ATT&CK after which an alert is one level worse: steps of one attack, not one slip."""
_SENSITIVE = 0.99


class Alert(Struct):
    """What one actor did. `reasons` say why its level is higher than that of its worst rule."""

    id: str
    title: str
    level: str
    actor: str
    first: int
    last: int
    matches: list[Match] = field(default_factory=list)
    tactics: list[str] = field(default_factory=list)
    techniques: list[str] = field(default_factory=list)
    resources: list[str] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)

    @property
    def accounts(self) -> list[str]:
        """Where it happened."""
        return sorted({match.account for match in self.matches if match.account})

    @property
    def regions(self) -> list[str]:
        """Where it happened."""
        return sorted({match.region for match in self.matches if match.region})

    @property
    def sources(self) -> list[str]:
        """Addresses that it came from."""
        return sorted({match.source for match in self.matches if match.source})


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
    by_actor: dict[tuple[str, str], list[list[Match]]] = {}
    for match in sorted(matches, key=lambda one: (one.first or one.time, one.time)):
        groups = by_actor.setdefault(_key(match), [])
        if groups and (match.first or match.time) - max(one.time for one in groups[-1][-50:]) <= window:
            groups[-1].append(match)
        else:
            groups.append([match])
    found = [_alert(key, group, classes) for key, groups in by_actor.items() for group in groups]
    return sorted(found, key=lambda one: (-level_number(one.level), -one.last))


def _key(match: Match) -> tuple[str, str]:
    """Whose doing a match is: the actor's, else about which resource it is, else from where it came."""
    who = match.actor or (match.resources[0] if match.resources else "") or match.source
    return who, match.account


def _alert(key: tuple[str, str], group: list[Match], classes: Sequence[Classed]) -> Alert:
    worst = max(group, key=lambda one: (level_number(one.rule.level), one.rule.is_correlation))
    rules = {match.rule.id for match in group}
    tactics = in_order({word for match in group for word in match.rule.tactics})
    resources = list(dict.fromkeys(uid for match in group for uid in match.resources))
    first = group[0]
    digest = hashlib.sha256("\n".join([*key, first.rule.id, first.event_uid]).encode()).hexdigest()
    found = Alert(
        id=digest[:16],
        title=worst.rule.title + (f", and {len(rules) - 1} more" if len(rules) > 1 else ""),
        level=worst.rule.level,
        actor=key[0],
        first=min(match.first or match.time for match in group),
        last=max(max(match.last, match.time) for match in group),
        matches=group,
        tactics=tactics,
        techniques=sorted({word for match in group for word in match.rule.techniques}),
        resources=resources,
    )
    _raise(found, classes)
    return found


def _raise(alert: Alert, classes: Sequence[Classed]) -> None:
    if len(alert.tactics) >= CHAIN:
        alert.reasons.append(f"steps of {len(alert.tactics)} tactics: {', '.join(alert.tactics)}")
    touched = {
        one.name
        for one in classes
        if one.sensitivity >= _SENSITIVE and any(_is(resource, one.pattern) for resource in alert.resources)
    }
    if touched:
        alert.reasons.append(f"{', '.join(sorted(touched))} data was touched")
    at = min(level_number(alert.level) + len(alert.reasons), len(LEVELS) - 1)
    alert.level = LEVELS[at]


def _is(resource: str, pattern: str) -> bool:
    """Whether a resource is meant: by its ARN, or by the name at the end of it."""
    names = (resource, resource.rpartition(":")[2], resource.rpartition("/")[2])
    return any(fnmatchcase(name, pattern) for name in names if name)
