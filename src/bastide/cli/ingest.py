"""`bastide ingest`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bastide.errors import UsageError
from bastide.redact import clean
from bastide.report.words import counted

if TYPE_CHECKING:
    import argparse

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
    from bastide.lake.ingest import ingest, redrive
    from bastide.lake.store import Lake, existing, lake_folder

    if not arguments.targets and not arguments.quarantined:
        raise UsageError("nothing to bring in", remedy="name files, folders or s3://BUCKET/PREFIX")
    if arguments.source:
        source(arguments.source)
    with progress() as told:
        if arguments.quarantined:
            report = redrive(existing(arguments.lake), trust=arguments.trust_accounts)
        else:
            report = ingest(
                Lake(arguments.lake or lake_folder()),
                arguments.targets,
                only=arguments.source or "",
                jobs=arguments.jobs,
                again=arguments.reread,
                trust=arguments.trust_accounts,
                sources=folder,
                told=told,
            )
    print(json.dumps(_document(report), indent=2) if arguments.format == "json" else _text(report))
    return 3 if report.problems or report.reasons else 0


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
    lines += [f"not read: {clean(path, 300)}: {clean(cause, 200)}" for path, cause in report.problems]
    return "\n".join(lines)
