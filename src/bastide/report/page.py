"""One HTML page with everything in it, for browsers and print: no request leaves it, and it runs only its own script.

The page is whole without the script: that adds filters, and puts a control's texts where they are wanted. What a
control says stands once, at the end. Everything else is text: no name in a report becomes mark-up.
"""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from bastide.controls.verdict import SEVERITIES
from bastide.report import page_parts as parts
from bastide.report.view import STATUSES, View
from bastide.report.words import escape

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bastide.controls.verdict import Report, Verdict
    from bastide.report.view import VerdictRow

MAX_VERDICTS = 30_000
"""Verdicts on a page that a browser still moves through with ease; passed ones are left out first."""


def render(report: Report) -> str:
    """The report as one page."""
    view = View(report)
    style, script = (Path(__file__).with_name(f"page.{kind}").read_text("utf-8") for kind in ("css", "js"))
    policy = (
        f"default-src 'none'; style-src '{_digest(style)}'; script-src '{_digest(script)}'; "
        "base-uri 'none'; form-action 'none'"
    )
    shown = [v for v in report.verdicts if v.status != "pass"][:MAX_VERDICTS]
    shown += [v for v in report.verdicts if v.status == "pass"][: MAX_VERDICTS - len(shown)]
    body = "\n".join(_body(view, shown))
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n'
        f"<title>bastide: {escape(', '.join(view.targets()))}</title>\n<style>{style}</style>\n</head>\n<body>\n"
        f"{body}\n<script>{script}</script>\n</body>\n</html>\n"
    )


def _digest(text: str) -> str:
    """A source for the content security policy: exactly this text."""
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def _body(view: View, shown: list[Verdict]) -> Iterator[str]:
    groups: dict[int, list[Verdict]] = {}
    for verdict in shown:
        groups.setdefault(id(verdict.resource), []).append(verdict)
    numbers: dict[str, int] = {}
    yield from parts.head(view)
    yield "<main>"
    yield from parts.overview(view)
    yield "<h2>Verdicts</h2>"
    yield _filters(view, groups)
    if left := len(view.report.verdicts) - len(shown):
        yield f'<p class="warning">{left:,} further verdicts are not on this page; the JSON report has them all.</p>'
    for group in groups.values():
        yield _resource(list(view.rows(group)), numbers)
    yield from parts.coverage(view)
    yield from parts.controls(view, numbers)
    yield f"</main>\n<footer>bastide {escape(view.version())}</footer>"


def _filters(view: View, groups: dict[int, list[Verdict]]) -> str:
    services = sorted({_service(view.resource(group[0].resource).type) for group in groups.values()})
    boxes = []
    for status in STATUSES:
        chosen = "" if status == "pass" else " checked"
        boxes.append(f'<label><input type="checkbox" name="status" value="{status}"{chosen}>{status}</label>')
    return (
        '<form id="filters" hidden>'
        '<input type="search" name="text" placeholder="address, control, file, property" aria-label="Text">'
        f"<fieldset><legend>Status</legend>{''.join(boxes)}</fieldset>"
        f"{_select('severity', 'every severity', SEVERITIES)}{_select('service', 'every service', services)}"
        '<button type="reset">Reset</button><output id="count" class="soft" aria-live="polite"></output></form>'
    )


def _select(name: str, every: str, values: tuple[str, ...] | list[str]) -> str:
    options = "".join(f'<option value="{escape(value)}">{escape(value)}</option>' for value in values)
    return f'<select name="{name}" aria-label="{name}"><option value="">{every}</option>{options}</select>'


def _service(resource_type: str) -> str:
    pieces = resource_type.split("::")
    return pieces[1] if len(pieces) > 2 else resource_type


def _resource(rows: list[VerdictRow], numbers: dict[str, int]) -> str:
    """The verdicts of one resource; gives every control that is not passed its number."""
    resource = rows[0].resource
    about = [f'<span class="soft">{escape(resource.type)}</span>']
    if resource.name and resource.name != resource.type:
        about.append(f'<span class="soft">{escape(resource.name)}</span>')
    about.append(f'<span class="soft">in</span> <code>{escape(resource.unit or ".")}</code>')
    if rows[0].call:
        about.append(f'<span class="soft">called from</span> <code>{escape(" → ".join(rows[0].call))}</code>')
    if rows[0].cdk_path:
        about.append(f'<span class="soft">construct</span> <code>{escape(rows[0].cdk_path)}</code>')
    verdicts = "".join([parts.verdict(row, numbers) for row in rows])
    return (
        f'<article class="resource" data-service="{escape(_service(resource.type))}">'
        f"<header><h3><code>{escape(resource.address)}</code></h3><p>{' · '.join(about)}</p></header>"
        f"<ul>{verdicts}</ul></article>"
    )
