"""The command line of `bastide threats`."""

from __future__ import annotations

import pytest

from bastide.cli.parser import make_parser
from bastide.cli.parsers.threats import STATUSES
from bastide.threats.register import ACTIONS


@pytest.mark.parametrize("action", ACTIONS)
def test_every_decision_has_a_command(action: str) -> None:
    arguments = make_parser("threats").parse_args(["threats", action, "T-1", "T-2"])
    assert (arguments.action, arguments.ids) == (action, ["T-1", "T-2"])


@pytest.mark.parametrize("status", STATUSES)
def test_a_listing_can_be_narrowed(status: str) -> None:
    assert make_parser("threats").parse_args(["threats", "--status", status]).status == status
