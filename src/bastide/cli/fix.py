"""`bastide fix`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from bastide.cli.progress import progress
from bastide.errors import INCOMPLETE, UsageError
from bastide.fix.run import plan_fixes
from bastide.fix.show import coloured, patch, summary
from bastide.fix.write import write_drafts
from bastide.settings import load_settings
from bastide.sources.files import write_whole

if TYPE_CHECKING:
    import argparse

    from bastide.fix.run import Found
    from bastide.fix.show import Patch


def run(arguments: argparse.Namespace) -> int:
    """Plan, show, and write what was asked for."""
    settings = load_settings({**vars(arguments), "output": None, "format": None}, arguments.config or "")
    targets = arguments.targets or settings.targets or ["."]
    if targets[0] in ("aws", "config-snapshot"):
        raise UsageError("what can be fixed is code", remedy="name folders and files; a folder of that name is ./aws")
    with progress() as told:
        found = plan_fixes(targets, settings.scan, settings.exemptions, told, replace=bool(arguments.replace))
    _show(patch(found.plan), arguments.output or "")
    refused: dict[str, str] = {}
    if arguments.apply:
        written, refused = write_drafts(found.plan.drafts.values())
        sys.stderr.writelines(f"written: {path}\n" for path in written)
        sys.stderr.writelines(f"NOT written: {path}: {why}\n" for path, why in refused.items())
    applied = bool(arguments.apply) and not refused
    sys.stderr.write(summary(found.plan, applied=applied, verbose=bool(arguments.verbose)))
    return _exit_code(found, refused, applied=applied)


def _show(made: Patch, path: str) -> None:
    if not path:
        sys.stdout.write(coloured(made.shown) if sys.stdout.isatty() else made.shown)
        sys.stdout.flush()
        hidden = "secrets in it are hidden, so the patch above does not apply to this file"
    else:
        try:
            write_whole(path, made.text)
        except OSError as error:
            raise UsageError(f"the patch cannot be written: {error.strerror}", place=path) from None
        hidden = "not in the patch, which would show a secret"
    sys.stderr.writelines(f"{one}: {hidden}; --apply changes it\n" for one in made.secret)


def _exit_code(found: Found, refused: dict[str, str], *, applied: bool) -> int:
    """3 for what could not be read or written, else 1 while something is left to do, else 0."""
    if refused or found.report.coverage.incomplete:
        return INCOMPLETE
    return 1 if any(not (one.fixed and applied) for one in found.plan.outcomes) else 0
