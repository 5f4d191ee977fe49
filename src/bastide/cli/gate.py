"""`bastide gate`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from bastide.errors import UsageError
from bastide.posture.gateshow import as_json, as_markdown, as_text

if TYPE_CHECKING:
    import argparse

    from bastide.posture.gate import Outcome


def run(arguments: argparse.Namespace) -> int:
    """Ask, print, and write the attestation."""
    from bastide.cli.progress import progress
    from bastide.cli.threats import actor
    from bastide.posture.gate import run_gate
    from bastide.posture.whole import open_whole

    if arguments.key and not arguments.output:
        raise UsageError("--key signs an attestation", remedy="name the file to write with --output")
    with progress() as told, open_whole(arguments.config or "", arguments.state or "", told) as whole:
        outcome = run_gate(whole, actor(), arguments.about, arguments.standard or "")
    shown = {"json": _json, "markdown": as_markdown, "terminal": as_text}[arguments.format]
    print(shown(outcome), end="")
    if arguments.output:
        _attest(outcome, arguments.output, arguments.key or "")
    return outcome.code


def _json(outcome: Outcome) -> str:
    return json.dumps(as_json(outcome), indent=2, ensure_ascii=False) + "\n"


def _attest(outcome: Outcome, file: str, key: str) -> None:
    from bastide.posture.attestation import signed
    from bastide.sources.files import write_whole

    text = signed(outcome.statement(), key)
    try:
        write_whole(file, text.encode())
    except OSError as error:
        raise UsageError(f"the attestation cannot be written: {error.strerror}", place=file) from None
