"""Pictures: well-formed, with their numbers in words, and inert."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest

from bastide.posture.charts import MAX_POINTS, bars, trend
from bastide.posture.metrics import Row

HOSTILE = "<script>\"&'"


def rows(*values: float) -> list[Row]:
    return [Row(v, f"2026-11-{n + 1:02}T10:00:00.000Z", low=v / 2, high=v) for n, v in enumerate(values)]


def test_a_series_as_a_line() -> None:
    svg = trend(rows(0.5, 0.75, 1.0), "share", HOSTILE)
    found = ET.fromstring(svg)
    assert found.get("aria-label") == f"{HOSTILE}: 50 % on 2026-11-01, 100 % on 2026-11-03"
    points = next(e for e in found if e.get("class") == "line").get("points", "").split()
    heights = [float(point.split(",")[1]) for point in points]
    assert heights == sorted(heights, reverse=True)
    assert len(points) == 3
    assert "style=" not in svg


def test_too_little_for_a_line() -> None:
    assert trend([], "share", "x") == trend(rows(1), "share", "x") == ""


def test_a_day_of_scans_tells_the_hours() -> None:
    two = [Row(1, "2026-11-01T10:00:00.000Z"), Row(2, "2026-11-01T12:30:00.000Z")]
    assert "2026-11-01 12:30" in trend(two, "count", "x")
    same = [Row(0, "2026-11-01T10:00:00.000Z"), Row(0, "2026-11-01T10:00:00.000Z")]
    assert ET.fromstring(trend(same, "count", "x")) is not None


def test_a_long_series_keeps_its_ends() -> None:
    many = [Row(n, f"20{n // 300 + 10}-{n % 12 + 1:02}-01T00:00:00.000Z") for n in range(3000)]
    points = ET.fromstring(trend(many, "count", "x")).find("*[@class='line']")
    assert points is not None
    assert len(points.get("points", "").split()) == MAX_POINTS
    assert "2,999" in trend(many, "count", "x")


def test_bars_say_their_numbers() -> None:
    svg = bars(
        [(HOSTILE, (("to decide", 3, "undecided"), ("within", 0, "within"))), ("low", (("within", 90, "within"),))],
        "All",
    )
    found = ET.fromstring(svg)
    assert found.get("aria-label") == f"All: {HOSTILE} 3 to decide; low 90 within"
    assert [e.text for e in found if e.get("class") == "inside"] == ["90"]
    widths = [float(e.get("width", 0)) for e in found if e.tag == "rect"]
    assert widths[1] == pytest.approx(30 * widths[0], abs=2)
    assert bars([("a", (("x", 0, "within"),))], "none") == ""
