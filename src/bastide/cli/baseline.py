"""`bastide baseline`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bastide.cli.progress import progress
from bastide.controls.baseline import write_baseline
from bastide.scan import scan
from bastide.settings import load_settings

if TYPE_CHECKING:
    import argparse


def run(arguments: argparse.Namespace) -> int:
    """Scan without a baseline and write one; 3 when the scan was incomplete, since it then knows too little."""
    settings = load_settings(vars(arguments), arguments.config or "")
    settings.scan["baseline"] = None
    with progress() as told:
        result = scan(arguments.targets or settings.targets or ["."], settings.scan, settings.exemptions, told)
    count = write_baseline(result.report.verdicts, arguments.file)
    print(f"{arguments.file}: {count} findings. Commit it, and run `bastide scan --baseline {arguments.file}`.")
    return 3 if result.report.coverage.incomplete else 0
