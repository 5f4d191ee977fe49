"""`bastide detect`."""

from __future__ import annotations

import json
import sys
import time
from typing import TYPE_CHECKING

from bastide.errors import UsageError

if TYPE_CHECKING:
    import argparse

    from bastide.detect.run import Detections, Judged

INCOMPLETE = 3
PAUSE = 0.5
"""Seconds between two looks at the lake while watching."""


def run(arguments: argparse.Namespace) -> int:
    """Judge, tell, remember."""
    from bastide.lake.extra import needed

    needed()
    from bastide.detect.run import Detections

    if arguments.events and (arguments.watch or arguments.since or arguments.all or arguments.lake):
        raise UsageError("--events judges whole files; it goes with none of --lake, --since, --all, --watch")
    detections = Detections(arguments.rules or (), arguments.config or "")
    if arguments.events:
        return _told(arguments, detections.files(arguments.events, arguments.jobs))
    return _watch(arguments, detections) if arguments.watch else _once(arguments, detections)


def _once(arguments: argparse.Namespace, detections: Detections) -> int:
    from bastide.detect.newest import since_of
    from bastide.lake.store import existing

    lake = existing(arguments.lake)
    if arguments.since or arguments.all:
        since = since_of(arguments.since) if arguments.since else 0
        judged, sequence = detections.since(lake, since, arguments.jobs)
    else:
        judged, sequence = detections.new(lake, arguments.jobs)
    code = _told(arguments, judged)
    if not arguments.since:
        detections.told(lake, sequence)
    return code


def _watch(arguments: argparse.Namespace, detections: Detections) -> int:
    """Tell of what comes in, until interrupted; JSON has one match a line."""
    from bastide.detect.newest import remembered
    from bastide.detect.show import alert_text, cleaned
    from bastide.lake.store import Lake, lake_folder

    lake = Lake(arguments.lake or lake_folder())
    while True:
        if lake.exists() and lake.commits(remembered(lake, detections.name)):
            judged, sequence = detections.new(lake, arguments.jobs)
            if arguments.format == "json":
                for match in judged.matches:
                    print(json.dumps(cleaned(match.record()), ensure_ascii=False), flush=True)
            else:
                for alert in reversed(judged.alerts):
                    print(alert_text(alert) + "\n", flush=True)
            _sent(arguments, judged)
            detections.told(lake, sequence)
        time.sleep(PAUSE)


def _told(arguments: argparse.Namespace, judged: Judged) -> int:
    from bastide.detect.alerts import level_number
    from bastide.detect.show import as_json, as_text, closing

    if arguments.format == "json":
        print(as_json(judged.matches))
        if judged.problems:
            print(closing(judged), file=sys.stderr)
    else:
        print(as_text(judged))
    refused = _sent(arguments, judged)
    if judged.problems or refused:
        return INCOMPLETE
    if arguments.fail_on == "never":
        return 0
    return int(any(level_number(alert.level) >= level_number(arguments.fail_on) for alert in judged.alerts))


def _sent(arguments: argparse.Namespace, judged: Judged) -> bool:
    """Hand the alerts on where that was asked for; whether somebody did not take them."""
    if not arguments.send:
        return False
    from bastide.detect.outputs import send

    refused = False
    for where in arguments.send:
        why = send(where, judged.alerts)
        if why:
            print(f"not sent to {where.partition(':')[0]}: {why}", file=sys.stderr)
            refused = True
    return refused
