"""The report for a person: failures by resource, worst first; then what is unknown, exempt, not read; then the sum.

Failures of resources that one block of source makes (instances of `count`, a module called twice) stand once.
"""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, NamedTuple

from bastide.report import closing, words
from bastide.report.lines import Lines, Plain, screen
from bastide.report.view import View

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.console import Console

    from bastide.controls.verdict import Report, Verdict
    from bastide.report.lines import Screen
    from bastide.report.texts import ControlTexts
    from bastide.report.view import ResourceRow, VerdictRow

MAX_BLOCKS = 50
"""Blocks with failures that are shown unless everything is asked for."""
MAX_EVIDENCE = 3
MAX_REASONS = 12
MAX_PER_REASON = 4
MAX_EXEMPT = 20


def render(report: Report) -> str:
    """The report as plain text, as in a pipe."""
    text = io.StringIO()
    show(report, Plain(text))
    return text.getvalue()


def render_terminal(
    report: Report, console: Console | None = None, *, verbose: bool = False, show_passed: bool = False
) -> None:
    """Print the report, on standard output without a console; `verbose` leaves nothing out and gives texts in full."""
    show(report, screen(console), verbose=verbose, show_passed=show_passed)


def show(report: Report, screen: Screen, *, verbose: bool = False, show_passed: bool = False) -> None:
    """Print the report on a screen."""
    view = View(report)
    lines = Lines(screen)
    _failures(view, lines, verbose=verbose)
    _unknown(view, lines, verbose=verbose)
    _exempt(view, lines, verbose=verbose)
    if verbose or show_passed:
        _compensated(view, lines)
    if show_passed:
        _passed(view, lines)
    closing.close(view, lines, verbose=verbose)
    lines.flush()


class _Block(NamedTuple):
    """The failures of one resource, and how many further resources the same block gives the same ones."""

    verdicts: list[Verdict]
    twins: list[str]


_INDEX = re.compile(r"\[[^\]]*\]")


def _blocks(verdicts: Iterable[Verdict]) -> list[_Block]:
    """In the order of the verdicts, so that the worst comes first."""
    by_resource: dict[int, list[Verdict]] = {}
    for verdict in verdicts:
        by_resource.setdefault(id(verdict.resource), []).append(verdict)
    blocks: dict[tuple[object, ...], _Block] = {}
    for group in by_resource.values():
        resource = group[0].resource
        name = ".".join(_INDEX.sub("", resource.address).split(".")[-2:])
        controls = tuple([verdict.control.id for verdict in group])
        key = (resource.path, resource.line, name, resource.type, controls)
        if key in blocks:
            same = resource.unit == blocks[key].verdicts[0].resource.unit
            blocks[key].twins.append(resource.address if same else f"{resource.address} of {resource.unit}")
        else:
            blocks[key] = _Block(group, [])
    return list(blocks.values())


def _failures(view: View, lines: Lines, *, verbose: bool) -> None:
    blocks = _blocks(v for v in view.report.verdicts if v.status == "fail" and (v.new or verbose))
    shown = blocks if verbose else blocks[:MAX_BLOCKS]
    told: set[str] = set()
    for block in shown:
        rows = list(view.rows(block.verdicts))
        _header(lines, rows[0], [view.line(twin) for twin in block.twins], verbose=verbose)
        for row in rows:
            full = verbose and row.control not in told
            _failure(lines, row, verbose=verbose)
            _advice(lines, view.texts(row), row.resource.source, full=full)
            told.add(row.control)
        lines.blank()
        lines.flush()
    if rest := blocks[len(shown) :]:
        failures = sum(len(block.verdicts) * (1 + len(block.twins)) for block in rest)
        resources = sum(1 + len(block.twins) for block in rest)
        more = f"… {words.counted(failures, 'more failure')} on {words.counted(resources, 'resource')}. "
        lines.add((more, "strong"), ("--verbose shows all, --output html=FILE makes a page of them.", ""))
        lines.blank()


def _margin(lines: Lines) -> int:
    return 4 if lines.narrow else 12


def _header(lines: Lines, row: VerdictRow, twins: list[str], *, verbose: bool) -> None:
    resource = row.resource
    more = f"  and {words.counted(len(twins), 'more', 'more')} of the same block" if twins else ""
    lines.add((resource.address, "strong"), (f"  {resource.type}", "faint"), (more, ""), hang=2)
    if verbose:
        for twin in twins:
            lines.add((twin, "strong"), indent=2)
    if row.call:
        lines.add(("called from ", "faint"), (" → ".join(row.call), "place"), indent=2, hang=4)
    if row.cdk_path:
        lines.add(("construct ", "faint"), (row.cdk_path, "place"), indent=2, hang=4)


def _failure(lines: Lines, row: VerdictRow, *, verbose: bool) -> None:
    margin = _margin(lines)
    label = row.severity.upper()
    gap = " " if lines.narrow else " " * (margin - 2 - len(label))
    known = "" if row.new else "  (known to the baseline)"
    lines.add((label, row.severity), (f"{gap}{words.finding(row)}", "strong"), (known, "faint"), indent=2, hang=margin)
    place = words.place(row.location.path, row.location.line)
    lines.add((place, "place"), (f"  {row.control}", "faint"), indent=margin)
    limit = len(row.evidence) if verbose else MAX_EVIDENCE
    for item in row.evidence[:limit]:
        elsewhere = words.place(item.path, item.line)
        at = f"  {elsewhere}" if elsewhere != place and item.line else ""
        lines.add((words.evidence(item), ""), (at, "place"), indent=margin, hang=margin + 2)
    if len(row.evidence) > limit:
        lines.add((f"… {len(row.evidence) - limit} more", "faint"), indent=margin)
    if row.exemption:
        told = f"exemption {words.exemption(row.exemption)} ({row.exemption.place})"
        lines.add((told, "warn"), indent=margin, hang=margin + 2)


def _advice(lines: Lines, texts: ControlTexts, source: str, *, full: bool) -> None:
    """The first line of the remediation; in full with the rationale, once for each control."""
    margin = _margin(lines)
    for line in texts.rationale.splitlines() if full else ():
        lines.add((line, "faint"), indent=margin)
    first, *rest = texts.fix(source).splitlines() or [""]
    if first:
        more = " …" if any(rest) and not full else ""
        lines.add(("fix", "good"), (f"  {first}{more}", ""), indent=margin, hang=margin + 5)
    for line in rest if full else ():
        inner = len(line) - len(line.lstrip(" "))
        lines.add((line.strip(), ""), indent=margin + 5 + inner)
    for link in texts.references if full else ():
        lines.add(("see", "good"), (f"  {link}", "faint"), indent=margin, hang=margin + 5)


def _unknown(view: View, lines: Lines, *, verbose: bool) -> None:
    """By what is not known, the most frequent first: that is what a person can set."""
    reasons: dict[str, dict[str, tuple[VerdictRow, list[str]]]] = {}
    count = 0
    for row in view.verdicts("unknown"):
        count += 1
        reason = next((item.note for item in row.evidence if item.note), words.evidences(row, 1))
        where = reasons.setdefault(reason or "not known before deployment", {})
        where.setdefault(f"{row.resource.unit}#{row.resource.address}", (row, []))[1].append(row.control)
    if not count:
        return
    lines.add(
        ("UNKNOWN", "unknown"),
        (f"  {words.counted(count, 'verdict waits', 'verdicts wait')} for what is not known yet", "strong"),
    )
    ordered = sorted(reasons.items(), key=lambda item: -sum(len(controls) for _, controls in item[1].values()))
    for reason, where in ordered if verbose else ordered[:MAX_REASONS]:
        lines.add((reason, ""), indent=2, hang=4)
        found = list(where.values())
        for row, controls in found if verbose else found[:MAX_PER_REASON]:
            place = words.place(row.location.path, row.location.line)
            told = (f"  {place}", "place"), (f"  {', '.join(controls)}", "faint")
            lines.add((row.resource.address, "strong"), *told, indent=4, hang=6)
        if not verbose and len(found) > MAX_PER_REASON:
            lines.add((f"… {words.counted(len(found) - MAX_PER_REASON, 'more resource')}", "faint"), indent=4)
    if not verbose and len(ordered) > MAX_REASONS:
        lines.add(
            (f"… {words.counted(len(ordered) - MAX_REASONS, 'more reason')}; --verbose shows all", "faint"), indent=2
        )
    lines.blank()


def _exempt(view: View, lines: Lines, *, verbose: bool) -> None:
    total = view.report.count("exempt")
    if not total:
        return
    lines.add(("EXEMPT", "strong"), (f"  {words.counted(total, 'finding')} that somebody answers for", "strong"))
    for number, row in enumerate(view.verdicts("exempt")):
        if number == MAX_EXEMPT and not verbose:
            lines.add((f"… {total - number} more; --verbose shows all", "faint"), indent=2)
            break
        why = words.exemption(row.exemption) if row.exemption else ""
        lines.add((row.resource.address, "strong"), (f"  {row.control}", "faint"), (f"  {why}", ""), indent=2, hang=4)
    lines.blank()


def _compensated(view: View, lines: Lines) -> None:
    rows = [row for row in view.verdicts("pass") if row.compensated_by]
    if not rows:
        return
    told = words.counted(len(rows), "finding")
    lines.add(("COMPENSATED", "good"), (f"  {told} that a layer of the account or its organization denies", "strong"))
    for row in rows:
        lines.add((row.resource.address, "strong"), (f"  {row.control}", "faint"), indent=2, hang=4)
        for item in row.evidence[:MAX_EVIDENCE]:
            lines.add((words.evidence(item), ""), indent=4, hang=6)
        if row.compensated_by:
            lines.add((words.compensated(row.compensated_by), ""), indent=4, hang=6)
    lines.blank()


def _passed(view: View, lines: Lines) -> None:
    passed: dict[str, tuple[ResourceRow, list[VerdictRow]]] = {}
    for row in view.verdicts("pass"):
        passed.setdefault(f"{row.resource.unit}#{row.resource.address}", (row.resource, []))[1].append(row)
    if not passed:
        return
    count = sum(len(rows) for _, rows in passed.values())
    lines.add(("PASSED", "good"), (f"  {words.counted(count, 'verdict')}", "strong"))
    for resource, rows in passed.values():
        place = words.place(rows[0].location.path, rows[0].location.line)
        lines.add((resource.address, "strong"), (f"  {place}", "place"), indent=2, hang=4)
        for row in rows:
            lines.add((row.control, "faint"), (f"  {row.title}", ""), indent=4, hang=6)
        lines.flush()
    lines.blank()
