"""Stacks that tests write, read as a scan reads them, as tables of a `Known`: no controls are judged."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import duckdb

from bastide.sources.discover import discover
from bastide.sources.pool import load_all
from bastide.tables import TABLES, empty, of_resources, read_lines, write_lines
from bastide.workload.known import Known
from bastide.workload.manifest import Manifest, read_manifest

PRINCIPALS = '[{"kind": "VARCHAR", "id": "VARCHAR"}]'
CONDITIONS = '[{"operator": "VARCHAR", "key": "VARCHAR", "values": ["VARCHAR"]}]'


def write(folder: Path, files: dict[str, str]) -> Path:
    """Put files into a folder."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return folder


def known_of(folder: Path, manifest: Manifest | None = None, targets: tuple[str, ...] = (".",)) -> Known:
    """What a scan of the current folder's targets would leave; tables are kept in `folder`/.tables."""
    found = discover(targets, [])
    resources = [r for unit in load_all(found.units) for r in unit.resources]
    tables = folder / ".tables"
    tables.mkdir(exist_ok=True)
    write_lines(tables, of_resources(resources))
    connection = duckdb.connect()
    for name, columns in TABLES.items():
        file = tables / f"{name}.jsonl"
        connection.execute(f"create table {name} as {read_lines(file, name) if file.is_file() else empty(columns)}")
    connection.execute("insert into scan (id, targets, live, whole) values ('1', ?, false, true)", [list(targets)])
    return locked(connection, manifest or read_manifest())


def live_of(rows: list[dict[str, Any]], manifest: Manifest | None = None) -> Known:
    """What a scan of live accounts would leave: resources by `type`, `arn`, `properties` and `region`."""
    connection = duckdb.connect()
    for name, columns in TABLES.items():
        connection.execute(f"create table {name} as {empty(columns)}")
    for row in rows:
        account = row.get("account", "111122223333")
        where = f"aws:{account}/{row.get('region', 'eu-west-1')}"
        connection.execute(
            "insert into resources values (?, ?, ?, ?, ?, 'aws', ?, 0, ?)",
            [f"aws:{account}#{row['arn']}", row["type"], row["type"], row["arn"], f"aws:{account}", where,
             json.dumps(row.get("properties", {}))],
        )  # fmt: skip
        for statement in row.get("statements", ()):
            connection.execute(
                "insert into statements values (?, ?, null, 'allow', ?, [], from_json(?::json, ?), "
                "from_json(?::json, ?), ?, [], from_json(?::json, ?))",
                [f"aws:{account}#{row['arn']}", statement["property"], statement["actions"],
                 json.dumps(statement.get("principals", [])), PRINCIPALS,
                 json.dumps(statement.get("not_principals", [])), PRINCIPALS, statement.get("resources", []),
                 json.dumps(statement.get("conditions", [])), CONDITIONS],
            )  # fmt: skip
    connection.execute("insert into scan (id, targets, live, whole) values ('1', ['aws'], true, true)")
    return locked(connection, manifest or Manifest("live"))


def locked(connection: duckdb.DuckDBPyConnection, manifest: Manifest) -> Known:
    """As the tables of a scan are opened."""
    connection.execute("set enable_external_access = false")
    connection.execute("set lock_configuration = true")
    return Known(manifest, connection)
