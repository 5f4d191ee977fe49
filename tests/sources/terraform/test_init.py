"""The package costs nothing until its loader is asked for."""

from __future__ import annotations

import subprocess
import sys

import pytest

from bastide.sources import terraform


def test_the_loader_is_there() -> None:
    assert terraform.load.__name__ == "load"
    with pytest.raises(AttributeError):
        _ = terraform.nonsense


def test_names_cost_no_parser() -> None:
    code = (
        "import sys, bastide.sources.terraform.names; print([m for m in sys.modules if m.endswith('terraform.parser')])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
