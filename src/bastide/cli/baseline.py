"""`bastide baseline`."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from bastide.cli.progress import progress
from bastide.cli.scan import scan_targets
from bastide.controls.baseline import no_longer, write_baseline
from bastide.errors import INCOMPLETE, UsageError
from bastide.report.words import counted
from bastide.settings import load_settings

if TYPE_CHECKING:
    import argparse

    from bastide.controls.verdict import Report


def run(arguments: argparse.Namespace) -> int:
    """Scan without a baseline and write one; 3 when the scan was incomplete, since it then knows too little."""
    settings = load_settings(vars(arguments), arguments.config or "")
    settings.scan["baseline"] = None
    settings.scan["new_since"] = None
    targets = arguments.targets or settings.targets or ["."]
    with progress() as told:
        result = scan_targets(targets, settings, told)
    verdicts = result.report.verdicts
    _refuse_part(result.report)
    gone = 0
    with contextlib.suppress(UsageError):  # there was none, or something else, that is replaced
        gone = no_longer(verdicts, arguments.file)
    count = counted(write_baseline(verdicts, arguments.file), "finding")
    left = f"; {gone:,} that it had no longer {'occurs' if gone == 1 else 'occur'}" if gone else ""
    scanned = "scan aws" if targets == ["aws"] else "scan"
    print(f"{arguments.file}: {count}{left}. Commit it, and run `bastide {scanned} --baseline {arguments.file}`.")
    return INCOMPLETE if result.report.coverage.incomplete else 0


def _refuse_part(report: Report) -> None:
    """Raises `UsageError` when there are more findings than a report lists: all others would be new for ever."""
    if more := sum(count for (status, *_), count in report.unlisted.items() if status == "fail"):
        raise UsageError(
            f"{more:,} findings are counted and not listed, so a baseline would not have them",
            remedy="use `bastide scan aws --new-since last` instead, or narrow with --accounts, --services or --only",
        )
