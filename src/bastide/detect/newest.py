"""Which files of a lake are to be judged: what is new since the last time, or what lies in a time; remembered by rules.

The memory is a file in the lake, `_bastide/detect.json`: the last commit that was judged, for each set of rules.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import re
import time
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from bastide.detect.pool import Input
from bastide.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from bastide.detect.sources import Source
    from bastide.lake.commits import Commit, File
    from bastide.lake.store import Lake

MEMORY = "_bastide/detect.json"
DAYS = 7
"""Days of a lake of others that are looked at to know which logs it has."""
_SPAN = re.compile(r"(\d+)([smhdw])")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}


class Chosen(Struct):
    """Files to judge; `sequence` is the lake's last commit, to be remembered when they were."""

    inputs: list[Input]
    sequence: int


def set_name(places: Sequence[str]) -> str:
    """What a set of rules is remembered by: the library's by its name, others by the places they lie in."""
    from bastide.detect.rules import LIBRARY

    words = sorted(place if place == LIBRARY else str(Path(place).resolve()) for place in places or [LIBRARY])
    return LIBRARY if words == [LIBRARY] else hashlib.sha256("\n".join(words).encode()).hexdigest()[:16]


def remembered(lake: Lake, name: str) -> int:
    """The last commit that this set of rules has judged; 0 when it has judged none."""
    return _memory(lake).get(name, 0)


def _memory(lake: Lake) -> dict[str, int]:
    try:
        return msgspec.json.decode(lake.storage.read(MEMORY), type=dict[str, int])
    except (FileNotFoundError, msgspec.MsgspecError):
        return {}


def remember(lake: Lake, name: str, sequence: int) -> None:
    """Keep that this set of rules has judged everything up to a commit."""
    lake.storage.write(MEMORY, msgspec.json.encode({**_memory(lake), name: sequence}))


def unjudged(lake: Lake) -> Callable[[File], tuple[bool, ...]]:
    """Of a file, whether each set of rules that ever judged has yet to judge it; for `compact`.

    Put together with events that are new, those that were judged are new again, and their matches told again.
    """
    fresh = [_fresh(lake.commits(after)) for after in sorted(set(_memory(lake).values()))]
    return lambda file: tuple(file.path in one for one in fresh)


def newer(lake: Lake, tables: Iterable[str], after: int, span: int) -> Chosen:
    """What commits after a number brought, and files near in time that correlations over `span` (ms) look back to."""
    state = lake.state()
    commits = [one for one in lake.commits(after) if one.sequence <= state.sequence]  # others may come meanwhile
    fresh = _fresh(commits)
    wanted = [file for file in state.files.values() if file.partition.table in set(tables)]
    new = [file for file in wanted if file.path in fresh]
    inputs = [_input(lake, file, fresh=True) for file in new]
    if span and new:
        first, last = min(file.first for file in new) - span, max(file.last for file in new) + span
        near = [file for file in wanted if file.path not in fresh and file.last >= first and file.first <= last]
        inputs += [_input(lake, file, fresh=False) for file in near]
    return Chosen(inputs, state.sequence)


def between(lake: Lake, tables: Iterable[str], since: int, span: int) -> Chosen:
    """Every file that may have an event since then, or one that correlations over `span` look back to."""
    state = lake.state()
    wanted = [file for file in state.files.values() if file.partition.table in set(tables)]
    inputs = [_input(lake, file, fresh=True) for file in wanted if file.last >= since - span]
    return Chosen(inputs, state.sequence)


def _input(lake: Lake, file: File, *, fresh: bool) -> Input:
    return Input(file.partition.table, f"{lake.storage.root}/{file.path}", file.rows, fresh, frozenset(file.sources))


def _fresh(commits: Iterable[Commit]) -> set[str]:
    """Paths that hold events which these commits brought, also where they were put together with others since."""
    found: set[str] = set()
    for commit in commits:
        gone = found & set(commit.remove)
        if commit.kind in ("ingest", "redrive"):
            found |= {file.path for file in commit.add}
        elif gone:
            places = {path.rpartition("/")[0] for path in gone}
            found |= {file.path for file in commit.add if file.path.rpartition("/")[0] in places}
        found -= set(commit.remove)
    return found


def since_of(text: str, now: float | None = None) -> int:
    """Milliseconds since 1970 for a date, a time (UTC), or a span back from now, `12h`; `UsageError` for others."""
    if span := _SPAN.fullmatch(text):
        return int(((now or time.time()) - int(span[1]) * _SECONDS[span[2]]) * 1000)
    try:
        at = dt.datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(
            f"`{text[:40]}` is no time", remedy="write `2027-03-01`, `2027-03-01T10:00` or `12h`"
        ) from None
    return int((at if at.tzinfo else at.replace(tzinfo=dt.UTC)).timestamp() * 1000)


def events_by_log(lake: Lake) -> dict[str, int]:
    """How many events a lake has that may be of each kind of log that rules can be about.

    Events that came as OCSF may be of any log with their table: which product gave them stands in the files alone. Of
    a lake that others write those of the last days that are there count (`DAYS`): it is read to be counted.
    """
    from bastide.detect.sources import LOGS

    if lake.in_place():
        return _events_in_place(lake)
    counts: dict[str, int] = {}
    for file in lake.state().files.values():
        for one in LOGS:
            if file.partition.table in one.tables:
                those = [number for name, number in file.sources.items() if _may_be(name, one)]
                some = sum(those) if file.sources else file.rows
                counts[one.name] = counts.get(one.name, 0) + some
    return counts


def _events_in_place(lake: Lake) -> dict[str, int]:
    """The same by the products that events name."""
    from bastide.detect.sources import LOGS
    from bastide.lake.inplace import last_day

    since = since_of((last_day(lake.storage) - dt.timedelta(days=DAYS - 1)).isoformat())
    counts: dict[str, int] = {}
    with contextlib.closing(lake.connect(since)) as connection:
        for table in sorted({table for one in LOGS for table in one.tables}):
            asked = f"select coalesce(metadata.product.name, ''), count(*) from {table} group by all"
            for product, number in connection.execute(asked).fetchall():
                for one in LOGS:
                    if table in one.tables and (not one.products or product in one.products):
                        counts[one.name] = counts.get(one.name, 0) + number
    return counts


def _may_be(name: str, log: Source) -> bool:
    """Whether events of one of the lake's sources may be of a kind of log."""
    from bastide.detect.judge import OURS
    from bastide.lake.source import sources

    if name in log.lake or name in OURS:
        return name in log.lake
    of = sources().get(name)
    return not log.products or of is None or not of.product or of.product.get("name") in log.products
