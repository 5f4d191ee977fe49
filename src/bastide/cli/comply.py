"""`bastide comply`."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING

from bastide.cli.progress import progress
from bastide.cli.threats import announce
from bastide.controls.frameworks import framework
from bastide.controls.packs import use
from bastide.errors import UsageError
from bastide.objectives.comply import assess, chosen, detail_json, overview_json
from bastide.posture.whole import open_whole
from bastide.workload.manifest import read_manifest

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from bastide.controls.frameworks import Framework
    from bastide.objectives.comply import Assessed
    from bastide.posture.whole import Whole
    from bastide.report.lines import Lines

    Show = Callable[[Lines], None]
    """What prints itself on lines."""

DOCUMENTS = {"oscal": "results", "oscal-component": "component", "oscal-poam": "poam"}
"""The documents of OSCAL by format."""


def run(arguments: argparse.Namespace) -> int:
    """All frameworks in a line each, or one of them, requirement by requirement."""
    with use(read_manifest(arguments.config or "").packs):
        one = _wanted(arguments)
    with progress() as told, open_whole(arguments.config or "", arguments.state or "", told) as whole:
        found = assess(whole.known, [one] if one else chosen(whole.known))
        if arguments.format == "terminal":
            announce(whole)
        put(_text(arguments, whole, found, one), arguments.output)
    wanted = found if one else [each for each in found if each.required]
    return int(any(each.counts["not-met"] for each in wanted))


def _wanted(arguments: argparse.Namespace) -> Framework | None:
    """The framework that is asked for; `UsageError` for one that is not there, and for a format that needs one."""
    if arguments.framework and arguments.catalog:
        raise UsageError("a framework and --catalog are two", remedy="name one of them")
    if arguments.catalog:
        from bastide.objectives.oscal.catalog import read_catalog

        return read_catalog(arguments.catalog)
    if arguments.framework:
        return framework(arguments.framework)
    if arguments.format not in ("terminal", "json") or arguments.status:
        what = "--status is" if arguments.status else f"--format {arguments.format} is"
        raise UsageError(f"{what} about one framework", remedy="name it, as in `bastide comply cis-aws-5.0`")
    return None


def _text(arguments: argparse.Namespace, whole: Whole, found: list[Assessed], one: Framework | None) -> str | Show:
    """The document that is asked for; for a terminal, what prints it."""
    from bastide.objectives import complyshow

    known, name = whole.known, arguments.format
    if name in DOCUMENTS:
        from bastide.objectives.oscal.documents import document

        return json.dumps(document(DOCUMENTS[name], whole.known, found[0], whole.scanned.at), indent=2)
    if name == "json":
        return json.dumps(detail_json(known, found[0]) if one else overview_json(found), indent=2)
    if name in ("csv", "markdown"):
        return complyshow.as_csv(known, found[0]) if name == "csv" else complyshow.as_markdown(known, found[0])
    if one:
        return lambda lines: complyshow.detail(lines, known, found[0], arguments.status)
    return lambda lines: complyshow.overview(lines, found)


def put(text: str | Show, output: str | None) -> None:
    """Print it, or write it to a file, whole or not at all; `UsageError` where that cannot be."""
    from bastide.report.lines import Lines, Plain, screen
    from bastide.sources.files import write_whole

    to_file = bool(output) and output != "-"
    if not isinstance(text, str):
        buffer = io.StringIO()
        lines = Lines(Plain(buffer) if to_file else screen())
        text(lines)
        lines.flush()
        text = buffer.getvalue()
    if not to_file:
        print(text, end="" if text.endswith("\n") or not text else "\n")
        return
    try:
        write_whole(str(output), text)
    except OSError as error:
        raise UsageError(f"it cannot be written: {error.strerror}", place=str(output)) from None
