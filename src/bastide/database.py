"""The databases in memory that all parts work with: DuckDB, and what is the same for each of them.

None installs or loads an extension by itself, and none has threads beyond those that are asked for: a process that has
some cannot be forked safely, and its files are read by those who ask for them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb

_ALWAYS = {"autoinstall_known_extensions": False, "autoload_known_extensions": False, "async_threads": 0}


def connect(**settings: str | int | bool) -> duckdb.DuckDBPyConnection:
    """A new database; `settings` are DuckDB's, as https://duckdb.org/docs/configuration/overview lists them."""
    import duckdb  # 0.1 s; `--version` and `--help` do without

    return duckdb.connect(config={**_ALWAYS, **settings})


def names_of(cursor: duckdb.DuckDBPyConnection) -> list[str]:
    """The names of a result's columns, no two the same: DuckDB calls both `actor.user.uid` and `metadata.uid` `uid`."""
    given = [str(column[0]) for column in cursor.description or ()]
    found: list[str] = []
    for name in given:
        number, own = 1, name
        while own in found or (number > 1 and own in given):
            number += 1
            own = f"{name}_{number}"
        found.append(own)
    return found


def without_threads() -> None:
    """Take the threads from the database that DuckDB opens by itself, for types that are named by text."""
    import duckdb

    for name, value in {"threads": 1, "async_threads": 0}.items():
        duckdb.default_connection().execute(f"set {name} = {value}")
