"""What `bastide.yaml` says under `detections`: own rules, placeholders, and suppressions that somebody answers for."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field

from bastide.detect.rules import Problem
from bastide.errors import UsageError, near_miss
from bastide.settings import nearest_file
from bastide.workload.fields import Checker, Field

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bastide.detect.engine import Match
    from bastide.detect.rules import Rule

SUPPRESSION = {
    "rule": Field("id or title of a rule, or a pattern", required=True),
    "actor": Field("who may do it: an ARN, or a pattern"),
    "account": Field("only in this account"),
    "resource": Field("only on this resource: an ARN, or a pattern"),
    "until": Field("last day on which it holds, `2027-03-01`", "day", required=True),
    "by": Field("who answers for it", required=True),
    "reason": Field("why it is no attack", required=True),
}
FIELDS = {
    "rules": Field("folders and files with Sigma rules; `library` for those that bastide brings", "texts"),
    "suppressions": Field("what is known and no alert", "objects", of=SUPPRESSION),
}


class Suppression(Struct, frozen=True):
    """Matches that are no alert until a day; `place` is where it is written."""

    rule: str
    until: dt.date
    by: str
    reason: str
    actor: str = "*"
    account: str = "*"
    resource: str = "*"
    place: str = ""

    def names(self, rule: Rule) -> bool:
        """Whether it is meant for this rule."""
        return any(fnmatchcase(name, self.rule) for name in (rule.id, rule.title, rule.name) if name)

    def covers(self, match: Match) -> bool:
        """Whether it is meant for this match."""
        return (
            self.names(match.rule)
            and fnmatchcase(match.actor, self.actor)
            and fnmatchcase(match.account, self.account)
            and (self.resource == "*" or any(fnmatchcase(one, self.resource) for one in match.resources))
        )


class Tuning(Struct):
    """What holds for this project."""

    rules: list[str] = field(default_factory=list)
    placeholders: dict[str, list[str]] = field(default_factory=dict)
    suppressions: list[Suppression] = field(default_factory=list)


def read_tuning(file: str = "") -> Tuning:
    """The tuning of `file`, or of the nearest `bastide.yaml`; nothing without. `UsageError` for mistakes."""
    path = file or nearest_file()
    if not path:
        return Tuning()
    from bastide.yamltext import read_yaml

    try:
        text = Path(path).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"the settings cannot be read: {error}", place=path) from None
    value, lines = read_yaml(text, path)
    section = value.get("detections") if isinstance(value, dict) else None
    if section is None:
        return Tuning()
    checker = Checker(path, lines)
    placeholders = section.pop("placeholders", {}) if isinstance(section, dict) else {}
    found = checker.object(section, FIELDS, ("detections",))
    tuning = Tuning(rules=[str(Path(path).parent / one) if one != "library" else one for one in found.get("rules", [])])
    tuning.placeholders = _placeholders(placeholders, checker)
    checker.finish("settings")
    for index, item in enumerate(found.get("suppressions", [])):
        place = f"{path}:{checker.line(('detections', 'suppressions', index))}"
        until = dt.date.fromisoformat(item["until"])
        tuning.suppressions.append(Suppression(**{**item, "until": until, "place": place}))
    return tuning


def _placeholders(value: Any, checker: Checker) -> dict[str, list[str]]:
    if not isinstance(value, dict):
        checker.say(("detections", "placeholders"), "`placeholders` is a mapping of names to texts")
        return {}
    return {
        str(name): [str(one) for one in (words if isinstance(words, list) else [words]) if one is not None]
        for name, words in value.items()
    }


def aimless(suppressions: Iterable[Suppression], rules: Sequence[Rule]) -> list[Problem]:
    """Suppressions that name no rule: they hide nothing, which nobody would notice."""
    found = []
    for one in suppressions:
        if not any(map(one.names, rules)):
            hint = near_miss(one.rule, [rule.title for rule in rules])
            found.append(Problem(one.place, f"this suppression is for `{one.rule}`, which is no rule. {hint}".rstrip()))
    return found


class Suppressed:
    """What suppressions take of the matches that come by; `over` are those whose day has passed."""

    def __init__(self, suppressions: list[Suppression], today: dt.date | None = None) -> None:
        today = today or dt.datetime.now(dt.UTC).date()
        self._open = [one for one in suppressions if one.until >= today]
        self.taken: Counter[str] = Counter()
        self.over = [
            Problem(one.place, f"this suppression of {one.rule} is over since {one.until}")
            for one in suppressions
            if one.until < today
        ]

    def takes(self, match: Match) -> bool:
        """Whether somebody answers for it; it is counted by the place where that is written."""
        by = next((one for one in self._open if one.covers(match)), None)
        if by is None:
            return False
        self.taken[by.place] += 1
        return True
