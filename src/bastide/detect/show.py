"""Matches, alerts and what else a run of detections has to tell, as text for a terminal and as JSON."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import msgspec

from bastide.detect.correlations import described
from bastide.detect.engine import moment
from bastide.detect.reach import Reach, reach_record, reach_text
from bastide.detect.rules import LEVELS
from bastide.detect.sightings import threats_of
from bastide.redact import clean
from bastide.report.words import counted

if TYPE_CHECKING:
    from bastide.detect.alerts import Alert
    from bastide.detect.engine import Match
    from bastide.detect.rules import Problem, Rule
    from bastide.detect.run import Judged

TIMELINE = 12
"""Lines of an alert's timeline; what lies between is counted."""


_WORDS = frozenset({"rule_id", "rule_title", "event_uid", "level", "time", "account", "region", "table", "operation",
                    "service", "event_uids", "techniques", "first", "last"})  # fmt: skip
"""Fields of a match that hold no secret: ids, names of AWS, texts of rules. There may be millions of them."""


def match_line(match: Match, reach: msgspec.Raw | None = None) -> str:
    """A match as one line of JSON, with what its actor may do, which is JSON already."""
    record = match.record()
    found = {key: _word(value) if key in _WORDS else cleaned(value) for key, value in record.items()}
    if reach is not None:
        found["reach"] = reach
    return msgspec.json.encode(found).decode()


def _word(value: Any) -> Any:
    if isinstance(value, list):
        return [_word(one) for one in value]
    return value if value.isascii() and value.isprintable() and len(value) < 500 else cleaned(value)


def cleaned(value: Any) -> Any:
    """The same without anything that a terminal or a page could take for more than text."""
    if isinstance(value, str):
        return _cleaned(value) if len(value) < 500 else clean(value, 2000)
    if isinstance(value, list):
        return [cleaned(one) for one in value]
    return {key: cleaned(one) for key, one in value.items()} if isinstance(value, dict) else value


@lru_cache(maxsize=1 << 16)
def _cleaned(text: str) -> str:
    return clean(text, 2000)


def alert_record(alert: Alert) -> dict[str, Any]:
    """An alert as one object of JSON, without its matches' details."""
    found: dict[str, Any] = {
        "id": alert.id,
        "title": alert.title,
        "level": alert.level,
        "actor": alert.actor,
        "accounts": alert.accounts,
        "regions": alert.regions,
        "sources": alert.sources,
        "first": moment(alert.first),
        "last": moment(alert.last),
        "tactics": alert.tactics,
        "techniques": alert.techniques,
        "resources": alert.resources[:50],
        "reasons": alert.reasons,
        "classes": alert.classes,
        "reach": reach_record(alert.reach) if alert.reach else None,
        "matches": alert.total,
        "rules": sorted(alert.rules),
        "events": alert.event_uids[:200],
    }
    shown = cleaned(found)
    assert isinstance(shown, dict)
    return shown


def reach_json(reach: Reach) -> msgspec.Raw:
    """What an actor may do as JSON that is safe to print."""
    return msgspec.Raw(msgspec.json.encode(cleaned(reach_record(reach))))


def as_text(judged: Judged) -> str:
    """Alerts with their timelines, the least bad first, then what was done."""
    parts = [alert_text(alert) for alert in reversed(judged.alerts)]
    return "\n\n".join([*parts, closing(judged)])


def alert_text(alert: Alert) -> str:
    """One alert: what, who, where, why so bad, and when what happened."""
    when = f"{moment(alert.first)} to {moment(alert.last)}" if alert.last > alert.first else moment(alert.first)
    lines = [f"{alert.level.upper():<9} {clean(alert.title, 160)}", f"          {when}"]
    who = clean(alert.actor, 200) or "nobody known"
    where = ", ".join(clean(word, 60) for word in [*alert.accounts, *alert.regions][:6])
    lines.append(f"          by {who}" + (f" in {where}" if where else ""))
    if alert.sources:
        lines.append(f"          from {', '.join(clean(word, 80) for word in alert.sources[:4])}")
    if alert.resources:
        lines.append(f"          on {', '.join(clean(word, 120) for word in alert.resources[:4])}")
    if alert.classes:
        lines.append(f"          touched {', '.join(clean(name, 60) for name in alert.classes)} data")
    if alert.reach and alert.actor.startswith("arn:"):  # an address or a service has no rights to tell
        lines.append(f"          {reach_text(alert.reach)}")
    lines += [f"          worse, for {clean(reason, 200)}" for reason in alert.reasons]
    return "\n".join([*lines, *_timeline(alert)])


def _timeline(alert: Alert) -> list[str]:
    matches = alert.matches
    between = alert.total - TIMELINE
    shown = matches if between <= 0 else [*matches[: TIMELINE // 2], *matches[-TIMELINE // 2 :]]
    lines = [_line(match) for match in shown]
    if between > 0:
        lines.insert(TIMELINE // 2, f"            … {between:,} more matches")
    return lines


def _line(match: Match) -> str:
    count = f" ({match.count:,} events)" if match.count > 1 else ""
    outcome = f" refused: {clean(match.error, 60)}" if match.error else ""
    service = clean(match.service.removesuffix(".amazonaws.com"), 40)
    what = f"{service}:{clean(match.operation, 60)}" if match.operation else clean(match.table, 40)
    at = moment(match.time)[5:19].replace("T", " ")
    return f"            {at}  {what}{outcome}: {clean(match.rule.title, 90)}{count}"


def closing(judged: Judged) -> str:
    """What was done, in a few lines; what could not be used stands last."""
    levels = Counter(alert.level for alert in judged.alerts)
    by_level = ", ".join(f"{levels[level]} {level}" for level in reversed(LEVELS) if levels[level])
    lines = [
        counted(len(judged.alerts), "alert")
        + (f" ({by_level})" if by_level else "")
        + f" of {counted(judged.total, 'match', 'matches')}; {counted(judged.rules, 'rule')} over "
        + counted(judged.events, "event")
    ]
    if judged.suppressed:
        lines.append(f"{counted(judged.suppressed, 'match', 'matches')} suppressed by settings")
    if judged.quarantined:
        lines.append(f"{counted(judged.quarantined, 'record')} of the logs are no events")
    if judged.elsewhere:
        lines.append(f"{counted(judged.elsewhere, 'rule')} not for this lake: they are about other logs")
    lines += [f"note: {clean(one.place, 200)}: {clean(one.cause, 300)}" for one in judged.notes]
    lines += [problem_line(one) for one in judged.problems]
    return "\n".join(lines)


def problem_line(problem: Problem) -> str:
    """A rule or a file that is not used, its place and why."""
    return f"not used: {clean(problem.place, 200)}: {clean(problem.cause, 300)}"


def rule_record(rule: Rule) -> dict[str, Any]:
    """A rule as one object of JSON."""
    found: dict[str, Any] = {
        "id": rule.id,
        "title": rule.title,
        "name": rule.name,
        "level": rule.level,
        "kind": described(rule.correlation) if rule.correlation else "rule",
        "logs": rule.source.name if rule.source else "",
        "counts": [part.title for part in rule.correlation.parts] if rule.correlation else [],
        "place": rule.place,
        "description": rule.description,
        "tactics": list(rule.tactics),
        "techniques": list(rule.techniques),
        "threats": threats_of(rule),
        "playbook": str(rule.extra.get("playbook", "")),
        "false_positives": list(rule.false_positives),
        "references": list(rule.references),
        "shown": rule.shown,
    }
    shown = cleaned(found)
    assert isinstance(shown, dict)
    return shown
