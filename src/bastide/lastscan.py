"""The tables of the last scan of a folder, for `bastide query`.

A scan of code keeps them as JSON lines in the user's state folder, one folder for each working directory; a new scan
replaces the files whole, so a reader never sees half of one. A scan of live accounts has them in its run already, as
Parquet; then only the way there is kept. Values are redacted before they are written.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
from functools import partial
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from bastide import database
from bastide.beside import forked, may_fork
from bastide.errors import UsageError
from bastide.tables import (
    TABLES,
    empty,
    fresh_folder,
    of_files,
    of_ledger,
    of_report,
    of_resources,
    of_verdicts,
    put_in_place,
    quoted,
    read_lines,
    spill_apart,
    write_lines,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import duckdb

    from bastide.controls.verdict import Report, Verdict
    from bastide.resources.model import Resource
    from bastide.scan import ScanResult
    from bastide.tables import Rows

WORTH_A_PROCESS = 400
"""Resources from which writing their tables takes longer than starting a process."""
_PART, _LAST = "part-", "coverage"
"""What folders of parts of the verdicts are called, and the table that is written last."""
ELSEWHERE = "elsewhere"
"""The file that names the folder of a run whose tables these are."""


def folder_of_last_scan() -> Path:
    """Where the last scan of the current directory is kept."""
    base = os.environ.get("XDG_STATE_HOME") or str(Path.home() / ".local" / "state")
    key = hashlib.sha256(str(Path.cwd()).encode("utf-8", "surrogateescape")).hexdigest()[:16]
    return Path(base) / "bastide" / "scans" / key


class Keeper:
    """Keeps the tables of one scan while that goes on: what there is much of is written by processes beside it.

    A state folder that cannot be written is as if nobody wanted them kept. `close` puts them in place, if `report` was
    called and all of them were written; whoever made a keeper calls it, whatever happens.
    """

    def __init__(self) -> None:
        self._folder: Path | None = None
        self._processes: list[int] = []
        self._has_resources = self._whole = False
        self._expected: Report | None = None

    def resources(self, resources: list[Resource]) -> None:
        """What was read, as soon as it is known."""
        if len(resources) >= WORTH_A_PROCESS:
            self._has_resources = True
            self._write(of_resources(resources), beside=True)

    def report(self, result: ScanResult, *, looked_at: bool = False) -> None:
        """What the scan came to. `looked_at` says that whoever writes a report calls `Report.looked_at`."""
        self._whole = True
        if result.tables:
            self._write((), elsewhere=result.tables)
            return
        report = result.report
        tables = chain(of_verdicts(report.verdicts), _of_all(report))
        if not self._has_resources:
            self._write(chain(of_resources(result.resources), tables), beside=False)
        elif looked_at:
            self._expected = report
            report.looked_at = self._verdicts
        else:
            self._write(tables, beside=True)

    def _verdicts(self, verdicts: Sequence[Verdict], start: int) -> None:
        """Some of the report's verdicts, by the process that has looked at them; with the last, all about the report.

        Whether that came to its end is seen by what is there.
        """
        report = self._expected
        if report and self._folder:
            with contextlib.suppress(OSError):
                (part := self._folder / f"{_PART}{start:012}").mkdir(exist_ok=True)
                write_lines(part, of_verdicts(verdicts))
                if start + len(verdicts) == len(report.verdicts):
                    write_lines(self._folder, _of_all(report))

    def _join(self, report: Report) -> None:
        """The parts of the table of verdicts, one behind the other; what is not all there is written again."""
        assert self._folder
        parts = sorted(self._folder.glob(f"{_PART}*"))
        content = b"".join([file.read_bytes() for part in parts for file in part.iterdir()])
        for part in parts:
            shutil.rmtree(part)
        if content.count(b"\n") == len(report.verdicts) and (self._folder / f"{_LAST}.jsonl").is_file():
            (self._folder / "verdicts.jsonl").write_bytes(content)
        else:
            write_lines(self._folder, chain(of_verdicts(report.verdicts), _of_all(report)))

    def close(self) -> None:
        """Wait for what is being written, and put it in place when it is whole."""
        written = [os.waitpid(process, 0)[1] == 0 for process in self._processes]
        if self._folder:
            with contextlib.suppress(OSError, RuntimeError):
                if self._whole and all(written):
                    if self._expected:
                        self._join(self._expected)
                    put_in_place(self._folder, folder_of_last_scan())
            shutil.rmtree(self._folder, ignore_errors=True)

    def _write(
        self, tables: Iterable[tuple[str, Rows]], *, beside: bool = False, elsewhere: Path | None = None
    ) -> None:
        with contextlib.suppress(OSError, RuntimeError):
            self._folder = self._folder or fresh_folder(folder_of_last_scan())
            if elsewhere:
                (self._folder / ELSEWHERE).write_text(str(elsewhere), "utf-8")
            if beside and may_fork():
                self._processes.append(forked(partial(write_lines, self._folder, tables)))
            else:
                write_lines(self._folder, tables)
            return
        self._whole = False


def last_asked() -> tuple[list[str], list[str]]:
    """What the last scan from this folder was of, and its `choice_of`; empty when there is none, or one of an older
    bastide. Of a scan of live accounts the choice is not told.
    """
    import msgspec

    folder = folder_of_last_scan()
    if (folder / ELSEWHERE).is_file():
        return ["aws"], []
    with contextlib.suppress(OSError, msgspec.MsgspecError, KeyError, StopIteration):
        row = msgspec.json.decode(next(iter((folder / "scan.jsonl").read_bytes().splitlines())))
        return [str(target) for target in row["targets"]], [str(text) for text in row["choice"]]
    return [], []


def _of_all(report: Report) -> Iterator[tuple[str, Rows]]:
    """The tables about a scan that are short."""
    yield from of_ledger(report.coverage.ledger)
    yield from of_report(report)


def open_last_scan() -> duckdb.DuckDBPyConnection:
    """A connection with the tables of the last scan of this folder, locked: no other file, no network, no settings."""
    folder = folder_of_last_scan()
    if not folder.is_dir():
        raise UsageError("no scan of this folder is kept", remedy="run `bastide scan` here first")
    connection = database.connect()
    spill_apart(connection)
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
    for table in TABLES:
        connection.execute(f"create view {table} as {of_files(run, table)}")
