"""Figures as text, CSV and JSON."""

from __future__ import annotations

import csv
import io

from bastide.posture.metrics import Figure, Metric, Row
from bastide.posture.metricshow import as_csv, as_json, as_text, number, spark, told

SHARE = Metric("score", "Score", "share", "higher", "A formula.", "select 1")
FIGURES = [
    Figure(SHARE, (Row(0.5, "2026-11-01T00:00:00Z", "code", 0.5, 0.6, 100),
                   Row(0.7, "2026-11-02T00:00:00Z", "code", 0.7, 0.7, 110))),
    Figure(Metric("age", "Age", "days", "lower", "Mean.", "select 1"), (Row(3.25, name="=cmd()", high=12.0, of=4),)),
    Figure(Metric("none", "None", "count", "none", "Nothing.", "select 1"), ()),
]  # fmt: skip


def test_text() -> None:
    text = as_text(FIGURES)
    assert "70 % (of 110)   ▁█  since 2026-11-01: 50 %" in text
    assert "3.2 days, at most 12 days (of 4)" in text
    assert "None\n  nothing is known yet\n" in text


def test_csv() -> None:
    rows = list(csv.DictReader(io.StringIO(as_csv(FIGURES))))
    assert [row["metric"] for row in rows] == ["score", "score", "age"]
    assert (rows[0]["low"], rows[0]["high"], rows[0]["of"], rows[0]["unit"]) == ("0.5", "0.6", "100", "share")
    assert (rows[2]["name"], rows[2]["low"], rows[2]["at"]) == ("'=cmd()", "", "")


def test_json() -> None:
    found = as_json(FIGURES, "0000")
    assert (found["version"], found["since"]) == (1, None)
    assert found["metrics"][0]["formula"] == "A formula."
    assert found["metrics"][0]["rows"][0]["of"] == 100


def test_numbers() -> None:
    assert number(0.9999, "share") == "99.9 %"
    assert number(1.0, "share") == "100 %"
    assert number(1234.0, "count") == "1,234"
    assert told(Row(2, low=1, high=2, of=3), "count") == "1 to 2 (of 3)"


def test_bars() -> None:
    assert spark([1, 1, 1]) == "▄▄▄"
    assert spark([0, 7]) == "▁█"
    assert len(spark(list(range(1000)))) == 40
