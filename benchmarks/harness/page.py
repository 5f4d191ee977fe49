"""RESULTS.md from the raw figures: medians, ratios to bastide, growth, and the figures that bastide must reach."""

from __future__ import annotations

from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING, Any

from harness.lake_page import lake_part, lake_targets
from harness.live_page import live_part, live_targets, organization_part
from harness.tables import Table, figure, middle, ratio, spread, table, target

if TYPE_CHECKING:
    from collections.abc import Sequence

TITLES = {
    "module": "One Terraform module of some 60 resources",
    "monorepo": "A monorepo of {count} Terraform root modules",
    "templates": "{count} CloudFormation templates",
}
PEERS = ("trivy", "checkov")
TIMES = {"module": (2, 10), "monorepo": (5, 25), "templates": (5, 25)}
"""How many times as fast as Trivy and as Checkov bastide must be, by input."""
VERSION_SECONDS, INSTALL_BYTES, EVALUATE_SECONDS = 0.15, 150_000_000, 60

_BUSY = "\n**The machine had other work to do when this began: wall times are too long, CPU times nearly right.**\n"


def page(results: dict[str, Any]) -> str:
    """The whole page; what was not measured is not on it."""
    parts = [_head(results)]
    if targets := _targets(results):
        parts += ["## What bastide must reach\n", table(["figure", "must be", "is", ""], targets)]
    if main := [_side_by_side(item) for item in results["inputs"] if item["main"]]:
        parts += ["## Side by side\n", *main]
    if growth := "\n".join(filter(None, (_growth(kind, results["inputs"]) for kind in ("monorepo", "templates")))):
        parts += ["## Growth\n", _GROWTH, growth]
    parts += [live_part(results), _evaluation(results), organization_part(results), lake_part(results)]
    parts += [_small(results), _HOW]
    return "\n".join(part for part in parts if part)


def _head(results: dict[str, Any]) -> str:
    machine, versions = results["machine"], results["versions"]
    tools = ", ".join(f"{name} {version}" for name, version in versions.items())
    busy = _BUSY if machine["load"] > machine["cores"] / 4 else ""
    return f"""# Results

Written by `{results["command"]}` on {results["date"]}; the same command repeats it.
{_earlier(results)}
- measured: {tools}
- on: {machine["cpu"]}, {machine["cores"]} cores, {machine["memory"]:.0f} GiB, {machine["system"]}, \
Python {machine["python"]}; load average at the start {machine["load"]:.2f}
- all figures are medians; runs of the tools alternate, never two at once; every cache is warm
{busy}
Findings are given for plausibility only: each tool has its own controls.
"""


def _earlier(results: dict[str, Any]) -> str:
    """Which inputs were measured by other runs than the last, by which and when."""
    others: dict[tuple[str, str], list[str]] = {}
    for name, (command, date) in results.get("made", {}).items():
        if date != results["date"]:
            others.setdefault((command, date), []).append(name)
    said = (f"By `{command}` on {date}: {', '.join(names)}.\n" for (command, date), names in others.items())
    return "".join(said)


def _targets(results: dict[str, Any]) -> Table:
    rows: Table = []
    for item in results["inputs"]:
        if item["main"] and "bastide" in item["runs"]:
            rows += _targets_of(item)
    if runs := results["startup"].get("bastide"):
        rows.append(target("`bastide --version`", f"< {VERSION_SECONDS} s", median(runs), "s", VERSION_SECONDS))
    if size := results["installed"].get("bastide"):
        limit = INSTALL_BYTES / 1e6
        rows.append(target("a wheel install", f"< {limit:.0f} MB", size / 1e6, "MB", limit))
    if evaluation := results.get("evaluation"):
        title = f"{evaluation['resources']:,} resources evaluated"
        seconds = evaluation["seconds"]
        rows.append(target(title, f"< {EVALUATE_SECONDS} s", seconds, "s", EVALUATE_SECONDS))
    return rows + live_targets(results) + lake_targets(results)


def _targets_of(item: dict[str, Any]) -> Table:
    rows: Table = []
    own = item["runs"]["bastide"]
    title = _title(item)
    for peer, times in zip(PEERS, TIMES[item["kind"]], strict=True):
        if theirs := item["runs"].get(peer):
            is_ = ratio(middle(theirs["timed"], "seconds"), middle(own["timed"], "seconds")) or 0.0
            met = "met" if is_ >= times else "**missed**"
            rows.append([f"{title}, against {peer}", f"≥ {times} times as fast", f"{is_:.1f} times", met])
    if trivy := item["runs"].get("trivy"):
        mine, theirs = middle(own["weighed"], "memory"), middle(trivy["weighed"], "memory")
        if mine is not None and theirs is not None:
            rows.append(target(f"{title}, peak memory", f"< Trivy's {theirs:.0f} MiB", mine, "MiB", theirs))
    return rows


def _side_by_side(item: dict[str, Any]) -> str:
    own = item["runs"].get("bastide")
    head = [
        "",
        "wall s",
        "ratio",
        "CPU s",
        "ratio",
        "peak MiB",
        "ratio",
        "largest process MiB",
        "findings",
        "exit",
        "runs",
    ]
    rows = []
    for name, runs in item["runs"].items():
        row = [name]
        for field, kind in (("seconds", "timed"), ("cpu", "timed"), ("memory", "weighed")):
            value = middle(runs[kind], field)
            times = ratio(value, middle(own[kind], field)) if own else None
            shown = spread(runs[kind], field) if field == "seconds" else figure(value)
            row += [shown, f"{times:.1f}" if times else ""]
        codes = sorted({run["exit_code"] for run in runs["timed"]})
        row += [figure(middle(runs["weighed"], "largest")), f"{runs['findings']:,}"]
        rows.append([*row, ", ".join(map(str, codes)), str(len(runs["timed"]))])
    size = f"{item['files']:,} files, {item['kilobytes']:,} kB"
    return f"### {_title(item)}\n\n{size}. Ratios are the tool's figure divided by bastide's.\n\n{table(head, rows)}"


_GROWTH = """\
Wall seconds by size of the input, and from each size to the next the milliseconds that one more root module or
template costs, without what it costs to start: where growth is linear these stay level.
"""


def _growth(kind: str, inputs: list[dict[str, Any]]) -> str:
    sizes = sorted((item for item in inputs if item["kind"] == kind), key=lambda item: item["count"])
    if len(sizes) < 2:
        return ""
    tools = [name for name in sizes[0]["runs"] if all(name in item["runs"] for item in sizes)]
    head = [kind, *(f"{item['count']}" for item in sizes), "ms for one more, by step"]
    rows = []
    for name in tools:
        points = [(item["count"], middle(item["runs"][name]["timed"], "seconds") or 0.0) for item in sizes]
        rows.append([name, *(figure(seconds) for _, seconds in points), _steps(points)])
        memory = [figure(middle(item["runs"][name]["weighed"], "memory")) for item in sizes]
        rows.append([f"{name}, peak MiB", *memory, ""])
    return table(head, rows)


def _steps(points: Sequence[tuple[int, float]]) -> str:
    pairs = pairwise(points)
    return ", ".join(f"{1000 * (t2 - t1) / (n2 - n1):.1f}" for (n1, t1), (n2, t2) in pairs)


def _evaluation(results: dict[str, Any]) -> str:
    if not (found := results.get("evaluation")):
        return ""
    rows = [[key, f"{value:,.1f}" if isinstance(value, float) else f"{value:,}"] for key, value in found.items()]
    return "## Evaluation alone\n\n" + table(["figure", "value"], rows)


def _small(results: dict[str, Any]) -> str:
    rows = [
        [f"`{'python -c pass' if name == 'python' else f'{name} --version'}`", f"{median(runs):.3f} s"]
        for name, runs in results["startup"].items()
    ]
    text = "## Start-up\n\n" + table(["command", "median"], rows)
    sizes = [[name, f"{size / 1e6:.1f} MB"] for name, size in results["installed"].items()]
    if parts := results.get("parts"):
        sizes += [[f"bastide: {name}", f"{size / 1e6:.1f} MB"] for name, size in parts.items()]
    text += "\n## Installed size\n\nWhat an install from a wheel, dependencies and compiled bytecode included, adds\n"
    return text + "to an empty virtual environment, as `du` counts it.\n\n" + table(["", "on disk"], sizes)


_HOW = """\
## How it was measured

- Input is made by `benchmarks/generate.py` with a fixed seed; the same for all tools, not tuned to any of them.
- Each tool runs as installed from its package into an environment of its own, with a home folder of its own and no
  way to a network, and is told to look only for misconfiguration of the one kind of input that there is (bastide
  finds out by itself), with JSON written to a file.
- Wall is from start to exit; CPU is user and system time of all the tool's processes. Peak memory is from separate
  runs: the largest sum over the process tree of Pss (shared pages counted once), looked at every 20 ms; the largest
  process is its resident peak. Runs that take minutes are repeated less often.
- The raw figures are in `benchmarks/results.json`.
"""


def _title(item: dict[str, Any]) -> str:
    return TITLES[item["kind"]].format(count=item["count"])
