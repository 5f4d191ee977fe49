"""Figures as they stand in tables: medians, spreads, ratios, and whether a figure is what it must be."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Table = list[list[str]]


def middle(runs: Iterable[dict[str, Any]], field: str) -> float | None:
    """The median of a field over the runs; None when there are none."""
    values = [run[field] for run in runs if run[field] is not None]
    return median(values) if values else None


def target(name: str, must: str, value: float, unit: str, limit: float) -> list[str]:
    shown = f"{value:.3f}" if value < 1 else f"{value:.1f}"
    return [name, must, f"{shown} {unit}", "met" if value < limit else "**missed**"]


def ratio(theirs: float | None, own: float | None) -> float | None:
    return theirs / own if theirs and own else None


def spread(runs: Sequence[dict[str, Any]], field: str) -> str:
    values = [run[field] for run in runs]
    if len(values) < 2:
        return figure(middle(runs, field))
    return f"{figure(median(values))} ({figure(min(values))} to {figure(max(values))})"


def figure(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:.2f}" if value < 10 else f"{value:.1f}" if value < 100 else f"{value:.0f}"


def table(head: list[str], rows: Table) -> str:
    lines = [head, ["---", *["---:" for _ in head[1:]]], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"
