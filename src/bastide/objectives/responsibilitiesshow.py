"""Shared responsibility for people and programs: a matrix in a terminal, one service in words, JSON, and HTML."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bastide.errors import UsageError, near_miss
from bastide.objectives.responsibilities import WHO, load_matrix, row_of
from bastide.redact import clean
from bastide.report.words import counted, escape

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bastide.objectives.responsibilities import Cell
    from bastide.report.lines import Lines

WORDS = {"holds": "ok", "broken": "NO", "unknown": "?", "not-judged": "?", "no-control": "", None: ""}
STYLES = {
    "holds": "good",
    "broken": "bad",
    "unknown": "unknown",
    "not-judged": "unknown",
    "no-control": "",
    None: "faint",
}
STATES = {
    "holds": "holds", "broken": "is broken", "unknown": "is not known", "not-judged": "was not judged",
    "no-control": "no control tells",
}  # fmt: skip
SHORT = {"aws": "AWS", "shared": "both", "us": "us", "none": "-", "unknown": "?"}


def by_service(found: Iterable[Cell]) -> dict[str, list[Cell]]:
    """The cells of each service by its short name."""
    services: dict[str, list[Cell]] = {}
    for one in found:
        services.setdefault(one.service.id, []).append(one)
    return services


def of_services(found: Sequence[Cell], names: Sequence[str]) -> list[Cell]:
    """The cells of these services; `UsageError` with the near miss for one that the workload does not use."""
    services = by_service(found)
    for name in names:
        if name not in services:
            near = near_miss(name, list(services))
            raise UsageError(f"the workload uses no `{name}`", remedy=near or f"it uses {', '.join(services)}")
    return [one for one in found if not names or one.service.id in names]


def matrix(lines: Lines, found: Sequence[Cell]) -> None:
    """A row a service, a column a layer: who is responsible, and how our part stands."""
    layers = load_matrix().layers
    wide = max((len(one.service.name) for one in found), default=0)
    widths = [max(len(layer.id), 7) + 1 for layer in layers]
    heads = "".join(f"{layer.id:<{width}}" for layer, width in zip(layers, widths, strict=True))
    lines.add((f"{'':<{wide}}  {heads}".rstrip(), "faint"))
    for row in by_service(found).values():
        spans = [(f"{row[0].service.name:<{wide}}  ", "strong")]
        for cell, width in zip(row, widths, strict=True):
            text = f"{SHORT[cell.who]} {WORDS[cell.status]}".rstrip()
            spans.append((f"{text:<{width}}", STYLES[cell.status]))
        lines.add(*spans)
    lines.blank()
    lines.add(
        ("AWS, both or us: who is responsible; - there is no such layer; ok, NO, ?: whether our part holds", "faint")
    )
    broken = sum(one.status == "broken" for one in found)
    services = len(by_service(found))
    lines.add(
        ("Summary   ", "strong"), (f"{counted(services, 'service')}, {counted(broken, 'part')} of ours broken", "")
    )
    lines.add(
        ("Next      ", "strong"), ("bastide responsibilities SERVICE", ""), ("  layer by layer, in words", "faint")
    )


def described(lines: Lines, found: Sequence[Cell]) -> None:
    """Services layer by layer, in words."""
    for number, row in enumerate(by_service(found).values()):
        service = row[0].service
        title = load_matrix().kinds[service.kind].title if service.kind in load_matrix().kinds else WHO["unknown"]
        if number:
            lines.blank()
        lines.add(
            (service.name, "strong"), (f"  {counted(row[0].resources, 'resource')}; {service.kind}: {title}", "faint")
        )
        for one in row:
            if one.who != "none":
                _layer(lines, one)


def _layer(lines: Lines, one: Cell) -> None:
    lines.add(
        (f"{one.layer.title:<32}", ""), (f"{WHO[one.who]:<6}", "strong"), (_state(one), STYLES[one.status]), indent=2
    )
    if one.who in ("aws", "shared"):
        lines.add((f"AWS {one.layer.aws}", "faint"), indent=34)
    if one.who in ("us", "shared"):
        lines.add((f"we: {one.layer.us}", "faint"), indent=34)
    if one.status:
        lines.add((", ".join(one.layer.objectives), "place"), indent=34)


def _state(one: Cell) -> str:
    if not one.status:
        return ""
    counts = f" ({one.counts.passed} of {one.counts.total} verdicts pass)" if one.counts.total else ""
    return f"our part {STATES[one.status]}{counts}" if one.status != "no-control" else STATES[one.status]


def as_json(found: Iterable[Cell]) -> dict[str, Any]:
    """Version 1 of what programs read."""
    return {
        "version": 1,
        "responsibilities": [
            {
                **row_of(one),
                "title": one.layer.title,
                "who": one.who,
                "aws": one.layer.aws if one.who in ("aws", "shared") else None,
                "us": one.layer.us if one.who in ("us", "shared") else None,
            }
            for one in found
        ],
    }


def as_html(found: Sequence[Cell]) -> str:
    """A table of HTML, for a page: a row a service, a column a layer; what a cell means stands in it, not in colour."""
    layers = load_matrix().layers
    heads = "".join(f'<th scope="col">{escape(layer.title)}</th>' for layer in layers)
    rows = []
    for row in by_service(found).values():
        service = row[0].service
        cells = "".join(f'<td class="{one.who} {one.status or ""}">{_cell(one)}</td>' for one in row)
        about = f"{service.kind}, {counted(row[0].resources, 'resource')}"
        rows.append(
            f'<tr><th scope="row">{escape(clean(service.name))}<br><small>{escape(about)}</small></th>{cells}</tr>'
        )
    body = "\n".join(rows)
    return (
        '<table class="responsibilities">\n<caption>Who is responsible for what</caption>\n'
        f"<thead><tr><th>Service</th>{heads}</tr></thead>\n<tbody>\n{body}\n</tbody>\n</table>\n"
    )


def _cell(one: Cell) -> str:
    if one.who == "none":
        return "-"
    state = "" if one.status in (None, "no-control") else f"<br><small>{escape(STATES[one.status])}</small>"
    return f"{escape(WHO[one.who])}{state}"
