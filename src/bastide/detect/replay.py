"""Attacks played through the real path: records as files, ingest, detections; what fired, how soon, what did not.

What came of it is kept by `sightings`.
"""

from __future__ import annotations

import datetime as dt
import gzip
import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct

from bastide.detect.events import ACCOUNT, REGION, moment
from bastide.errors import UsageError, near_miss

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bastide.detect.engine import Match
    from bastide.detect.rules import Rule
    from bastide.detect.run import Detections
    from bastide.detect.scenario import Scenario, Step

START = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)
APART = dt.timedelta(days=15)
_CLOUDTRAIL = "CloudTrail"
_FOLDERS = {
    "cloudtrail": _CLOUDTRAIL,
    "vpc-flow": "vpcflowlogs",
    "route53-resolver": "vpcdnsquerylogs",
    "guardduty": "GuardDuty",
    "waf": "WAFLogs",
}
"""The folder of a log below `AWSLogs/ACCOUNT`, by the lake's name of it."""


_SEGMENT = re.compile("[A-Za-z0-9_-]+")


class Seen(Struct, frozen=True):
    """A rule that fired for a step, and after how many seconds from the step's first event."""

    rule: str
    title: str
    level: str
    after: float


class Played(Struct, frozen=True):
    """One step: what fired of what was expected, what did not, and what else did."""

    title: str
    technique: str
    events: int
    seen: tuple[Seen, ...] = ()
    missed: tuple[str, ...] = ()
    others: tuple[Seen, ...] = ()


class Outcome(Struct, frozen=True):
    """One scenario; `first` is how many seconds went by from its first event to the first alert."""

    id: str
    title: str
    benign: bool
    steps: tuple[Played, ...]
    events: int
    first: float | None = None

    @property
    def passed(self) -> bool:
        """Whether everything expected fired, and for ordinary work nothing at all."""
        if self.benign:
            return not any(step.others or step.seen for step in self.steps)
        return not any(step.missed for step in self.steps)


class _Found(Struct, frozen=True):
    """Matches by the id of an event, and those of events that have no id of their own, known by their time."""

    by_event: dict[str, list[Match]]
    unnamed: list[Match]

    def of(self, event: dict[str, Any]) -> list[Match]:
        """The matches that an event is in."""
        if uid := _uid(event):
            return self.by_event.get(uid, [])
        at = moment(event)
        return [one for one in self.unnamed if (one.first or one.time) <= at <= (one.last or one.time)]


def replay(detections: Detections, scenarios: Sequence[Scenario]) -> list[Outcome]:
    """Play them, each apart from the others in time; `UsageError` for an expected detection that is none."""
    wanted = [[_expected(detections, step, one) for step in one.steps] for one in scenarios]
    played = [one.records(START + index * APART) for index, one in enumerate(scenarios)]
    with tempfile.TemporaryDirectory(prefix="bastide-replay-") as folder:
        for index, records in enumerate(played):
            write([event for step in records for event in step], Path(folder) / f"{index:04d}")
        judged = detections.files([folder])
    if judged.quarantined:
        raise UsageError(f"the lake does not take {judged.quarantined} of the events that scenarios made")
    named = {uid for every in played for some in every for event in some if (uid := _uid(event))}
    by_event: dict[str, list[Match]] = {}
    unnamed = []
    for match in judged.matches:
        uids = [uid for uid in match.event_uids or (match.event_uid,) if uid in named]
        for uid in uids:
            by_event.setdefault(uid, []).append(match)
        unnamed += [] if uids else [match]
    found = _Found(by_event, unnamed)
    return [_outcome(one, records, rules, found) for one, records, rules in zip(scenarios, played, wanted, strict=True)]


def write(events: Sequence[dict[str, Any]], folder: Path) -> list[Path]:
    """Files for these records, as AWS lays them down in a bucket: CloudTrail's, and lines of JSON for other logs.

    `UsageError` for an event whose account or region leads elsewhere.
    """
    from bastide.lake.read.recognise import kind_of

    by_place: dict[tuple[str, str, str, str], list[dict[str, Any]]] = {}
    for event in events:
        kind = kind_of(event)
        log = _FOLDERS.get(kind.id, kind.id) if kind else _CLOUDTRAIL
        day = dt.datetime.fromtimestamp(moment(event) / 1000, dt.UTC).strftime("%Y/%m/%d")
        account = event.get("recipientAccountId") or event.get("account_id") or event.get("accountId") or ACCOUNT
        region = event.get("awsRegion") or event.get("region") or REGION
        for word in (account, region):
            if not _SEGMENT.fullmatch(str(word)):
                raise UsageError(f"`{str(word)[:80]}` is no account and no region: files of the event lie below it")
        by_place.setdefault((log, str(account), str(region), day), []).append(event)
    files: list[Path] = []
    for (log, account, region, day), some in by_place.items():
        path = folder / "AWSLogs" / account / log / region / day
        path.mkdir(parents=True, exist_ok=True)
        file = path / f"{account}_{log}_{region}_{day.replace('/', '')}T0000Z_{len(files):016d}.json.gz"
        lines = (
            msgspec.json.encode({"Records": some}) if log == _CLOUDTRAIL else msgspec.json.Encoder().encode_lines(some)
        )
        file.write_bytes(gzip.compress(lines, 6))
        files.append(file)
    return files


def _expected(detections: Detections, step: Step, scenario: Scenario) -> list[Rule]:
    found = []
    for word in step.expect:
        rule = next((one for one in detections.rules.rules if word in (one.id, one.name, one.title)), None)
        if rule is None:
            names = [name for one in detections.rules.rules for name in (one.title, one.name) if name]
            raise UsageError(
                f"the step `{step.title}` expects `{word}`, which is no detection",
                place=scenario.place,
                remedy=near_miss(word, names),
            )
        found.append(rule)
    return found


def _outcome(
    scenario: Scenario,
    records: list[list[dict[str, Any]]],
    wanted: list[list[Rule]],
    found: _Found,
) -> Outcome:
    steps = [
        _played(step, some, rules, found) for step, some, rules in zip(scenario.steps, records, wanted, strict=True)
    ]
    begun = min((moment(event) for some in records for event in some), default=0)
    times = [match.time for some in records for event in some for match in found.of(event)]
    return Outcome(
        id=scenario.id,
        title=scenario.title,
        benign=scenario.benign,
        steps=tuple(steps),
        events=sum(map(len, records)),
        first=(min(times) - begun) / 1000 if times else None,
    )


def _played(step: Step, records: list[dict[str, Any]], wanted: list[Rule], found: _Found) -> Played:
    fired: dict[str, Seen] = {}
    begun = min((moment(event) for event in records), default=0)
    for event in records:
        for match in found.of(event):
            after = max(0.0, (match.time - begun) / 1000)
            rule = match.rule
            if rule.id not in fired or after < fired[rule.id].after:
                fired[rule.id] = Seen(rule.id, rule.title, rule.level, after)
    ids = {rule.id for rule in wanted}
    return Played(
        title=step.title,
        technique=step.technique,
        events=len(records),
        seen=tuple(fired[rule.id] for rule in wanted if rule.id in fired),
        missed=tuple(rule.title for rule in wanted if rule.id not in fired),
        others=tuple(one for key, one in fired.items() if key not in ids),
    )


def _uid(event: dict[str, Any]) -> str:
    return str(event.get("eventID") or event.get("id") or event.get("Id") or "")
