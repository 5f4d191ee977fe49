"""`bastide controls frameworks`, and the frameworks by which other commands choose controls."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from bastide.controls.frameworks import BASES, Crosswalk, Framework, framework, framework_names
from bastide.controls.library import load_library
from bastide.controls.packs import use
from bastide.errors import UsageError, near_miss
from bastide.report.words import counted
from bastide.workload.manifest import read_manifest

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable

    from bastide.controls.entry import Summary
    from bastide.controls.frameworks import Requirement

SHOWN = 6
"""Controls of a requirement that a line of text names."""


def run(arguments: argparse.Namespace) -> int:
    """All frameworks in a line each, or the requirements of those that are named."""
    with use(read_manifest().packs):
        return _run(arguments)


def _run(arguments: argparse.Namespace) -> int:
    crosswalk = Crosswalk(load_library(arguments.controls or []).summaries)
    if not arguments.names:
        rows = [_row(framework(name), crosswalk) for name in framework_names()]
        print(json.dumps(rows, indent=2) if arguments.format == "json" else _listed(rows))
        return 0
    found = [framework(name) for name in arguments.names]
    if arguments.format == "json":
        print(json.dumps([_row(one, crosswalk) | _requirements(one, crosswalk) for one in found], indent=2))
    else:
        print("\n\n".join(_described(one, crosswalk) for one in found))
    return 0


def serving(wanted: Iterable[str], controls: Iterable[Summary]) -> frozenset[str]:
    """The ids of the controls that serve what is wanted: `NAME`, or `NAME/REQUIREMENT`; `UsageError` for a slip."""
    crosswalk = Crosswalk(controls)
    with use(read_manifest().packs):
        return frozenset().union(*(_serving(text, crosswalk) for text in wanted))


def _serving(text: str, crosswalk: Crosswalk) -> frozenset[str]:
    name, _, requirement = text.partition("/")
    known = framework(name).requirements
    if requirement and requirement not in known:
        near = near_miss(requirement, list(known))
        raise UsageError(f"`{requirement}` is no requirement of {name}", remedy=near or _see(name))
    return crosswalk.serving(name, requirement) if requirement else crosswalk.of(name)


def _see(name: str) -> str:
    return f"see `bastide controls frameworks {name}`"


def _row(one: Framework, crosswalk: Crosswalk) -> dict[str, Any]:
    served = crosswalk.served(one.id)
    return {
        "id": one.id,
        "name": one.name,
        "version": one.version,
        "publisher": one.publisher,
        "basis": one.basis,
        "requirements": len(one.requirements),
        "served": len(served),
        "procedural": sum(entry.kind == "procedural" for entry in one.requirements.values()),
        "controls": len(crosswalk.of(one.id)),
    }


def _listed(rows: list[dict[str, Any]]) -> str:
    head = {"id": "id", "requirements": "all", "served": "served", "procedural": "by people", "controls": "controls",
            "basis": "basis", "name": "name"}  # fmt: skip
    wide = {key: max(len(str(row[key])) for row in [head, *rows]) for key in head}
    left = ("id", "basis", "name")
    lines = [
        "  ".join(f"{row[key]!s:{'<' if key in left else '>'}{wide[key]}}" for key in head).rstrip()
        for row in [head, *rows]
    ]
    bases = [f"{name}: {text}" for name, text in BASES.items()]
    return "\n".join([*lines, "", *bases])


def _requirements(one: Framework, crosswalk: Crosswalk) -> dict[str, Any]:
    return {
        "about": one.about,
        "entries": [
            {
                "id": entry.id,
                "name": entry.name,
                "group": entry.group,
                "kind": entry.kind,
                "from": {source: list(ids) for source, ids in entry.sources.items()},
                "controls": sorted(crosswalk.serving(one.id, entry.id)),
                "without": entry.without,
            }
            for entry in one.requirements.values()
        ],
    }


def _described(one: Framework, crosswalk: Crosswalk) -> str:
    served = crosswalk.served(one.id)
    lines = [f"{one.name} {one.version}, {one.publisher}", f"{BASES[one.basis]}. {one.about}"]
    lines.append(f"{len(served)} of {counted(len(one.requirements), 'requirement')} served by a control")
    wide = max(len(name) for name in one.requirements)
    for group, title in one.groups.items():
        lines += ["", f"{group} {title}" if group != title else group]
        lines += [
            f"  {entry.id:<{wide}}  {entry.kind:<10}  {entry.name}: {_served(entry, served.get(entry.id, frozenset()))}"
            for entry in one.requirements.values()
            if entry.group == group
        ]
    return "\n".join(lines)


def _served(entry: Requirement, controls: frozenset[str]) -> str:
    if controls:
        more = len(controls) - SHOWN
        return ", ".join(sorted(controls)[:SHOWN]) + (f" and {more} more" if more > 0 else "")
    return entry.without or ("people" if entry.kind == "procedural" else "no control")
