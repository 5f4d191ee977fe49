"""`bastide init`."""

from __future__ import annotations

import difflib
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from bastide.errors import UsageError

if TYPE_CHECKING:
    import argparse


def run(arguments: argparse.Namespace) -> int:
    """Look, show, and write when that is wanted."""
    from bastide.cli.progress import progress
    from bastide.posture.begin import proposed

    file = Path(arguments.file)
    before = _text(file)
    with progress() as told:
        after = proposed(file, before, account=arguments.account, profile=arguments.profile or "", told=told)
    if after == before:
        print(f"{file} has everything already; nothing is added")
        return 0
    if not arguments.yes and not _asked(file, before or "", after):
        return 0
    if _text(file) != before:
        raise UsageError("somebody else has changed the file meanwhile", place=str(file), remedy="run it again")
    _write(file, after)
    print(f"{file} is written. See that it is right; then `bastide threats`, `bastide gate` and `bastide report`.")
    return 0


def _asked(file: Path, before: str, after: str) -> bool:
    """Whether a person at a terminal wants it written; elsewhere it is shown only."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        print(after, end="")
        print(f"{file} is not written: give --yes", file=sys.stderr)
        return False
    for line in difflib.unified_diff(before.splitlines(), after.splitlines(), str(file), str(file), lineterm=""):
        print(line)
    return input(f"Write {file}? [y/N] ").strip().lower() in ("y", "yes")


def _text(file: Path) -> str | None:
    """What the file has; None when there is none."""
    try:
        return file.read_bytes().decode("utf-8")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"it cannot be read: {error}", place=str(file)) from None


def _write(file: Path, text: str) -> None:
    from bastide.sources.files import write_whole

    try:
        write_whole(str(file), text.encode())
    except OSError as error:
        raise UsageError(f"it cannot be written: {error.strerror}", place=str(file)) from None
