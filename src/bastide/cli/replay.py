"""`bastide replay`."""

from __future__ import annotations

import datetime as dt
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from bastide.cli.detections import tell_unused
from bastide.errors import UsageError
from bastide.redact import clean
from bastide.report.words import counted

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping, Sequence

    from bastide.detect.replay import Outcome, Played, Seen
    from bastide.detect.run import Detections
    from bastide.detect.scenario import Scenario
    from bastide.detect.sightings import Sighting


def run(arguments: argparse.Namespace) -> int:
    """Play scenarios and tell what was seen."""
    from bastide.detect.replay import replay
    from bastide.detect.run import Detections
    from bastide.detect.scenario import load_scenarios
    from bastide.detect.show import cleaned
    from bastide.lake.extra import needed

    needed()
    scenarios = load_scenarios(arguments.scenarios)
    if arguments.write:
        return _write(scenarios, Path(arguments.write))
    detections = Detections(arguments.rules or (), arguments.config or "")
    unused = tell_unused(detections)
    outcomes = replay(detections, scenarios)
    lost = _record(arguments, outcomes, detections)
    if arguments.format == "json":
        records = [msgspec.to_builtins(one) | {"passed": one.passed} for one in outcomes]
        print(json.dumps({"version": 1, "scenarios": cleaned(records), "lost": _lost(lost)}, indent=2))
    else:
        print("\n".join([*(_text(one) for one in outcomes), *_blind(lost), _closing(outcomes)]))
    if not all(one.passed for one in outcomes):
        return 1
    return unused


def _record(arguments: argparse.Namespace, outcomes: Sequence[Outcome], detections: Detections) -> dict[str, Sighting]:
    """Keep what the detections came to; what was seen before and is not now. What hinders it is told, and no more."""
    from bastide.cli.threats import actor
    from bastide.detect.sightings import PROJECT, record
    from bastide.state.database import open_state, state_url
    from bastide.workload.manifest import read_manifest

    if detections.set != PROJECT:
        print("kept for `bastide coverage --rules` alone: these are not the detections of the project", file=sys.stderr)
    manifest = read_manifest(arguments.config or "")
    try:
        with open_state(manifest.name, state_url(arguments.state or "", manifest.state)) as state:
            return record(state, actor(), outcomes, detections.usable, detections.set)
    except UsageError as error:
        print(f"not kept for `bastide coverage` and `bastide threats`: {clean(str(error), 600)}", file=sys.stderr)
        return {}


def _blind(lost: Mapping[str, Sighting]) -> list[str]:
    if not lost:
        return []
    lines = [f"        {clean(uid, 100)}, last seen on {one.last_seen}" for uid, one in lost.items()]
    return ["BLIND   to what was seen before:", *lines]


def _lost(lost: Mapping[str, Sighting]) -> list[dict[str, str]]:
    return [{"id": clean(uid, 100), "last_seen": one.last_seen} for uid, one in lost.items()]


def _write(scenarios: Sequence[Scenario], folder: Path) -> int:
    from bastide.detect.replay import APART, START, write

    files = 0
    try:
        for index, one in enumerate(scenarios):
            start = START + index * APART
            files += len(write([event for step in one.records(start) for event in step], folder / one.id))
    except OSError as error:
        raise UsageError(f"cannot be written: {error.strerror}", place=str(folder)) from None
    print(f"{counted(files, 'file')} of {counted(len(scenarios), 'scenario')} in {clean(str(folder), 300)}")
    return 0


def _text(one: Outcome) -> str:
    soon = f", first seen after {_span(one.first)}" if one.first is not None else ""
    head = f"{'passed' if one.passed else 'FAILED'}  {clean(one.title, 120)} ({one.id}): {counted(one.events, 'event')}"
    return "\n".join([head + soon, *(line for step in one.steps for line in _step(step, benign=one.benign))])


def _step(step: Played, *, benign: bool) -> list[str]:
    lines = [f"        {step.technique:<10} {clean(step.title, 100)}"]
    lines += [_seen("seen", one) for one in step.seen]
    lines += [f"            MISSED  {clean(title, 100)}" for title in step.missed]
    lines += [_seen("noise" if benign else "also", one) for one in step.others]
    if not (step.seen or step.missed or step.others) and not benign:
        lines.append("            nothing fired, and nothing is expected to")
    return lines


def _seen(word: str, one: Seen) -> str:
    return f"            {word:<6}  {clean(one.title, 100)} ({one.level}, after {_span(one.after)})"


def _span(seconds: float) -> str:
    return str(dt.timedelta(seconds=round(seconds)))


def _closing(outcomes: Sequence[Outcome]) -> str:
    techniques = {step.technique for one in outcomes for step in one.steps if step.technique}
    seen = {step.technique for one in outcomes if not one.benign for step in one.steps if step.seen or step.others}
    failed = sum(not one.passed for one in outcomes)
    return (
        f"{counted(len(outcomes), 'scenario')}, {failed} failed; {len(seen - {''})} of "
        f"{counted(len(techniques), 'technique')} seen"
    )
