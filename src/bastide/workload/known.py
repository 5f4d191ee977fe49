"""All that is known of a workload as tables of one locked database: what threats, criteria and metrics ask in SQL.

The tables of the last scan are there from the start, and what the manifest says; who knows more puts tables of its own
beside them. SQL that comes from data (templates, standards, packs) runs through `select` only: one query, in memory,
with no way to files, network or settings, and for a limited time.
"""

from __future__ import annotations

import json
import threading
import time
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from bastide.controls.packs import use
from bastide.errors import UsageError
from bastide.lastscan import open_last_scan

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import duckdb

    from bastide.workload.manifest import Manifest

SECONDS = 20.0
"""How long one query may work; time that a busy machine gives to others does not count."""
MAX_ROWS = 200_000
"""How many rows one query may give."""

Columns = dict[str, tuple[str, str]]
"""The columns of a table: type and meaning by name."""

TABLES: dict[str, Columns] = {
    "workload": {
        "name": ("VARCHAR", "name of the workload"),
        "owner": ("VARCHAR", "who answers for it, empty when nobody is named"),
        "purpose": ("VARCHAR", "what it is for"),
        "appetite": ("VARCHAR", "the highest level of residual risk that needs no decision"),
        "standard": ("VARCHAR", "the standard that a gate asks for"),
    },
    "contacts": {
        "role": ("VARCHAR", "for what"),
        "name": ("VARCHAR", "person or team"),
        "email": ("VARCHAR", "how to reach them"),
    },
    "environments": {
        "name": ("VARCHAR", "production, staging, …"),
        "account": ("VARCHAR", "account id; NULL for an environment without one"),
        "region": ("VARCHAR", "region; NULL when none is named"),
    },
    "classes": {
        "name": ("VARCHAR", "class of data"),
        "sensitivity": ("DOUBLE", "0 for the least sensitive of the scale to 1 for the most"),
    },
    "required": {
        "framework": ("VARCHAR", "id of a framework that the workload must meet"),
        "why": ("VARCHAR", "who asks for it"),
    },
}
"""The tables that are made of the manifest."""


class _Watch:
    """Interrupts a query once the process has worked for `SECONDS` on it."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection, self._ended, self._began = connection, threading.Event(), time.process_time()
        threading.Thread(target=self._look, daemon=True).start()

    def _look(self) -> None:
        while not self._ended.wait(SECONDS):
            if time.process_time() - self._began >= SECONDS * 0.9:
                self._connection.interrupt()

    def end(self) -> None:
        """The query is over."""
        self._ended.set()


class Known:
    """The database of one workload, as a context manager; while it is open, the packs of its manifest are in use."""

    def __init__(self, manifest: Manifest, connection: duckdb.DuckDBPyConnection | None = None) -> None:
        self.manifest = manifest
        self._connection = connection or open_last_scan()
        self._packs = ExitStack()
        self._put_manifest()

    def __enter__(self) -> Known:
        self._packs.enter_context(use(self.manifest.packs))
        return self

    def __exit__(self, *_: object) -> None:
        self._packs.close()
        self._connection.close()

    def put(self, name: str, columns: Columns, rows: Iterable[Mapping[str, Any]]) -> None:
        """A table of these rows in the place of one of that name; a column that a row has not is NULL.

        What goes into a column of the type JSON is the text of it.
        """
        listed = ", ".join(f'"{column}" {kind}' for column, (kind, _) in columns.items())
        self._connection.execute(f'create or replace table "{name}" ({listed})')
        plain = [{column: row.get(column) for column in columns} for row in rows]
        if plain:
            # A text that is JSON already would become a string of JSON.
            shape = json.dumps([{name: kind if kind != "JSON" else "VARCHAR" for name, (kind, _) in columns.items()}])
            names = ", ".join(f'r."{column}"' for column in columns)
            self._connection.execute(
                f'insert into "{name}" select {names} from (select unnest(from_json(?::json, ?)) as r)',  # noqa: S608 (ours)
                [json.dumps(plain), shape],
            )

    def columns(self, sql: str, place: str = "") -> list[str]:
        """The names of the columns that one query gives; `UsageError` with the place where it cannot run."""
        return self._fetched(f"select * from ({sql.strip().rstrip(';')}) limit 0", place)[0]  # noqa: S608 (locked)

    def select(self, sql: str, place: str = "") -> list[dict[str, Any]]:
        """The rows of one query; `UsageError` with the place for anything else, and for one that breaks or lasts."""
        names, rows = self._fetched(sql, place)
        return [dict(zip(names, row, strict=True)) for row in rows]

    def run(self, sql: str, parameters: Iterable[Any] = ()) -> list[dict[str, Any]]:
        """The rows that a statement of our own gives, however many; never for SQL of templates or packs."""
        cursor = self._connection.execute(sql, list(parameters))
        names = [column[0] for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def _fetched(self, sql: str, place: str) -> tuple[list[str], list[tuple[Any, ...]]]:
        import duckdb

        watch = _Watch(self._connection)
        try:
            statements = self._connection.extract_statements(sql)
            if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
                raise UsageError("this is not one query", place=place, remedy="write one `select`")
            cursor = self._connection.execute(statements[0])
            names = [column[0] for column in cursor.description or ()]
            rows = cursor.fetchmany(MAX_ROWS + 1)
        except duckdb.InterruptException:
            raise UsageError(f"the query took over {SECONDS:.0f} seconds", place=place) from None
        except duckdb.Error as error:
            raise UsageError(f"the query does not run: {str(error).splitlines()[0]}", place=place) from None
        finally:
            watch.end()
        if len(rows) > MAX_ROWS:
            raise UsageError(f"the query gives over {MAX_ROWS:,} rows", place=place)
        return names, rows

    def _put_manifest(self) -> None:
        manifest = self.manifest
        texts = {key: getattr(manifest, key) for key in TABLES["workload"]}
        rows: dict[str, Iterable[dict[str, Any]]] = {
            "workload": [texts],
            "contacts": manifest.contacts,
            "environments": [
                {"name": one.name, "account": account, "region": region}
                for one in manifest.environments
                for account in one.accounts or (None,)
                for region in one.regions or (None,)
            ],
            "classes": [{"name": name, "sensitivity": manifest.sensitivity(name)} for name in manifest.scale],
            "required": [{"framework": one.framework, "why": one.why} for one in manifest.requirements],
        }
        for name, columns in TABLES.items():
            self.put(name, columns, rows[name])
