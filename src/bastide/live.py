"""`bastide scan aws`: what of live accounts the chosen controls need, read and judged account by account."""

from __future__ import annotations

import dataclasses
import time
from collections import Counter
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from bastide.controls.verdict import Coverage
from bastide.errors import UsageError, near_miss
from bastide.resources.model import Problem
from bastide.resources.policies import policy_paths
from bastide.scan import Judged, ScanResult, finish, is_wanted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from bastide.controls.compiled import Compiled
    from bastide.controls.evaluate import Evaluation
    from bastide.controls.library import Library, Selector
    from bastide.controls.verdict import Verdict
    from bastide.resources.model import Resource
    from bastide.sources.aws.accounts import Scope
    from bastide.sources.aws.collectors import Collectors
    from bastide.sources.aws.engine import Engine, Live, Wanted
    from bastide.sources.aws.runs import Run

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
    from bastide.controls.evaluate import Evaluation
    from bastide.sources.aws.collectors import load_collectors
    from bastide.sources.aws.engine import Engine
    from bastide.sources.aws.runs import data_folder, open_run

    everything, library, only, skip = chosen(settings)
    collectors = load_collectors()
    wanted = wanted_of(library, collectors, settings)
    scope = scope_of(settings)
    told("asking who this is", 0, 0)
    engine = Engine(scope, wanted, collectors, settings.get("profile") or "")
    run = open_run(data_folder(settings_file), identity_of(engine, scope, wanted), resume=bool(settings.get("resume")))
    try:
        told("looking for accounts and regions", 0, 0)
        read(engine, run, told)
        evaluation = Evaluation(library.controls, library.compiled, dict(library.broken))
        judging = _Judging(evaluation, only, skip)
        for number, live in enumerate(engine.results(run), 1):
            told("judging accounts", number, len(engine.accounts))
            judging.take(live)
        evaluation.close()
    finally:
        run.release()
    coverage = judging.coverage(wanted, collectors)
    judged = Judged(
        everything, library, evaluation.broken, judging.verdicts, coverage, sorted(judging.places), judging.whole
    )
    return ScanResult(finish(judged, ("aws",), settings, exemptions, started=started, clock=clock), judging.resources)


def need_extra() -> None:
    """Raises `UsageError` when what talks to AWS is not installed."""
    if find_spec("botocore") is None:
        raise UsageError("live accounts need boto3", remedy="install it with `pip install 'bastide[aws]'`")


def read(engine: Engine, run: Run, told: Callable[[str, int, int], None]) -> None:
    """Read everything that the run does not have; the run is finished then."""
    try:
        engine.find_accounts()
        engine.run(run, told)
    except KeyboardInterrupt:
        raise KeyboardInterrupt(RESUME) from None
    run.finish()


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

    reads = reads_of(library.compiled)
    types = set(reads)
    if settings.get("everything"):
        types |= {entry.type for entry in collectors.entries}
    groups = tuple(_words(settings.get("services")))
    known = collectors.groups()
    for name in groups:
        if name not in known:
            raise UsageError(f"--services: `{name}` is none of {', '.join(known)}", remedy=near_miss(name, known))
    return Wanted(types, reads, groups)


def _words(values: Iterable[str] | None) -> list[str]:
    return [word.strip() for text in values or () for word in text.split(",") if word.strip()]


def identity_of(engine: Engine, scope: Scope, wanted: Wanted) -> dict[str, Any]:
    """What must be equal for a run to be gone on with: who asks, for what, and with which version."""
    from bastide import __version__

    plain = {
        name: list(value) if isinstance(value, tuple) else value for name, value in dataclasses.asdict(scope).items()
    }
    reads = {name: sorted(paths) for name, paths in sorted(wanted.reads.items())}
    return {"version": __version__, "caller": engine.caller, **plain, "types": sorted(wanted.types), "reads": reads,
            "groups": list(wanted.groups)}  # fmt: skip


class _Judging:
    """Judges one account after the other, and counts what was looked at."""

    def __init__(self, evaluation: Evaluation, only: list[Selector], skip: list[Selector]) -> None:
        self._evaluation, self._only, self._skip = evaluation, only, skip
        self.verdicts: list[Verdict] = []
        self.resources: list[Resource] = []
        self.places: set[str] = set()
        self.whole = True
        self._coverage = Coverage()

    def take(self, live: Live) -> None:
        """Judge an account."""
        resources = [one for one in live.resources if is_wanted(one.path, self._only, self._skip)]
        left_out = len(live.resources) - len(resources)
        self.whole = self.whole and not left_out
        coverage = self._coverage
        coverage.left_out += left_out
        coverage.units["aws"] = coverage.units.get("aws", 0) + 1
        coverage.problems += live.problems
        for row in live.ledger:
            coverage.ledger.append({**dataclasses.asdict(row), "seconds": round(row.seconds, 3)})
        self.places.update(one.path for one in resources)
        self.verdicts += self._evaluation.verdicts([*resources, *live.marks])
        self.resources += resources

    def coverage(self, wanted: Wanted, collectors: Collectors) -> Coverage:
        """What was looked at and what was not."""
        coverage = self._coverage
        types = Counter(one.type for one in self.resources)
        judged_types = {verdict.resource.type for verdict in self.verdicts}
        coverage.resources = len(self.resources)
        coverage.judged = len({verdict.resource.id for verdict in self.verdicts})
        coverage.types = dict(types)
        coverage.unjudged = {name: number for name, number in types.items() if name not in judged_types}
        if unread := sorted(wanted.types & collectors.not_collected.keys()):
            coverage.problems.append(Problem("note", "aws", 0, f"not read from live accounts: {', '.join(unread)}"))
        return coverage


def reads_of(compiled: Iterable[Compiled]) -> dict[str, set[str]]:
    """By type, the properties that controls read, as paths without positions; types only related to are there."""
    found: dict[str, set[str]] = {}
    for control in compiled:
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
    return found


def _add(paths: set[str], resource_type: str, path: str) -> None:
    if path.partition(".")[0] == "statements":
        paths.update(policy_paths(resource_type))
    elif path not in ("", "address"):
        paths.add(path)
