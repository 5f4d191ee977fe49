"""`bastide coverage`."""

from __future__ import annotations

import json
import sys
from collections import Counter
from typing import TYPE_CHECKING, Any

import msgspec

from bastide.cli.detections import tell_unused
from bastide.redact import clean

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from bastide.detect.coverage import Asked, Row
    from bastide.detect.run import Detections
    from bastide.detect.sightings import Sightings


def run(arguments: argparse.Namespace) -> int:
    """Tell what would be seen, and what would not."""
    from bastide.detect.coverage import techniques, threats
    from bastide.detect.run import Detections
    from bastide.detect.scenario import load_scenarios
    from bastide.detect.show import cleaned

    detections = Detections(arguments.rules or (), arguments.config or "")
    replayed, asked = _kept(arguments, detections)
    rules, there = detections.usable, _there(arguments.lake)
    by_technique = techniques(rules, load_scenarios(), replayed, there)
    by_threat = threats(rules, asked, replayed, there)
    if arguments.blind:
        by_technique, by_threat = ([row for row in rows if row.status != "seen"] for rows in (by_technique, by_threat))
    code = tell_unused(detections)
    if arguments.format == "json":
        found = {"techniques": _records(by_technique), "threats": _records(by_threat)}
        print(json.dumps({"version": 1, **cleaned(found)}, indent=2))
        return code
    print("\n".join([*_lines("ATT&CK technique", by_technique), "", *_lines("threat", by_threat)]))
    return code


def _kept(arguments: argparse.Namespace, detections: Detections) -> tuple[Sightings, dict[str, Asked]]:
    """What replays with these detections came to, and the threats that there are, as the register knows both."""
    from bastide.detect.sightings import sightings, threats_of
    from bastide.state.database import is_there, open_state, state_url
    from bastide.state.journal import entries
    from bastide.threats.asked import asked
    from bastide.threats.register import open_threats
    from bastide.threats.templates import load_templates
    from bastide.workload.manifest import read_manifest

    manifest = read_manifest(arguments.config or "")
    url = state_url(arguments.state or "", manifest.state)
    log, register = [], []
    if is_there(url):
        with open_state(manifest.name, url) as state:
            log, register = entries(state), open_threats(state)
    replayed = sightings(log, detections.set)
    named = {uid for rule in detections.rules.rules for uid in threats_of(rule)} | replayed.names()
    return replayed, asked(load_templates(manifest.packs), register, named)


def _records(rows: Sequence[Row]) -> list[dict[str, Any]]:
    return [msgspec.to_builtins(row) | {"lost": row.lost} for row in rows]


def _there(place: str | None) -> dict[str, int] | None:
    """Events by kind of log in the lake that is named, or in the project's; None when there is none."""
    from bastide.detect.newest import events_by_log
    from bastide.lake.store import Lake, existing, lake_folder

    lake = existing(place) if place else Lake(lake_folder())
    counts = events_by_log(lake) if lake.exists() else None
    for path, cause in lake.damaged.items():
        print(f"cannot be read: {clean(path, 300)}: {clean(cause, 300)}", file=sys.stderr)
    return counts


def _lines(noun: str, rows: Sequence[Row]) -> list[str]:
    lines = [f"{noun:<44} {'status':<20} detections"]
    for row in rows:
        name = clean(f"{row.id} {row.name}".strip(), 43)
        lines.append(f"{name:<44} {_status(row):<20} {_detections(row)}".rstrip())
    counts = Counter(row.status for row in rows)
    lines.append(", ".join(f"{count} {status}" for status, count in counts.most_common()))
    if lost := sum(row.lost for row in rows):
        lines.append(f"{lost} of the blind seen before, marked with the day")
    return lines


def _status(row: Row) -> str:
    """The status, with the day of the replay that it is by."""
    return f"{row.status} {row.on}" if row.status == row.replay and row.on else row.status


def _detections(row: Row) -> str:
    first = clean(row.detections[0], 60) if row.detections else ""
    more = f" and {len(row.detections) - 1} more" if len(row.detections) > 1 else ""
    missed = f"{len(row.missed)} missed" if row.missed else ""
    noisy = f"{len(row.noisy)} noisy" if row.noisy else ""
    lacking = f"lacks {', '.join(row.lacking)}" if row.lacking else ""
    lost = f"LAST SEEN {row.last_seen}" if row.lost else ""
    return "; ".join(filter(None, (first + more, lost, missed, noisy, lacking)))
