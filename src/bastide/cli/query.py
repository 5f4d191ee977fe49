"""`bastide query`."""

from __future__ import annotations

import csv
import json
import sys
from typing import TYPE_CHECKING, Any

from bastide.errors import UsageError
from bastide.lastscan import TABLES, open_last_scan

if TYPE_CHECKING:
    import argparse


def run(arguments: argparse.Namespace) -> int:
    """Run the query, or list the tables."""
    if not arguments.sql:
        for table, columns in TABLES.items():
            print(table)
            for name, (kind, meaning) in columns.items():
                print(f"  {name:<15} {kind.split('(')[0]:<10} {meaning}")
        return 0
    import duckdb

    try:
        cursor = open_last_scan().execute(arguments.sql)
        names = [column[0] for column in cursor.description or ()]
        rows = cursor.fetchall()
    except duckdb.Error as error:
        raise UsageError(f"the query does not run: {error}", remedy="`bastide query` lists the tables") from None
    _print(names, rows, arguments.format)
    return 0


def _print(names: list[str], rows: list[tuple[Any, ...]], form: str) -> None:
    if form == "json":
        print(json.dumps([dict(zip(names, row, strict=True)) for row in rows], indent=2, default=str))
    elif form == "csv":
        writer = csv.writer(sys.stdout)
        writer.writerow(names)
        writer.writerows(rows)
    else:
        _table(names, rows)


def _table(names: list[str], rows: list[tuple[Any, ...]]) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD)
    for name in names:
        table.add_column(Text(name), overflow="fold")
    for row in rows:
        table.add_row(*(Text("" if value is None else str(value)) for value in row))
    console = Console()
    console.print(table)
    console.print(f"{len(rows)} rows")
