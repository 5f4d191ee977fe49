"""`bastide responsibilities`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from bastide.cli.comply import put
from bastide.cli.progress import progress
from bastide.objectives import responsibilitiesshow as show
from bastide.objectives.responsibilities import cells
from bastide.posture.whole import open_whole

if TYPE_CHECKING:
    import argparse

    from bastide.cli.comply import Show
    from bastide.objectives.responsibilities import Cell
    from bastide.posture.whole import Whole


def run(arguments: argparse.Namespace) -> int:
    """The matrix of all services, or some of them layer by layer."""
    with progress() as told, open_whole(arguments.config or "", arguments.state or "", told) as whole:
        found = show.of_services(cells(whole.known), arguments.services)
        put(_text(arguments, whole, found), arguments.output)
    return int(any(one.status == "broken" for one in found))


def _text(arguments: argparse.Namespace, whole: Whole, found: list[Cell]) -> str | Show:
    if arguments.format == "json":
        return json.dumps(show.as_json(found), indent=2)
    if arguments.format == "html":
        return show.as_html(found)
    if arguments.format == "oscal":
        from bastide.objectives.oscal.plan import security_plan

        return json.dumps(security_plan(whole.known, found, whole.scanned.at), indent=2)
    if arguments.services:
        return lambda lines: show.described(lines, found)
    return lambda lines: show.matrix(lines, found)
