"""`bastide aws policy`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from bastide.live import chosen, need_extra, wanted_of
from bastide.settings import load_settings

if TYPE_CHECKING:
    import argparse


def run(arguments: argparse.Namespace) -> int:
    """Print the policy, or the template."""
    need_extra()
    from bastide.sources.aws.collectors import load_collectors
    from bastide.sources.aws.policy import actions, policy_text, template_text

    settings = load_settings({**vars(arguments), "format": None}, arguments.config or "")
    collectors = load_collectors()
    names = actions(collectors, wanted_of(chosen(settings.scan)[1], collectors, settings.scan))
    sys.stdout.write(policy_text(names) if arguments.format == "json" else template_text(names))
    return 0
