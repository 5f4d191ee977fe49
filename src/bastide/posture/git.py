"""What git says of a folder, without running anything that the repository asks for."""

from __future__ import annotations

import subprocess

SECONDS = 30.0
_CALM = ("-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "-c", "core.quotePath=false")


def git(folder: str, *words: str) -> str | None:
    """What it prints; None when there is no git, no repository, or it fails."""
    try:
        done = subprocess.run(  # noqa: S603 (git, with words of ours)
            ["git", "-C", folder, "--no-optional-locks", *_CALM, *words],  # noqa: S607 (whichever git the person has)
            capture_output=True, timeout=SECONDS, check=False,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.decode("utf-8", "replace") if done.returncode == 0 else None
