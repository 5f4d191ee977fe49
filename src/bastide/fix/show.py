"""A plan as text: the patch that `git apply` takes, and what is left to do by hand and why."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from bastide.report.words import counted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bastide.fix.draft import Draft
    from bastide.fix.plan import Outcome, Plan

_COLOURS = {"+": "32", "-": "31", "@": "36"}
_NO_END = "\\ No newline at end of file\n"


def patch(plan: Plan) -> str:
    """The unified diff of all drafts; empty where nothing changes."""
    return "".join(line for draft in plan.drafts.values() for line in _diff(draft))


def _diff(draft: Draft) -> Iterator[str]:
    old, new = (data.decode("utf-8").split("\n") for data in (draft.original, draft.data))
    old_lines, new_lines = ([f"{line}\n" for line in lines[:-1]] + lines[-1:] for lines in (old, new))
    lines = difflib.unified_diff([one for one in old_lines if one], [one for one in new_lines if one],
                                 f"a/{draft.path}", f"b/{draft.path}")  # fmt: skip
    for line in lines:
        yield line if line.endswith("\n") else f"{line}\n{_NO_END}"


def coloured(text: str) -> str:
    """A diff as a terminal shows it."""
    return "".join(_coloured(line) for line in text.splitlines(keepends=True))


def _coloured(line: str) -> str:
    if line.startswith(("--- ", "+++ ")):
        return f"\x1b[1m{_safe(line)}\x1b[0m\n"
    colour = _COLOURS.get(line[:1])
    return f"\x1b[{colour}m{_safe(line)}\x1b[0m\n" if colour else f"{_safe(line)}\n"


def _safe(line: str) -> str:
    """Without signs that steer a terminal: the text is somebody else's."""
    return "".join(sign if sign.isprintable() or sign == "\t" else "�" for sign in line.rstrip("\r\n"))


def summary(plan: Plan, *, applied: bool, verbose: bool) -> str:
    """What is fixed, and what is left and why; controls without a fix are counted, or listed when `verbose`."""
    fixed = [one for one in plan.outcomes if one.fixed]
    left = [one for one in plan.outcomes if one.reason and one.known]
    unknown = [one for one in plan.outcomes if not one.known]
    lines = [_line(one, f"replaces the resource ({', '.join(one.replaces)})" if one.replaces else "") for one in fixed]
    if lines:
        verb = "fixed" if applied else "fixed by this patch"
        lines.insert(0, f"{counted(len(fixed), 'finding')} {verb}, in {counted(len(plan.drafts), 'file')}:")
    if left:
        lines += ["", f"{counted(len(left), 'finding')} left, whose control has a fix that cannot be used here:"]
        lines += [_line(one, one.reason) for one in left]
    if unknown:
        lines += ["", f"{counted(len(unknown), 'finding')} left to do by hand: a person has to choose, "
                  "see `bastide controls show ID`" + (":" if verbose else " (--verbose lists them)")]  # fmt: skip
        lines += [_line(one, "") for one in unknown] if verbose else []
    if not plan.outcomes:
        lines.append("nothing to fix")
    elif fixed and not applied:
        lines += ["", "nothing was written: --apply writes it"]
    return "\n".join([*lines, ""]).lstrip("\n")


def _line(outcome: Outcome, why: str) -> str:
    path, line = outcome.verdict.location
    return _safe(f"  {path}:{line}  {outcome.verdict.resource.address}  {outcome.verdict.control.id}" + (f"  {why}" if why else ""))
