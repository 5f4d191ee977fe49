"""`bastide controls list|show|test`."""

from __future__ import annotations

import json
import sys
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, TypeVar

import msgspec

from bastide.controls.entry import CONCERNS
from bastide.controls.frameworks import ATTACK, Crosswalk
from bastide.controls.library import load_library, read_controls
from bastide.controls.packs import use
from bastide.errors import UsageError, near_miss
from bastide.report.words import counted
from bastide.workload.manifest import read_manifest

if TYPE_CHECKING:
    import argparse

    from bastide.controls.entry import Control, Summary
    from bastide.controls.fixes import Fix

One = TypeVar("One", "Control", "Summary")


def run(arguments: argparse.Namespace) -> int:
    """The action that was asked for."""
    actions = {"list": _list, "show": _show, "test": _test}
    return actions[arguments.action](arguments)


def _matching(controls: list[One], patterns: list[str]) -> list[One]:
    """Those that a pattern means; a word that is no id and no pattern is a service. `UsageError` for a slip."""
    ids: list[str] = [control.id for control in controls]
    chosen: set[str] = set()
    for pattern in patterns:
        found = {name for name in ids if fnmatchcase(name, pattern) or name.startswith(f"{pattern}.")}
        if not found:
            services: set[str] = {name.partition(".")[0] for name in ids}
            raise UsageError(
                f"`{pattern}` is the id of no control",
                remedy=near_miss(pattern, [*ids, *services]) or "see `bastide controls list`",
            )
        chosen |= found
    return [control for control in controls if not patterns or control.id in chosen]


def _filtered(controls: list[Summary], arguments: argparse.Namespace) -> list[Summary]:
    """Those of the services, concerns and frameworks that are asked for; `UsageError` for what is none."""
    found = controls
    for key, known in (("service", sorted({one.service for one in controls})), ("concern", list(CONCERNS))):
        words = getattr(arguments, key)
        for word in words or ():
            if word not in known:
                near = near_miss(word, known) or f"there are {', '.join(known)}"
                raise UsageError(f"no control is about the {key} `{word}`", remedy=near)
        found = [one for one in found if not words or getattr(one, key) in words]
    if arguments.framework:
        from bastide.cli.frameworks import serving  # lists of no framework read none

        ids = serving(arguments.framework, controls)
        found = [one for one in found if one.id in ids]
    return found


def _list(arguments: argparse.Namespace) -> int:
    everything = load_library(arguments.controls or []).summaries
    controls = _matching(_filtered(everything, arguments), arguments.patterns)
    if arguments.format == "json":
        keys = ("id", "severity", "concern", "title")
        rows = [{**{key: getattr(c, key) for key in keys}, "type": c.resource} for c in controls]
        print(json.dumps(rows, indent=2))
        return 0
    width = max((len(control.id) for control in controls), default=0)
    for control in controls:
        print(f"{control.id:<{width}}  {control.severity:<8}  {control.title}")
    types = counted(len({control.resource for control in controls}), "resource type")
    print(f"\n{counted(len(controls), 'control')} over {types}", file=sys.stderr)
    return 0


def _show(arguments: argparse.Namespace) -> int:
    library = load_library(arguments.controls or [])
    controls = [library.get(control_id) for control_id in arguments.id]
    crosswalk = Crosswalk(library.summaries)
    with use(read_manifest().packs):
        serves = {control.id: crosswalk.requirements_of(control.id) for control in controls}
    if arguments.format == "json":
        told = [{**msgspec.to_builtins(control), "serves": serves[control.id]} for control in controls]
        print(json.dumps(told, indent=2))
        return 0
    from bastide.fix.plan import fixes_of

    fixes = fixes_of(controls)
    for control in controls:
        control.fix = fixes.get(control.id)
        print(_described(control, library.broken.get(control.id, ""), serves[control.id]))
    return 0


def _described(control: Control, broken: str, served: dict[str, list[str]]) -> str:
    lines = [control.id, f"  {control.title}", ""]
    lines += [f"  severity   {control.severity}", f"  concern    {CONCERNS.get(control.concern, 'none')}"]
    lines += [f"  resource   {control.resource}", f"  written    {control.place}"]
    if broken:
        lines.append(f"  BROKEN     {broken}")
    for name, sql in (("when", control.when), ("require", control.require)):
        if sql:
            lines += ["", f"  {name}", *(f"    {line}" for line in sql.strip().splitlines())]
    for layer in control.compensated:
        lines += ["", f"  compensated by {layer.by}", f"    {' '.join(layer.because.split())}"]
        lines += [f"    when {' '.join(layer.when.split())}"]
        lines += [f"    where {' '.join(layer.where.split())}"] if layer.where else []
    lines += ["", *(f"  {line}" for line in control.rationale.strip().splitlines())]
    for language, text in control.remediation.items():
        lines += ["", f"  fix in {language}", *(f"    {line}" for line in text.strip().splitlines())]
    if not control.live:
        lines += ["", f"  {_fixed(control.fix)}"]
    tags = {**control.frameworks, "ATT&CK": control.attack, "objectives": control.objectives}
    lines += ["", *(f"  {name}: {', '.join(ids)}" for name, ids in tags.items() if ids)]
    derived = {name: [one for one in ids if one not in control.frameworks.get(name, [])]
               for name, ids in served.items() if name != ATTACK}  # fmt: skip
    lines += [f"  {name}, derived: {', '.join(ids)}" for name, ids in derived.items() if ids]
    return "\n".join([*lines, *(f"  {url}" for url in control.references), ""])


def _fixed(fix: Fix | None) -> str:
    """What `bastide fix` does about a control."""
    if fix is None:
        return "`bastide fix` has no patch for it: a person has to choose"
    verbs = {"set": "sets", "at_least": "raises", "add": "adds to", "take": "takes from", "remove": "removes"}
    return "`bastide fix` " + ", ".join(dict.fromkeys(f"{verbs[one.verb]} {one.path}" for one in fix.changes))


def _mutate(controls: list[Control]) -> None:
    """Tell of every small change to the expressions that no example notices, and of how many they are."""
    from bastide.controls.mutation import mutants

    total = noticed = 0
    for mutant in mutants(controls):
        total += 1
        noticed += mutant.noticed
        if not mutant.noticed:
            print(f"{mutant.control}: no example notices, in `{mutant.field}`: {mutant.change}")
    share = f" ({100 * noticed / total:.1f} %)" if total else ""
    print(f"{counted(total, 'mutant')}, {noticed:,} noticed{share}")


def _test(arguments: argparse.Namespace) -> int:
    from bastide.controls.examples import run_examples
    from bastide.controls.lint import lint

    own = arguments.controls or []
    controls = _matching(read_controls(own, library=not own), arguments.patterns)
    with use(read_manifest().packs if own else ()):  # the library's own controls name frameworks of the library only
        complaints = lint(controls) if arguments.lint else []
    results = run_examples(controls)
    wrong = [result for result in results if not result.right]
    for result in wrong:
        got = ", ".join(result.got) or "no verdict"
        print(f"{result.control}: example {result.number} in {result.language}: wanted {result.wanted}, got {got}")
        print(f"    {result.detail}")
    for complaint in complaints:
        print(complaint)
    if arguments.mutate:
        _mutate(controls)
    done = f"{counted(len(controls), 'control')}, {counted(len(results), 'example')}, {len(wrong)} wrong"
    print(f"{done}, {counted(len(complaints), 'lint complaint')}")
    return 1 if wrong or complaints else 0
