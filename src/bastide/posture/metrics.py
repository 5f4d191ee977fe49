"""Figures over time: each is an entry of `library/metrics` with its formula, and one query over all that is known."""

from __future__ import annotations

import datetime as dt
import re
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from bastide.errors import UsageError, near_miss
from bastide.library import FOLDER
from bastide.posture.asked import EXEMPTION_LINES, exemption_lines
from bastide.threats.risk import WEIGHTS
from bastide.workload.fields import Checker, Field, is_day
from bastide.yamltext import read_yaml

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bastide.workload.known import Columns, Known

_FIELDS = {
    "id": Field("a short name", required=True, pattern=r"[a-z0-9][a-z0-9-]{0,60}"),
    "title": Field("what it tells", required=True),
    "unit": Field("what it is in", required=True, choices=("share", "count", "days")),
    "better": Field("which way is better", required=True, choices=("higher", "lower", "none")),
    "formula": Field("how it is computed, in words", required=True),
    "sql": Field("one select", required=True),
}
_PERIOD: Columns = {"since": ("VARCHAR", ""), "until": ("VARCHAR", "")}
_WEIGHTS: Columns = {"severity": ("VARCHAR", ""), "weight": ("DOUBLE", "")}
_COMPARABLE: Columns = {"scan": ("VARCHAR", ""), "at": ("VARCHAR", ""), "kind": ("VARCHAR", "")}


class Metric(Struct, frozen=True):
    """One figure. `place` is where it is written."""

    id: str
    title: str
    unit: str
    better: str
    formula: str
    sql: str
    place: str = ""


class Row(Struct, frozen=True):
    """One value. `at` is empty for a figure of the whole period, `name` for one that is of everything."""

    value: float
    at: str = ""
    name: str = ""
    low: float | None = None
    high: float | None = None
    of: float | None = None


class Figure(Struct, frozen=True):
    """A metric and its rows, a series in the order of time."""

    metric: Metric
    rows: tuple[Row, ...]

    def named(self, name: str = "") -> list[Row]:
        """The rows of one name."""
        return [row for row in self.rows if row.name == name]


def load_metrics() -> list[Metric]:
    """The library's metrics in the order in which they are written; `UsageError` for what is wrong with them."""
    found: list[Metric] = []
    for file in sorted((FOLDER / "metrics").glob("*.yaml")):
        place = f"library/metrics/{file.name}"
        value, lines = read_yaml(file.read_text("utf-8"), place)
        checker = Checker(place, lines)
        for number, item in enumerate(value if isinstance(value, list) else ()):
            good = checker.object(item, _FIELDS, (number,))
            if good.keys() >= _FIELDS.keys():
                found.append(Metric(**good, place=f"{place}:{checker.line((number,))}"))
        checker.finish("the metrics")
    return found


def figures(known: Known, since: str, names: Sequence[str] = ()) -> list[Figure]:
    """The figures since a time (as the history writes it) of all metrics, or those whose ids match.

    Raises `UsageError` for a name that matches none.
    """
    metrics = _chosen(load_metrics(), names)
    until = dt.datetime.now(dt.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    known.put("period", _PERIOD, [{"since": since, "until": until}])
    known.put("weights", _WEIGHTS, ({"severity": name, "weight": value} for name, value in WEIGHTS.items()))
    known.put("comparable", _COMPARABLE, known.select(_SCANS))
    known.put("exemption_lines", EXEMPTION_LINES, exemption_lines(known))
    return [Figure(one, tuple(_rows(known, one, since))) for one in metrics]


_SCANS = """
select s.id as scan, s.at, case when s.live then 'accounts' else 'code' end as kind
from scans s join (select live, max_by(targets, scans.at) as targets from scans group by live) n
  on n.live = s.live and n.targets = s.targets
"""


def _chosen(metrics: list[Metric], names: Sequence[str]) -> list[Metric]:
    known = [one.id for one in metrics]
    for name in names:
        if not any(fnmatchcase(one, name) for one in known):
            raise UsageError(
                f"there is no metric `{name}`", remedy=near_miss(name, known) or f"there are {', '.join(known)}"
            )
    return [one for one in metrics if not names or any(fnmatchcase(one.id, name) for name in names)]


def _rows(known: Known, metric: Metric, since: str) -> list[Row]:
    rows = known.select(metric.sql, metric.place)
    return [_row(row) for row in rows if row["value"] is not None and (not row.get("at") or row["at"] >= since)]


def _row(row: dict[str, Any]) -> Row:
    numbers = {key: float(row[key]) for key in ("low", "high", "of") if row.get(key) is not None}
    return Row(float(row["value"]), str(row.get("at") or ""), str(row.get("name") or ""), **numbers)


_AGO = re.compile(r"(\d{1,5})([hdw])")
_HOURS = {"h": 1, "d": 24, "w": 24 * 7}


def since_when(text: str) -> str:
    """A day, or how long ago (`12h`, `30d`, `8w`), as the history writes times; the beginning without text."""
    if not text:
        return "0000"
    if is_day(text):
        return f"{text}T00:00:00.000Z"
    match = _AGO.fullmatch(text)
    if not match:
        raise UsageError(f"--since: `{text}` is no time", remedy="write a day (2026-11-01), or 12h, 30d or 8w")
    then = dt.datetime.now(dt.UTC) - dt.timedelta(hours=int(match[1]) * _HOURS[match[2]])
    return then.isoformat(timespec="milliseconds").replace("+00:00", "Z")
