"""What an actor's identity may do, in broad strokes, and how that is told: the first look at how far harm may go."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from bastide.redact import clean
from bastide.report.words import counted

EVERY = "*"
"""Stands for every service."""
TOLD, MOST = 4, 20
"""Stores and services that one line names, and those that an object of JSON does."""


class Held(Struct, frozen=True):
    """A store that an identity may read; `said` is False where only a name or a type suggests the class of its data."""

    name: str
    classification: str
    said: bool = True

    @property
    def text(self) -> str:
        """Its name, and the class of its data."""
        return f"{self.name} ({self.classification}{'' if self.said else ', guessed'})"


class Reach(Struct, frozen=True):
    """What an identity may do at most, by its policies: neither denials nor conditions nor boundaries are subtracted.

    `reads` are stores whose data has a class, the most sensitive first; `writes` are services in which something may
    be changed, `*` for every one; `actions` is how many actions and patterns of actions its policies name. `vague`
    says what of its policies is not known. With `unknown`, nothing else is known, for this reason.
    """

    identity: str = ""
    scanned: str = ""
    live: bool = False
    administrator: bool = False
    changes_iam: bool = False
    reads: tuple[Held, ...] = ()
    writes: tuple[str, ...] = ()
    actions: int = 0
    vague: tuple[str, ...] = ()
    unknown: str = ""


def reach_text(reach: Reach) -> str:
    """All of it in a line, without anything that a terminal could take for more than text."""
    if reach.unknown:
        return f"what it may do is not known: {clean(reach.unknown, 300)}"
    text = f"may {'; '.join(_strokes(reach)) or 'do nothing that is known'}"
    if reach.scanned:
        text += f" (by the scan of {'accounts' if reach.live else 'code'} of {clean(reach.scanned, 20)})"
    return text + (f"; not all is known: {clean(reach.vague[0], 200)}" if reach.vague else "")


def _strokes(reach: Reach) -> list[str]:
    strokes = ["do everything: it is an administrator"] if reach.administrator else []
    if reach.changes_iam and not reach.administrator:
        strokes.append("change IAM")
    if reach.reads:
        strokes.append(f"read {_some([one.text for one in reach.reads], 'store')}")
    if reach.writes and not reach.administrator:
        services = "every service" if EVERY in reach.writes else _some(list(reach.writes), "service")
        strokes.append(f"change things in {services}")
    if not strokes and reach.actions:
        strokes.append(f"do no more than look ({counted(reach.actions, 'action')}), at no data of a class")
    return strokes


def _some(names: list[str], noun: str) -> str:
    more = len(names) - TOLD
    shown = ", ".join(clean(name, 80) for name in names[:TOLD])
    return f"{shown} and {counted(more, f'more {noun}')}" if more > 0 else shown


def reach_record(reach: Reach) -> dict[str, Any]:
    """The same as one object of JSON, not cleaned yet; what is unknown has nothing but that.

    Of stores and of what is not known it has the first `MOST`: each of many matches has it.
    """
    if reach.unknown:
        return {"unknown": reach.unknown}
    stores = [{"name": one.name, "class": one.classification, "guessed": not one.said} for one in reach.reads[:MOST]]
    plain = {key: getattr(reach, key) for key in ("identity", "scanned", "live", "administrator", "changes_iam")}
    return plain | {
        "reads": stores,
        "reads_in_all": len(reach.reads),
        "writes": list(reach.writes),
        "actions": reach.actions,
        "vague": list(reach.vague[:MOST]),
    }
