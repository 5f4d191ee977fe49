"""The controls that are in use: the library's, those that the settings name, and those that the last scan had."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from bastide.controls.entry import Summary
from bastide.controls.library import load_library
from bastide.settings import load_settings

if TYPE_CHECKING:
    from bastide.workload.known import Known


def controls_known(known: Known) -> list[Summary]:
    """The library's controls, those of the settings, and those that the last scan had from elsewhere."""
    settings = load_settings({}, known.manifest.path)
    found = list(load_library(settings.scan.get("controls") or []).summaries)
    ids = {control.id for control in found}
    rows = known.run("select id, title, type, severity, frameworks::varchar as frameworks, attack from controls")
    return found + [_of_row(row) for row in rows if row["id"] not in ids]


def _of_row(row: dict[str, Any]) -> Summary:
    frameworks = json.loads(row["frameworks"] or "{}")
    return Summary(
        row["id"], row["title"], row["type"], row["severity"], frameworks, row["attack"], live=False, place=""
    )
