"""Measure bastide beside its peers and write benchmarks/RESULTS.md: `python benchmarks/run.py`.

Raw figures are in benchmarks/results.json, environments and inputs under benchmarks/.cache. Without options it takes
half an hour on two cores, and as long again for the lake, most of it the peers' time; `--quick` takes a minute or two
and writes no page.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import lake
import live
from generate import COUNTS, generate
from harness import tools
from harness.page import page
from harness.process import timed, weighed

if TYPE_CHECKING:
    from collections.abc import Iterator

SEED = 1
PATIENCE = 100.0
"""About how many seconds one tool's timed runs over one input may take; long runs are repeated less often."""
STARTS = 11
OTHERS = ("live", "organization", "lake")
"""Inputs that are no code: an emulated account beside Prowler, a synthetic organization, logs."""
MODULES, EVENTS = (25, 50, 100, 200), 1_000
"""Sizes of code that show growth, and from where on a size means events."""

PAGE, RAW = (tools.ROOT / "benchmarks" / name for name in ("RESULTS.md", "results.json"))

Result = dict[str, Any]


def main() -> int:
    """Measure what was asked for, then write the page and the raw figures."""
    arguments = _arguments()
    files = [kind for kind in arguments.inputs if kind in COUNTS]
    environments = tools.prepare(arguments.tools) if files else []
    results: Result = {
        "date": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "command": " ".join(["python benchmarks/run.py", *sys.argv[1:]]),
        "machine": _machine(),
        "versions": {tool.name: tool.version for tool in environments},
        "inputs": [],
        "startup": _startup(environments, 3 if arguments.quick else STARTS),
        "installed": {tool.name: tools.added(tool.name) for tool in environments},
        "parts": tools.parts("bastide") if any(tool.name == "bastide" for tool in environments) else {},
    }
    for kind, count in _inputs(arguments):
        results["inputs"].append(measure(kind, count, environments, arguments.repeat))
    if "live" in arguments.inputs:
        results["live"] = _live(arguments)
        results["versions"] |= results["live"]["versions"]
    if "lake" in arguments.inputs and (found := _lake(arguments)):
        results["lake"] = found
        results["versions"] |= found["versions"]
    if "organization" in arguments.inputs:
        small = ["--accounts", "4", "--each", "100"] if arguments.quick else []
        subprocess.run([sys.executable, str(tools.ROOT / "benchmarks" / "organization.py"), *small], check=True)
    _add_others(results, arguments)
    _keep(results, write_page=not arguments.quick)
    return 0


def measure(kind: str, count: int, environments: list[tools.Tool], repeat: int) -> Result:
    """Every tool's runs over one input, alternating; a tool that finds nothing readable is left out."""
    with _input(kind, count) as folder:
        files = [path for path in folder.rglob("*") if path.is_file()]
        size = sum(path.stat().st_size for path in files) // 1000
        print(f"\n{kind} {count}: {len(files)} files", flush=True)
        main_one = count == COUNTS[kind]
        runs = _runs(kind, folder, environments, repeat, 3 if main_one else 1)
    return {"kind": kind, "count": count, "main": main_one, "files": len(files), "kilobytes": size, "runs": runs}


def _live(arguments: argparse.Namespace) -> Result:
    """The same account read by bastide and by Prowler; three times, since Prowler takes minutes."""
    print("\nlive account", flush=True)
    environments = tools.prepare(list(tools.LIVE), tools.LIVE)
    found = live.measure(environments, 4 if arguments.quick else live.EACH, min(arguments.repeat, 3))
    return {
        **found,
        "versions": {tool.name: tool.version for tool in environments},
        "installed": {tool.name: tools.added(tools.LIVE[tool.name]) for tool in environments},
    }


def _lake(arguments: argparse.Namespace) -> Result:
    """Logs brought in, judged and watched; peers that cannot be installed are on the page with the reason."""
    refused: dict[str, str] = {}
    environments = tools.prepare(list(tools.LAKE), tools.LAKE, refused)
    sizes = [size for size in arguments.sizes if size >= EVENTS] or list(lake.SIZES)
    return lake.measure(environments, refused, sorted(sizes), arguments.peer_events, min(arguments.repeat, 3))


def _runs(kind: str, folder: Path, environments: list[tools.Tool], repeat: int, least: int) -> Result:
    """`least` runs are made however long they take, more only of what is fast; memory is looked at in as many."""
    runs: Result = {}
    repeats: dict[str, int] = {}
    for tool in environments:  # the first look at memory warms the caches, too
        first, seconds, found = _weigh(tool, kind, folder)
        if found is None:
            print(f"  {tool.name} is left out: exit {first['exit_code']}, no findings that can be read")
            continue
        runs[tool.name] = {"timed": [], "weighed": [first], "findings": found}
        repeats[tool.name] = min(repeat, max(least, int(PATIENCE / seconds)))
    usable = [tool for tool in environments if tool.name in runs]
    for turn in range(repeat):
        for tool in usable:
            if turn < repeats[tool.name]:
                runs[tool.name]["timed"].append(_time(tool, kind, folder))
            if 0 < turn < min(least, repeats[tool.name]):
                runs[tool.name]["weighed"].append(_weigh(tool, kind, folder)[0])
    return runs


def _time(tool: tools.Tool, kind: str, folder: Path) -> Result:
    out = _fresh(tool)
    run = timed(tool.scan(kind, folder, out), tools.environment(), out.parent)
    print(f"  {tool.name}: {run.seconds:.2f} s, {run.cpu:.2f} s CPU, exit {run.exit_code}", flush=True)
    return asdict(run)


def _weigh(tool: tools.Tool, kind: str, folder: Path) -> tuple[Result, float, int | None]:
    """One run's memory, about how long it took, and what was found."""
    out = _fresh(tool)
    run = weighed(tool.scan(kind, folder, out), tools.environment(), out.parent)
    print(f"  {tool.name}: {run.memory or 0:.0f} MiB", flush=True)
    return asdict(run), run.seconds, tool.findings(out)


def _fresh(tool: tools.Tool) -> Path:
    """A place for a tool's findings, without those of an earlier run."""
    out = tools.CACHE / "out" / tool.name / "findings.json"
    shutil.rmtree(out.parent, ignore_errors=True)
    out.parent.mkdir(parents=True)
    return out


@contextmanager
def _input(kind: str, count: int) -> Iterator[Path]:
    """The input in a temporary folder: in `.cache` a tool might take it for something to leave out."""
    with tempfile.TemporaryDirectory(prefix="bastide-bench-") as temporary:
        folder = Path(temporary) / kind
        generate(folder, kind, count, SEED)
        yield folder


def _inputs(arguments: argparse.Namespace) -> list[tuple[str, int]]:
    """The main size of each kind, and the sizes that show growth: of root modules, three times as many templates."""
    wanted = []
    for kind in (kind for kind in arguments.inputs if kind in COUNTS):
        sizes = {COUNTS[kind]} if not arguments.quick else set()
        if kind != "module":
            modules = [size for size in arguments.sizes if size < EVENTS] or MODULES
            sizes |= {size * COUNTS[kind] // COUNTS["monorepo"] for size in modules}
        wanted += [(kind, size) for size in sorted(sizes | ({1} if kind == "module" else set()))]
    return wanted


def _startup(environments: list[tools.Tool], times: int) -> dict[str, list[float]]:
    """Seconds that every tool takes to say its version, beside an interpreter that does nothing."""
    python = Path(tools.CACHE / "env" / "bastide" / "bin" / "python")
    commands = {"python": [str(python if python.exists() else Path(sys.executable)), "-c", "pass"]}
    commands |= {tool.name: [str(tool.binary), "--version"] for tool in environments}
    found: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(times):
        for name, command in commands.items():
            found[name].append(timed(command, tools.environment(), tools.CACHE).seconds)
    return found


def _machine() -> Result:
    info = Path("/proc/cpuinfo").read_text("utf-8")
    cpu = next((line.split(":", 1)[1].strip() for line in info.splitlines() if line.startswith("model name")), "")
    return {
        "cpu": cpu or platform.machine(),
        "cores": len(os.sched_getaffinity(0)),
        "memory": os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30,
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "load": os.getloadavg()[0],
    }


def _add_others(results: Result, arguments: argparse.Namespace) -> None:
    """The figures of the last `evaluate.py` and `organization.py`, if there are any, and of parts not measured now."""
    for name in ("evaluation", "organization"):
        found = tools.CACHE / f"{name}.json"
        if found.exists():
            results[name] = json.loads(found.read_text("utf-8"))
    results["made"] = {name: [results["command"], results["date"]] for name in arguments.inputs}
    if set(arguments.inputs) == {*COUNTS, *OTHERS} or not RAW.exists() or arguments.quick:
        return
    known = json.loads(RAW.read_text("utf-8"))
    measured = {item["kind"] for item in results["inputs"]}
    results["inputs"] += [item for item in known["inputs"] if item["kind"] not in measured]
    for name in ("startup", "installed", "parts", "versions"):
        results[name] = {**known.get(name, {}), **results[name]}
    results["made"] = {**known.get("made", {}), **results["made"]}
    for name in ("live", "lake", "evaluation", "organization"):
        if name in known:
            results.setdefault(name, known[name])


def _keep(results: Result, *, write_page: bool) -> None:
    """Keep the raw figures and the page; never a page that lacks what the one before it has."""
    text = page(results)
    if write_page:
        RAW.write_text(json.dumps(results, indent=1).replace(f"{tools.ROOT}/", "") + "\n", "utf-8")
        lost = _headings(PAGE.read_text("utf-8")) - _headings(text) if PAGE.exists() else set()
        (tools.CACHE / PAGE.name if lost else PAGE).write_text(text, "utf-8")
    print(f"\n{text}")
    if write_page and lost:
        print(
            f"{PAGE} stays as it is, since there are no raw figures of {', '.join(sorted(lost))}: "
            f"measure these too; the new page is {tools.CACHE / PAGE.name}"
        )


def _headings(text: str) -> set[str]:
    return {line.lstrip("# ") for line in text.splitlines() if line.startswith("##")}


def _words(text: str) -> list[str]:
    return [word for word in text.split(",") if word]


def _sizes(text: str) -> list[int]:
    return [int(word) for word in _words(text)]


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument(
        "--inputs",
        type=_words,
        default=[*COUNTS, *OTHERS],
        help="module,monorepo,templates,live,organization,lake; what is left out stays as it was measured before",
    )
    parser.add_argument("--tools", type=_words, default=["bastide", "trivy", "checkov"], help="which to measure")
    parser.add_argument(
        "--sizes",
        type=_sizes,
        default=[],
        help=f"to show growth: root modules, and from {EVENTS:,} on events of a lake",
    )
    parser.add_argument("--peer-events", type=int, default=lake.PEER_EVENTS, help="how many a lake's peers judge")
    parser.add_argument("--repeat", type=int, default=5, help="runs of each tool over each input")
    parser.add_argument("--quick", action="store_true", help="small inputs, one run each, no RESULTS.md")
    arguments = parser.parse_args()
    if arguments.quick:
        arguments.repeat, arguments.sizes, arguments.peer_events = 1, [10, 20, 10_000, 20_000], 10_000
    if unknown := set(arguments.inputs) - {*COUNTS, *OTHERS} | set(arguments.tools) - {"bastide", "trivy", "checkov"}:
        parser.error(f"unknown: {', '.join(sorted(unknown))}")
    return arguments


if __name__ == "__main__":
    sys.exit(main())
