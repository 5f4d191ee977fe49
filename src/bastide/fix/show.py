"""A plan as text: the patch that `git apply` takes, and what is left to do by hand and why.

A patch quotes its file, secrets included. So what is printed has the mark in their place, and what is written for `git
apply` leaves out files of which it would show one.
"""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING, NamedTuple

from bastide.redact import clean
from bastide.report.words import counted
from bastide.resources.model import REDACTED
from bastide.secret import hide, is_harmless, names_secret

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bastide.fix.draft import Draft
    from bastide.fix.plan import Outcome, Plan

_COLOURS = {"+": "32", "-": "31", "@": "36"}
_NO_END = "\\ No newline at end of file\n"
_PAIR = re.compile(r"""([\w-]+)(["']?\s*[:=]\s*)("(?:[^"\\]|\\.)*"|'[^']*'|[^\s,{}\[\]"'!][^\s,}\]]*)""")
_KEY_LINE = re.compile(r"[+\- ]\s*[A-Za-z0-9+/=]{40,}\s*")


class Patch(NamedTuple):
    """`text` with nothing hidden, `shown` as it may be printed, and the files of which `text` would show a secret."""

    text: str
    shown: str
    secret: tuple[str, ...]


def patch(plan: Plan) -> Patch:
    """The unified diff of all drafts; empty where nothing changes."""
    whole, shown, secret = [], [], []
    for draft in plan.drafts.values():
        lines = list(_diff(draft))
        safe = [*lines[:2], *(masked(line, expressions=draft.path.endswith((".tf", ".tofu"))) for line in lines[2:])]
        shown += safe
        if safe == lines:
            whole += lines
        else:
            secret.append(draft.path)
    return Patch("".join(whole), "".join(shown), tuple(secret))


def _diff(draft: Draft) -> Iterator[str]:
    old, new = (_lines(data.decode("utf-8")) for data in (draft.original, draft.data))
    for line in difflib.unified_diff(old, new, f"a/{draft.path}", f"b/{draft.path}"):
        yield line if line.endswith("\n") else f"{line}\n{_NO_END}"


def _lines(text: str) -> list[str]:
    """The lines of a text with their ends; `\\n` alone ends one, as in `git`."""
    lines = text.split("\n")
    return [f"{line}\n" for line in lines[:-1]] + [line for line in lines[-1:] if line]


def masked(line: str, *, expressions: bool) -> str:
    """A line of a diff without secrets; with `expressions`, what has no quotes is none, as in Terraform's language."""

    def pair(found: re.Match[str]) -> str:
        value = found[3].strip("\"'")
        written = found[3] != value
        if not names_secret(found[1]) or is_harmless(value) or (expressions and not written):
            return found[0]
        return f"{found[1]}{found[2]}{REDACTED}"

    if _KEY_LINE.fullmatch(line):
        return f"{line[0]}{REDACTED}\n"
    end = "\n" if line.endswith("\n") else ""
    return hide(_PAIR.sub(pair, line[: len(line) - len(end)])) + end


def coloured(text: str) -> str:
    """A diff as a terminal shows it: without signs that steer a terminal, since the text is somebody else's."""
    return "".join(_coloured(line) for line in text.split("\n")[:-1])


def _coloured(line: str) -> str:
    safe = "".join(sign if sign.isprintable() or sign == "\t" else "�" for sign in line.removesuffix("\r"))
    if line.startswith(("--- ", "+++ ")):
        return f"\x1b[1m{safe}\x1b[0m\n"
    colour = _COLOURS.get(line[:1])
    return f"\x1b[{colour}m{safe}\x1b[0m\n" if colour else f"{safe}\n"


def summary(plan: Plan, *, applied: bool, verbose: bool) -> str:
    """What is fixed, and what is left and why; controls without a fix are counted, or listed when `verbose`."""
    fixed = [one for one in plan.outcomes if one.fixed]
    left = [one for one in plan.outcomes if one.reason and one.known]
    unknown = [one for one in plan.outcomes if not one.known]
    lines = []
    if fixed:
        how = "fixed" if applied else "fixed by this patch"
        lines = [f"{counted(len(fixed), 'finding')} {how}, in {counted(len(plan.drafts), 'file')}:"]
        lines += [_line(one, _replaced(one)) for one in fixed]
    if left:
        lines += ["", f"{counted(len(left), 'finding')} left, whose control has a fix that cannot be used here:"]
        lines += [_line(one, one.reason) for one in left]
    if unknown:
        how = ":" if verbose else " (--verbose lists them)"
        lines += ["", f"{counted(len(unknown), 'finding')} left to a person, who has to choose{how}"]
        lines += [_line(one, "") for one in unknown] if verbose else []
    if not plan.outcomes:
        lines.append("nothing to fix")
    elif fixed and not applied:
        lines += ["", "nothing was written; --apply writes it"]
    return "\n".join([*lines, ""]).lstrip("\n")


def _replaced(outcome: Outcome) -> str:
    return f"replaces the resource when deployed ({', '.join(outcome.replaces)})" if outcome.replaces else ""


def _line(outcome: Outcome, why: str) -> str:
    path, line = outcome.verdict.location
    return "  " + clean(
        "  ".join(filter(None, (f"{path}:{line}", outcome.verdict.resource.address, outcome.verdict.control.id, why)))
    )
