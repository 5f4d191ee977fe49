"""The register as CSV."""

from __future__ import annotations

import csv
import io

from bastide.threats.register import Row, Standing
from bastide.threats.risk import Risk
from bastide.threats.table import COLUMNS, as_csv
from bastide.threats.templates import Threat


def row(title: str = "a title") -> Row:
    threat = Threat(
        "T-1", "a.b", title, "s", "p", "a", "i", "spoofing", ["integrity"], ["T1530"], ["e"], "x#e", "e", None, ["x#e"],
        [], 4, 5, {"likelihood": [], "impact": []},
    )  # fmt: skip
    return Row(threat, Risk(20, 4, 12.345, ()), Standing(owner="Rosa"), "open", False, "2026", "2026", None)


def test_each_threat_is_a_line_under_the_headings() -> None:
    lines = list(csv.DictReader(io.StringIO(as_csv([row(), row('b, "quoted"\nand more')]))))
    assert [tuple(line) for line in lines] == [COLUMNS, COLUMNS]
    assert lines[0]["residual risk, most"] == "12.35"
    assert (lines[0]["in appetite"], lines[0]["class"], lines[0]["owner"]) == ("no", "", "Rosa")
    assert (lines[0]["in replay"], lines[0]["replay on"]) == ("not tried", "")
    assert lines[0]["replay last seen"] == ""
    assert lines[1]["title"] == 'b, "quoted" and more'


def test_no_cell_is_a_formula() -> None:
    text = as_csv([row('=HYPERLINK("http://evil","x")')])
    assert "'=HYPERLINK" in text
