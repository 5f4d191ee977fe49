"""Days that need not be kept any longer leave the lake, and what came into its quarantine before them."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING

from msgspec import Struct

from bastide.errors import UsageError
from bastide.lake.classes import table
from bastide.lake.store import utc_day
from bastide.lake.writer import writing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bastide.lake.commits import File
    from bastide.lake.store import Lake, State


QUARANTINE = "quarantine"
"""The quarantine among the tables: what is no event."""


class Expired(Struct):
    """What goes, or would go: whole files of whole days, and of the quarantine."""

    before: str
    applied: bool
    files: int
    events: int
    bytes: int
    tables: dict[str, int]


def day_of(text: str, today: dt.date | None = None) -> str:
    """`2026-01-31` or `400d` as the day `YYYYMMDD`; `UsageError` for what is neither."""
    if found := re.fullmatch(r"(\d{1,5})d", text):
        return ((today or dt.datetime.now(dt.UTC).date()) - dt.timedelta(days=int(found[1]))).strftime("%Y%m%d")
    try:
        return dt.date.fromisoformat(text).strftime("%Y%m%d")
    except ValueError:
        raise UsageError(f"`{text[:40]}` is no date and no age", remedy="write `2026-01-31` or `400d`") from None


def expire(lake: Lake, before: str, names: Sequence[str] = (), *, apply: bool) -> Expired:
    """Tell what lies before a day, `YYYYMMDD`, and delete it with `apply`, in one commit."""
    wanted = {name if name == QUARANTINE else table(name).name for name in names}
    if not apply:
        return _told(before, _old(lake, lake.state(), before, wanted), applied=False)
    with writing(lake) as writer:
        old = _old(lake, writer.state, before, wanted)
        if files := [file for some in old.values() for file in some]:
            writer.commit("expire", [], remove=tuple(sorted(file.path for file in files)))
    return _told(before, old, applied=True)


def _old(lake: Lake, state: State, before: str, wanted: set[str]) -> dict[str, list[File]]:
    """The files that go, by table; those of the quarantine by when they came in, as nobody knows their day."""
    found: dict[str, list[File]] = {}
    for file in state.files.values():
        where = file.partition
        if where.day < before and (not wanted or where.table in wanted):
            found.setdefault(where.table, []).append(file)
    if state.quarantine and (not wanted or QUARANTINE in wanted):
        came = {file.path: commit.at for commit in lake.commits() for file in commit.quarantine}
        old = [file for path, file in state.quarantine.items() if utc_day(came[path]) < before]
        found |= {QUARANTINE: old} if old else {}
    return found


def _told(before: str, old: dict[str, list[File]], *, applied: bool) -> Expired:
    tables = {name: sum(file.rows for file in files) for name, files in sorted(old.items())}
    files = [file for some in old.values() for file in some]
    return Expired(before, applied, len(files), sum(tables.values()), sum(file.bytes for file in files), tables)
