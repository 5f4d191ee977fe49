"""The command lines of objectives."""

from __future__ import annotations

import pytest

from bastide.cli.parser import make_parser
from bastide.cli.parsers.objectives import REQUIREMENT, STATUSES
from bastide.objectives import counts, requirements


def test_the_words_are_those_of_the_tables() -> None:
    assert set(REQUIREMENT) == set(requirements.STATUSES)
    assert set(STATUSES) == set(counts.STATUSES)


@pytest.mark.parametrize("command", ["objectives", "comply", "attest", "wa", "responsibilities"])
def test_each_has_json_a_manifest_and_a_state(command: str) -> None:
    arguments = make_parser(command).parse_args([command, "-f", "json", "--config", "x.yaml", "--state", "sqlite://"])
    assert (arguments.format, arguments.config, arguments.state) == ("json", "x.yaml", "sqlite://")
