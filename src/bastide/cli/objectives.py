"""`bastide objectives`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from bastide.cli.progress import progress
from bastide.cli.threats import announce
from bastide.controls.packs import use
from bastide.objectives.catalogue import objective
from bastide.objectives.show import as_json, described, listing, rows_of
from bastide.posture.whole import open_whole
from bastide.workload.manifest import read_manifest

if TYPE_CHECKING:
    import argparse


def run(arguments: argparse.Namespace) -> int:
    """List objectives, or tell everything about those that are named."""
    with use(read_manifest(arguments.config or "").packs):
        for name in arguments.ids:
            objective(name)
    with progress() as told, open_whole(arguments.config or "", arguments.state or "", told) as whole:
        rows = rows_of(whole.known, arguments.ids, arguments.status)
        if arguments.format == "json":
            print(json.dumps(as_json(rows, whole.known), indent=2))
        else:
            from bastide.report.lines import Lines, screen

            announce(whole)
            lines = Lines(screen())
            if arguments.ids:
                for number, row in enumerate(rows):
                    if number:
                        lines.blank()
                    described(lines, row, whole.known)
            else:
                listing(lines, rows)
            lines.flush()
        return int(any(row["status"] == "broken" for row in rows))
