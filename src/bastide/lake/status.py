"""What is in a lake and what is missing, from its commits alone: no file is opened but the quarantine's."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING

from msgspec import Struct

from bastide.lake.quarantine import rows

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bastide.lake.commits import File
    from bastide.lake.store import Lake


class Line(Struct):
    """One source in one account and region: `first` and `last` are days, `YYYYMMDD`.

    `gaps` are days in between without an event, as ranges; `silent` is how many days ended without one since `last`
    while the same source spoke elsewhere.
    """

    source: str
    account: str
    region: str
    events: int = 0
    bytes: int = 0
    files: int = 0
    first: str = ""
    last: str = ""
    days: dict[str, int] = {}
    gaps: list[str] = []
    silent: int = 0


class Status(Struct):
    """All of a lake; `quarantine` counts what waits there by reason, `examples` are places of the first of them."""

    place: str
    commits: int
    events: int
    files: int
    bytes: int
    small: int
    tables: dict[str, int]
    sources: list[Line]
    quarantine: dict[str, int]
    examples: dict[str, list[str]] = {}


EXAMPLES = 3
SMALL = 16 * 1024 * 1024
"""A file of fewer bytes is small: beside others of its partition it is worth compacting."""


def status(lake: Lake) -> Status:
    """Look at the commits of a lake."""
    state = lake.state()
    files = list(state.files.values())
    reasons, examples = Counter[str](), dict[str, list[str]]()
    for row in rows(state, lake.storage):
        reasons[row["reason"]] += 1
        if reasons[row["reason"]] <= EXAMPLES:
            examples.setdefault(row["reason"], []).append(f"{row['path']}:{row['number']}")
    tables = Counter[str]()
    for file in files:
        tables[file.partition.table] += file.rows
    return Status(
        lake.place,
        state.sequence,
        sum(file.rows for file in files),
        len(files),
        sum(file.bytes for file in files),
        _small(files),
        dict(tables),
        lines(files),
        dict(reasons),
        examples,
    )


def _small(files: list[File]) -> int:
    """How many files compacting would put together."""
    by_partition = Counter(file.partition for file in files if file.bytes < SMALL)
    return sum(count for count in by_partition.values() if count > 1)


def lines(files: Iterable[File]) -> list[Line]:
    """A line for each source, account and region."""
    found: dict[tuple[str, str, str], Line] = {}
    for file in files:
        where = file.partition
        for source, events in file.sources.items():
            line = found.setdefault(
                (source, where.account, where.region), Line(source, where.account, where.region, days={})
            )
            line.events += events
            line.bytes += file.bytes * events // max(file.rows, 1)
            line.files += 1
            line.days[where.day] = line.days.get(where.day, 0) + events
    newest: dict[str, str] = {}
    for line in found.values():
        line.days = dict(sorted(line.days.items()))
        line.first, line.last = min(line.days), max(line.days)
        line.gaps = _gaps(line.days)
        newest[line.source] = max(newest.get(line.source, ""), line.last)
    for line in found.values():
        line.silent = (_date(newest[line.source]) - _date(line.last)).days
    return [found[key] for key in sorted(found)]


def _gaps(days: Iterable[str]) -> list[str]:
    known = sorted(days)
    gaps = []
    for before, after in pairwise(known):
        missing = (_date(after) - _date(before)).days - 1
        if missing:
            start = _date(before) + dt.timedelta(days=1)
            end = _date(after) - dt.timedelta(days=1)
            gaps.append(f"{start:%Y%m%d}" if missing == 1 else f"{start:%Y%m%d}-{end:%Y%m%d}")
    return gaps


def _date(day: str) -> dt.date:
    return dt.date(int(day[:4]), int(day[4:6]), int(day[6:]))
