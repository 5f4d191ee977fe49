"""`bastide scan config-snapshot FILE…`: the chosen controls on what AWS Config has recorded, without an account.

Files are read as streams, and accounts judged one at a time on all cores: memory is bounded by one account for each
process. A scan that is ended leaves nothing that counts.
"""

from __future__ import annotations

import shutil
import time
from collections import Counter
from typing import TYPE_CHECKING, Any

from bastide import database
from bastide.controls.baseline import not_left
from bastide.live import chosen, joined, keep_report, need_extra, wanted_of
from bastide.resources.model import Problem
from bastide.scan import ScanResult, finish, is_wanted

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from bastide.controls.library import Library
    from bastide.history.accounts import Found, Judging
    from bastide.scan import Judged
    from bastide.sources.aws.runs import Run
    from bastide.sources.config_snapshot.recording import Recording

TARGET = "config-snapshot"


def scan_recorded(
    files: Sequence[str],
    settings: dict[str, Any],
    exemptions: Sequence[dict[str, str]],
    told: Callable[[str, int, int], None],
    settings_file: str = "",
) -> ScanResult:
    """Judge what files of AWS Config say. Raises `BastideError` for wrong use; what cannot be read is in the report.

    The tables of what was found are kept beside the runs of live accounts, whose history they are no part of.
    """
    started, clock = time.time(), time.monotonic()
    need_extra()
    from bastide.history.accounts import Judging

    everything, library, only, skip = chosen(settings)
    judging = Judging(library, exemptions, lambda path: is_wanted(path, only, skip), settings["baseline"] or "")
    run = _open(files, settings_file)
    try:
        recording = read_recording(files, library, settings, told, folder=run.folder)
        judged = joined(everything, judging, _judge(recording, run, judging, told))
        judged.coverage.files = len(recording.files)
        judged.coverage.problems[:0] = recording.problems
        _note_baseline(judged, run.tables, judging.baseline)
        report = finish(judged, (TARGET, *files), settings, exemptions, started=started, clock=clock)
        keep_report(run.tables, report)
        run.finish()
    except BaseException:
        shutil.rmtree(run.folder, ignore_errors=True)  # there is nothing to go on with
        raise
    finally:
        run.release()
    return ScanResult(report, tables=run.tables)


def _open(files: Sequence[str], settings_file: str) -> Run:
    """A folder for the tables, if there is anything to read."""
    from bastide import __version__
    from bastide.sources.aws.runs import data_folder, open_run
    from bastide.sources.config_snapshot.source import files_of

    files_of(files)
    root = data_folder(settings_file).with_name(TARGET)
    return open_run(root, {"version": __version__, "source": TARGET}, resume=False)


def _judge(recording: Recording, run: Run, judging: Judging, told: Callable[[str, int, int], None]) -> Found:
    """Judge the accounts, in any order; what is said of them is in theirs."""
    from bastide.controls.compensation import Compensation
    from bastide.controls.organization import TYPES
    from bastide.history.accounts import Found, judge_accounts

    judging.compensation = Compensation(judging.library.controls, judging.library.compiled)
    judging.compensation.see(*recording.of_types(TYPES))
    names, found = recording.names, Found()
    told("judging accounts", 0, len(names))
    judged = judge_accounts(judging, lambda at: recording.account(names[at]), len(names), run.tables)
    for number, one in enumerate(judged, 1):
        told("judging accounts", number, len(names))
        found.add(one)
    found.ledger.sort(key=lambda row: row["account"])
    found.problems.sort(key=lambda problem: (not problem.path.startswith("aws:"), problem.path))
    return found


def _note_baseline(judged: Judged, tables: Path, baseline: str) -> None:
    """Say how many findings of the baseline are gone: all verdicts are in the tables, whatever a report lists."""
    if not (baseline and judged.whole):
        return
    from bastide.tables import of_files

    verdicts = of_files(tables, "verdicts")
    sql = f"select fingerprint, count(*) from ({verdicts}) where status <> 'pass' group by 1"  # noqa: S608 (our own)
    with database.connect() as connection:
        left: Counter[str] = Counter(dict(connection.execute(sql).fetchall()))
    asked = {control.id for control in judged.library.summaries} - judged.broken.keys()
    if gone := not_left(left, baseline, set(judged.files), asked):
        verb = "occurs" if gone == 1 else "occur"
        text = f"{gone:,} of its findings no longer {verb}; `bastide baseline` renews it"
        judged.coverage.problems.append(Problem("note", baseline, 0, text))


def read_recording(
    files: Sequence[str],
    library: Library,
    settings: dict[str, Any],
    told: Callable[[str, int, int], None],
    more: set[str] | None = None,
    *,
    folder: Path | None = None,
) -> Recording:
    """What files of AWS Config say of the types that controls need, and of `more`; `folder` as `read_files` has it."""
    need_extra()
    from botocore.session import Session

    from bastide.sources.aws.collectors import load_collectors
    from bastide.sources.config_snapshot.make import Makers
    from bastide.sources.config_snapshot.source import read_files
    from bastide.sources.config_snapshot.table import load_table

    collectors = load_collectors()
    wanted = wanted_of(library, collectors, settings)
    types = wanted.types | (more or set())
    if wanted.groups:
        types &= {entry.type for entry in collectors.entries if entry.group in wanted.groups}
    makers = Makers(collectors, load_table(), types, wanted.reads, Session().get_service_model)
    return read_files(files, makers, collectors, told, folder)
