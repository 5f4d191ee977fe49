"""`bastide coverage`."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING

import msgspec

from bastide.redact import clean

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from bastide.detect.coverage import Row


def run(arguments: argparse.Namespace) -> int:
    """Tell what would be seen, and what would not."""
    from bastide.detect.coverage import techniques, threats
    from bastide.detect.replay import kept_before
    from bastide.detect.run import Detections
    from bastide.detect.scenario import load_scenarios
    from bastide.detect.show import cleaned

    detections = Detections(arguments.rules or (), arguments.config or "")
    kept, there = kept_before(), _there(arguments.lake)
    rules = detections.rules.rules
    by_technique = techniques(rules, load_scenarios(), kept, there)
    by_threat = threats(rules, kept, there)
    if arguments.blind:
        by_technique, by_threat = ([row for row in rows if row.status != "seen"] for rows in (by_technique, by_threat))
    if arguments.format == "json":
        found = {"techniques": msgspec.to_builtins(by_technique), "threats": msgspec.to_builtins(by_threat)}
        print(json.dumps({"version": 1, **cleaned(found)}, indent=2))
        return 0
    print("\n".join([*_lines("ATT&CK technique", by_technique), "", *_lines("threat", by_threat)]))
    return 0


def _there(place: str | None) -> dict[str, int] | None:
    """Events by kind of log in the lake that is named, or in the project's; None when there is none."""
    from bastide.detect.newest import events_by_log
    from bastide.lake.store import Lake, existing, lake_folder

    if place:
        return events_by_log(existing(place))
    lake = Lake(lake_folder())
    return events_by_log(lake) if lake.exists() else None


def _lines(noun: str, rows: Sequence[Row]) -> list[str]:
    lines = [f"{noun:<44} {'status':<20} detections"]
    for row in rows:
        status = f"{row.status} {row.on}".strip()
        noisy = f", {len(row.noisy)} noisy" if row.noisy else ""
        first = clean(row.detections[0], 60) if row.detections else ""
        more = f" and {len(row.detections) - 1} more" if len(row.detections) > 1 else ""
        lacking = f"; lacks {', '.join(row.lacking)}" if row.lacking else ""
        name = clean(f"{row.id} {row.name}".strip(), 43)
        lines.append(f"{name:<44} {status:<20} {first}{more}{noisy}{lacking}".rstrip())
    counts = Counter(row.status for row in rows)
    lines.append(", ".join(f"{count} {status}" for status, count in counts.most_common()))
    return lines
