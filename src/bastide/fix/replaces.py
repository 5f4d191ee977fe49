"""Which changes make CloudFormation and Terraform replace a resource, by AWS's schema."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING

from bastide.library import FOLDER

if TYPE_CHECKING:
    from bastide.controls.fixes import Fix


def replaced_by(kind: str, fix: Fix) -> tuple[str, ...]:
    """The properties that a fix changes and that can only be set when a resource of the type is made."""
    if fix.replaces is False:
        return ()
    paths = [".".join(name for name, _ in change.steps) for change in fix.changes]
    found = tuple(path for path in paths if any(f"{path}.".startswith(f"{one}.") for one in _create_only(kind)))
    return found or ((paths[0],) if fix.replaces else ())


@cache
def _create_only(kind: str) -> tuple[str, ...]:
    text = (FOLDER / "schema" / "_createonly.json").read_text("utf-8")
    entries: dict[str, list[str]] = json.loads(text)
    return tuple(entries.get(kind, ()))
