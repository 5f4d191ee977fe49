"""Days that need not be kept any longer leave the lake."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from typing import TYPE_CHECKING

from msgspec import Struct

from bastide.errors import UsageError
from bastide.lake.classes import table
from bastide.lake.writer import writing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bastide.lake.commits import File
    from bastide.lake.store import Lake, State


class Expired(Struct):
    """What goes, or would go: whole files of whole days."""

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
    wanted = {table(name).name for name in names}
    if not apply:
        return _told(before, _old(lake.state(), before, wanted), applied=False)
    with writing(lake) as writer:
        files = _old(writer.state, before, wanted)
        if files:
            writer.commit("expire", [], remove=tuple(sorted(file.path for file in files)))
    return _told(before, files, applied=True)


def _old(state: State, before: str, wanted: set[str]) -> list[File]:
    return [
        file
        for file in state.files.values()
        if file.partition.day < before and (not wanted or file.partition.table in wanted)
    ]


def _told(before: str, files: list[File], *, applied: bool) -> Expired:
    tables = Counter[str]()
    for file in files:
        tables[file.partition.table] += file.rows
    return Expired(before, applied, len(files), tables.total(), sum(file.bytes for file in files), dict(tables))
