"""Frameworks and their requirements for people: in a terminal, as Markdown, and as CSV for spreadsheets."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from bastide.objectives.comply import proofs
from bastide.objectives.requirements import GOOD, STATUSES, subject_of
from bastide.objectives.show import bad_lines
from bastide.redact import cell, clean
from bastide.report.markdown import code, text
from bastide.report.words import counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bastide.controls.frameworks import Framework
    from bastide.objectives.comply import Assessed, Proof
    from bastide.objectives.requirements import Standing
    from bastide.report.lines import Lines
    from bastide.workload.known import Known

STYLES = {
    "not-met": "bad", "unknown": "unknown", "manual": "warn", "no-control": "warn", "attested": "good", "met": "good",
    "not-applicable": "faint",
}  # fmt: skip
COLUMNS = ("not-met", "unknown", "manual", "no-control", "attested", "met", "not-applicable")
HEADS = ("not met", "unknown", "manual", "no control", "attested", "met", "nothing there")
MAX_BAD = 3


def overview(lines: Lines, found: Sequence[Assessed]) -> None:
    """A line a framework, those that the workload must meet first."""
    wide = max(len(one.framework.id) for one in found)
    heads = "".join(f"{head:>{max(len(head), 5) + 2}}" for head in HEADS)
    lines.add((f"{'':<9} {'':<{wide}}  {'all':>5}{heads}", "faint"))
    for one in found:
        counts = one.counts
        cells = [(f"{counts[status]:>{max(len(head), 5) + 2}}", STYLES[status] if counts[status] else "faint")
                 for status, head in zip(COLUMNS, HEADS, strict=True)]  # fmt: skip
        lines.add((f"{'required' if one.required else '':<9} ", "strong"), (f"{one.framework.id:<{wide}}", "place"),
                  (f"  {len(one.wanted):>5}", ""), *cells, (f"  {clean(one.framework.name, 80)}", "faint"))  # fmt: skip
    lines.blank()
    for status, meaning in STATUSES.items():
        lines.add((f"{status:<15}", STYLES[status]), (meaning, "faint"))
    lines.blank()
    if not any(one.required for one in found):
        lines.add(("bastide.yaml names no framework that the workload must meet (`workload.requirements`)", ""))
    lines.add(("Next      ", "strong"), ("bastide comply FRAMEWORK", ""), ("  requirement by requirement", "faint"))


def detail(lines: Lines, known: Known, one: Assessed, status: str | None = None) -> None:
    """Every requirement with its status, why, and the worst of what does not pass; only those of a status, if given."""
    lines.add((f"{clean(one.framework.name)} {clean(one.framework.version)}", "strong"),
              (f"  {counts_text(one)}", ""), hang=2)  # fmt: skip
    wide = max(len(clean(each.requirement.id)) for each in one.standings)
    found = proofs(known, (each for each in one.standings if status in (None, each.status)))
    for group, title in one.framework.groups.items():
        mine = [each for each in found if each.standing.requirement.group == group]
        if mine:
            lines.blank()
            lines.add((clean(f"{group} {title}" if group != title else group), "strong"))
        for each in mine:
            _one(lines, each, wide)
    _next(lines, one)


def _one(lines: Lines, found: Proof, wide: int) -> None:
    standing = found.standing
    name = clean(standing.requirement.id)
    lines.add((f"{standing.status:<15}", STYLES[standing.status]), (f"{name:<{wide}}  ", "place"),
              (clean(standing.requirement.name), ""), (f"  {clean(standing.because, 300)}", "faint"),
              indent=2, hang=19 + wide)  # fmt: skip
    if standing.status in ("not-met", "unknown"):
        bad_lines(lines, found.bad, MAX_BAD, indent=19 + wide)


def _next(lines: Lines, one: Assessed) -> None:
    manual = [each for each in one.wanted if each.status in ("manual", "no-control")]
    subjects = [found for each in manual if (found := subject_of(one.framework, each.requirement))]
    lines.blank()
    if subjects:
        subject = clean(subjects[0])
        lines.add((counted(len(manual), "requirement"), "strong"), (" need the word of a person, too: ", ""),
                  (f"bastide attest '{subject}' --by NAME --until DAY --statement TEXT", "place"))  # fmt: skip
    lines.add(("bastide objectives ID", "place"), ("  what has to hold, and what breaks it", "faint"))


def counts_text(one: Assessed) -> str:
    """`12 of 63 requirements are met or attested; 17 not-met, …`."""
    counts = one.counts
    good = sum(counts[status] for status in GOOD)
    rest = ", ".join(f"{number} {status}" for status, number in counts.items() if number)
    return f"{good} of {counted(len(one.wanted), 'requirement')} need nothing: {rest}"


_FIELDS = ("framework", "id", "name", "group", "kind", "required", "status", "because", "controls", "passed", "failed",
           "unknown", "exempt", "worst", "attested_by", "attested_until")  # fmt: skip


def as_csv(known: Known, one: Assessed) -> str:
    """A row a requirement; no cell begins a formula."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(_FIELDS)
    for found in proofs(known, one.standings):
        each = found.standing
        counts, word = each.counts, each.attested
        worst = "; ".join(f"{bad.status} {bad.control} {bad.address} {bad.place}" for bad in found.bad[:MAX_BAD])
        row = [
            one.framework.id, each.requirement.id, each.requirement.name, _group(one.framework, each),
            each.requirement.kind, "yes" if each.required else "no", each.status, each.because, " ".join(each.controls),
            counts.passed, counts.failed, counts.unknown, counts.exempt, worst,
            word.by if word else "", word.until if word else "",
        ]  # fmt: skip
        writer.writerow([cell(value) for value in row])
    return out.getvalue()


def _group(one: Framework, each: Standing) -> str:
    return one.groups.get(each.requirement.group, each.requirement.group)


def as_markdown(known: Known, one: Assessed) -> str:
    """A table a group; what comes from what was scanned stands in code."""
    return "\n".join(_markdown(known, one)) + "\n"


def _markdown(known: Known, one: Assessed) -> Iterator[str]:
    yield f"# {text(one.framework.name)} {text(one.framework.version)}"
    yield ""
    yield f"{counts_text(one)}."
    everything = proofs(known, one.standings)
    for group, title in one.framework.groups.items():
        mine = [each for each in everything if each.standing.requirement.group == group]
        if not mine:
            continue
        yield f"\n## {text(f'{group} {title}' if group != title else group)}\n"
        yield "| requirement | status | why | what does not pass |"
        yield "| --- | --- | --- | --- |"
        for found in mine:
            each = found.standing
            worst = [f"{code(bad.control)} {code(bad.address)} {code(bad.place)}" for bad in found.bad[:MAX_BAD]]
            if len(found.bad) > MAX_BAD:
                worst.append("…")
            name = f"**{text(each.requirement.id)}** {text(each.requirement.name)}"
            yield f"| {name} | {each.status} | {text(each.because)} | {'<br>'.join(worst)} |"
