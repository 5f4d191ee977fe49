"""`bastide wa`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from bastide.cli.comply import put
from bastide.cli.progress import progress
from bastide.objectives import washow
from bastide.objectives.wellarchitected import answers, chosen
from bastide.posture.whole import open_whole

if TYPE_CHECKING:
    import argparse


def run(arguments: argparse.Namespace) -> int:
    """Every best practice that is asked for, or all of them."""
    chosen(arguments.practices)
    with progress() as told, open_whole(arguments.config or "", arguments.state or "", told) as whole:
        found = answers(whole.known, arguments.practices)
        if arguments.format == "json":
            put(json.dumps(washow.as_json(found), indent=2), arguments.output)
        elif arguments.format == "markdown":
            put(washow.as_markdown(found), arguments.output)
        else:
            put(lambda lines: washow.listing(lines, found), arguments.output)
    return int(any(one.word != "answered" for one in found))
