"""The parts of RESULTS.md about live accounts: beside Prowler, and a whole organization."""

from __future__ import annotations

from collections import Counter
from statistics import median
from typing import Any

from harness.tables import Table, figure, middle, ratio, spread, table, target

CALLS, WALL, MEMORY = 3, 10, 4
"""How many times bastide's calls, wall time and peak memory Prowler's must be."""
ORGANIZATION_ACCOUNTS = 200
"""How many the target is about; what fewer took is shown, and no target."""
PROGRESS_SECONDS, ORGANIZATION_SECONDS, ORGANIZATION_MIB = 1.0, 60, 2048
_FIELDS = (("calls", "timed"), ("seconds", "timed"), ("memory", "weighed"))


def live_targets(results: dict[str, Any]) -> Table:
    """What reading accounts must reach, and whether it does."""
    rows: Table = []
    runs = results.get("live", {}).get("runs", {})
    if "bastide" in runs and "prowler" in runs:
        names = ("API calls", "wall time", "peak memory")
        for name, times, (field, kind) in zip(names, (CALLS, WALL, MEMORY), _FIELDS, strict=True):
            is_ = ratio(middle(runs["prowler"][kind], field), middle(runs["bastide"][kind], field)) or 0.0
            met = "met" if is_ >= times else "**missed**"
            rows.append([f"A live account, {name}", f"≤ 1/{times} of Prowler's", f"1/{is_:.1f}", met])
    if "bastide" in runs and runs["bastide"]["progress"]:
        seconds = median(runs["bastide"]["progress"])
        name = "A live account, first byte of progress"
        rows.append(target(name, f"< {PROGRESS_SECONDS:.0f} s", seconds, "s", PROGRESS_SECONDS))
    if (found := results.get("organization")) and found["accounts"] >= ORGANIZATION_ACCOUNTS:
        title = f"{found['accounts']:,} accounts with {found['resources']:,} resources evaluated"
        seconds = found["seconds to read and evaluate them"]
        kept = found["seconds to do so and keep the tables"] + found["seconds to bring the history up to date"]
        for name, took in ((title, seconds), (f"{title}, tables and history kept", kept)):
            rows.append(target(name, f"< {ORGANIZATION_SECONDS} s", took, "s", ORGANIZATION_SECONDS))
        memory = found["peak MiB of all processes"]
        rows.append(target(f"{title}, peak memory", "< 2 GiB", memory, "MiB", ORGANIZATION_MIB))
    return rows


def live_part(results: dict[str, Any]) -> str:
    """The account read by both, side by side, and where the calls went."""
    if not (found := results.get("live")):
        return ""
    own = found["runs"].get("bastide")
    head = ["", "calls", "ratio", "wall s", "ratio", "CPU s", "peak MiB", "ratio", "first byte s", "findings", "runs"]
    rows = []
    for name, runs in found["runs"].items():
        row = [name]
        for field, kind in _FIELDS:
            value = middle(runs[kind], field)
            times = ratio(value, middle(own[kind], field)) if own else None
            shown = spread(runs[kind], field) if field == "seconds" else f"{value:,.0f}" if value else ""
            row += [shown, f"{times:.1f}" if times else ""]
            row += [figure(middle(runs["timed"], "cpu"))] if field == "seconds" else []
        progress = figure(median(runs["progress"])) if runs["progress"] else ""
        rows.append([*row, progress, f"{runs['findings']:,}", str(len(runs["timed"]))])
    text = _LIVE.format(
        each=found["each"], regions=" and ".join(found["regions"]), services=", ".join(found["services"])
    )
    return f"{text}\n{table(head, rows)}\n{_by_service(found['runs'])}"


def _by_service(runs: dict[str, Any]) -> str:
    counted: dict[str, Counter[str]] = {name: Counter() for name in runs}
    for name, found in runs.items():
        for operation, number in found["operations"].items():
            counted[name][operation.partition(":")[0]] += number
    services = sorted({service for calls in counted.values() for service in calls})
    rows = [[service, *(f"{calls[service]:,}" for calls in counted.values())] for service in services]
    return f"Calls of one run by the service that they were signed for:\n\n{table(['', *counted], rows)}"


def organization_part(results: dict[str, Any]) -> str:
    """The synthetic organization."""
    if not (found := results.get("organization")):
        return ""
    rows = [[key, f"{value:,.1f}" if isinstance(value, float) else f"{value:,}"] for key, value in found.items()]
    return f"## A whole organization\n\n{_ORGANIZATION}\n{table(['figure', 'value'], rows)}"


_LIVE = """\
## A live account

One emulated account with {each} resources of every kind in {regions}, read by both tools over HTTP from the same
server, which counts what arrives. Read are the services that both know and that the emulation has: {services}
(Prowler calls `lambda` `awslambda`). Prowler has its default options otherwise, and writes one format, as bastide does.
AWS answers more slowly than the emulation and more calls at once; bastide keeps the pace that it keeps before AWS.
Most calls are such as AWS has for one resource only; where it has calls for many, as for identities, the tools differ
most. Findings are given for plausibility only. Ratios are the tool's figure divided by bastide's.
"""
_ORGANIZATION = """\
Accounts with four regions each, made by `benchmarks/organization.py` as a scan has them on disk when all calls are
answered. They are judged on all cores twice: for the verdicts alone, and as a scan does it, which keeps tables and
brings the history up to date.
"""
