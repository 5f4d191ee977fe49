"""The gate: what a report means for a pipeline, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from bastide.controls.verdict import SEVERITIES
from bastide.errors import INCOMPLETE

if TYPE_CHECKING:
    from bastide.controls.verdict import Report


class Decision(NamedTuple):
    """An exit code, and the reason in words: `3 failures at or over low (--fail-on)`."""

    code: int
    reason: str


def decide(report: Report) -> Decision:
    """1 for a new failure at or over the threshold, else 3 for a scan that is incomplete, else 0.

    The threshold is the report's setting `fail_on`; with `fail_on_unknown` an unknown verdict counts as a failure.
    """
    threshold = report.settings.get("fail_on", "low")
    unknown_too = report.settings.get("fail_on_unknown", False)
    counted = {"fail": 0, "unknown": 0}
    if threshold != "never":
        worst = SEVERITIES[: SEVERITIES.index(threshold) + 1]
        for (status, severity, is_new), number in report.tally().items():
            if status in counted and is_new and severity in worst:
                counted[status] += number
    new = "new " if report.settings.get("baseline") or report.settings.get("new_since") else ""
    failed, unknown = counted["fail"], counted["unknown"] if unknown_too else 0
    told = [f"{failed:,} {new}{'failure' if failed == 1 else 'failures'}"] if failed else []
    told += [f"{unknown:,} unknown"] if unknown else []
    if told:
        flags = " ".join(["--fail-on"] * bool(failed) + ["--fail-on-unknown"] * bool(unknown))
        return Decision(1, f"{' and '.join(told)} at or over {threshold} ({flags})")
    if report.coverage.incomplete or report.broken:
        return Decision(INCOMPLETE, "incomplete: not everything could be judged")
    if threshold == "never":
        return Decision(0, "--fail-on never")
    return Decision(0, f"nothing {new}at or over {threshold}")
