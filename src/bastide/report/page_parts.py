"""The parts of the HTML page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bastide.report import calls, words
from bastide.report.words import escape

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bastide.report.texts import ControlTexts
    from bastide.report.view import EvidenceRow, SummaryRow, VerdictRow, View

_STATUSES = {"fail": "failed", "unknown": "unknown", "exempt": "exempt", "pass": "passed"}
MAX_LISTED = 2000


def head(view: View) -> Iterator[str]:
    """What was scanned, when, by what."""
    yield "<header><h1>bastide report</h1>"
    targets = ", ".join(f"<code>{escape(target)}</code>" for target in view.targets())
    yield f'<p class="soft">{targets} · {escape(view.started())} · {view.report.seconds:.1f} s</p></header>'


def overview(view: View) -> Iterator[str]:
    """The counts, and a warning when they are not the whole truth."""
    summary = view.summary()
    yield "<section>"
    if view.report.coverage.incomplete:
        yield '<p class="warning">Not everything could be read. <a href="#coverage">What is missing</a></p>'
    yield '<div class="tiles">'
    for status, name in _STATUSES.items():
        yield f'<div class="tile {status}"><b>{summary.status[status]:,}</b>{name}</div>'
    yield "</div>"
    yield _bar(summary)
    if told := words.severities(summary):
        yield f"<p>Failures: {escape(told)}.</p>"
    if told := words.compensations(summary):
        yield f"<p>{escape(told)}.</p>"
    if reason := view.decision():
        yield f"<p>{escape(reason)}.</p>"
    if known := summary.status["fail"] - summary.new_failures:
        yield f"<p>{words.counted(known, 'failure is', 'failures are')} known to the baseline.</p>"
    yield "</section>"


def _bar(summary: SummaryRow) -> str:
    """The statuses as parts of a bar; the numbers stand above it and in its label."""
    if not summary.verdicts:
        return ""
    start = 0.0
    bars = []
    for status in _STATUSES:
        width = 1000 * summary.status[status] / summary.verdicts
        bars.append(f'<rect class="{status}" x="{start:.2f}" width="{width:.2f}" height="10"/>')
        start += width
    label = words.joined(f"{summary.status[status]:,} {name}" for status, name in _STATUSES.items())
    head = f'<svg class="bar" viewBox="0 0 1000 10" preserveAspectRatio="none" role="img" aria-label="{label}">'
    return f"{head}{''.join(bars)}</svg>"


def verdict(row: VerdictRow, numbers: dict[str, int]) -> str:
    """One verdict; a passed one in a line."""
    where = f'data-status="{row.status}" data-severity="{row.severity}"'
    title = f"<strong>{escape(words.finding(row))}</strong> <code>{escape(row.control)}</code>"
    if row.status == "pass":
        layer = f'<p class="soft">{escape(words.compensated(row.compensated_by))}</p>' if row.compensated_by else ""
        return f'<li class="verdict pass" {where}><span class="mark pass">PASS</span>{title}{layer}</li>'
    number = numbers.setdefault(row.control, len(numbers))
    marks = f'<span class="mark {row.severity}">{row.severity.upper()}</span>'
    if row.status != "fail":
        marks = f'<span class="mark {row.status}">{row.status.upper()}</span>{marks}'
    place = words.place(row.location.path, row.location.line)
    notes = []
    if row.exemption:
        notes.append(f"Exemption {words.exemption(row.exemption)} ({row.exemption.place})")
    if row.status == "fail" and not row.new:
        notes.append("Known to the baseline")
    rest = "".join(f'<p class="soft">{escape(note)}</p>' for note in notes)
    language = "terraform" if row.resource.source == "plan" else escape(row.resource.source)
    return (
        f'<li class="verdict" {where}><p>{marks}{title}</p><p><code>{escape(place)}</code></p>'
        f'<ul class="evidence">{"".join([_evidence(item, place) for item in row.evidence])}</ul>{rest}'
        f'<details data-control="{number}" data-language="{language}"><summary>Why, and how to fix it</summary>'
        f'<p><a href="#control-{number}">{escape(row.control)}</a></p></details></li>'
    )


def _evidence(item: EvidenceRow, place: str) -> str:
    elsewhere = words.place(item.path, item.line)
    at = f' <code class="soft">{escape(elsewhere)}</code>' if elsewhere != place else ""
    return f"<li><code>{escape(words.evidence(item))}</code>{at}</li>"


def controls(view: View, numbers: dict[str, int]) -> Iterator[str]:
    """What each control that did not pass everywhere says, by its number."""
    if not numbers:
        return
    yield "<h2>Controls</h2>"
    texts = {item.row.id: item for item in view.controls()}
    for name, number in numbers.items():
        yield _control(texts[name], number)


def _control(texts: ControlTexts, number: int) -> str:
    row = texts.row
    fixes = "".join(
        f'<section data-language="{escape(language)}"><h4>{escape(words.LANGUAGES.get(language, language))}</h4>'
        f"<pre>{escape(text)}</pre></section>"
        for language, text in texts.remediation.items()
    )
    met = [f"<b>{escape(name)}</b> {escape(', '.join(ids))}" for name, ids in row.frameworks.items()]
    met += [f"<b>ATT&amp;CK</b> {escape(', '.join(row.attack))}"] if row.attack else []
    links = "".join(f"<li>{_link(link)}</li>" for link in texts.references)
    return (
        f'<article class="control" id="control-{number}"><h3><code>{escape(row.id)}</code></h3>'
        f'<p><span class="mark {row.severity}">{row.severity.upper()}</span>{escape(row.title)}</p>'
        f'<div class="text"><p>{escape(texts.rationale)}</p>{fixes}<p class="soft">{" · ".join(met)}</p>'
        f"<ul>{links}</ul></div></article>"
    )


def _link(link: str) -> str:
    if not link.startswith(("https://", "http://")):
        return escape(link)
    return f'<a href="{escape(link)}" rel="noopener noreferrer">{escape(link)}</a>'


def coverage(view: View) -> Iterator[str]:
    """What was looked at, what could not be read, and what no control judges."""
    row = view.coverage()
    yield '<section id="coverage"><h2>Coverage</h2>'
    units = words.units(row)
    yield (
        f"<p>{words.counted(row.resources, 'resource')} in {words.counted(row.files, 'file')}"
        f"{f' ({units})' if units else ''}; {words.counted(row.judged, 'resource')} judged by at least one of "
        f"{words.counted(len(view.report.controls), 'control')}.</p>"
    )
    problems = words.together(item for item in row.problems if item.kind != "unmapped")
    yield _table(
        "Could not be read, or is worth knowing",
        ("where", "what", "why"),
        [
            (words.place(item.path, item.line), words.PROBLEM_KINDS.get(item.kind, item.kind), item.message)
            for item in problems[:MAX_LISTED]
        ],
        len(problems),
    )
    if row.ledger:
        yield f"<p>{escape(calls.told(row.ledger))}.</p>"
        found_gaps = calls.gaps(row.ledger)
        yield _table(
            "What live accounts did not say",
            ("operation", "what", "where", "remedy"),
            [(gap.operation, f"{gap.outcome} ({gap.code})", gap.where, gap.remedy) for gap in found_gaps[:MAX_LISTED]],
            len(found_gaps),
        )
    yield _table("Controls that could not be run", ("control", "why"), view.broken().items(), len(view.broken()))
    for caption, counts in (
        (f"Judged by {view.no_control()}", row.unjudged),
        ("Types that are not mapped yet", row.unmapped),
        ("Of other providers", words.others(row)),
        ("All types", row.types),
    ):
        found = [(name, f"{number:,}") for name, number in list(counts.items())[:MAX_LISTED]]
        yield _table(caption, ("what", "resources"), found, len(counts))
    yield "</section>"


def _table(caption: str, heads: tuple[str, ...], rows: Iterable[tuple[str, ...]], total: int) -> str:
    """A table; nothing without rows. A column of numbers is named `resources`."""
    kinds = [' class="number"' if name == "resources" else "" for name in heads]
    body = [
        "<tr>" + "".join(f"<td{kind}>{escape(cell)}</td>" for kind, cell in zip(kinds, row, strict=True)) + "</tr>"
        for row in rows
    ]
    if not body:
        return ""
    if total > len(body):
        body.append(f'<tr><td colspan="{len(heads)}">… and {total - len(body):,} more</td></tr>')
    top = "".join(f'<th scope="col">{name}</th>' for name in heads)
    return f"<table><caption>{caption}</caption><thead><tr>{top}</tr></thead><tbody>{''.join(body)}</tbody></table>"
