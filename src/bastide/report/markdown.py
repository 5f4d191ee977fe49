"""A summary in Markdown (GitHub's and GitLab's), for pull requests and job pages; short enough for a comment.

Everything that comes from what was scanned stands in code, so that no name in it becomes a link, a mention, an image
or mark-up.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING

from bastide.controls.verdict import SEVERITIES
from bastide.report import calls, words
from bastide.report.view import View

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bastide.controls.verdict import Report
    from bastide.report.view import CoverageRow, ProblemRow, SummaryRow, VerdictRow

MAX_FINDINGS = 20
MAX_DETAILS = 50
MAX_CHARACTERS = 60_000
"""A comment on GitHub has at most 65,536."""
_CELL = 160


def render(report: Report) -> str:
    """The summary; never longer than `MAX_CHARACTERS`."""
    view = View(report)
    parts: list[str] = []
    length = 0
    for part in _parts(view):
        length += len(part) + 2
        if length > MAX_CHARACTERS:
            parts.append("… cut: the report is too long for a summary.")
            break
        parts.append(part)
    return "\n\n".join(parts) + "\n"


def _parts(view: View) -> Iterator[str]:
    """Blocks that each stand on their own, the most important first."""
    summary, coverage = view.summary(), view.coverage()
    yield f"### bastide: {words.headline(summary, baseline=view.has_baseline())}"
    if reason := view.decision():
        yield f"{text(reason)}."
    if coverage.incomplete:
        yield "**Not everything could be read; what is missing stands below.**"
    yield _counts(summary)
    failures = [v for v in view.report.verdicts if v.status == "fail" and v.new]
    if failures:
        yield _table(view.rows(failures[:MAX_FINDINGS]))
        if len(failures) > MAX_FINDINGS:
            yield f"… and {words.counted(len(failures) - MAX_FINDINGS, 'more failure')}."
        yield _details(view.rows(failures[:MAX_FINDINGS]), view)
    if known := summary.status["fail"] - summary.new_failures:
        yield f"{words.counted(known, 'failure is', 'failures are')} known to the baseline and not listed."
    yield from _rest(view, summary)
    if told := words.compensations(summary):
        rows = islice((row for row in view.verdicts("pass") if row.compensated_by), MAX_DETAILS)
        items = [_told(row, words.compensated(row.compensated_by)) for row in rows if row.compensated_by]
        yield _listed(told, items, sum(summary.compensated.values()))
    yield from _coverage(view, coverage)


def _counts(summary: SummaryRow) -> str:
    names = [*SEVERITIES, "unknown", "exempt", "passed"]
    numbers = [*summary.failures.values(), *(summary.status[name] for name in ("unknown", "exempt", "pass"))]
    return "\n".join(
        (
            f"| {' | '.join(names)} |",
            "|" + " ---: |" * len(names),
            f"| {' | '.join(f'{number:,}' for number in numbers)} |",
        )
    )


def _table(rows: Iterable[VerdictRow]) -> str:
    lines = ["| severity | finding | resource | where |", "| --- | --- | --- | --- |"]
    for row in rows:
        what = text(words.finding(row))
        if row.evidence:
            what += f"<br>{code(words.evidences(row, 2))}"
        place = words.place(row.location.path, row.location.line)
        lines.append(f"| {row.severity} | {what} | {code(row.resource.address)} | {code(place)} |")
    return "\n".join(lines)


def _details(rows: Iterable[VerdictRow], view: View) -> str:
    """How to fix it: the controls that failed, each once."""
    controls: dict[str, VerdictRow] = {}
    for row in rows:
        controls.setdefault(row.control, row)
    parts = []
    for row in controls.values():
        texts = view.texts(row)
        first, _, rest = view.fix(row).partition("\n")
        lines = [
            f"**{code(row.control)}** ({row.severity}) {text(row.title)}",
            text(texts.rationale),
            f"Fix: {text(first)}" if first else "",
            fenced(rest) if rest.strip() else "",
        ]
        parts.append("\n\n".join(line for line in lines if line))
        if sum(map(len, parts)) > MAX_CHARACTERS // 3:
            break
    return _folded("Why, and how to fix it", "\n\n".join(parts))


def _rest(view: View, summary: SummaryRow) -> Iterator[str]:
    """What is unknown and what is exempt, folded."""
    if count := summary.status["unknown"]:
        rows = list(islice(view.verdicts("unknown"), MAX_DETAILS))
        yield _listed(f"{count:,} unknown", [_told(row, words.evidences(row, 1)) for row in rows], count)
    if count := summary.status["exempt"]:
        rows = list(islice(view.verdicts("exempt"), MAX_DETAILS))
        told = [_told(row, words.exemption(row.exemption) if row.exemption else "") for row in rows]
        yield _listed(f"{count:,} exempt", told, count)


def _told(row: VerdictRow, why: str) -> str:
    return f"{code(row.resource.address)} {code(row.control)} {code(why)}"


def _listed(heading: str, items: list[str], total: int) -> str:
    """A folded list of the first items."""
    more = [f"… and {total - len(items):,} more"] if total > len(items) else []
    return _folded(heading, "\n".join(f"- {item}" for item in (*items, *more)))


def _folded(heading: str, body: str) -> str:
    return f"<details><summary>{heading}</summary>\n\n{body}\n\n</details>"


def _coverage(view: View, coverage: CoverageRow) -> Iterator[str]:
    read = words.read(coverage)
    units = words.units(coverage)
    asked = words.counted(len(view.report.controls), "control")
    yield f"Covered: {read}{f' ({units})' if units else ''}, {asked}, bastide {text(view.version())}."
    if coverage.ledger:
        yield f"Calls: {calls.told(coverage.ledger)}."
        found = calls.gaps(coverage.ledger)
        lost = [
            f"{code(gap.operation)} {gap.outcome} ({code(gap.code)}) in {gap.where}: {code(gap.remedy)}"
            for gap in found
        ]
        if lost:
            yield _listed("What live accounts did not say", lost[:MAX_DETAILS], len(lost))
    problems = words.together(item for item in coverage.problems if item.kind != "unmapped")
    told = [_problem(item) for item in problems[:MAX_DETAILS]]
    told += [f"control {code(name)} could not be run: {code(why)}" for name, why in view.broken().items()]
    if told:
        total = len(problems) + len(view.broken())
        yield _listed(f"{words.counted(total, 'thing')} to know about what was read", told, total)
    gaps = [
        f"{words.counted(sum(counts.values()), 'resource')} {what}: {code(words.listed(counts, 20))}"
        for what, counts in (
            (f"judged by {view.no_control()}", coverage.unjudged),
            ("of types not mapped yet", coverage.unmapped),
            ("of other providers", words.others(coverage)),
        )
        if counts
    ]
    if gaps:
        yield _listed("What no control judges", gaps, len(gaps))


def _problem(item: ProblemRow) -> str:
    kind = words.PROBLEM_KINDS.get(item.kind, item.kind)
    return f"{code(words.place(item.path, item.line))} {kind}: {code(item.message)}"


_SPECIAL = re.compile(r"[\\`*\[\]<>|&~@$]|(?<![^\W_])_|_(?![^\W_])|#(?=\w)|:(?=[\w/])|(?<=www)\.|^[-+=#\d]")
_INLINE = re.compile(r"[^\w ./,-]|_|(?<=www)\.")


def text(value: str) -> str:
    """Words of a control (which may be a stranger's): nothing in them is mark-up, a link or a mention."""
    return _SPECIAL.sub(_entity, re.sub(r"\s+", " ", _cut(value, 1500)))


def code(value: str) -> str:
    """Words of what was scanned, as code, in a table cell too."""
    value = _cut(value, _CELL).strip()
    if not value:
        return ""
    if not any(char in value for char in "`|\\\n"):
        return f"`{value}`"
    return f"<code>{_INLINE.sub(_entity, value)}</code>"


def fenced(value: str) -> str:
    """Lines of code, whatever is in them."""
    value = _cut(value.strip("\n"), 3000)
    longest = max((len(run) for run in re.findall(r"`+", value)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}\n{value}\n{fence}"


def _cut(value: str, limit: int) -> str:
    return value if len(value) <= limit else f"{value[: limit - 1]}…"


def _entity(match: re.Match[str]) -> str:
    return f"&#{ord(match[0])};"
