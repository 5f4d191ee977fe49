"""Workflow commands of GitHub Actions, which show findings beside the lines of a pull request.

GitHub shows ten errors, ten warnings and ten notices of a step, the first ones; so the worst come first, no more are
written, and a line says how many are left. Findings that the baseline knows are left out: the pull request did not
make them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bastide.report import words
from bastide.report.view import View

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bastide.controls.verdict import Report
    from bastide.report.view import ProblemRow, VerdictRow

SHOWN = 10
"""Annotations of a level that GitHub shows of one step."""
_LEVELS = {"critical": "error", "high": "error", "medium": "warning", "low": "notice", "info": "notice"}
_DATA = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_PROPERTY = _DATA | str.maketrans({":": "%3A", ",": "%2C"})


def render(report: Report) -> str:
    """The report as workflow commands, and a closing line in plain text."""
    view = View(report)
    lines: list[str] = []
    left: dict[str, int] = {"error": SHOWN, "warning": SHOWN, "notice": SHOWN}
    problems = [item for item in view.coverage().problems if item.kind in ("unreadable", "partial")]
    # Half of the warnings at most, so that what could not be read hides no finding.
    for item in problems[: SHOWN // 2]:
        lines.append(_problem(item))
        left["warning"] -= 1
    failures = [verdict for verdict in report.verdicts if verdict.status == "fail" and verdict.new]
    chosen = []
    for verdict in failures:
        level = _LEVELS[verdict.severity]
        if left[level]:
            left[level] -= 1
            chosen.append(verdict)
    lines += [_failure(row, view) for row in view.rows(chosen)]
    lines += _closing(view, len(failures) - len(chosen), len(problems) - len(problems[: SHOWN // 2]))
    return "\n".join(lines) + "\n"


def _closing(view: View, failures: int, problems: int) -> Iterator[str]:
    """In plain text, and no line that GitHub would take for a command."""
    if failures or problems:
        more = words.joined(
            [
                words.counted(failures, "further failure") if failures else "",
                words.counted(problems, "further problem") if problems else "",
            ]
        )
        yield f"bastide: {more} without an annotation: GitHub shows {SHOWN} of a level"
    yield f"bastide: {words.headline(view.summary(), baseline=view.has_baseline())}"
    if reason := view.decision():
        yield f"bastide: {reason}"


def _failure(row: VerdictRow, view: View) -> str:
    parts = [f"{row.resource.address}: {words.evidences(row)}" if row.evidence else row.resource.address]
    if row.call:
        parts.append(f"called from {' → '.join(row.call)}")
    if fix := view.fix(row).partition("\n")[0]:
        parts.append(f"Fix: {fix}")
    title = f"{row.severity}: {words.finding(row)} ({row.control})"
    return _command(_LEVELS[row.severity], row.location.path, row.location.line, title, "\n".join(parts))


def _problem(item: ProblemRow) -> str:
    kind = words.PROBLEM_KINDS[item.kind]
    return _command("warning", item.path, item.line, f"bastide: {kind}, so not judged", item.message)


def _command(level: str, path: str, line: int, title: str, message: str) -> str:
    at = f"file={path.removeprefix('./').translate(_PROPERTY)}"
    if line > 0:
        at += f",line={line}"
    return f"::{level} {at},title={title.translate(_PROPERTY)}::{message.translate(_DATA)}"
