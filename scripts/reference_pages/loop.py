"""Pages of the loop: the manifest, what is known as tables, threats, and attacks that are played."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bastide.objectives.tables import TABLES as OF_OBJECTIVES
from bastide.posture.weighed import TABLES as WEIGHED
from bastide.posture.whole import HISTORY, columns_of
from bastide.posture.whole import TABLES as OF_REGISTER
from bastide.threats.bearing import BEARING
from bastide.threats.model import TABLES as OF_MODEL
from bastide.threats.templates import load_templates
from bastide.workload.known import TABLES as OF_MANIFEST
from bastide.workload.manifest import FIELDS
from reference_pages.markdown import code, count, page, table, words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bastide.workload.fields import Field
    from bastide.workload.known import Columns


def manifest() -> str:
    """Every field of the manifest."""
    rows = list(_fields(FIELDS, ""))
    return page(
        "The manifest",
        f"{count(len(rows), 'field')} of `bastide.yaml` that say what the workload is.",
        "They stand in the file that has the [settings](settings.md), too. Only the name is needed. All mistakes are "
        "told at once, each with its line. `[]` is a list; a single text may stand for a list of one.",
        table(["field", "meaning", "one of"], rows),
    )


def _fields(fields: dict[str, Field], before: str) -> Iterator[tuple[str, str, str]]:
    for name, field in fields.items():
        path = f"{before}{name}{'[]' if field.kind in ('texts', 'objects') else ''}"
        needed = ", needed" if field.required else ""
        yield code(path), words(field.help + needed), ", ".join(code(one) for one in field.choices)
        if field.of:
            yield from _fields(field.of, f"{path}.")


def known() -> str:
    """The tables over which templates of threats, criteria of standards and metrics ask in SQL."""
    history: dict[str, Columns] = {name: columns_of(name) for name in HISTORY}
    groups: dict[str, dict[str, Columns]] = {
        "Of the manifest": OF_MANIFEST,
        "Of the threat model": {**OF_MODEL, "bearing": BEARING},
        "Of the register and its journal": OF_REGISTER,
        "Of objectives and frameworks": OF_OBJECTIVES,
        "Of verdicts and the class of data": WEIGHED,
        "Of the history": history,
    }
    parts: list[str] = []
    for title, tables in groups.items():
        parts.append(f"## {title}")
        for name, columns in tables.items():
            rows = [[code(key), code(kind), words(text)] for key, (kind, text) in columns.items()]
            parts += [f"### {name}", table(["column", "type", "meaning"], rows)]
    number = sum(len(tables) for tables in groups.values())
    return page(
        "Tables of what is known",
        f"{count(number, 'table')} beside those of the last scan.",
        "Templates of threats, criteria of standards and metrics ask them in SQL, with the [tables of a "
        "scan](tables.md).",
        *parts,
    )


def threats() -> str:
    """The templates of the library."""
    templates = load_templates()
    parts: list[str] = []
    for area in dict.fromkeys(template.area for template in templates):
        rows = [
            [
                code(one.id),
                words(one.title),
                one.stride,
                " ".join(one.attack),
                words(", ".join(aim.id for aim in one.objectives)),
            ]
            for one in templates
            if one.area == area
        ]
        parts += [
            f"## {area}",
            table(["template", "what could happen", "kind", "ATT&CK", "objectives that mitigate it"], rows),
        ]
    return page(
        "Threats",
        f"{count(len(templates), 'template')} of threats.",
        "Each gives a threat for every element of a workload's model that it is about. [Threats](../threats.md) "
        "explains the register, [Risk](../risk.md) the figures.",
        *parts,
    )
