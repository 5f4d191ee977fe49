"""`bastide scan aws`: what of live accounts the chosen controls need, read and judged account by account."""

from __future__ import annotations

import contextlib
import gc
import time
from importlib.util import find_spec
from itertools import chain
from typing import TYPE_CHECKING, Any

from msgspec import structs

from bastide import database
from bastide.controls.exemptions import not_needed
from bastide.controls.organization import POLICY, READS
from bastide.controls.verdict import Coverage
from bastide.errors import UsageError, near_miss
from bastide.resources.model import Problem
from bastide.resources.policies import policy_paths
from bastide.scan import Judged, ScanResult, finish, is_wanted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from bastide.controls.compiled import Compiled
    from bastide.controls.library import Library, Selector
    from bastide.controls.verdict import Report
    from bastide.history.accounts import Found, Judging
    from bastide.sources.aws.accounts import Scope
    from bastide.sources.aws.collectors import Collectors
    from bastide.sources.aws.engine import Engine, Wanted
    from bastide.sources.aws.runs import Run

ALSO_READ = {"AWS::Macie::Session": {"SensitiveBuckets"}}
"""Properties by type that no control reads: hints of the class of data. Read where a control is about the type."""
RESUME = "`bastide scan aws --resume` with the same options goes on where it stopped"


def scan_live(
    settings: dict[str, Any],
    exemptions: Sequence[dict[str, str]],
    told: Callable[[str, int, int], None],
    settings_file: str = "",
) -> ScanResult:
    """Read the accounts, keep what was read, judge. What could not be read is in the report.

    Raises `BastideError` for wrong use, and for credentials that AWS does not take; KeyboardInterrupt, with what to do
    next, when a person stops it.
    """
    started, clock = time.time(), time.monotonic()
    need_extra()
    from bastide.history.findings import record
    from bastide.sources.aws.collectors import load_collectors
    from bastide.sources.aws.engine import Engine
    from bastide.sources.aws.runs import data_folder, open_run

    everything, library, only, skip = chosen(settings)
    collectors = load_collectors()
    wanted = wanted_of(library, collectors, settings)
    scope = scope_of(settings)
    told("asking who this is", 0, 0)
    engine = Engine(scope, wanted, collectors, settings.get("profile") or "")
    root = data_folder(settings_file)
    judging = judging_for(library, exemptions, settings, root)
    judging.wanted = lambda path: is_wanted(path, only, skip)
    run = open_run(root, identity_of(engine, scope, wanted), resume=bool(settings.get("resume")))
    try:
        told("looking for accounts and regions", 0, 0)
        read(engine, run, told)
        judging.library = library.about(engine.types)
        found = judge(engine, run, judging, told)
        unread = sorted(wanted.types & collectors.not_collected.keys())
        notes = [Problem("note", "aws", 0, f"not read from live accounts: {', '.join(unread)}")] if unread else []
        report = finish(joined(everything, judging, found, notes), ("aws",), settings, exemptions,
                        started=started, clock=clock)  # fmt: skip
        keep_report(run.tables, report)
        record(root, run.tables, run.folder.name, started)
    finally:
        run.release()
    return ScanResult(report, tables=run.tables)


def judging_for(
    library: Library, exemptions: Sequence[dict[str, str]], settings: dict[str, Any], root: Path
) -> Judging:
    """How accounts are judged by these settings; `root` is where runs are kept."""
    from bastide.history.accounts import Judging
    from bastide.history.findings import opened_before

    before = opened_before(root, settings["new_since"]) if settings.get("new_since") else frozenset()
    return Judging(library, exemptions, lambda _: True, settings["baseline"] or "", before)


def judge(engine: Engine, run: Run, judging: Judging, told: Callable[[str, int, int], None]) -> Found:
    """Judge the accounts of a run that was read; their tables are in the run's folder then."""
    from bastide.controls.compensation import Compensation
    from bastide.controls.organization import TYPES
    from bastide.history.accounts import Found, judge_accounts

    judging.compensation = Compensation(judging.library.controls, judging.library.compiled)
    judging.compensation.see(*engine.of_types(run, TYPES))
    found, count = Found(), len(engine.accounts)
    for number, one in enumerate(judge_accounts(judging, lambda at: engine.result(run, at), count, run.tables), 1):
        told("judging accounts", number, count)
        found.add(one)
    return found


def joined(everything: Library, judging: Judging, found: Found, notes: Iterable[Problem] = ()) -> Judged:
    """What the accounts came to, with what is worth knowing of them all, and these notes."""
    coverage = Coverage(
        units={"aws": found.accounts},
        resources=found.types.total(),
        judged=found.judged,
        types=dict(found.types),
        unjudged={name: number for name, number in found.types.items() if name not in found.judged_types},
        left_out=found.left_out,
        problems=list({(p.kind, p.path, p.line, p.message): p for p in found.problems}.values()),
        ledger=found.ledger,
    )
    coverage.problems += notes
    if more := found.unlisted.total():
        text = (
            f"{more:,} more verdicts are counted and not listed; `bastide query` has them all in its table `verdicts`"
        )
        coverage.problems.append(Problem("note", "aws", 0, text))
    if not found.left_out:
        asked = {control.id for control in judging.library.summaries} - found.broken.keys()
        unasked = {control.id for control in everything.summaries} - asked
        coverage.problems += not_needed(judging.exemptions, found.used, unasked)
    return Judged(
        everything,
        judging.library,
        found.broken,
        found.verdicts,
        coverage,
        sorted(found.places),
        not found.left_out,
        found.unlisted,
        found.compensated,
    )


def keep_report(tables: Path, report: Report) -> None:
    """The tables about the run as a whole, beside those of its accounts."""
    from bastide.tables import of_report, whole_folder, write_parquet

    with database.connect() as connection, whole_folder(tables / "run") as folder:
        write_parquet(folder, of_report(report), connection)


def need_extra() -> None:
    """Raises `UsageError` when what talks to AWS is not installed."""
    if find_spec("botocore") is None:
        raise UsageError("live accounts need boto3", remedy="install it with `pip install 'bastide[aws]'`")


def read(engine: Engine, run: Run, told: Callable[[str, int, int], None]) -> None:
    """Read everything that the run does not have; the run is finished then.

    It is read in a process of its own, so that clients and answers are out of memory when accounts are judged.
    """
    from bastide.sources.apart import apart

    engine.take(apart(lambda: _read(engine, run, told)))


@contextlib.contextmanager
def _cycles_collected() -> Iterator[None]:
    """Collect cycles, whatever was chosen before: botocore leaves the parsers of each answer in one.

    In an organization these are millions. What is there already stays, and is not looked at.
    """
    collecting = gc.isenabled()
    gc.freeze()
    gc.enable()
    try:
        yield
    finally:
        if not collecting:
            gc.disable()
        gc.unfreeze()


def _read(engine: Engine, run: Run, told: Callable[[str, int, int], None]) -> bytes:
    from bastide.sources.aws.client import Stopped
    from bastide.sources.aws.stopping import stoppable

    stop = engine.edge.stop
    try:
        with _cycles_collected(), stoppable(stop):
            engine.find_accounts()
            engine.run(run, told)
    except (KeyboardInterrupt, Stopped):
        raise KeyboardInterrupt(RESUME) from None
    if stop.is_set():
        raise KeyboardInterrupt(RESUME)
    run.finish()
    return engine.given()


def chosen(settings: dict[str, Any]) -> tuple[Library, Library, list[Selector], list[Selector]]:
    """All controls, the chosen ones, and how they were chosen."""
    from bastide.controls.library import load_library, parse_selector, select

    only = [parse_selector(text) for text in settings["only"]]
    skip = [parse_selector(text) for text in settings["skip"]]
    everything = load_library(settings["controls"])
    return everything, select(everything, only, skip), only, skip


def scope_of(settings: dict[str, Any]) -> Scope:
    """Which accounts and regions the settings mean."""
    from bastide.sources.aws.accounts import Scope

    return Scope(
        bool(settings.get("org")),
        settings.get("role") or "",
        settings.get("external_id") or "",
        tuple(_words(settings.get("accounts"))),
        tuple(_words(settings.get("ou"))),
        tuple(_words(settings.get("regions"))),
    ).checked()


def wanted_of(library: Library, collectors: Collectors, settings: dict[str, Any]) -> Wanted:
    """What to collect for the chosen controls, or everything that can be."""
    from bastide.sources.aws.engine import Wanted

    reads = reads_of(library.each_compiled())
    types = set(reads)
    if settings.get("everything"):
        types |= {entry.type for entry in collectors.entries}
    groups = tuple(_words(settings.get("services")))
    known = collectors.groups()
    for name in groups:
        if name not in known:
            raise UsageError(f"--services: `{name}` is none of {', '.join(known)}", remedy=near_miss(name, known))
    return Wanted(types, reads, groups, whole=bool(settings.get("everything")))


def _words(values: Iterable[str] | None) -> list[str]:
    return [word.strip() for text in values or () for word in text.split(",") if word.strip()]


def identity_of(engine: Engine, scope: Scope, wanted: Wanted) -> dict[str, Any]:
    """What must be equal for a run to be gone on with: who asks, for what, and with which version."""
    from bastide import __version__

    plain = {name: list(value) if isinstance(value, tuple) else value for name, value in structs.asdict(scope).items()}
    reads = {name: sorted(paths) for name, paths in sorted(wanted.reads.items())}
    return {"version": __version__, "caller": engine.caller, **plain, "types": sorted(wanted.types), "reads": reads,
            "groups": list(wanted.groups), "whole": wanted.whole}  # fmt: skip


def reads_of(compiled: Iterable[Compiled]) -> dict[str, set[str]]:
    """By type, the properties that are read, as paths without positions; types only related to are there."""
    found: dict[str, set[str]] = {}
    for control in chain.from_iterable((one, *one.layers) for one in compiled):
        if control.resource == POLICY:
            for name, paths in READS.items():
                found.setdefault(name, set()).update(paths)
        related = {relation["name"]: relation for relation in control.related}
        found.setdefault(control.resource, set())
        for relation in control.related:
            found.setdefault(relation["type"], set()).update({relation["to"]} - {""})
            found[control.resource].update({relation["by"]} - {""})
        for path in (path for atom in control.atoms for path, _ in atom.reads):
            name, _, rest = path.partition(".")
            if name in related:
                _add(found[related[name]["type"]], related[name]["type"], rest)
            else:
                _add(found[control.resource], control.resource, path)
    for name in found.keys() & ALSO_READ.keys():
        found[name] |= ALSO_READ[name]
    return found


def _add(paths: set[str], resource_type: str, path: str) -> None:
    if path.partition(".")[0] == "statements":
        paths.update(policy_paths(resource_type))
    elif path not in ("", "address"):
        paths.add(path)
