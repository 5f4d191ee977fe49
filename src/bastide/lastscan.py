"""The tables of the last scan of a folder, for `bastide query`.

A scan of code keeps them as JSON lines in the user's state folder, one folder for each working directory; a new scan
replaces the files whole, so a reader never sees half of one. A scan of live accounts has them in its run already, as
Parquet; then only the way there is kept. Values are redacted before they are written.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import warnings
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from bastide.errors import UsageError
from bastide.sources.pool import may_fork
from bastide.tables import (
    TABLES,
    empty,
    of_ledger,
    of_report,
    of_resources,
    of_verdicts,
    quoted,
    read_lines,
    whole_folder,
    write_lines,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    import duckdb

    from bastide.scan import ScanResult

WORTH_A_PROCESS = 2_000
"""Verdicts from which keeping the tables takes longer than starting a process."""
ELSEWHERE = "elsewhere"
"""The file that names the folder of a run whose tables these are."""


def folder_of_last_scan() -> Path:
    """Where the last scan of the current directory is kept."""
    base = os.environ.get("XDG_STATE_HOME") or str(Path.home() / ".local" / "state")
    key = hashlib.sha256(str(Path.cwd()).encode("utf-8", "surrogateescape")).hexdigest()[:16]
    return Path(base) / "bastide" / "scans" / key


def save(result: ScanResult) -> None:
    """Keep the tables of a scan; a state folder that cannot be written is as if nobody wanted them kept."""
    with contextlib.suppress(OSError, RuntimeError), whole_folder(folder_of_last_scan()) as folder:
        if result.tables:
            (folder / ELSEWHERE).write_text(str(result.tables), "utf-8")
            return
        report = result.report
        tables = (of_resources(result.resources), of_verdicts(report.verdicts), of_ledger(report.coverage.ledger))
        write_lines(folder, chain(*tables, of_report(report)))


@contextlib.contextmanager
def saving(result: ScanResult) -> Iterator[None]:
    """`save` beside what is done within: in a process of its own where there is much of it and a fork is safe."""
    if len(result.report.verdicts) < WORTH_A_PROCESS or result.tables or not may_fork():
        save(result)
        yield
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        process = os.fork()
    if not process:
        try:
            save(result)
        finally:
            os._exit(0)
    try:
        yield
    finally:
        os.waitpid(process, 0)


def open_last_scan() -> duckdb.DuckDBPyConnection:
    """A connection with the tables of the last scan of this folder, locked: no other file, no network, no settings."""
    import duckdb

    folder = folder_of_last_scan()
    if not folder.is_dir():
        raise UsageError("no scan of this folder is kept", remedy="run `bastide scan` here first")
    connection = duckdb.connect(config={"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"})
    if (folder / ELSEWHERE).is_file():
        run = Path((folder / ELSEWHERE).read_text("utf-8"))
        if not run.is_dir():
            raise UsageError("the run of the last scan is not kept any more", remedy="run `bastide scan aws` again")
        _see(connection, run)
    else:
        for table, columns in TABLES.items():
            file = folder / f"{table}.jsonl"
            source = read_lines(file, table) if file.is_file() else empty(columns)
            connection.execute(f"create table {table} as {source}")
    connection.execute("set enable_external_access = false")
    connection.execute("set lock_configuration = true")
    return connection


def _see(connection: duckdb.DuckDBPyConnection, run: Path) -> None:
    """The Parquet files of a run as views; they are all that may be read from then on."""
    connection.execute(f"set allowed_directories = [{quoted(str(run))}]")
    for table, columns in TABLES.items():
        if any(run.glob(f"*/{table}.parquet")):
            source = f"select * from read_parquet({quoted(f'{run}/*/{table}.parquet')})"  # noqa: S608 (quoted)
        else:
            source = empty(columns)
        connection.execute(f"create view {table} as {source}")
