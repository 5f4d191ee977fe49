"""The command line of `bastide threats import` and `export`."""

from __future__ import annotations

import pytest

from bastide.cli.parser import make_parser
from bastide.cli.parsers.threats_exchange import EXPORTS, IMPORTS


def test_a_file_is_taken_in_as_what_it_looks_like_or_as_is_said() -> None:
    parser = make_parser("threats")
    plain = parser.parse_args(["threats", "import", "a.json"])
    assert (plain.action, plain.file, plain.format) == ("import", "a.json", "")
    for form in IMPORTS:
        assert parser.parse_args(["threats", "import", "a.json", "--format", form]).format == form


def test_an_export_names_its_format() -> None:
    parser = make_parser("threats")
    for form in EXPORTS:
        found = parser.parse_args(["threats", "export", "--format", form])
        assert (found.action, found.format, found.only, found.output) == ("export", form, "all", None)
    with pytest.raises(SystemExit):
        parser.parse_args(["threats", "export"])
