"""A scan from targets to report: find, load in worker processes, judge, exempt, compare with the baseline."""

from __future__ import annotations

import time
from collections import Counter
from fnmatch import fnmatchcase
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field

from bastide import __version__
from bastide.errors import UsageError
from bastide.resources.model import Problem
from bastide.sources.discover import discover
from bastide.sources.nested import without_nested
from bastide.sources.pool import load_all

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from bastide.controls.library import Library, Selector
    from bastide.controls.verdict import Coverage, Report, Verdict
    from bastide.resources.model import Loaded, Resource

    Told = Callable[[str, int, int], None]
    """Told what a scan is doing: the step, and how many units of how many (0 of 0: not counted). Must be quick."""

MAX_JOBS = 256
"""Processes that read files, at most."""


class ScanResult(Struct):
    """The report, and the resources that it is about (for `bastide query`)."""

    report: Report
    resources: list[Resource] = field(default_factory=list)
    tables: Path | None = None
    """Where the tables of the scan are already, in folders of Parquet files; None when nobody wrote them."""


def scan(targets: Sequence[str], settings: dict[str, Any], exemptions: Sequence[dict[str, str]] = (),
         progress: Told | None = None, *, meanwhile: Callable[[], object] | None = None,
         seen: Callable[[list[Resource]], object] | None = None) -> ScanResult:  # fmt: skip
    """Judge what is at the targets. Raises `BastideError` for wrong use only: what cannot be read is in the report.

    `meanwhile` is called while other processes read, `seen` with the resources before they are judged.
    """
    started, clock = time.time(), time.monotonic()
    told = progress or _silent
    _check_files(settings["var_file"])
    told("looking for what can be read", 0, 0)
    found = discover(targets, settings["exclude"])
    jobs = _jobs(settings.get("jobs"))
    loading = load_all(found.units, var_files=settings["var_file"], jobs=jobs, texts=found.texts)
    found.texts.clear()  # those who read have them
    # What judges is imported here, while the workers read.
    from bastide.controls.evaluate import Evaluation
    from bastide.controls.library import load_library, parse_selector, select

    for name in ("baseline", "exemptions", "verdict"):
        import_module(f"bastide.controls.{name}")
    only = [parse_selector(text) for text in settings["only"]]
    skip = [parse_selector(text) for text in settings["skip"]]
    everything = load_library(settings["controls"])
    library = select(everything, only, skip)
    if meanwhile:
        meanwhile()
    evaluation = Evaluation((), (), dict(library.broken))
    loaded: list[Loaded] = []
    known: set[str] = set()
    for unit in loading:
        loaded.append(unit)
        told("reading", len(loaded), len(found.units))
        if new := {resource.type for resource in unit.resources} - known:
            known |= new
            evaluation.add(*library.of(new, live=False))
            evaluation.prepare()  # others read meanwhile
    loaded = without_nested(loaded)
    everywhere = [r for unit in loaded for r in unit.resources]
    resources = [r for r in everywhere if is_wanted(r.path, only, skip)]
    if seen:
        seen(resources)
    told("judging", 0, 0)
    verdicts = evaluation.verdicts(resources)
    evaluation.close()
    files = sorted({path for unit in loaded for path in unit.files})
    coverage = _coverage(loaded, resources, verdicts, files)
    coverage.problems = [*found.problems, *(problem for unit in loaded for problem in unit.problems)]
    coverage.left_out = len({r.id for r in everywhere}) - coverage.resources
    judged = Judged(
        everything, library, evaluation.broken, verdicts, coverage, files, len(resources) == len(everywhere)
    )
    judged.marked = sorted({path for unit in loaded for path in unit.marked})
    report = finish(judged, tuple(targets), settings, exemptions, started=started, clock=clock)
    return ScanResult(report, resources)


class Judged(Struct):
    """What a scan has found, before exemptions and the baseline: `whole` when no path was left out of it."""

    everything: Library
    library: Library
    broken: dict[str, str]
    verdicts: list[Verdict]
    coverage: Coverage
    files: list[str]
    whole: bool
    unlisted: Counter[tuple[str, str, bool]] | None = None
    """Verdicts that are counted only; with it, exemptions and the baseline have been applied."""
    compensated: Counter[str] = field(default_factory=Counter)
    """Verdicts that pass by a layer, by its type."""
    marked: list[str] = field(default_factory=list)
    """Those of the files that speak of exemptions."""


def finish(
    judged: Judged,
    targets: tuple[str, ...],
    settings: dict[str, Any],
    exemptions: Sequence[dict[str, str]],
    *,
    started: float,
    clock: float,
) -> Report:
    """The report: exempt, compare with the baseline, sort. Notes about these join the coverage's problems.

    `started` is the time of day, `clock` the monotonic time at which the scan began.
    """
    from bastide.controls.baseline import apply_baseline, no_longer
    from bastide.controls.exemptions import apply_exemptions
    from bastide.controls.verdict import Report

    verdicts, files, problems = judged.verdicts, judged.files, judged.coverage.problems
    asked = {control.id for control in judged.library.summaries} - judged.broken.keys()
    unasked = {control.id for control in judged.everything.summaries} - asked
    if judged.unlisted is None:
        problems += apply_exemptions(verdicts, exemptions, judged.marked, unasked=unasked, whole=judged.whole)
    if settings["baseline"] and judged.unlisted is None:
        apply_baseline(verdicts, settings["baseline"])
        if judged.whole and (gone := no_longer(verdicts, settings["baseline"], set(files), asked)):
            message = (
                f"{gone:,} of its findings no longer {'occurs' if gone == 1 else 'occur'}; `bastide baseline` renews it"
            )
            problems.append(Problem("note", settings["baseline"], 0, message))
    verdicts.sort(key=_order)
    return Report(
        __version__,
        started,
        time.monotonic() - clock,
        targets,
        verdicts,
        judged.coverage,
        judged.library.summaries,
        judged.broken,
        settings,
        judged.unlisted or Counter(),
        judged.compensated,
    )


def exit_code(report: Report) -> int:
    """1 for a new failure at or over the threshold, else 3 for a scan that is incomplete, else 0."""
    from bastide.controls.gate import decide

    return decide(report).code


def _silent(step: str, done: int, total: int) -> None:
    del step, done, total


def _jobs(text: str | None) -> int | None:
    if text is None or (text.isascii() and text.isdigit() and 1 <= int(text[:5]) <= MAX_JOBS):
        return int(text) if text else None
    raise UsageError(f"--jobs: `{text}` is no number from 1 to {MAX_JOBS}")


def _check_files(var_files: Iterable[str]) -> None:
    for path in var_files:
        if not Path(path).exists() or Path(path).is_dir():
            raise UsageError("there is no such file of variables", place=path, remedy="See --var-file")


def is_wanted(path: str, only: Iterable[Selector], skip: Iterable[Selector]) -> bool:
    """Whether no `path` of --only or --skip leaves out what is at a path."""
    wanted = [item for item in only if item.key == "path"]
    if wanted and not any(fnmatchcase(path, pattern) for item in wanted for pattern in item.patterns):
        return False
    return not any(fnmatchcase(path, pattern) for item in skip if item.key == "path" for pattern in item.patterns)


_STATUS_ORDER = {"fail": 0, "unknown": 1, "exempt": 2, "pass": 3}
_SEVERITY_ORDER = {"critical": 0, "high": 1, "medium": 2, "low": 3, "info": 4}


def _order(verdict: Verdict) -> tuple[int, int, str, int, str, str]:
    resource = verdict.resource
    return (
        _STATUS_ORDER[verdict.status],
        _SEVERITY_ORDER[verdict.severity],
        resource.path,
        resource.line,
        resource.address,
        verdict.control.id,
    )


def _coverage(loaded: list[Loaded], resources: list[Resource], verdicts: list[Verdict], files: list[str]) -> Coverage:
    from bastide.controls.verdict import Coverage

    judged = {verdict.resource.id for verdict in verdicts}
    judged_types = {verdict.resource.type for verdict in verdicts}
    types = Counter(resource.type for resource in resources)
    unmapped: Counter[str] = Counter()
    others: Counter[str] = Counter()
    for problem in (problem for unit in loaded for problem in unit.problems if problem.kind == "unmapped"):
        provider = problem.message.partition("_")[0]
        if provider in ("aws", "awscc"):
            unmapped[problem.message] += problem.count
        else:
            others[provider] += problem.count
    return Coverage(
        units=dict(Counter(unit.source for unit in loaded)),
        files=len(files),
        resources=len({resource.id for resource in resources}),
        judged=len(judged),
        types=dict(types),
        unmapped=dict(unmapped),
        unjudged={name: number for name, number in types.items() if name not in judged_types},
        others=dict(others),
    )
