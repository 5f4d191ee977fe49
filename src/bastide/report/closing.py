"""The end of the report for a person: what was not read, the sum, what was covered, what to do next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bastide.report import calls, words

if TYPE_CHECKING:
    from bastide.report.lines import Lines, Span
    from bastide.report.view import CoverageRow, ProblemRow, SummaryRow, View

MAX_PROBLEMS = 20
_LABEL = 10


def close(view: View, lines: Lines, *, verbose: bool) -> None:
    """Add the end of the report."""
    coverage, summary = view.coverage(), view.summary()
    _problems(lines, coverage, verbose=verbose)
    _sum(view, lines, summary, verbose=verbose)
    _covered(view, lines, coverage, verbose=verbose)
    _called(lines, coverage, verbose=verbose)
    _broken(view, lines)
    _next(view, lines, summary, coverage)


def _row(lines: Lines, label: str, *spans: Span) -> None:
    """A line with a label before it; the label is not said again by the lines that follow."""
    lines.add((label.ljust(_LABEL), "strong"), *spans, hang=_LABEL) if label else lines.add(*spans, indent=_LABEL)


def _problems(lines: Lines, coverage: CoverageRow, *, verbose: bool) -> None:
    gaps = [item for item in coverage.problems if item.kind in ("unreadable", "partial")]
    _told(lines, ("Not everything could be read", "warn"), gaps, verbose=verbose)
    rest = [item for item in coverage.problems if item.kind not in ("unreadable", "partial", "unmapped")]
    _told(lines, ("Worth knowing", "strong"), rest, verbose=verbose)


def _told(lines: Lines, heading: Span, problems: list[ProblemRow], *, verbose: bool) -> None:
    if not problems:
        return
    problems = words.together(problems)
    lines.add(heading)
    for item in problems if verbose else problems[:MAX_PROBLEMS]:
        _problem(lines, item)
    if not verbose and len(problems) > MAX_PROBLEMS:
        lines.add((f"… {len(problems) - MAX_PROBLEMS} more; --verbose shows all", "faint"), indent=2)
    lines.blank()


def _problem(lines: Lines, item: ProblemRow) -> None:
    kind = words.PROBLEM_KINDS.get(item.kind, item.kind)
    count = f" ({item.count} times)" if item.count > 1 else ""
    style = "warn" if item.kind in ("unreadable", "partial") else "faint"
    place = words.place(item.path, item.line)
    lines.add((place, "place"), (f"  {kind}: ", style), (f"{item.message}{count}", ""), indent=2, hang=4)


def _sum(view: View, lines: Lines, summary: SummaryRow, *, verbose: bool) -> None:
    _counts(view, lines, summary, verbose=verbose)
    if reason := view.decision():
        _row(lines, "", (reason, ""))


def _counts(view: View, lines: Lines, summary: SummaryRow, *, verbose: bool) -> None:
    failed = summary.status["fail"]
    if not summary.verdicts:
        _row(lines, "Summary", ("Nothing was judged", "warn"))
        return
    told = words.counted(failed, "failure") if failed else "No failures"
    if failed and view.has_baseline():
        told += f", {summary.new_failures or 'none'} new"
    spans: list[Span] = [(told, "bad" if summary.new_failures else "warn" if failed else "good")]
    for name, number in summary.failures.items():
        if number:
            spans += [
                (", " if len(spans) > 1 else ": ", ""),
                (f"{number:,} {name}", name if name != "critical" else "bad"),
            ]
    _row(lines, "Summary", *spans)
    status = summary.status
    _row(lines, "", (f"{status['unknown']:,} unknown, {status['exempt']:,} exempt, {status['pass']:,} passed", ""))
    if told := words.compensations(summary):
        _row(lines, "", (told if verbose else f"{told}, shown with --verbose", ""))
    if known := failed - summary.new_failures:
        told = f"{words.counted(known, 'failure is', 'failures are')} known to the baseline"
        _row(lines, "", (told if verbose else f"{told}, shown with --verbose", "faint"))


def _covered(view: View, lines: Lines, coverage: CoverageRow, *, verbose: bool) -> None:
    what = words.read(coverage)
    units = words.units(coverage)
    _row(lines, "Covered", (f"{what}: {units}" if units else what, ""), (f"  {view.report.seconds:.1f} s", "faint"))
    if coverage.left_out:
        left = words.counted(coverage.left_out, "resource")
        who = ", ".join(view.chosen("path"))
        told = f"{left} left out by {who}" if coverage.resources else f"{who} leaves nothing of {left}"
        _row(lines, "", (told, "" if coverage.resources else "warn"))
    elif not coverage.resources and not coverage.ledger:
        where = ", ".join(view.targets()) or "the targets"
        _row(lines, "", (f"no Terraform or CloudFormation resources of AWS in {where}", "warn"))
    if coverage.unjudged:
        number = words.counted(sum(coverage.unjudged.values()), "resource")
        _row(lines, "", (f"{number} judged by {view.no_control()}: {words.listed(coverage.unjudged)}", ""))
    if coverage.unmapped:
        number = words.counted(sum(coverage.unmapped.values()), "resource")
        _row(lines, "", (f"{number} of types not mapped yet: {words.listed(coverage.unmapped)}", ""))
    if others := coverage.others if verbose else words.others(coverage):
        number = words.counted(sum(others.values()), "resource")
        _row(lines, "", (f"{number} of other providers: {words.listed(others, noun='provider')}", ""))


def _called(lines: Lines, coverage: CoverageRow, *, verbose: bool) -> None:
    """What became of the calls to live accounts, and how to close each gap."""
    if not coverage.ledger:
        return
    _row(lines, "Calls", (calls.told(coverage.ledger), ""))
    found = calls.gaps(coverage.ledger)
    for gap in found if verbose else found[:MAX_PROBLEMS]:
        told = f"{gap.operation} {gap.outcome} ({gap.code}) in {gap.where}: "
        _row(lines, "", (told, "warn"), (gap.remedy, ""))
    if not verbose and len(found) > MAX_PROBLEMS:
        _row(lines, "", (f"… {len(found) - MAX_PROBLEMS} more; --verbose shows all", "faint"))


def _broken(view: View, lines: Lines) -> None:
    for index, (name, why) in enumerate(view.broken().items()):
        _row(lines, "" if index else "Broken", (f"{name}: ", "warn"), (f"{why}; nothing was judged by it", ""))


def _next(view: View, lines: Lines, summary: SummaryRow, coverage: CoverageRow) -> None:
    """What a person can do now; nothing when nothing is left to do."""
    steps: list[tuple[str, str]] = []
    worst = next((v for v in view.report.verdicts if v.status == "fail" and v.new), None)
    if worst is not None:
        name = view.line(worst.control.id)
        steps.append((f"bastide controls show {name}", "why it matters, and the fix in full"))
        if coverage.ledger:
            steps.append(("exemptions: in bastide.yaml", "accepts a finding, with a reason and a last day"))
        else:
            comment = '# bastide: allow CONTROL until=YYYY-MM-DD by=NAME reason="…"'
            steps.append((comment, "above a resource exempts it"))
        if summary.new_failures > 20 and not view.has_baseline():
            steps.append(("bastide baseline", "accepts what is there now, to report only what is new"))
    elif summary.status["unknown"] and coverage.ledger:
        steps.append(("bastide aws policy", "is the policy that all calls need"))
    elif summary.status["unknown"]:
        steps.append(("bastide scan --var-file FILE", "gives values to the variables that verdicts wait for"))
    elif not coverage.resources and not coverage.left_out:
        steps.append(("bastide scan DIR", "reads the folder that has the code"))
    for index, (command, why) in enumerate(steps):
        _row(lines, "" if index else "Next", (command, "place"), (f"  {why}", "faint"))
