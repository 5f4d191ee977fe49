"""`bastide hunt`."""

from __future__ import annotations

import csv
import json
import math
import sys
from typing import TYPE_CHECKING, Any

from bastide.errors import INCOMPLETE, UsageError
from bastide.redact import cell, clean, shown
from bastide.report.words import counted

if TYPE_CHECKING:
    import argparse

    from bastide.lake.hunt import Answer, Explained
    from bastide.lake.store import Lake

MAX_CELL = 2000
NAMED = 20


def run(arguments: argparse.Namespace) -> int:
    """Ask the lake, or list what it can be asked."""
    from bastide.lake.extra import needed
    from bastide.lake.hunt import explain, hunt, moment, save, saved_hunt
    from bastide.lake.store import existing, refused_in_place

    if not arguments.sql and not arguments.saved:
        return _columns(arguments.table)
    needed()
    lake = existing(arguments.lake)
    if arguments.saved == "list":
        return _saved(lake, arguments.format)
    if arguments.sql and arguments.saved:
        raise UsageError("--saved names the query already", remedy="leave out one of the two")
    if arguments.save:
        refused_in_place(lake)
    sql = saved_hunt(lake, arguments.saved) if arguments.saved else arguments.sql
    since = moment(arguments.since) if arguments.since else None
    if arguments.explain:
        _explained(explain(lake, sql, since=since), arguments.format)
        return 0
    answer = hunt(lake, sql, since=since, limit=max(arguments.limit, 1))
    if arguments.save:
        save(lake, arguments.save, sql)
    _print(answer, arguments.format)
    _complain(lake.damaged)
    return INCOMPLETE if lake.damaged else 0


def _complain(damaged: dict[str, str]) -> None:
    """Name files that were left out, not each of thousands."""
    for path, cause in list(damaged.items())[:NAMED]:
        print(f"{clean(path)} cannot be read: {clean(cause)}", file=sys.stderr)
    if len(damaged) > NAMED:
        print(f"and {len(damaged) - NAMED} more", file=sys.stderr)


def _columns(name: str | None) -> int:
    from bastide.lake.classes import table, tables

    if name:
        print("\n".join(table(name).leaves()))
        return 0
    for one in tables().values():
        print(f"{one.name:<32} {one.uid:>5}  {one.title}")
    print("columns of a table: `bastide hunt --table NAME`; beside them region, accountId, eventDay")
    return 0


def _saved(lake: Lake, form: str) -> int:
    from bastide.lake.hunt import saved

    known = sorted(saved(lake).items())
    if form == "json":
        print(json.dumps({"version": 1, "hunts": [{"name": name, "sql": sql} for name, sql in known]}, indent=2))
    for name, sql in known if form != "json" else ():
        print(f"{name:<24} {clean(sql, 300)}")
    return 0


def _explained(found: Explained, form: str) -> None:
    if form == "json":
        print(json.dumps({"version": 1, "tables": found.tables, "files": found.files, "bytes": found.bytes}, indent=2))
        return
    print(f"{', '.join(found.tables)}: {counted(found.files, 'file')}, {found.bytes / 1e6:.1f} MB at most")
    print(found.plan)


def _print(answer: Answer, form: str) -> None:
    if form == "json":
        rows = [dict(zip(answer.columns, map(_plain, row), strict=True)) for row in answer.rows]
        print(json.dumps({"version": 1, "rows": rows, "more": answer.more}, indent=2))
    elif form == "csv":
        writer = csv.writer(sys.stdout)
        writer.writerow([cell(name) for name in answer.columns])
        writer.writerows([[cell(_plain_cell(value)) for value in row] for row in answer.rows])
    else:
        _aligned(
            [
                [clean(name, MAX_CELL) for name in answer.columns],
                *([_cell(value) for value in row] for row in answer.rows),
            ]
        )
        more = "; there are more, see --limit" if answer.more else ""
        print(counted(len(answer.rows), "row") + more)


def _plain(value: Any) -> Any:
    """A value as JSON has it: what that has no form for, numbers that are none among it, is text."""
    if isinstance(value, dict):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    if value is None or isinstance(value, (str, int)) or (isinstance(value, float) and math.isfinite(value)):
        return value
    return str(value)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, (dict, list)):
        return shown("", value, MAX_CELL)
    return clean(str(value), MAX_CELL)


def _plain_cell(value: Any) -> str | float:
    """Numbers stay what they are."""
    return value if isinstance(value, (int, float)) and not isinstance(value, bool) else _cell(value)


def _aligned(lines: list[list[str]]) -> None:
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    for line in lines:
        print("  ".join(cell.ljust(min(width, 60)) for cell, width in zip(line, widths, strict=True)).rstrip())
