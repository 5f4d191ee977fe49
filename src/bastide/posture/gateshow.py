"""A gate's word for people and programs: terminal, Markdown and JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bastide.redact import clean
from bastide.report.words import counted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bastide.posture.answers import Answer
    from bastide.posture.gate import Outcome

MARKS = {"yes": "yes", "no": "NO", "unknown": "?", "off": "off"}
WORDS = {
    "yes": "yes, it may ship",
    "no": "no, it may not ship",
    "unknown": "not known: something that must be known is not",
}
MAX_REASONS = 5


def as_json(outcome: Outcome) -> dict[str, Any]:
    """Version 1 of what programs read."""
    return {
        "version": 1,
        "verdict": outcome.word,
        "workload": outcome.workload,
        "environment": outcome.environment or None,
        "stage": outcome.stage or None,
        "standard": outcome.standard.id,
        "at": outcome.at,
        "commit": outcome.tree.commit or None,
        "dirty": None if outcome.tree.changed is None else bool(outcome.tree.changed),
        "scan": outcome.scan,
        "journal": {"entries": outcome.entry.number, "head": outcome.entry.hash},
        "criteria": [
            {
                "id": one.criterion.id,
                "title": one.criterion.title,
                "stage": one.criterion.stage,
                "answer": one.word,
                "reasons": [clean(text) for text in one.reasons],
                "rows": one.rows,
                "why": one.criterion.why,
                "remedy": one.criterion.remedy if one.word in ("no", "unknown") else None,
            }
            for one in outcome.answers
        ],
    }


def as_text(outcome: Outcome) -> str:
    """For a terminal: every criterion a line, below each no and unknown its reasons and what to do."""
    lines = [f"{clean(outcome.workload)}: {WORDS[outcome.word]}"]
    lines += [f"  {about}" for about in _about(outcome)]
    for stage, title in outcome.standard.stages.items():
        mine = [one for one in outcome.answers if one.criterion.stage == stage]
        if mine:
            lines += ["", f"{stage}: {title}"]
        for one in mine:
            lines.append(f"  {MARKS[one.word]:<4} {one.criterion.title}")
            lines += [f"         {text}" for text in _reasons(one)]
            if one.word in ("no", "unknown"):
                lines.append(f"       > {one.criterion.remedy}")
    return "\n".join([*lines, "", _counts(outcome)]) + "\n"


def as_markdown(outcome: Outcome) -> str:
    """For a comment in a pull request, or a wiki."""
    lines = [f"## {escaped(outcome.workload)}: {WORDS[outcome.word]}", ""]
    lines += [f"- {escaped(about)}" for about in _about(outcome)]
    lines += ["", "| answer | criterion | because |", "|---|---|---|"]
    for one in outcome.answers:
        because = "<br>".join(escaped(text) for text in _reasons(one, always=True))
        if one.word in ("no", "unknown"):
            because += f"<br>→ {escaped(one.criterion.remedy)}"
        lines.append(f"| {'**no**' if one.word == 'no' else one.word} | {escaped(one.criterion.title)} | {because} |")
    return "\n".join([*lines, "", _counts(outcome)]) + "\n"


def _about(outcome: Outcome) -> Iterator[str]:
    asked = outcome.environment or (f"everything up to {outcome.stage}" if outcome.stage else "every stage")
    yield f"standard {outcome.standard.id}, {asked}"
    tree = outcome.tree
    if tree.commit:
        dirty = f", and {counted(len(tree.changed), 'file')} changed or new that no commit has" if tree.changed else ""
        yield f"commit {tree.commit[:12]}{dirty}"
    else:
        yield "no commit: this is no git repository, or it has none yet"
    scanned = f" of commit {outcome.scan['commit'][:12]}" if outcome.scan["commit"] else ""
    yield f"scan {outcome.scan['id'][:12]} of {outcome.scan['at'][:16].replace('T', ' ')} UTC{scanned}"


def _reasons(answer: Answer, *, always: bool = False) -> list[str]:
    limit = MAX_REASONS if answer.word in ("no", "unknown") else 2
    told = [clean(text, 300) for text in answer.reasons[:limit]]
    total = answer.rows if answer.word in ("no", "unknown") else len(answer.reasons)
    if total > len(told) and (answer.word != "yes" or always):
        told.append(f"and {total - len(told):,} more")
    return told


def _counts(outcome: Outcome) -> str:
    words = [one.word for one in outcome.answers]
    off = f", {words.count('off')} switched off" if "off" in words else ""
    return (
        f"{counted(len(words), 'criterion', 'criteria')}: {words.count('yes')} yes, {words.count('no')} no, "
        f"{words.count('unknown')} unknown{off}"
    )


def escaped(text: str) -> str:
    """Text that Markdown shows as it is, in a cell of a table too."""
    text = clean(text, 400).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    for mark in "\\`*_[]|#~!":
        text = text.replace(mark, f"\\{mark}")
    return text
