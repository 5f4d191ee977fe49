"""What every format shows of a control: what it is listed by, and what it says at length, cleaned once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from bastide.controls.verdict import Severity  # noqa: TC001 (msgspec reads the annotations)
from bastide.redact import block, clean

if TYPE_CHECKING:
    from bastide.controls.entry import Control, Summary


class ControlRow(Struct):
    """A control that was asked of the resources of its type (`resource`)."""

    id: str
    title: str
    severity: Severity
    resource: str
    frameworks: dict[str, list[str]]
    attack: list[str]


class ControlTexts(Struct):
    """What a control says at length; texts of several lines."""

    row: ControlRow
    rationale: str
    remediation: dict[str, str]
    references: list[str]

    def fix(self, source: str) -> str:
        """The remediation in the language of a resource's source, else in any; may be empty."""
        language = {"plan": "terraform", "aws": "cli"}.get(source, source)
        return self.remediation.get(language) or next((text for text in self.remediation.values() if text), "")


def texts_of(control: Control) -> ControlTexts:
    """What a control says at length, cleaned."""
    own = _is_own(control)
    return ControlTexts(
        row_of(control),
        block(control.rationale, secrets=own).strip(),
        {clean(name): block(text, secrets=own).strip() for name, text in control.remediation.items()},
        [clean(link) for link in control.references],
    )


def row_of(control: Control | Summary) -> ControlRow:
    """What a control is listed by, cleaned; of the library's own nothing has to be, as a test of them all says."""
    if not _is_own(control):
        return ControlRow(
            control.id, control.title, control.severity, control.resource, control.frameworks, control.attack
        )
    frameworks = {clean(name): [clean(item) for item in items] for name, items in control.frameworks.items()}
    attack = [clean(item) for item in control.attack]
    return ControlRow(
        clean(control.id),
        clean(control.title),
        control.severity,
        clean(control.resource),
        frameworks,
        attack,
    )


def _is_own(control: Control | Summary) -> bool:
    return not control.place.startswith("library/controls/")
