"""`bastide metrics`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse


def run(arguments: argparse.Namespace) -> int:
    """Compute, and print."""
    from bastide.cli.progress import progress
    from bastide.posture.metrics import figures, since_when
    from bastide.posture.metricshow import as_csv, as_json, as_text
    from bastide.posture.whole import open_whole

    since = since_when(arguments.since or "")
    with progress() as told, open_whole(arguments.config or "", arguments.state or "", told) as whole:
        found = figures(whole.known, since, arguments.names)
    if arguments.format == "json":
        print(json.dumps(as_json(found, since), indent=2, ensure_ascii=False))
    else:
        print(as_csv(found) if arguments.format == "csv" else as_text(found), end="")
    return 0
