"""Pictures for the report as SVG, without a script, a style attribute or anything from elsewhere.

No colour alone carries meaning: every part has its number and its name beside it. Attributes paint for what does not
apply the page's style to pictures, as what makes PDF; the classes let the page paint otherwise, as in the dark.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bastide.posture.metricshow import number
from bastide.report.words import escape

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bastide.posture.metrics import Row

WIDTH, HEIGHT = 640, 170
LEFT, RIGHT, TOP, BOTTOM = 52, 96, 14, 24
MAX_POINTS = 200
_TEXT = 'font-family="sans-serif" font-size="12"'
_AXIS = f'class="axis" {_TEXT} fill="#57606a"'
_LAST = f'class="last" {_TEXT} fill="#1b1f24" font-weight="700"'
_INSIDE = f'class="inside" {_TEXT} fill="#ffffff" font-weight="700" text-anchor="middle"'
_GRID = 'class="grid" stroke="#d9dde3"'
_BAND = 'class="band" fill="#0b5cad" opacity="0.18"'
_LINE = 'class="line" fill="none" stroke="#0b5cad" stroke-width="2"'
_PAINTS = {
    "undecided": "#b3261e",
    "broken": "#b3261e",
    "decided": "#8a5a00",
    "within": "#1a7037",
    "holds": "#1a7037",
    "unknown": "#6b3fa0",
    "silent": "#57606a",
}
"""What paints the parts of a bar, by their classes."""


def trend(rows: Sequence[Row], unit: str, label: str) -> str:
    """A series as a line from its first to its last day, its interval as a band; nothing for less than two points."""
    rows = _thinned(rows)
    if len(rows) < 2:
        return ""
    top = 1.0 if unit == "share" else max(1.0, *(_high(row) for row in rows)) * 1.1
    times = [_seconds(row.at) for row in rows]
    span = (times[-1] - times[0]) or 1.0

    def x(time: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * (time - times[0]) / span

    def y(value: float) -> float:
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * min(value / top, 1.0)

    points = [(x(time), row) for time, row in zip(times, rows, strict=True)]
    upper = [f"{at:.1f},{y(_high(row)):.1f}" for at, row in points]
    lower = [f"{at:.1f},{y(row.value if row.low is None else row.low):.1f}" for at, row in reversed(points)]
    line = " ".join(f"{at:.1f},{y(row.value):.1f}" for at, row in points)
    last_x, last = points[-1]
    begin, end = _days(rows[0].at, last.at)
    marks = "".join(
        f'<line {_GRID} x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y(top * part):.1f}" y2="{y(top * part):.1f}"/>'
        f'<text {_AXIS} x="{LEFT - 6}" y="{y(top * part) + 4:.1f}" text-anchor="end">'
        f"{number(top * part, unit)}</text>"
        for part in (0.0, 0.5, 1.0)
    )
    days = (
        f'<text {_AXIS} x="{LEFT}" y="{HEIGHT - 6}">{begin}</text>'
        f'<text {_AXIS} x="{WIDTH - RIGHT}" y="{HEIGHT - 6}" text-anchor="end">{end}</text>'
    )
    told = f"{label}: {number(rows[0].value, unit)} on {begin}, {number(last.value, unit)} on {end}"
    return (
        f'<svg class="chart" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(told)}">{marks}{days}'
        f'<polygon {_BAND} points="{" ".join(upper + lower)}"/><polyline {_LINE} points="{line}"/>'
        f'<circle class="dot" fill="#0b5cad" cx="{last_x:.1f}" cy="{y(last.value):.1f}" r="3.5"/>'
        f'<text {_LAST} x="{last_x + 8:.1f}" y="{y(last.value) + 4:.1f}">{number(last.value, unit)}</text></svg>'
    )


Part = tuple[str, int, str]
"""A part of a bar: what it is, how many, and the class that paints it."""


def bars(rows: Sequence[tuple[str, Sequence[Part]]], label: str) -> str:
    """Bars of parts, one above the other; the number of a part stands in it where it fits, and after the bar."""
    most = max((sum(part[1] for part in parts) for _, parts in rows), default=0)
    if not most:
        return ""
    row_height, left, right = 28, 92, 190
    lines = []
    for at, (name, parts) in enumerate(rows):
        y = at * row_height + 4
        lines.append(f'<text {_AXIS} x="{left - 8}" y="{y + 15}" text-anchor="end">{escape(name)}</text>')
        lines += _bar(parts, left, y, (WIDTH - left - right) / most)
    told = f"{label}: " + "; ".join(f"{name} {_listed(parts)}" for name, parts in rows)
    height = len(rows) * row_height + 4
    head = f'<svg class="chart" viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{escape(told)}">'
    return f"{head}{''.join(lines)}</svg>"


def _bar(parts: Sequence[Part], left: float, y: float, scale: float) -> list[str]:
    found, x = [], left
    for _, count, paint in parts:
        width = count * scale
        if count:
            colour = f'class="{paint}" fill="{_PAINTS[paint]}"'
            found.append(f'<rect {colour} x="{x:.1f}" y="{y}" width="{width:.1f}" height="20"/>')
            if width > 26:
                found.append(f'<text {_INSIDE} x="{x + width / 2:.1f}" y="{y + 14}">{count:,}</text>')
        x += width
    told = _listed(parts) or "none"
    found.append(f'<text {_AXIS} x="{x + 8:.1f}" y="{y + 15}">{escape(told)}</text>')
    return found


def _listed(parts: Sequence[Part]) -> str:
    return ", ".join(f"{count:,} {name}" for name, count, _ in parts if count)


def _high(row: Row) -> float:
    return row.value if row.high is None else row.high


def _thinned(rows: Sequence[Row]) -> list[Row]:
    """At most `MAX_POINTS` of them, the first and the last among them."""
    if len(rows) <= MAX_POINTS:
        return list(rows)
    return [rows[round(at * (len(rows) - 1) / (MAX_POINTS - 1))] for at in range(MAX_POINTS)]


def _days(first: str, last: str) -> tuple[str, str]:
    """Two times as their days; with the hour where that is the same day."""
    if first[:10] == last[:10]:
        return first[:16].replace("T", " "), last[:16].replace("T", " ")
    return first[:10], last[:10]


def _seconds(text: str) -> float:
    import datetime as dt

    return dt.datetime.fromisoformat(text).timestamp()
