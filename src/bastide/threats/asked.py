"""What coverage by detections is asked of: every template of threats, and the register's threats that have none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bastide.detect.coverage import Asked
from bastide.threats.exchange import IMPORTED
from bastide.threats.templates import OWN

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bastide.threats.entry import Template
    from bastide.threats.templates import Threat


def names_of(threat: Threat) -> tuple[str, str]:
    """What detections know a threat by: its template, and its own id."""
    return threat.template, threat.id


def asked(templates: Iterable[Template], register: Iterable[Threat], named: Iterable[str] = ()) -> dict[str, Asked]:
    """By id, the templates, and threats of the register that are of none or that a detection names themselves.

    Asked of so, coverage says of a threat what the register says of it.
    """
    found = {one.id: Asked((one.id,), one.attack, one.title) for one in templates}
    wanted = set(named)
    for threat in register:
        if threat.template in (OWN, IMPORTED) or threat.id in wanted:
            found[threat.id] = Asked(names_of(threat), tuple(threat.attack), threat.title)
    return found
