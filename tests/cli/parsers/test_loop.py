"""What all commands of the loop take."""

from __future__ import annotations

import argparse

from bastide.cli.parsers.loop import loop_options


def test_they_say_where_the_state_is() -> None:
    parser = argparse.ArgumentParser()
    loop_options(parser)
    assert vars(parser.parse_args([])) == {"config": None, "state": None}
    assert parser.parse_args(["--state", "sqlite:///x.db"]).state == "sqlite:///x.db"
