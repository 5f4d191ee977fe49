"""`bastide threats`."""

from __future__ import annotations

import getpass
import json
import sys
from typing import TYPE_CHECKING

from bastide.cli.progress import progress
from bastide.errors import UsageError
from bastide.posture.whole import open_whole
from bastide.report.words import counted

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable

    from bastide.posture.whole import Whole
    from bastide.threats.register import Row


def run(arguments: argparse.Namespace) -> int:
    """List, explain or draw; or write down what was decided."""
    with progress() as told, open_whole(arguments.config or "", arguments.state or "", told) as whole:
        if arguments.action:
            return _decide(arguments, whole)
        if arguments.diagram:
            from bastide.threats.diagram import diagram

            return put(diagram(whole.model, arguments.diagram), arguments.output)
        rows = list(_wanted(whole.register, arguments.status))
        if arguments.explain:
            return _explain(arguments, whole)
        announce(whole)
        if arguments.format == "json":
            from bastide.threats.show import as_json

            put(json.dumps(as_json(rows), indent=2), arguments.output)
        else:
            from bastide.report.lines import Lines, screen
            from bastide.threats.show import listing

            lines = Lines(screen())
            listing(lines, rows, arguments.limit, whole.manifest.appetite)
            lines.flush()
        return int(any(row.alarm for row in rows))


def actor() -> str:
    """Who runs the command, as the machine knows them."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "unknown"


def announce(whole: Whole) -> None:
    """Tell, on standard error, which threats the last scan has brought and which it has closed."""
    if whole.scanned.newer:
        print(
            f"the last scan here is of {whole.scanned.at[:16]}, the history has one of {whole.scanned.newer[:16]}: "
            "`bastide scan` goes on from there",
            file=sys.stderr,
        )
    for ids, text in ((whole.new, "new"), (whole.gone, "gone: what caused them is there no more")):
        if ids and len(whole.register) > len(whole.new):
            more = f" and {len(ids) - 5} more" if len(ids) > 5 else ""
            print(f"{counted(len(ids), 'threat')} {text}: {', '.join(sorted(ids)[:5])}{more}", file=sys.stderr)


def _wanted(rows: Iterable[Row], status: str | None) -> Iterable[Row]:
    for row in rows:
        if status is None:
            fits = row.status != "closed"
        else:
            fits = status in ("all", row.status) or (status == "alarm" and row.alarm)
        if fits:
            yield row


def _explain(arguments: argparse.Namespace, whole: Whole) -> int:
    from bastide.report.lines import Lines, screen
    from bastide.threats.register import chosen
    from bastide.threats.show import as_json, explain

    rows = chosen(whole.register, [arguments.explain])
    if arguments.format == "json":
        return put(json.dumps(as_json(rows, whole.known), indent=2, default=str), arguments.output)
    lines = Lines(screen())
    explain(lines, rows[0], whole.known)
    lines.flush()
    return 0


def _decide(arguments: argparse.Namespace, whole: Whole) -> int:
    from bastide.state.journal import append
    from bastide.threats.register import chosen, decide

    if arguments.action == "reviewed":
        body = {"by": arguments.by, "text": arguments.text, "threats": len(whole.register), "scan": whole.scanned.id}
        append(whole.state, actor(), "model.review", whole.manifest.name, body)
        print(f"written down: the threat model was looked through by {arguments.by}")
        return 0
    rows = chosen(whole.register, arguments.ids)
    body = {key: getattr(arguments, key, None) for key in ("by", "until", "why", "owner", "to", "text")}
    levels = {row.threat.id: row.risk.level for row in rows if row.risk}
    decide(whole.state, actor(), arguments.action, [row.threat.id for row in rows], body, levels=levels)
    for row in rows:
        print(f"{row.threat.id}  {arguments.action}: {row.threat.title}")
    return 0


def put(text: str, output: str | None) -> int:
    """Print a text, or write it to a file; the exit code."""
    from bastide.sources.files import write_whole

    if not output or output == "-":
        print(text)
        return 0
    try:
        write_whole(output, text.encode())
    except OSError as error:
        raise UsageError(f"it cannot be written: {error.strerror}", place=output) from None
    return 0
