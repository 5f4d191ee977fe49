"""`bastide audit`: the log of decisions, and what is genuine."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from bastide.redact import clean
from bastide.report.words import counted

if TYPE_CHECKING:
    import argparse

    from bastide.state.journal import Entry


def run(arguments: argparse.Namespace) -> int:
    """One of the three."""
    return {"log": _log, "verify": _verify, "key": _key}[arguments.action](arguments)


def _log(arguments: argparse.Namespace) -> int:
    from bastide.posture.audit import journal_of

    found = journal_of(arguments.config or "", arguments.state or "", arguments.subject or "")
    if arguments.format == "json":
        print(json.dumps({"version": 1, "entries": [_plain(one) for one in found]}, indent=2, ensure_ascii=False))
        return 0
    for one in found:
        print(f"{one.number:>5}  {one.at[:16].replace('T', ' ')}  {clean(one.actor, 30):<16} {one.action:<18} "
              f"{clean(one.subject, 60)}")  # fmt: skip
        if told := _body(one.body):
            print(f"       {told}")
    print(counted(len(found), "entry", "entries") if found else "nobody has decided anything yet")
    return 0


def _body(body: dict[str, Any]) -> str:
    words = (f"{key}: {value}" for key, value in body.items() if isinstance(value, (str, int, float)) and value != "")
    return clean("; ".join(words), 300)


def _plain(entry: Entry) -> dict[str, Any]:
    import msgspec

    return dict(msgspec.to_builtins(entry))


def _verify(arguments: argparse.Namespace) -> int:
    from bastide.posture.audit import verified

    found = verified(
        arguments.config or "",
        arguments.state or "",
        file=arguments.file or "",
        public_key=arguments.public_key or "",
        commit=arguments.commit or "",
        journal=not arguments.no_journal,
    )
    good = all(one.good for one in found)
    if arguments.format == "json":
        rows = [{"what": one.what, "good": one.good, "detail": clean(one.detail)} for one in found]
        print(json.dumps({"version": 1, "good": good, "findings": rows}, indent=2, ensure_ascii=False))
    else:
        for one in found:
            print(f"{'good' if one.good else 'BAD '}  {one.what}: {clean(one.detail)}")
    return 0 if good else 1


def _key(arguments: argparse.Namespace) -> int:
    from bastide.posture.attestation import public_pem

    print(public_pem(arguments.key or ""), end="")
    return 0
