"""`bastide fix` from targets to plan: scan, find what failed, plan."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from bastide.controls.library import load_library
from bastide.fix.judge import Judge
from bastide.fix.plan import Plan, Planner
from bastide.scan import scan
from bastide.sources.discover import discover

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bastide.controls.verdict import Report


class Found(NamedTuple):
    """The plan, and the report of the scan that it follows from."""

    plan: Plan
    report: Report


def plan_fixes(
    targets: Sequence[str],
    settings: dict[str, Any],
    exemptions: Sequence[dict[str, str]] = (),
    told: Callable[[str, int, int], None] | None = None,
    *,
    replace: bool = False,
) -> Found:
    """Fixes for what fails at the targets and is neither exempt nor known to the baseline."""
    result = scan(targets, settings, exemptions, told)
    failing = [one for one in result.report.verdicts if one.status == "fail" and one.new]
    judge = Judge(load_library(settings["controls"]), settings)
    planner = Planner(judge, discover(targets, settings["exclude"]).units, targets, replace=replace)
    step = (lambda done, total: told("trying fixes", done, total)) if told else None
    return Found(planner.plan(failing, step), result.report)
