"""A run of detections as the command line has it: rules and tuning together, over a lake or over files."""

from __future__ import annotations

import contextlib
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct, field

from bastide.detect.alerts import Alert, Classed, Gathered
from bastide.detect.compiled import compiled_rules
from bastide.detect.engine import Match, detect, span_of
from bastide.detect.newest import between, newer, remember, remembered, set_name
from bastide.detect.pool import LOCAL, Input
from bastide.detect.rules import Problem
from bastide.detect.sightings import PROJECT
from bastide.detect.tuning import Suppressed, Tuning, aimless, read_tuning
from bastide.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bastide.detect.rules import Rule
    from bastide.lake.store import Lake

    Tell = Callable[[Match], object] | None


class Judged(Struct):
    """What a run came to. `suppressed` are matches that somebody answers for, `events` those that were looked at.

    `matches` is empty where somebody else took them; `total` is how many there are.
    """

    matches: list[Match] = field(default_factory=list)
    total: int = 0
    alerts: list[Alert] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    notes: list[Problem] = field(default_factory=list)
    suppressed: int = 0
    events: int = 0
    rules: int = 0
    elsewhere: int = 0
    quarantined: int = 0


class Detections:
    """Rules, compiled once, and the tuning of the project; ready to judge, here or on a cluster (`engine`).

    `set` is the name that what they see in replays is kept by: `PROJECT` when they are the project's own.
    """

    def __init__(self, places: Sequence[str] = (), config: str = "", engine: str = LOCAL) -> None:
        self.engine = engine
        self.tuning: Tuning = read_tuning(config)
        self.places = list(places) or self.tuning.rules
        self.rules, self.plan = compiled_rules(self.places, self.tuning.placeholders)
        self.span = span_of(self.rules)
        self.classes = _classes(config)
        self.name = set_name(self.places)
        self.set = PROJECT if self.name == set_name(self.tuning.rules) else self.name
        of_project = self.tuning.suppressions if self.set == PROJECT else []
        self.aimless = aimless(of_project, self.rules.rules)

    @property
    def usable(self) -> list[Rule]:
        """The rules that can be used."""
        return [rule for rule in self.rules.rules if rule.number in self.plan.usable]

    def over(self, inputs: Sequence[Input], *, since: int = 0, jobs: int | None = None, tell: Tell = None) -> Judged:
        """Judge files of a lake; `tell` hears each match in the order of time, without it they are kept."""
        judged, gathered = Judged(), Gathered(self.classes)
        suppressed = Suppressed(self.tuning.suppressions)

        def take(match: Match) -> None:
            if suppressed.takes(match):
                return
            judged.total += 1
            gathered.add(match)
            (tell or judged.matches.append)(match)

        found = detect(self.rules, self.plan, inputs, since=since, jobs=jobs, engine=self.engine, tell=take)
        judged.alerts = gathered.alerts()
        judged.problems, judged.notes = found.problems, [*found.notes, *suppressed.over, *self.aimless]
        judged.suppressed = suppressed.taken.total()
        judged.events, judged.rules, judged.elsewhere = found.events, found.rules, found.elsewhere
        return judged

    def new(
        self, lake: Lake, jobs: int | None = None, tell: Tell = None, after: int | None = None
    ) -> tuple[Judged, int]:
        """Judge what came in after a commit (the last one told of), and the commit to remember once that was told."""
        after = remembered(lake, self.name) if after is None else after
        chosen = newer(lake, self.plan.tables, after, self.span)
        return self.over(chosen.inputs, jobs=jobs, tell=tell), chosen.sequence

    def since(self, lake: Lake, since: int, jobs: int | None = None, tell: Tell = None) -> tuple[Judged, int]:
        """Judge everything since a time."""
        chosen = between(lake, self.plan.tables, since, self.span)
        return self.over(chosen.inputs, since=since, jobs=jobs, tell=tell), chosen.sequence

    def in_place(self, lake: Lake, since: int, jobs: int | None = None, tell: Tell = None) -> Judged:
        """Judge everything since a time in a lake that others write: its events are copied, and the copy is removed.

        Files of it that cannot be read are among the problems.
        """
        import duckdb

        from bastide.lake.inplace import copied

        first = max(0, since - self.span)
        with tempfile.TemporaryDirectory(prefix="bastide-lake-") as folder:
            try:
                with contextlib.closing(lake.connect(first)) as connection:
                    files = list(copied(connection, self.plan.tables, first, Path(folder)))
            except (duckdb.Error, OSError) as error:
                cause = str(error).splitlines()[0]
                raise UsageError(
                    f"its events cannot be copied: {cause}", place=lake.place, remedy="try it again"
                ) from None
            inputs = [Input(one.table, one.path, one.rows) for one in files]
            judged = self.over(inputs, since=since, jobs=jobs, tell=tell)
        judged.problems += [Problem(path, f"cannot be read: {cause}") for path, cause in lake.damaged.items()]
        return judged

    def told(self, lake: Lake, sequence: int) -> None:
        """Remember what was judged."""
        if sequence > remembered(lake, self.name):
            remember(lake, self.name, sequence)

    def files(self, targets: Sequence[str], jobs: int | None = None, tell: Tell = None) -> Judged:
        """Bring log files into a lake that is thrown away afterwards, and judge them."""
        from bastide.lake.ingest import ingest
        from bastide.lake.store import Lake

        for target in targets:
            if not target.startswith("s3://") and not Path(target).exists():
                raise UsageError("there is no such file or folder", place=target)
        with tempfile.TemporaryDirectory(prefix="bastide-lake-") as folder:
            lake = Lake(folder)
            report = ingest(lake, targets, jobs=jobs or 0)
            judged = self.since(lake, 0, jobs, tell)[0] if lake.exists() else self.over([], jobs=jobs)
        judged.quarantined = report.quarantined
        judged.problems += [Problem(path, f"cannot be read: {cause}") for path, cause in report.problems]
        return judged


def _classes(config: str) -> list[Classed]:
    from bastide.workload.manifest import read_manifest

    manifest = read_manifest(config)
    return [
        Classed(store.resource, store.classification, manifest.sensitivity(store.classification))
        for store in manifest.stores
    ]
