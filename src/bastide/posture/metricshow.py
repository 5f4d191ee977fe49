"""Figures for people and programs: terminal, CSV and JSON."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

from bastide.redact import cell, clean
from bastide.report.words import counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bastide.posture.metrics import Figure, Row

COLUMNS = ("metric", "at", "name", "value", "low", "high", "of", "unit")
_BARS = "▁▂▃▄▅▆▇█"
WIDEST = 40


def as_json(figures: Sequence[Figure], since: str) -> dict[str, Any]:
    """Version 1 of what programs read."""
    import msgspec

    return {
        "version": 1,
        "since": None if since == "0000" else since,
        "metrics": [
            {
                **{key: getattr(one.metric, key) for key in ("id", "title", "unit", "better", "formula")},
                "rows": msgspec.to_builtins(one.rows),
            }
            for one in figures
        ],
    }


def as_csv(figures: Sequence[Figure]) -> str:
    """One line a value, for spreadsheets."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for one in figures:
        for row in one.rows:
            rest = map(_cell, (row.low, row.high, row.of))
            writer.writerow([one.metric.id, row.at, cell(row.name), row.value, *rest, one.metric.unit])
    return out.getvalue()


def as_text(figures: Sequence[Figure]) -> str:
    """For a terminal: the newest value of each with what it is of, and for a series how it went."""
    lines: list[str] = []
    for one in figures:
        lines.append(one.metric.title)
        lines += [f"  {text}" for text in _told(one)] or ["  nothing is known yet"]
        lines.append("")
    return "\n".join(lines)


def _told(one: Figure) -> Iterator[str]:
    for name in dict.fromkeys(row.name for row in one.rows):
        rows = one.named(name)
        last = rows[-1]
        text = f"{clean(name, 40) or 'all':<18} {told(last, one.metric.unit)}"
        if len(rows) > 1 and last.at:
            first = rows[0]
            bars = spark([row.value for row in rows])
            text += f"   {bars}  since {first.at[:10]}: {number(first.value, one.metric.unit)}"
        yield text


def told(row: Row, unit: str) -> str:
    """A value with its interval and its denominator: `71 % to 73 % (of 545)`."""
    text = number(row.value, unit)
    if row.low is not None and row.high is not None and row.low != row.high:
        text = f"{number(row.low, unit)} to {number(row.high, unit)}"
    elif row.high is not None and row.high != row.value:
        text += f", at most {number(row.high, unit)}"
    return text + (f" (of {row.of:,.0f})" if row.of is not None else "")


def number(value: float, unit: str) -> str:
    """A number in its unit; a share is cut, never rounded up to what it is not."""
    if unit == "share":
        return f"{int(value * 1000 + 1e-6) / 10:g} %"
    if unit == "days":
        if value < 1:
            return counted(round(value * 24), "hour")
        return f"{value:.1f} days" if value < 10 else f"{value:.0f} days"
    return f"{value:,.0f}"


def spark(values: Sequence[float]) -> str:
    """A series as a row of bars, at most `WIDEST`, from its least to its greatest value."""
    if len(values) > WIDEST:
        values = [values[round(n * (len(values) - 1) / (WIDEST - 1))] for n in range(WIDEST)]
    low, high = min(values), max(values)
    return "".join(_BARS[round((value - low) / (high - low) * 7) if high > low else 3] for value in values)


def _cell(value: float | None) -> float | str:
    return "" if value is None else value
