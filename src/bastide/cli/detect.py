"""`bastide detect`."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

from bastide.errors import INCOMPLETE, UsageError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable

    import msgspec

    from bastide.detect.engine import Match
    from bastide.detect.rules import Problem
    from bastide.detect.run import Detections, Judged
    from bastide.threats.reach import Reaches


def run(arguments: argparse.Namespace) -> int:
    """Judge, tell, remember."""
    from bastide.lake.extra import needed

    needed()
    from bastide.detect.run import Detections

    if arguments.events and (arguments.watch or arguments.since or arguments.all or arguments.lake):
        raise UsageError("--events judges whole files; it goes with none of --lake, --since, --all, --watch")
    if arguments.watch and (arguments.since or arguments.all):
        raise UsageError("--watch tells of what is new; it goes with neither --since nor --all")
    detections = Detections(arguments.rules or (), arguments.config or "", arguments.engine)
    if arguments.watch:
        return _watch(arguments, detections)
    told = _Told(arguments)
    if arguments.events:
        return told.closed(detections.files(arguments.events, arguments.jobs, told.match))
    return _once(arguments, detections, told)


class _Known:
    """What actors may do, by the last scan: nothing of it is imported or read before something has matched."""

    def __init__(self, arguments: argparse.Namespace) -> None:
        self._config = arguments.config or ""
        self.forget()

    def forget(self) -> None:
        """Read it again for what matches from now on: there may be another scan."""
        self._reaches: Reaches | None = None
        self._written: dict[str, msgspec.Raw] = {}

    @property
    def reaches(self) -> Reaches:
        """What knows it."""
        if self._reaches is None:
            from bastide.threats.reach import Reaches

            self._reaches = Reaches(self._config)
        return self._reaches

    def json(self, actor: str) -> msgspec.Raw:
        """The same as JSON, written once for each actor: there may be millions of matches."""
        found = self._written.get(actor)
        if found is None:
            from bastide.detect.show import reach_json

            found = self._written[actor] = reach_json(self.reaches.of(actor))
        return found

    def look(self, judged: Judged) -> None:
        """Say of each alert what its actor may do, and which data was touched."""
        if not judged.alerts:
            return
        from bastide.detect.alerts import in_turn, touch

        for alert in judged.alerts:
            alert.reach = self.reaches.of(alert.actor)
            touch(alert, self.reaches.touched(alert.resources, alert.accounts))
        judged.alerts = in_turn(judged.alerts)


class _Told:
    """JSON is printed match by match: there may be more of them than memory holds."""

    def __init__(self, arguments: argparse.Namespace) -> None:
        from bastide.detect.outbox import Outbox

        self.arguments, self.json = arguments, arguments.format == "json"
        self.begun = False
        self.known, self.outbox = _Known(arguments), Outbox(arguments.send)

    def match(self, match: Match) -> None:
        if not self.json:
            return
        from bastide.detect.show import match_line

        sys.stdout.write((",\n " if self.begun else "[") + match_line(match, self.known.json(match.actor)))
        self.begun = True

    def closed(self, judged: Judged) -> int:
        """Tell the rest, hand alerts on; the exit code."""
        from bastide.detect.alerts import level_number
        from bastide.detect.show import as_text, closing

        self.known.look(judged)
        if self.json:
            sys.stdout.write("]\n" if self.begun else "[]\n")
            if judged.problems or judged.notes or judged.quarantined:
                print(closing(judged), file=sys.stderr)
        else:
            print(as_text(judged))
        _complain(self.outbox.put(judged.alerts))
        if judged.problems or judged.quarantined or not self.outbox.is_empty:
            return INCOMPLETE
        if self.arguments.fail_on == "never":
            return 0
        return int(any(level_number(one.level) >= level_number(self.arguments.fail_on) for one in judged.alerts))


def _once(arguments: argparse.Namespace, detections: Detections, told: _Told) -> int:
    from bastide.detect.newest import remembered, since_of
    from bastide.lake.store import existing

    lake = existing(arguments.lake)
    if lake.in_place():
        if not (arguments.since or arguments.all):
            remedy = "name a time, `--since 24h`, or `--all`"
            raise UsageError("others write this lake: what is new in it is not kept", place=lake.place, remedy=remedy)
        since = since_of(arguments.since) if arguments.since else 0
        return told.closed(detections.in_place(lake, since, arguments.jobs, told.match))
    if arguments.since or arguments.all:
        since = since_of(arguments.since) if arguments.since else 0
        judged, sequence = detections.since(lake, since, arguments.jobs, told.match)
    else:
        judged, sequence = detections.new(lake, arguments.jobs, told.match)
    code = told.closed(judged)
    if told.outbox.is_empty:
        if not arguments.since:
            detections.told(lake, sequence)
    elif arguments.since or (arguments.all and remembered(lake, detections.name)):
        print("the same run once more sends it again", file=sys.stderr)
    else:
        print("the next run judges the same once more, and sends it again", file=sys.stderr)
    return code


def _watch(arguments: argparse.Namespace, detections: Detections) -> int:
    """Tell of what comes in, until interrupted; JSON has one match a line.

    What was judged is remembered once it was taken wherever it goes: who is stopped before tells of it again.
    """
    from bastide.detect.newest import remembered
    from bastide.detect.outbox import Outbox
    from bastide.detect.show import alert_text, match_line
    from bastide.lake.store import Lake, lake_folder, refused_in_place
    from bastide.lake.watch import pause_for

    known, outbox, problems = _Known(arguments), Outbox(arguments.send), _Problems()
    problems.tell(detections.plan.problems)

    def tell(match: Match) -> None:
        if arguments.format == "json":
            print(match_line(match, known.json(match.actor)), flush=True)

    def settle() -> None:
        if outbox.is_empty:
            detections.told(lake, done)

    lake = Lake(arguments.lake or lake_folder())
    there, pause, done = False, pause_for([lake.place]), 0
    while True:
        there = there or (lake.exists() and bool(refused_in_place(lake)))
        if outbox.is_due:
            _complain(outbox.put(()))
            settle()
        done = max(done, remembered(lake, detections.name)) if there else done
        if there and not outbox.is_full and lake.commits(done):
            known.forget()
            judged, done = detections.new(lake, arguments.jobs, tell, after=done)
            known.look(judged)
            problems.tell(judged.problems)
            if arguments.format != "json":
                for alert in reversed(judged.alerts):
                    print(alert_text(alert) + "\n", flush=True)
            _complain(outbox.put(judged.alerts))
            settle()
        time.sleep(pause)


def _complain(lines: Iterable[str]) -> None:
    for line in lines:
        print(line, file=sys.stderr, flush=True)


class _Problems:
    """Rules that are not used, each told once."""

    def __init__(self) -> None:
        self._told: set[Problem] = set()

    def tell(self, problems: Iterable[Problem]) -> None:
        """Tell those that are new."""
        from bastide.detect.show import problem_line

        for one in problems:
            if one not in self._told:
                self._told.add(one)
                _complain([problem_line(one)])
