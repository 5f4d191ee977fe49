"""Judges live accounts one at a time, on all cores, and keeps what was found of each as Parquet files in the run.

Memory is bounded by one account for each process, and by `LISTED` verdicts: beyond these a report counts verdicts and
does not list them. All of them are in the run's tables.
"""

from __future__ import annotations

import multiprocessing
import os
from collections import Counter
from contextlib import closing
from fnmatch import fnmatchcase
from itertools import chain
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field, structs

from bastide import database
from bastide.beside import may_fork
from bastide.controls.baseline import apply_baseline
from bastide.controls.compensation import Compensation
from bastide.controls.evaluate import Evaluation
from bastide.controls.exemptions import apply_exemptions
from bastide.controls.verdict import SEVERITIES, Verdict
from bastide.history.outcome import Counts, Outcome
from bastide.redact import clean
from bastide.resources.model import Resource
from bastide.tables import of_ledger, of_resources, whole_folder, write_parquet

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    import duckdb

    from bastide.controls.entry import Control
    from bastide.controls.library import Library
    from bastide.controls.lots import Lot
    from bastide.resources.model import Problem
    from bastide.sources.aws.engine import Live

LISTED = 50_000
"""Verdicts of one severity, and passed ones, that a report lists at most."""


class Found(Struct):
    """What one account, or several, came to. `verdicts` are those that are listed, `counts` count all of them."""

    verdicts: list[Verdict] = field(default_factory=list)
    counts: Counts = field(default_factory=Counter)
    types: Counter[str] = field(default_factory=Counter)
    compensated: Counter[str] = field(default_factory=Counter)  # verdicts that pass by a layer, by its type
    judged_types: set[str] = field(default_factory=set)
    judged: int = 0
    left_out: int = 0
    places: set[str] = field(default_factory=set)
    problems: list[Problem] = field(default_factory=list)
    ledger: list[dict[str, Any]] = field(default_factory=list)
    broken: dict[str, str] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)  # places of the exemptions that were needed
    accounts: int = 0

    def add(self, other: Found) -> None:
        """Join what another account came to."""
        self.verdicts += other.verdicts
        self.counts += other.counts
        self.types += other.types
        self.compensated += other.compensated
        self.judged_types |= other.judged_types
        self.judged += other.judged
        self.left_out += other.left_out
        self.places |= other.places
        self.problems += other.problems
        self.ledger += other.ledger
        self.broken |= other.broken
        self.used |= other.used
        self.accounts += other.accounts

    @property
    def unlisted(self) -> Counts:
        """The verdicts that are counted only."""
        return self.counts - Counter((v.status, v.severity, v.new) for v in self.verdicts)


class Judging(Struct):
    """How accounts are judged. `before` has the fingerprints of findings that are not new."""

    library: Library
    exemptions: Sequence[dict[str, str]]
    wanted: Callable[[str], bool]
    baseline: str = ""
    before: frozenset[str] = frozenset()
    compensation: Compensation | None = None
    room: Any = None  # verdicts listed so far, by severity; passed ones last
    _evaluation: Evaluation | None = None  # what it said of one account is remembered for the next

    def account(self, live: Live, tables: Path, connection: duckdb.DuckDBPyConnection) -> Found:
        """Judge one account, and keep its tables."""
        resources = [one for one in live.resources if self.wanted(one.path)]
        evaluation = self._evaluation = self._evaluation or Evaluation(self.library.controls, self.library.compiled)
        evaluation.broken = dict(self.library.broken)
        outcome = Outcome.of(evaluation, resources, live.marks, self._looked_at(resources))
        evaluation.close()
        verdicts = outcome.verdicts
        self.compensation = self.compensation or Compensation(self.library.controls, self.library.compiled)
        compensated = self.compensation.settle(verdicts, live.resources, live.marks, live.account)
        found = Found(accounts=1, compensated=compensated, left_out=len(live.resources) - len(resources),
                      broken=evaluation.broken)  # fmt: skip
        found.problems = [
            *live.problems,
            *apply_exemptions(verdicts, self.exemptions, (), whole=False, used=found.used),
        ]
        self._mark_known(verdicts)
        found.ledger = [{**structs.asdict(row), "seconds": round(row.seconds, 3)} for row in live.ledger]
        found.types = Counter(one.type for one in resources)
        judged = outcome.judged()
        found.judged, found.judged_types = judged.total(), set(judged)
        found.places = {one.path for one in resources}
        found.counts = outcome.counts()
        with whole_folder(tables / live.account) as folder:
            write_parquet(folder, of_resources(resources), connection)
            outcome.write(folder, connection)
            write_parquet(folder, of_ledger(found.ledger), connection)
            write_parquet(folder, _of_reads(live), connection)
        found.verdicts = list(self._listed(outcome))
        return found

    def _looked_at(self, resources: Sequence[Resource]) -> Callable[[Control], bool]:
        """Whether somebody looks at each verdict of a control that does not pass: to exempt, compare or compensate."""
        everything = bool(self.baseline or self.before) or any("allow" in one.metadata for one in resources)
        patterns = [exemption["control"] for exemption in self.exemptions]
        return lambda control: (
            everything or bool(control.compensated) or any(fnmatchcase(control.id, pattern) for pattern in patterns)
        )

    def _mark_known(self, verdicts: list[Verdict]) -> None:
        if self.baseline:
            apply_baseline(verdicts, self.baseline)
        for verdict in verdicts if self.before else ():
            if verdict.status == "fail" and verdict.fingerprint in self.before:
                verdict.new = False

    def _listed(self, outcome: Outcome) -> Iterator[Verdict]:
        """Those for which the report has room, without the properties of their resources."""
        light: dict[int, Resource] = {}
        room = list(self.room)
        lots = sorted(outcome.lots, key=lambda lot: lot.status == "pass")
        others = (verdict for lot in lots if room[_place(lot)] < LISTED for verdict in lot.verdicts())
        for verdict in chain(outcome.verdicts, others):
            at = _place(verdict)
            if room[at] >= LISTED:
                continue
            room[at] += 1
            self.room[at] += 1
            one = verdict.resource
            if (resource := light.get(id(one))) is None:
                resource = light[id(one)] = Resource(
                    one.type, one.address, one.unit, one.source, one.path, 0, 0, {}, one.name, metadata=one.metadata
                )
            yield Verdict(
                verdict.control,
                verdict.status,
                resource,
                verdict.evidence,
                verdict.exemption,
                new=verdict.new,
                compensated=verdict.compensated,
            )


def _place(said: Verdict | Lot) -> int:
    """Where in `room` what is said is counted."""
    return len(SEVERITIES) if said.status == "pass" else SEVERITIES.index(said.control.severity)


def _of_reads(live: Live) -> Iterator[tuple[str, Iterator[dict[str, Any]]]]:
    yield (
        "unread",
        (
            {"account": live.account, "region": region, "type": kind, "reason": clean(why)}
            for mark in live.marks
            for kind, places in mark.properties["unread"].items()
            for region, why in places.items()
        ),
    )
    yield (
        "reads",
        (
            {"account": live.account, "region": region, "type": kind}
            for mark in live.marks
            for kind, scope in mark.properties["types"].items()
            for region in (["*"] if scope == "global" else mark.properties["regions"])
            if not (mark.properties["unread"].get(kind, {}).keys() & ({region} if region != "*" else {"global"}))
        ),
    )


_STATE: tuple[Judging, Callable[[int], Live], Path] | None = None
"""What a forked process has from the one that asked: resources are many, and go nowhere."""
_CONNECTION: Any = None


def judge_accounts(
    judging: Judging, load: Callable[[int], Live], count: int, tables: Path, jobs: int | None = None
) -> Iterator[Found]:
    """What each account came to, as it is done. `load` gives an account by its number, from 0 to `count` - 1."""
    global _STATE, _CONNECTION  # noqa: PLW0603 (a fork has no other way to be handed what cannot be pickled)
    jobs = min(jobs or _cores(), count)
    judging.room = multiprocessing.RawArray("q", len(SEVERITIES) + 1)  # a race may list a few more: no harm
    _STATE = (judging, load, tables)
    try:
        if jobs > 1 and may_fork():
            with multiprocessing.get_context("fork").Pool(jobs) as pool:
                yield from _with_controls(pool.imap_unordered(_judge_one, range(count)), judging.library)
        else:
            yield from map(_judge_one, range(count))
    finally:
        _STATE = None
        if _CONNECTION is not None:
            with closing(_CONNECTION):
                _CONNECTION = None


def _with_controls(found: Iterable[Found], library: Library) -> Iterator[Found]:
    """The controls of verdicts came back as copies; there is one of each."""
    controls = {control.id: control for control in library.controls}
    for one in found:
        for verdict in one.verdicts:
            verdict.control = controls[verdict.control.id]
        yield one


def _judge_one(number: int) -> Found:
    global _CONNECTION  # noqa: PLW0603 (one for each process)
    assert _STATE is not None
    judging, load, tables = _STATE
    if _CONNECTION is None:
        _CONNECTION = database.connect(threads=1, memory_limit="512MB")
    return judging.account(load(number), tables, _CONNECTION)


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
