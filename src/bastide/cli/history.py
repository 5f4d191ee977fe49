"""`bastide history`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from bastide.history.findings import connect, moment
from bastide.report.words import counted
from bastide.settings import load_settings
from bastide.sources.aws.runs import data_folder

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

_RUNS = "select * from runs order by started desc"
_FINDINGS = """
select severity, control, resource, opened, last_seen, closed, reason from findings
where ($state = 'all' or ($state = 'open') = (closed is null))
  and ($since is null or coalesce(closed, opened) >= $since)
order by list_position(['critical', 'high', 'medium', 'low', 'info'], severity), opened desc, control, resource
"""


def run(arguments: argparse.Namespace) -> int:
    """The runs, or the findings of all runs."""
    root = data_folder(load_settings({}, arguments.config or "").path)
    rows = _rows(root, arguments)
    if arguments.format == "json":
        print(json.dumps(rows, indent=2, default=str))
        return 0
    if not rows:
        print("no runs are kept here: `bastide scan aws` makes one" if not arguments.findings else "no such findings")
        return 0
    _table(rows)
    print(counted(len(rows), "finding" if arguments.findings else "run"))
    return 0


def _rows(root: Path, arguments: argparse.Namespace) -> list[dict[str, Any]]:
    with connect(root) as connection:
        if arguments.findings:
            since = moment(root, arguments.since) if arguments.since else None
            cursor = connection.execute(_FINDINGS, {"state": arguments.findings, "since": since})
        else:
            cursor = connection.execute(_RUNS)
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _table(rows: list[dict[str, Any]]) -> None:
    names = list(rows[0])
    lines = [names, *([_cell(row[name]) for name in names] for row in rows)]
    widths = [max(len(line[at]) for line in lines) for at in range(len(names))]
    for line in lines:
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())


def _cell(value: Any) -> str:
    from bastide.redact import clean

    text = value.isoformat(sep=" ", timespec="seconds") if hasattr(value, "isoformat") else value
    return "" if text is None else clean(str(text))
