"""Drift for people and for programs; values go out through `bastide.redact`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from bastide.redact import clean, redacted, shown
from bastide.report.words import counted
from bastide.resources.model import REDACTED, without_positions

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bastide.drift.compare import Difference
    from bastide.drift.find import Changed, Drift, Flip
    from bastide.resources.model import Resource

FORMAT = 1
WIDTH = 200
SOME = 10
"""Resources of one heading that are listed unless everything is asked for."""
_MATCHED = {"name": "by name", "belonging": "by what it belongs to", "tags": "by tags", "likeness": "by likeness"}


def as_json(drift: Drift) -> str:
    """Everything, as JSON."""
    matched = drift.matched
    document = {
        "format": FORMAT,
        "code": drift.code,
        "cloud": drift.cloud,
        "incomplete": drift.incomplete,
        "verdicts": [_flip(one) for one in drift.flips],
        "changed": [_changed(one) for one in drift.changed],
        "missing": [_resource(one) for one in matched.missing],
        "unsure": [
            {
                "code": _resource(one.code),
                "why": clean(one.why),
                "candidates": [clean(x.address) for x in one.candidates],
            }
            for one in matched.unsure
        ],
        "unmanaged": [_resource(one) for one in matched.unmanaged],
        "matched": len(matched.pairs),
        "not_compared": drift.not_compared,
        "problems": [
            {"kind": one.kind, "path": clean(one.path), "line": one.line, "message": clean(one.message)}
            for one in drift.problems
        ],
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _flip(flip: Flip) -> dict[str, Any]:
    control = flip.code.control
    return {
        "control": control.id,
        "title": control.title,
        "severity": control.severity,
        "code": {**_resource(flip.code.resource), "status": flip.code.status},
        "cloud": {**_resource(flip.cloud.resource), "status": flip.cloud.status},
    }


def _changed(one: Changed) -> dict[str, Any]:
    return {
        "code": _resource(one.pair.code),
        "cloud": _resource(one.pair.cloud),
        "matched_by": one.pair.how,
        "differences": [
            {"property": clean(it.path), "kind": it.kind, "code": safe(it.path, it.code),
             "cloud": safe(it.path, it.cloud), "default": it.default}
            for it in one.differences
        ],
        "set_in_the_cloud_only": [{"property": clean(it.path), "cloud": safe(it.path, it.cloud)} for it in one.unset],
    }  # fmt: skip


def _resource(one: Resource) -> dict[str, Any]:
    return {"type": one.type, "address": clean(one.address), "path": clean(one.path), "line": one.line}


def safe(path: str, value: Any) -> Any:
    """A value without secrets, as a secret's name may stand anywhere in its path."""
    if isinstance(value, str) and shown(path, value) == REDACTED:
        return REDACTED
    tree = value
    names = [name for name in without_positions(path).split(".") if name]
    for name in reversed(names):
        tree = {name: tree}
    tree = redacted(tree)
    for name in names:
        if not isinstance(tree, dict):
            return tree
        tree = tree[name]
    return tree


def as_text(drift: Drift, *, verbose: bool = False, colour: bool = False) -> str:
    """For a terminal: verdicts first, then what changed, what is missing, what nobody can tell."""
    lines = [*_flips(drift), *_differences(drift, verbose=verbose), *_rest(drift, verbose=verbose), *_summary(drift)]
    if colour:
        lines = [_coloured(line) for line in lines]
    return "\n".join(lines) + "\n"


def _coloured(line: str) -> str:
    mark = line.lstrip()[:2]
    code = {"- ": "31", "+ ": "32"}.get(mark) or ("1" if line and not line.startswith(" ") else "")
    return f"\x1b[{code}m{line}\x1b[0m" if code else line


def _flips(drift: Drift) -> Iterator[str]:
    heads = {True: "Passes in the code, fails in the cloud", False: "Fails in the code, passes in the cloud"}
    for worse, head in heads.items():
        mine = [one for one in drift.flips if one.is_worse == worse]
        if mine:
            yield head
            for one in mine:
                code = one.code.resource
                yield f"  {one.code.severity.upper():<9} {clean(one.code.control.title, secrets=False)}"
                yield f"            {clean(code.address)}  {_place(code)}  {one.code.control.id}"
                yield f"            {clean(one.cloud.resource.address)}"
            yield ""


def _place(one: Resource) -> str:
    return clean(f"{one.path}:{one.line}" if one.line else one.path)


def _differences(drift: Drift, *, verbose: bool) -> Iterator[str]:
    listed = drift.changed if verbose else drift.drifted
    for one in listed:
        code, cloud = one.pair.code, one.pair.cloud
        yield f"{clean(code.address)}  {code.type}  {_place(code)}"
        yield f"  {clean(cloud.address)}, matched {_MATCHED[one.pair.how]}"
        for it in one.differences:
            yield from _difference(it)
        if one.unset and verbose:
            yield "  set in the cloud only"
            yield from (f"    {clean(it.path)} = {shown(it.path, it.cloud, WIDTH)}" for it in one.unset)
        elif one.unset:
            names = ", ".join(clean(it.path) for it in one.unset)
            yield f"  set in the cloud only: {names}"
        yield ""


def _difference(it: Difference) -> Iterator[str]:
    yield f"  {clean(it.path)}"
    if it.code is not None:
        yield f"    - {shown(it.path, it.code, WIDTH)}{'  (not set: what AWS sets)' if it.default else ''}"
    if it.cloud is not None:
        yield f"    + {shown(it.path, it.cloud, WIDTH)}"


def _rest(drift: Drift, *, verbose: bool) -> Iterator[str]:
    matched = drift.matched
    yield from _listed("In the code, not in the cloud", matched.missing, verbose=verbose)
    if matched.unsure:
        yield "Could not be told apart: nothing about these was compared"
        for one in matched.unsure if verbose else matched.unsure[:SOME]:
            yield f"  {clean(one.code.address)}  {one.code.type}  {_place(one.code)}"
            yield f"    {clean(one.why)}"
            yield from (f"    ? {clean(other.address)}" for other in one.candidates)
        yield from _more(len(matched.unsure), verbose=verbose)
    if verbose:
        yield from _listed("In the cloud, in no code", matched.unmanaged, verbose=True)
    if drift.not_compared:
        kinds = ", ".join(f"{kind} ({number})" for kind, number in drift.not_compared.items())
        yield f"Not compared, since the cloud was not read for it: {kinds}"
        yield ""
    bad = [one for one in drift.problems if verbose or one.kind in ("unreadable", "partial")]
    if bad:
        yield "Could not be read" if not verbose else "Worth knowing"
        yield from (f"  {clean(one.path)}: {clean(one.message)}" for one in bad)
        yield ""


def _listed(head: str, ones: Iterable[Resource], *, verbose: bool) -> Iterator[str]:
    found = sorted(ones, key=lambda one: (one.type, one.address))
    if found:
        yield head
        yield from (
            f"  {clean(one.address)}  {one.type}  {_place(one)}" for one in (found if verbose else found[:SOME])
        )
        yield from _more(len(found), verbose=verbose)


def _more(number: int, *, verbose: bool) -> Iterator[str]:
    if number > SOME and not verbose:
        yield f"  and {number - SOME} more (--verbose)"
    yield ""


def _summary(drift: Drift) -> Iterator[str]:
    matched = drift.matched
    worse = sum(one.is_worse for one in drift.flips)
    yield (
        f"Summary   {counted(len(drift.drifted), 'resource')} of {len(matched.pairs)} that were matched "
        f"{'departs' if len(drift.drifted) == 1 else 'depart'} from the code; {len(matched.missing)} not in the cloud, "
        f"{len(matched.unsure)} could not be told apart, {len(matched.unmanaged)} in no code"
    )
    yield f"          {counted(len(drift.flips), 'verdict')} the other way round, {worse} of them worse in the cloud"
    if drift.incomplete:
        yield "          something could not be read: there may be more"
