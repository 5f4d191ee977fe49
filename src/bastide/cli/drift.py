"""`bastide drift`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from bastide.cli.progress import progress
from bastide.drift.find import find_drift, uncovered_by_collectors
from bastide.drift.show import as_json, as_text
from bastide.drift.sides import LAST, Asked, is_cloud, read_cloud, read_code
from bastide.errors import UsageError
from bastide.settings import load_settings

if TYPE_CHECKING:
    import argparse


def run(arguments: argparse.Namespace) -> int:
    """Read both sides, compare, print."""
    targets: list[str] = list(arguments.targets)
    if arguments.last:
        targets.append(LAST)
    if len(targets) < 2 or not is_cloud(targets[-1]) or any(map(is_cloud, targets[:-1])):
        raise UsageError(
            "what is compared is code and a cloud",
            remedy="`bastide drift infra/ aws`, `… config-snapshot:FILE`, or `… --last` for the last run",
        )
    settings = load_settings({**vars(arguments), "targets": targets[:-1], "format": None}, arguments.config or "")
    with progress() as told:
        code = read_code(targets[:-1], settings.scan, told)
        cloud = read_cloud(targets[-1], code, Asked(settings.scan, settings.path, told))
        told("comparing", 0, 0)
        drift = find_drift(code, cloud, uncovered_by_collectors())
    if arguments.format == "json":
        sys.stdout.write(as_json(drift))
    else:
        sys.stdout.write(as_text(drift, verbose=bool(arguments.verbose), colour=sys.stdout.isatty()))
    return drift.exit_code(unmanaged=arguments.unmanaged)
