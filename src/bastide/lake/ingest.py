"""Bring logs into a lake: find what is new, read it in several processes, commit what they staged."""

from __future__ import annotations

import os
import time
from collections import Counter
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from bastide.lake.pool import Pool
from bastide.lake.quarantine import rows
from bastide.lake.read.found import Found, find
from bastide.lake.stage import Result, Task, restaged
from bastide.lake.writer import Writer, writing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from bastide.lake.commits import Commit, Input
    from bastide.lake.stage import Quarantined, Staged
    from bastide.lake.store import Lake

TASK = 3 * 1024 * 1024
"""Bytes of packed files that are read as one task, unless one file has more."""
FEW = 4 * 1024 * 1024
"""Bytes that one process reads sooner than others start."""
EVERY, MANY = 5.0, 48
"""A commit is made after so many seconds, or so many staged files."""


class Report(Struct):
    """What an ingest did. `problems` are files that could not be read, with the reason.

    `apart` counts lines that came with a log and are no events of it, by what they are.
    """

    files: int = 0
    known: int = 0
    events: int = 0
    duplicates: int = 0
    quarantined: int = 0
    bytes: int = 0
    seconds: float = 0.0
    commits: list[int] = msgspec.field(default_factory=list)
    sources: dict[str, int] = msgspec.field(default_factory=dict)
    tables: dict[str, int] = msgspec.field(default_factory=dict)
    reasons: dict[str, int] = msgspec.field(default_factory=dict)
    problems: list[tuple[str, str]] = msgspec.field(default_factory=list)
    apart: dict[str, int] = msgspec.field(default_factory=dict)


def ingest(
    lake: Lake,
    targets: Iterable[str],
    *,
    only: str = "",
    jobs: int = 0,
    again: bool = False,
    trust: bool = False,
    sources: str = "",
    told: Callable[[str, int, int], None] = lambda *_: None,
) -> Report:
    """Bring the files that the lake does not know into it; `told` hears how far it is.

    `only` names the source that they are of, `again` reads known files, too, and `trust` believes events whose account
    is not that of their place; `sources` is a folder with sources of one's own.
    """
    begun, report = time.monotonic(), Report()
    found = list(find(targets))
    with writing(lake) as writer:
        fresh = [one for one in found if again or not _known(writer, one)]
        report.files, report.known = len(fresh), len(found) - len(fresh)
        read = 0
        tasks = list(_tasks(fresh, Task([], writer.staging, only, trust, sources)))
        gathered = _Gathered(writer, report)
        with Pool(_jobs(jobs, fresh, tasks)) as pool:
            for result in pool.run(tasks):
                gathered.take(result)
                read += len(result.inputs)
                told("logs", read, len(fresh))
            gathered.commit()
    report.seconds = time.monotonic() - begun
    return report


def _known(writer: Writer, one: Found) -> bool:
    before = writer.state.inputs.get(one.shown)
    return before is not None and (before.bytes, before.mark) == (one.bytes, one.mark)


def _jobs(jobs: int, files: list[Found], tasks: list[Task]) -> int:
    if sum(one.bytes for one in files) <= FEW or len(tasks) <= 1:
        return 1
    return min(jobs or len(os.sched_getaffinity(0)), len(tasks))


def _tasks(files: list[Found], like: Task) -> Iterator[Task]:
    """Files that lie beside each other together, so that they make few and large files of a lake."""
    some: list[Found] = []
    size = 0
    for one in files:
        if some and size + one.bytes > TASK:
            yield replace(like, files=some)
            some, size = [], 0
        some.append(one)
        size += one.bytes
    if some:
        yield replace(like, files=some)


class _Gathered:
    """Results until they are committed."""

    def __init__(self, writer: Writer, report: Report) -> None:
        self._writer, self._report = writer, report
        self._clear()

    def _clear(self) -> None:
        self._staged: list[Staged] = []
        self._refused: list[Quarantined] = []
        self._inputs: list[Input] = []
        self._since = time.monotonic()

    def take(self, result: Result) -> None:
        self._staged += result.staged
        self._refused += result.refused
        self._inputs += result.inputs
        self._report.problems += result.problems
        self._report.apart = dict(Counter(self._report.apart) + Counter(result.apart))
        if len(self._staged) >= MANY or time.monotonic() - self._since > EVERY or len(self._refused) > 1000:
            self.commit()

    def commit(self) -> None:
        kinds = Counter[str]()
        for one in self._staged:
            kinds[one.source] += one.rows
        commit = self._writer.ingest(self._staged, self._refused, self._inputs)
        if commit:
            _count(self._report, commit, kinds)
        self._clear()


def _count(report: Report, commit: Commit, kinds: Counter[str]) -> None:
    report.commits.append(commit.sequence)
    report.events += commit.events
    report.duplicates += commit.duplicates
    report.bytes += sum(file.bytes for file in commit.add)
    report.sources = dict(Counter(report.sources) + kinds)
    report.tables = dict(
        Counter(report.tables)
        + Counter({name: sum(file.rows for file in files) for name, files in commit.tables().items()})
    )
    report.reasons = dict(Counter(report.reasons) + Counter(commit.refused))
    report.quarantined = sum(report.reasons.values())


def redrive(lake: Lake, *, trust: bool = False) -> Report:
    """Try everything in the quarantine once more; what is an event now goes into the lake, the rest stays."""
    begun, report = time.monotonic(), Report()
    with writing(lake) as writer:
        waiting = list(rows(writer.state, writer.storage))
        old = tuple(sorted(writer.state.quarantine))
        staged, refused = restaged(waiting, writer.staging, trust=trust)
        kinds = Counter[str]()
        for one in staged:
            kinds[one.source] += one.rows
        if staged:
            for path in old:
                writer.state.quarantine.pop(path)
            commit = writer.ingest(staged, refused, [], "redrive", old)
            if commit:
                _count(report, commit, kinds)
        else:
            report.reasons = dict(Counter(one.reason for one in refused))
            report.quarantined = len(refused)
    report.seconds = time.monotonic() - begun
    return report
