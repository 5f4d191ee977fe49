"""Opening the state: SQLite beside the manifest, or the database that a URL names; it is brought up to date."""

from __future__ import annotations

import datetime as dt
import os
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bastide.errors import UsageError
from bastide.workload.place import data_folder

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection, Engine

REVISION = "0001"
"""The form of the tables that this program reads and writes."""
VARIABLE = "BASTIDE_STATE"
WAIT_SECONDS = 60


def state_url(given: str = "", from_manifest: str = "") -> str:
    """The URL: as given, else of the environment, else of the manifest, else a file in the project's folder."""
    return given or os.environ.get(VARIABLE) or from_manifest or f"sqlite:///{data_folder() / 'state.db'}"


def is_there(url: str) -> bool:
    """Whether a state may be kept there already: a file of SQLite that exists, or any server."""
    kind, _, path = url.partition(":///")
    return not kind.startswith("sqlite") or Path(path.partition("?")[0]).is_file()


class State:
    """One workload's part of a state. Each `with state.transaction() as connection` is all or nothing.

    Transactions that write are one after another, whoever else writes: SQLite by its lock, PostgreSQL by one that is
    named after the workload.
    """

    def __init__(self, engine: Engine, workload: str) -> None:
        self._engine, self.workload = engine, workload

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """A connection that alone writes; what it did is kept when the block ends without an error."""
        from sqlalchemy import text
        from sqlalchemy.exc import SQLAlchemyError

        try:
            with self._engine.begin() as connection:
                if connection.dialect.name == "postgresql":
                    connection.execute(text("select pg_advisory_xact_lock(hashtext(:w))"), {"w": self.workload})
                yield connection
        except SQLAlchemyError as error:
            raise _refused(error, self._engine) from None

    def close(self) -> None:
        """Give the connections back."""
        self._engine.dispose()


@contextmanager
def open_state(workload: str, url: str) -> Iterator[State]:
    """The state, made or brought up to date if need be; `UsageError` when it cannot be, or is of a newer program."""
    state = State(_engine(url), workload)
    try:
        with state.transaction() as connection:
            _bring_up(connection)
        yield state
    finally:
        state.close()


def now() -> str:
    """The time as the tables have it."""
    return dt.datetime.now(dt.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def from_milliseconds(value: int) -> str:
    """A time in milliseconds since 1970 as the tables have it."""
    return dt.datetime.fromtimestamp(value / 1000, dt.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _engine(url: str) -> Engine:
    try:
        from sqlalchemy import create_engine, event, make_url
        from sqlalchemy.exc import ArgumentError, NoSuchModuleError
    except ModuleNotFoundError:
        raise UsageError(
            "the state needs SQLAlchemy and Alembic", remedy="install them with `pip install 'bastide[loop]'`"
        ) from None
    try:
        parsed = make_url(url)
        if parsed.drivername in ("postgresql", "postgres"):
            parsed = parsed.set(drivername="postgresql+psycopg")
        if parsed.get_backend_name() not in ("sqlite", "postgresql"):
            raise UsageError("the state is kept in SQLite or PostgreSQL", place="--state", remedy="see docs/state.md")
        if parsed.get_backend_name() == "sqlite":
            _make_folder(parsed.database)
            engine = create_engine(parsed, connect_args={"timeout": WAIT_SECONDS})
            event.listen(engine, "connect", _of_sqlite)
            event.listen(engine, "begin", _alone)
            return engine
        return create_engine(parsed)
    except (ArgumentError, NoSuchModuleError):
        raise UsageError(
            "this is no URL of a database", place="--state", remedy="as in postgresql://user@host/name"
        ) from None
    except ModuleNotFoundError:
        raise UsageError(
            "PostgreSQL needs its driver", remedy="install it with `pip install 'bastide[postgresql]'`"
        ) from None


def _make_folder(database: str | None) -> None:
    if not database or database == ":memory:":
        return
    if Path(database).parent == data_folder():
        data_folder(make=True)
    if not Path(database).parent.is_dir():
        raise UsageError("there is no such folder for the state", place=str(Path(database).parent))


def _of_sqlite(connection: Any, _: Any) -> None:
    """Transactions are begun by us; a reader does not wait for a writer; what is committed is on the disk."""
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"pragma busy_timeout = {WAIT_SECONDS * 1000}")
    cursor.execute("pragma journal_mode = wal")
    cursor.execute("pragma synchronous = full")
    cursor.execute("pragma trusted_schema = off")
    cursor.close()


def _alone(connection: Connection) -> None:
    connection.exec_driver_sql("begin immediate")


def _bring_up(connection: Connection) -> None:
    """Make the tables what `REVISION` says; Alembic is imported only when there is something to do."""
    from sqlalchemy import text

    if _form(connection) == REVISION:
        return
    if connection.dialect.name == "postgresql":  # another workload may be at it
        connection.execute(text("select pg_advisory_xact_lock(0, 0)"))
    found = _form(connection)
    if found == REVISION:
        return
    if found is not None and str(found) > REVISION:
        raise UsageError(
            f"the state was made by a newer bastide (form {found}, this one knows {REVISION})",
            place=shown_url(connection.engine),
            remedy="update bastide, or name another state with --state",
        )
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, REVISION)


def _form(connection: Connection) -> str | None:
    """The form of the tables; None where there are none yet."""
    from sqlalchemy import inspect, text

    has = inspect(connection).has_table("alembic_version")
    return connection.execute(text("select version_num from alembic_version")).scalar() if has else None


def shown_url(engine: Engine) -> str:
    """Where the state is, without a password."""
    return engine.url.render_as_string(hide_password=True)


def _refused(error: Any, engine: Engine) -> UsageError:
    cause = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
    hints = {
        "disk": "make room on the disk; nothing of this command was kept",
        "full": "make room on the disk; nothing of this command was kept",
        "locked": "another command is writing; try again",
        "readonly": "make the file writable, or name another state with --state",
        "not a database": "the file is damaged or something else; restore a copy, or name another state with --state",
        "malformed": "the file is damaged; restore a copy, or name another state with --state",
        "connect": "start the server, or see that the URL is right",
    }
    remedy = next((text for word, text in hints.items() if word in cause.lower()), "see docs/state.md")
    return UsageError(f"the state cannot be used: {cause}", place=shown_url(engine), remedy=remedy)
