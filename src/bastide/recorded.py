"""`bastide scan config-snapshot FILE…`: the chosen controls on what AWS Config has recorded, without an account."""

from __future__ import annotations

import dataclasses
import time
from collections import Counter
from typing import TYPE_CHECKING, Any

from bastide.controls.verdict import Coverage
from bastide.live import chosen, need_extra, wanted_of
from bastide.scan import Judged, ScanResult, finish, is_wanted

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bastide.controls.library import Library
    from bastide.controls.verdict import Verdict
    from bastide.resources.model import Resource
    from bastide.sources.config_snapshot.source import Recording

TARGET = "config-snapshot"


def scan_recorded(
    files: Sequence[str],
    settings: dict[str, Any],
    exemptions: Sequence[dict[str, str]],
    told: Callable[[str, int, int], None],
) -> ScanResult:
    """Judge what files of AWS Config say. Raises `BastideError` for wrong use; what cannot be read is in the report."""
    from bastide.controls.compensation import Compensation
    from bastide.controls.organization import TYPES

    started, clock = time.time(), time.monotonic()
    everything, library, only, skip = chosen(settings)
    recording = read_recording(files, library, settings, told)
    evaluation = _evaluation(library)
    compensation = Compensation(library.controls, library.compiled)
    everywhere = [one for live in recording.accounts for one in live.resources if one.type in TYPES]
    compensation.see(everywhere, [mark for live in recording.accounts for mark in live.marks])
    compensated: Counter[str] = Counter()
    verdicts: list[Verdict] = []
    resources: list[Resource] = []
    for number, live in enumerate(recording.accounts, 1):
        told("judging accounts", number, len(recording.accounts))
        mine = [one for one in live.resources if is_wanted(one.path, only, skip)]
        found = evaluation.verdicts([*mine, *live.marks])
        compensated += compensation.settle(found, live.resources, live.marks, live.account)
        verdicts += found
        resources += mine
    evaluation.close()
    coverage = _coverage(recording, resources, verdicts)
    whole = not coverage.left_out
    places = sorted({one.path for one in resources})
    judged = Judged(everything, library, evaluation.broken, verdicts, coverage, places, whole,
                    compensated=compensated)  # fmt: skip
    report = finish(judged, (TARGET, *files), settings, exemptions, started=started, clock=clock)
    return ScanResult(report, resources)


def read_recording(
    files: Sequence[str],
    library: Library,
    settings: dict[str, Any],
    told: Callable[[str, int, int], None],
    more: set[str] | None = None,
) -> Recording:
    """What files of AWS Config say of the types that controls need, and of `more`."""
    need_extra()
    from botocore.session import Session

    from bastide.sources.aws.collectors import load_collectors
    from bastide.sources.config_snapshot.make import Makers
    from bastide.sources.config_snapshot.source import read_files
    from bastide.sources.config_snapshot.table import load_table

    collectors = load_collectors()
    wanted = wanted_of(library, collectors, settings)
    types = wanted.types | (more or set())
    if wanted.groups:
        types &= {entry.type for entry in collectors.entries if entry.group in wanted.groups}
    makers = Makers(collectors, load_table(), types, wanted.reads, Session().get_service_model)
    return read_files(files, makers, collectors, told)


def _evaluation(library: Library) -> Any:
    from bastide.controls.evaluate import Evaluation

    return Evaluation(library.controls, library.compiled, dict(library.broken))


def _coverage(recording: Recording, resources: list[Resource], verdicts: list[Verdict]) -> Coverage:
    types = Counter(one.type for one in resources)
    judged = {verdict.resource.type for verdict in verdicts}
    accounts = recording.accounts
    return Coverage(
        units={"aws": len(accounts)},
        files=len(recording.files),
        resources=len(resources),
        judged=len({verdict.resource.id for verdict in verdicts}),
        types=dict(types),
        unjudged={name: number for name, number in types.items() if name not in judged},
        left_out=sum(len(live.resources) for live in accounts) - len(resources),
        problems=[*recording.problems, *(problem for live in accounts for problem in live.problems)],
        ledger=[dataclasses.asdict(row) for live in accounts for row in live.ledger],
    )
