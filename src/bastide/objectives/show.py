"""Objectives for a person, and for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bastide.controls.frameworks import framework
from bastide.objectives.catalogue import AREAS
from bastide.objectives.evidence import Evidence, bad_json
from bastide.redact import clean
from bastide.report.words import counted as number_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bastide.objectives.evidence import Bad
    from bastide.report.lines import Lines
    from bastide.workload.known import Known

    Row = dict[str, Any]

STYLES = {"holds": "good", "broken": "bad", "unknown": "unknown", "not-judged": "faint"}
WORDS = {"holds": "hold", "broken": "are broken", "unknown": "are not known", "not-judged": "were not judged"}
KINDS = ("preventive", "detective", "responsive")
MAX_BAD = 12
MAX_SOURCES = 8


def rows_of(known: Known, ids: Sequence[str] = (), status: str | None = None) -> list[Row]:
    """The rows of the table `objectives`, in the order of their areas."""
    rows = known.run("select * from objectives")
    return [row for row in rows if (not ids or row["id"] in ids) and status in (None, row["status"])]


def listing(lines: Lines, rows: Sequence[Row]) -> None:
    """All of them in a line each, by area, and what they come to."""
    wide = max((len(row["id"]) for row in rows), default=0)
    area = ""
    for row in rows:
        if row["area"] != area:
            area = row["area"]
            lines.add((AREAS[area], "strong"))
        lines.add(
            (f"{row['status']:<10}  ", STYLES[row["status"]]),
            (f"{_share(row):>11}  ", ""),
            (f"{row['id']:<{wide}}  ", "place"),
            (row["title"], ""),
            (_more(row), "faint"),
            indent=2,
            hang=29 + wide,
        )
    _summary(lines, rows)


def _share(row: Row) -> str:
    if row["share"] is None:
        return "-"
    low, high = f"{row['share']:.0%}", f"{row['share_high']:.0%}"
    return low if low == high else f"{low} to {high}"


def _more(row: Row) -> str:
    parts = []
    if row["failed"]:
        parts.append(f"{row['failed']} of {_total(row)} verdicts fail")
    if row["status"] == "holds" and row["in_accounts"] == "not-judged" and row["live_only"]:
        parts.append(f"as far as code shows: {row['live_only']} of {row['controls']} controls ask a live account")
    if row["since"] and row["status"] in ("broken", "holds"):
        parts.append(f"since {row['since'][:10]}")
    return f"  {', '.join(parts)}" if parts else ""


def _total(row: Row) -> int:
    return int(row["passed"] + row["failed"] + row["unknown"] + row["exempt"])


def _summary(lines: Lines, rows: Sequence[Row]) -> None:
    counts = {status: sum(row["status"] == status for row in rows) for status in STYLES}
    lines.blank()
    lines.add(
        ("Summary   ", "strong"),
        (f"{number_of(len(rows), 'objective')}: ", ""),
        (", ".join(f"{number} {WORDS[status]}" for status, number in counts.items() if number) or "none", ""),
        ("; the share is that of verdicts that pass", "faint"),
        hang=10,
    )
    if counts["not-judged"] and all(row["in_accounts"] == "not-judged" for row in rows):
        lines.add(
            ("no live account was scanned here: `bastide scan aws` judges what code cannot show", "faint"), indent=10
        )
    lines.add(
        ("Next      ", "strong"), ("bastide objectives ID", ""), ("  where it comes from, and what breaks it", "faint")
    )


def described(lines: Lines, row: Row, known: Known) -> None:
    """One objective: why, how it stands, where it comes from, its controls, and what does not pass."""
    lines.add((row["id"], "place"), ("  ", ""), (row["title"], "strong"))
    lines.add((row["why"], ""), indent=2)
    lines.blank()
    for label, text, style in _facts(row):
        lines.add((f"{label:<14}", "strong"), (text, style), hang=14)
    _sources(lines, row, known)
    evidence = Evidence(known)
    _controls(lines, row, known, evidence)
    _failing(lines, evidence.bad(controls_of(known, row["id"]), MAX_BAD + 1))


def _facts(row: Row) -> Iterable[tuple[str, str, str]]:
    since = f", since {row['since']}" if row["since"] else ""
    yield "status", f"{row['status']}{since}", STYLES[row["status"]]
    if row["share"] is not None:
        counts = ", ".join(f"{row[key]} {key}" for key in ("passed", "failed", "unknown", "exempt") if row[key])
        yield "effectiveness", f"{_share(row)} of the estate holds: {counts}", ""
    yield "in code", row["in_code"], STYLES[row["in_code"]]
    yield "in accounts", row["in_accounts"], STYLES[row["in_accounts"]]
    if row["validated_by"]:
        text = f"{row['validated_at'][:10]} by {clean(row['validated_by'], 80)}, until {row['validated_until']}"
        yield "validated", text, ""
    else:
        yield "validated", f"by nobody: `bastide attest {row['id']}` writes it down", "faint"


def _sources(lines: Lines, row: Row, known: Known) -> None:
    lines.blank()
    lines.add(("Where it comes from", "strong"))
    for source in row["requirements"][:MAX_SOURCES]:
        name, _, requirement = source.partition("/")
        lines.add((f"{source}  ", "place"), (framework(name).requirements[requirement].name, ""), indent=2)
    if (more := len(row["requirements"]) - MAX_SOURCES) > 0:
        lines.add((f"and {number_of(more, 'requirement')} that it has less to do with", "faint"), indent=2)
    titles = known.run(
        "select id, title, level from threats where id in (select unnest(?::varchar[]))", [row["threats"]]
    )
    by_id = {one["id"]: one for one in titles}
    for name in row["threats"][:MAX_SOURCES]:
        one = by_id[name]
        lines.add((f"{name}  ", "place"), (f"{one['level'] or 'unknown'}  ", one["level"] or "unknown"),
                  (clean(one["title"], 200), ""), indent=2)  # fmt: skip
    if (more := len(row["threats"]) - MAX_SOURCES) > 0:
        lines.add((f"and {number_of(more, 'threat')} of less risk", "faint"), indent=2)


def controls_of(known: Known, objective: str) -> list[str]:
    """The ids of the controls that serve an objective."""
    rows = known.run(
        "select distinct control from objective_controls where objective = ? order by control", [objective]
    )
    return [row["control"] for row in rows]


def _controls(lines: Lines, row: Row, known: Known, evidence: Evidence) -> None:
    lines.blank()
    at_work = ", ".join(f"{row[kind]} {kind}" for kind in KINDS)
    lines.add(
        ("Controls", "strong"), (f"  {row['controls']} serve it; of those that judged something: {at_work}", "faint")
    )
    kinds = _kinds(known, row["id"])
    for one in evidence.counted(kinds):
        style = "bad" if one["failed"] else "unknown" if one["unknown"] else "good"
        counts = ", ".join(f"{one[key]} {key}" for key in ("passed", "failed", "unknown", "exempt") if one[key])
        lines.add(
            (f"{one['control']}  ", style), (counts, ""), (f"  {', '.join(kinds[one['control']])}", "faint"), indent=2
        )


def _kinds(known: Known, objective: str) -> dict[str, list[str]]:
    rows = known.run("select control, list(kind) as kinds from objective_controls where objective = ? group by control",
                     [objective])  # fmt: skip
    return {row["control"]: [kind for kind in KINDS if kind in row["kinds"]] for row in rows}


def _failing(lines: Lines, found: Sequence[Bad]) -> None:
    if not found:
        return
    lines.blank()
    lines.add(("What does not pass", "strong"))
    bad_lines(lines, found, MAX_BAD)


def bad_lines(lines: Lines, found: Sequence[Bad], limit: int, indent: int = 2) -> None:
    """A line for each verdict that does not pass, `limit` of them at most."""
    for one in found[:limit]:
        style = one.severity if one.status == "fail" else "unknown"
        lines.add((f"{one.status:<8}", style), (f"{one.severity:<9}", style), (f"{one.control}  ", ""),
                  (one.address, ""), (f"  {one.place}", "place"), indent=indent, hang=indent + 2)  # fmt: skip
    if len(found) > limit:
        lines.add(("and more", "faint"), indent=indent)


def as_json(rows: Sequence[Row], known: Known) -> dict[str, Any]:
    """Version 1 of what programs read."""
    evidence = Evidence(known)
    return {"version": 1, "objectives": [_json(row, _kinds(known, row["id"]), evidence) for row in rows]}


def _json(row: Row, kinds: dict[str, list[str]], evidence: Evidence) -> Row:
    judged = {one["control"]: one for one in evidence.counted(kinds)}
    none = dict.fromkeys(("passed", "failed", "unknown", "exempt"), 0)
    controls = [{"id": one, "kinds": kinds[one], **none, **{k: v for k, v in judged.get(one, {}).items() if k in none}}
                for one in sorted(kinds)]  # fmt: skip
    texts = {key: clean(row[key]) if row[key] else None for key in ("validated_by", "validated_at", "validated_until")}
    return {**row, **texts, "controls": controls, "not_passing": [bad_json(one) for one in evidence.bad(kinds, 100)]}
