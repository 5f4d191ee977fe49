"""`bastide report`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from bastide.errors import UsageError, near_miss

if TYPE_CHECKING:
    import argparse

    from bastide.posture.brief import Brief

_EXTENSIONS = {
    ".html": "html",
    ".htm": "html",
    ".pdf": "pdf",
    ".md": "markdown",
    ".markdown": "markdown",
    ".json": "json",
}


def run(arguments: argparse.Namespace) -> int:
    """Gather, render, write."""
    from bastide.cli.progress import progress
    from bastide.posture.brief import gather
    from bastide.posture.metrics import since_when
    from bastide.posture.whole import open_whole

    form = _form(arguments.format, arguments.output or "")
    since = since_when(arguments.since)
    with progress() as told, open_whole(arguments.config or "", arguments.state or "", told) as whole:
        brief = gather(whole, since)
    content = _rendered(brief, form)
    if not arguments.output or arguments.output == "-":
        sys.stdout.buffer.write(content)
        return 0
    from bastide.sources.files import write_whole

    try:
        write_whole(arguments.output, content)
    except OSError as error:
        raise UsageError(f"the report cannot be written: {error.strerror}", place=arguments.output) from None
    print(f"{arguments.output} is written")
    return 0


def _form(given: str | None, output: str) -> str:
    """As given, else by the file's extension, else HTML; `UsageError` for an extension that says nothing."""
    if given or not output or output == "-":
        form = given or "html"
    else:
        suffix = Path(output).suffix.lower()
        if suffix not in _EXTENSIONS:
            hint = near_miss(suffix, list(_EXTENSIONS)) or "name it with --format"
            raise UsageError(f"`{suffix}` says no format", place=output, remedy=hint)
        form = _EXTENSIONS[suffix]
    if form == "pdf" and (not output or (output == "-" and sys.stdout.isatty())):
        raise UsageError("PDF is no text", remedy="name the file with --output")
    return form


def _rendered(brief: Brief, form: str) -> bytes:
    from bastide.posture import reportshow

    if form == "json":
        return (json.dumps(reportshow.as_json(brief), indent=2, ensure_ascii=False, default=str) + "\n").encode()
    if form == "markdown":
        return reportshow.as_markdown(brief).encode()
    html = reportshow.as_html(brief)
    return reportshow.as_pdf(html) if form == "pdf" else html.encode()
