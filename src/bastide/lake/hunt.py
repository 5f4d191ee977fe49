"""Questions to the lake: one `select`, over the tables and nothing else; kept under a name if wanted."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct

from bastide import database
from bastide.errors import UsageError, near_miss
from bastide.lake.classes import tables
from bastide.lake.commits import decoded
from bastide.lake.layout import OURS
from bastide.lake.store import now, refused_in_place

if TYPE_CHECKING:
    import duckdb

    from bastide.lake.store import Lake

SAVED = f"{OURS}/hunts.json"
_UNITS = {"d": 86_400_000, "h": 3_600_000, "m": 60_000}


class Answer(Struct):
    """The rows of a question; `more` says that there are others that were not asked for."""

    columns: list[str]
    rows: list[tuple[Any, ...]]
    more: bool


class Explained(Struct):
    """What a question would read, and the plan of it."""

    files: int
    bytes: int
    tables: list[str]
    plan: str


def moment(text: str) -> int:
    """`2026-01-31`, `2026-01-31T10:00`, `7d`, `12h` or `30m` ago, in milliseconds; `UsageError` for anything else."""
    if found := re.fullmatch(r"(\d{1,6})([dhm])", text):
        return now() - int(found[1]) * _UNITS[found[2]]
    try:
        when = dt.datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(f"`{text[:40]}` is no time", remedy="write `2026-01-31`, `7d` or `12h`") from None
    return int((when if when.tzinfo else when.replace(tzinfo=dt.UTC)).timestamp() * 1000)


def hunt(lake: Lake, sql: str, *, since: int | None = None, limit: int = 1000) -> Answer:
    """Ask; `UsageError` for what is no single `select`, or does not run."""
    import duckdb

    connection = _connected(lake, since)
    try:
        cursor = connection.execute(_statement(connection, sql))
        columns = database.names_of(cursor)
        rows = cursor.fetchmany(limit + 1)
    except duckdb.Error as error:
        raise _refusal(error) from None
    finally:
        connection.close()
    return Answer(columns, rows[:limit], len(rows) > limit)


def explain(lake: Lake, sql: str, *, since: int | None = None) -> Explained:
    """What a question would read."""
    import duckdb

    connection = _connected(lake, since)
    try:
        _statement(connection, sql)
        names = [name for name in tables() if re.search(rf"(?i)\b{name}\b", sql)]
        plan = connection.execute(f"explain {sql}").fetchall()[0][1]
    except duckdb.Error as error:
        raise _refusal(error) from None
    finally:
        connection.close()
    files = [
        file
        for file in lake.state().files.values()
        if file.partition.table in names and (since is None or file.last >= since)
    ]
    return Explained(len(files), sum(file.bytes for file in files), names, plan)


def _connected(lake: Lake, since: int | None) -> duckdb.DuckDBPyConnection:
    import duckdb

    try:
        return lake.connect(since)
    except duckdb.Error as error:
        raise _refusal(error) from None


def saved(lake: Lake) -> dict[str, str]:
    """The questions that were kept, by name."""
    try:
        content = lake.storage.read(SAVED)
    except FileNotFoundError:
        return {}
    found: dict[str, str] = decoded(content, dict[str, str], f"{lake.storage.root}/{SAVED}", "a list of hunts")
    return found


def saved_hunt(lake: Lake, name: str) -> str:
    """A question that was kept; `UsageError` when there is none of this name."""
    known = saved(lake)
    if name in known:
        return known[name]
    raise UsageError(
        f"no hunt is saved as `{name[:80]}`", remedy=near_miss(name, list(known)) or "`--saved list` names all"
    )


def save(lake: Lake, name: str, sql: str) -> None:
    """Keep a question under a name, in the place of what had that name; `UsageError` in a lake that others write."""
    refused_in_place(lake)
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}", name) or name == "list":
        raise UsageError(f"`{name[:80]}` is no name", remedy="use letters, digits, `.`, `_` and `-`")
    lake.storage.write(SAVED, msgspec.json.encode({**saved(lake), name: sql}))


def _statement(connection: duckdb.DuckDBPyConnection, sql: str) -> Any:
    import duckdb

    statements = connection.extract_statements(sql)
    if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
        raise UsageError("a hunt is one `select`", remedy="`bastide hunt` lists the tables")
    return statements[0]


def _refusal(error: duckdb.Error) -> UsageError:
    text = str(error)
    if "No files found" in text or "Cannot open file" in text or "No such file" in text:
        remedy = "ask again; if it stays so, `bastide lake verify` names the files that are missing"
        return UsageError("the lake changed while it was read", remedy=remedy)
    return UsageError(f"the hunt does not run: {text[:600]}", remedy="`bastide hunt` lists the tables")
