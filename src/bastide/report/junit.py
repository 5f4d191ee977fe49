"""JUnit XML for the test reports of pipelines: a suite a unit, a test case for each resource and control.

A failure is a failure; unknown, exempt, and what the baseline knows are skipped, with the reason. What could not be
read is an error of a suite of its own, and so is a control that could not be run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from bastide.report import words
from bastide.report.view import View
from bastide.report.words import escape

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bastide.controls.verdict import Report
    from bastide.report.view import ProblemRow, VerdictRow


class _Suite(NamedTuple):
    """Test cases as XML, and how many of each kind."""

    cases: list[str]
    counts: dict[str, int]


def render(report: Report) -> str:
    """The report as JUnit XML; rows are clean, so that no character in them is illegal in XML."""
    view = View(report)
    suites: dict[str, _Suite] = {}
    for row in view.verdicts():
        kind = "skipped" if row.status == "fail" and not row.new else _KINDS[row.status]
        _add(suites, row.resource.unit or ".", _case(row, view), kind)
    for problem in view.coverage().problems:
        if problem.kind in ("unreadable", "partial"):
            _add(suites, "bastide: files", _problem(problem), "errors")
    for name, why in view.broken().items():
        _add(suites, "bastide: controls", _broken(name, why), "errors")
    return "\n".join(_document(view, suites)) + "\n"


_KINDS = {"fail": "failures", "unknown": "skipped", "exempt": "skipped", "pass": ""}


def _add(suites: dict[str, _Suite], name: str, case: str, kind: str) -> None:
    suite = suites.get(name)
    if suite is None:
        suite = suites[name] = _Suite([], {"failures": 0, "errors": 0, "skipped": 0})
    suite.cases.append(case)
    if kind:
        suite.counts[kind] += 1


def _document(view: View, suites: dict[str, _Suite]) -> Iterator[str]:
    total = {
        "tests": sum(len(suite.cases) for suite in suites.values()),
        **{kind: sum(suite.counts[kind] for suite in suites.values()) for kind in ("failures", "errors")},
    }
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    yield f"<testsuites{_attributes(name='bastide', **total, time=f'{view.report.seconds:.3f}')}>"
    started = view.started().removesuffix("Z").partition(".")[0]
    for name, suite in suites.items():
        head = _attributes(name=name, tests=len(suite.cases), **suite.counts, time="0.000", timestamp=started)
        yield f"<testsuite{head}>"
        yield from suite.cases
        yield "</testsuite>"
    yield "</testsuites>"


def _case(row: VerdictRow, view: View) -> str:
    head = f"<testcase{_attributes(name=f'{row.control}: {row.title}', classname=row.resource.address, time='0')}"
    if row.status == "pass":
        layer = row.compensated_by
        return (
            f"{head}><system-out>{escape(words.compensated(layer))}</system-out></testcase>" if layer else f"{head}/>"
        )
    if row.status == "exempt":
        why = words.exemption(row.exemption) if row.exemption else ""
        return f"{head}><skipped{_attributes(message=f'exempt {why}'.strip(), type='exempt')}/></testcase>"
    place = words.place(row.location.path, row.location.line)
    if row.status == "unknown":
        told = f"unknown: {words.evidences(row)} ({place})"
        return f"{head}><skipped{_attributes(message=told, type='unknown')}/></testcase>"
    if not row.new:
        told = f"known to the baseline: {words.evidences(row)} ({place})"
        return f"{head}><skipped{_attributes(message=told, type='known')}/></testcase>"
    body = escape("\n".join(_body(row, view, place)))
    message = f"{row.severity}: {words.evidences(row) or words.finding(row)} ({place})"
    return f"{head}><failure{_attributes(message=message, type=row.severity)}>{body}</failure></testcase>"


def _body(row: VerdictRow, view: View, place: str) -> Iterator[str]:
    """What a person reads who opens the failed test."""
    yield f"{row.severity}: {words.finding(row)}"
    yield f"{row.resource.address} ({row.resource.type})"
    yield place
    for step in row.call:
        yield f"called from {step}"
    for item in row.evidence:
        yield words.evidence(item)
    if row.exemption:
        yield f"exemption {words.exemption(row.exemption)}"
    if fix := view.fix(row):
        yield f"fix: {fix}"


def _problem(item: ProblemRow) -> str:
    head = _attributes(name=words.place(item.path, item.line), classname="bastide.files", time="0")
    return f"<testcase{head}><error{_attributes(message=item.message, type=item.kind)}/></testcase>"


def _broken(name: str, why: str) -> str:
    head = _attributes(name=name, classname="bastide.controls", time="0")
    return f"<testcase{head}><error{_attributes(message=why, type='broken')}/></testcase>"


def _attributes(**values: str | int) -> str:
    return "".join([f' {name}="{escape(str(value))}"' for name, value in values.items()])
