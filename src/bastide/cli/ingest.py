"""`bastide ingest`."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bastide.errors import INCOMPLETE, UsageError
from bastide.redact import clean
from bastide.report.words import counted

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from bastide.lake.ingest import Report


def run(arguments: argparse.Namespace) -> int:
    """Bring in what is named and say what came of it."""
    from bastide.cli.progress import progress
    from bastide.lake.extra import needed
    from bastide.lake.source import source, use

    folder = str(Path(arguments.sources).absolute()) if arguments.sources else ""
    use(folder)
    if arguments.source == "list":
        return _sources()
    needed()
    from bastide.lake.ingest import redrive
    from bastide.lake.store import own

    if arguments.watch and arguments.quarantined:
        raise UsageError("--watch is for files, --quarantined for what is in the lake already")
    if not arguments.targets and not arguments.quarantined:
        raise UsageError("nothing to bring in", remedy="name files, folders or s3://BUCKET/PREFIX")
    if arguments.source:
        source(arguments.source)
    if arguments.watch:
        return _watch(arguments, folder)
    with progress() as told:
        if arguments.quarantined:
            report = redrive(own(arguments.lake), trust=arguments.trust_accounts)
        else:
            report = _bring(arguments, arguments.targets, folder, told)
    print(json.dumps(_document(report), indent=2) if arguments.format == "json" else _text(report))
    return INCOMPLETE if report.problems or report.reasons else 0


def _bring(
    arguments: argparse.Namespace, targets: list[str], sources: str, told: Callable[[str, int, int], None]
) -> Report:
    from bastide.lake.ingest import ingest
    from bastide.lake.store import Lake, lake_folder

    return ingest(
        Lake(arguments.lake or lake_folder(make=True)),
        targets,
        only=arguments.source or "",
        jobs=arguments.jobs,
        again=arguments.reread,
        trust=arguments.trust_accounts,
        sources=sources,
        told=told,
    )


def _watch(arguments: argparse.Namespace, sources: str) -> int:
    """Bring in what comes, until interrupted; JSON has a line for each time that something came."""
    from bastide.lake.watch import Watch

    watch = Watch(arguments.targets)
    while True:
        if paths := watch.look():
            report = _bring(arguments, paths, sources, lambda *_: None)
            if report.files:
                print(json.dumps(_document(report)) if arguments.format == "json" else _text(report), flush=True)
        time.sleep(watch.pause)


def _sources() -> int:
    from bastide.lake.source import sources

    for one in sources().values():
        print(f"{one.id:<24} {one.title}")
    return 0


def _document(report: Report) -> dict[str, Any]:
    import msgspec

    found: dict[str, Any] = {"version": 1, **msgspec.to_builtins(report)}
    found["reasons"] = {clean(reason): count for reason, count in report.reasons.items()}
    found["problems"] = [{"path": clean(path), "cause": clean(cause)} for path, cause in report.problems]
    return found


def _text(report: Report) -> str:
    lines = [
        f"{counted(report.files, 'file')} read, {report.known} known already; {report.seconds:.1f} s",
        f"{counted(report.events, 'event')} added, {counted(report.duplicates, 'duplicate')} left out",
    ]
    lines += [f"  {name:<32} {count:>12,}" for name, count in sorted(report.tables.items())]
    if report.reasons:
        lines.append(f"{counted(report.quarantined, 'record')} to the quarantine:")
        lines += [f"  {count:>8,}  {clean(reason, 200)}" for reason, count in sorted(report.reasons.items())]
    if report.apart:
        lines.append(f"{counted(sum(report.apart.values()), 'line')} left out and not kept, no events of a log:")
        lines += [f"  {count:>8,}  {title}" for title, count in sorted(report.apart.items())]
    lines += [f"not read: {clean(path, 300)}: {clean(cause, 200)}" for path, cause in report.problems]
    return "\n".join(lines)
