"""`bastide query`."""

from __future__ import annotations

import csv
import json
import sys
from typing import TYPE_CHECKING, Any

from bastide import database
from bastide.errors import UsageError
from bastide.lastscan import open_last_scan
from bastide.redact import cell, clean
from bastide.report.words import counted
from bastide.tables import TABLES

if TYPE_CHECKING:
    import argparse

MAX_CELL = 1_000_000


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
        connection = open_last_scan()
        statements = connection.extract_statements(arguments.sql)
        if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
            raise UsageError("a query is one `select`", remedy="`bastide query` lists the tables")
        cursor = connection.execute(statements[0])
        names = database.names_of(cursor)
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
        writer.writerows([[_of_csv(value) for value in row] for row in rows])
    else:
        cells = [["" if value is None else str(value) for value in row] for row in rows]
        (_table if sys.stdout.isatty() else _aligned)(names, cells)
        print(counted(len(rows), "row"))


def _of_csv(value: Any) -> str | float:
    """Whatever was scanned, no formula and nothing hidden; numbers and NULL stay what they are."""
    return cell(str(value) if isinstance(value, bool) else value, MAX_CELL, secrets=False)


def _aligned(names: list[str], rows: list[list[str]]) -> None:
    """For a pipe: one line a row, however long."""
    lines = [[clean(text, MAX_CELL, secrets=False) for text in row] for row in (names, *rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(names))]
    for line in lines:
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())


def _table(names: list[str], rows: list[list[str]]) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD)
    for name in names:
        table.add_column(Text(name), overflow="fold")
    for row in rows:
        table.add_row(*(Text(clean(text, MAX_CELL, secrets=False)) for text in row))
    Console().print(table)
