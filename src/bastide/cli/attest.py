"""`bastide attest`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from bastide.cli.threats import actor
from bastide.controls.packs import use
from bastide.errors import UsageError
from bastide.objectives.attest import about, attest, read_attestations, revoke
from bastide.redact import clean
from bastide.state.database import open_state, state_url
from bastide.state.journal import entries
from bastide.workload.manifest import read_manifest

if TYPE_CHECKING:
    import argparse

    from bastide.objectives.attest import Attestation
    from bastide.state.database import State


def run(arguments: argparse.Namespace) -> int:
    """Write one down, take one back, or list them."""
    manifest = read_manifest(arguments.config or "")
    url = state_url(arguments.state or "", manifest.state)
    with use(manifest.packs), open_state(manifest.name, url) as state:
        if not arguments.subject:
            return _list(arguments, state)
        if arguments.revoke:
            revoke(state, actor(), arguments.subject, by=arguments.by or "", why=arguments.statement or "")
            print(f"taken back: {clean(arguments.subject)}")
            return 0
        texts = {key: getattr(arguments, key) or "" for key in ("by", "until", "statement")}
        attest(state, actor(), arguments.subject, evidence=arguments.evidence or (), **texts)
        print(f"written down: {arguments.subject}, {about(arguments.subject)}, until {arguments.until}")
    return 0


def _list(arguments: argparse.Namespace, state: State) -> int:
    given = [name for name in ("by", "until", "statement", "evidence", "revoke") if getattr(arguments, name)]
    if given:
        raise UsageError("what is attested is missing", remedy="write FRAMEWORK/REQUIREMENT or an objective")
    found = read_attestations(entries(state))
    if arguments.format == "json":
        print(json.dumps({"version": 1, "attestations": [_json(one) for one in found]}, indent=2))
        return 0
    if not found:
        print("nobody attests anything yet")
    for one in found:
        word = "counts" if one.valid else "revoked" if one.revoked else "expired"
        print(f"{word:<8} {one.subject}  until {one.until}, {clean(one.by, 80)}: {clean(one.statement, 300)}")
        for evidence in one.evidence:
            print(f"         {_shown(evidence)}")
        if one.revoked:
            print(f"         revoked {clean(one.revoked, 300)}")
    return 0


def _shown(evidence: dict[str, Any]) -> str:
    if "url" in evidence:
        return clean(str(evidence["url"]), 300)
    return f"{clean(str(evidence.get('file')), 300)}  sha256 {str(evidence.get('sha256'))[:16]}…"


def _json(one: Attestation) -> dict[str, Any]:
    return {
        "subject": one.subject,
        "by": clean(one.by),
        "at": one.at,
        "until": one.until,
        "statement": clean(one.statement, 4000),
        "evidence": [{key: clean(str(value)) for key, value in each.items()} for each in one.evidence],
        "valid": one.valid,
        "revoked": clean(one.revoked) or None,
    }
