"""`bastide baseline`."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from bastide.cli.progress import progress
from bastide.cli.scan import scan_targets
from bastide.controls.baseline import no_longer, write_baseline
from bastide.errors import UsageError
from bastide.report.words import counted
from bastide.settings import load_settings

if TYPE_CHECKING:
    import argparse


def run(arguments: argparse.Namespace) -> int:
    """Scan without a baseline and write one; 3 when the scan was incomplete, since it then knows too little."""
    settings = load_settings(vars(arguments), arguments.config or "")
    settings.scan["baseline"] = None
    with progress() as told:
        result = scan_targets(arguments.targets or settings.targets or ["."], settings, told)
    verdicts = result.report.verdicts
    gone = 0
    with contextlib.suppress(UsageError):  # there was none, or something else, that is replaced
        gone = no_longer(verdicts, arguments.file)
    count = counted(write_baseline(verdicts, arguments.file), "finding")
    left = f"; {gone:,} that it had no longer {'occurs' if gone == 1 else 'occur'}" if gone else ""
    print(f"{arguments.file}: {count}{left}. Commit it, and run `bastide scan --baseline {arguments.file}`.")
    return 3 if result.report.coverage.incomplete else 0
