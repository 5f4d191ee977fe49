"""The DuckDB database that judges: in memory, each connection on one thread, and locked down.

No file, no network, no extension and no setting can be reached from a control; memory is bounded.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bastide import database
from bastide.controls.functions import today
from bastide.controls.macros import macros

if TYPE_CHECKING:
    import duckdb

MEMORY_LIMIT = "1GB"
QUERY_SECONDS = 60.0
"""How long one query may take before it is interrupted and its controls are judged one by one."""


def connect() -> duckdb.DuckDBPyConnection:
    """A new locked connection that knows the macros."""
    return connections(1)[0]


def connections(count: int) -> list[duckdb.DuckDBPyConnection]:
    """Connections to one new locked database that knows the macros, one for each thread that will judge."""
    connection = database.connect(threads=1, memory_limit=MEMORY_LIMIT, enable_external_access=False, temp_directory="")
    connection.execute(f"create macro today_utc() as (date '{today()}')")
    connection.execute(";".join(macro.ddl for macro in macros().values()))
    found = [connection, *(connection.cursor() for _ in range(count - 1))]
    for one in found:
        # Queries over one scan are wide, not deep: planning them better takes longer than it saves, even at a million.
        one.execute("pragma disable_optimizer")
    connection.execute("set lock_configuration = true")
    return found
