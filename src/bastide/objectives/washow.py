"""The Security Pillar's answers for people and programs: terminal, Markdown and JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bastide.controls.frameworks import framework
from bastide.objectives.tables import ALWAYS
from bastide.objectives.wellarchitected import WORDS
from bastide.redact import clean
from bastide.report.markdown import text
from bastide.report.words import counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bastide.objectives.wellarchitected import Answer, Fact
    from bastide.report.lines import Lines

STYLES = {"answered": "good", "partly": "warn", "not": "bad", "manual": "unknown"}
MARKS = {True: "yes", False: "no ", None: "?  "}
MARK_STYLES = {True: "good", False: "bad", None: "unknown"}


def listing(lines: Lines, found: Sequence[Answer]) -> None:
    """A table a question; below each practice what speaks for and against it."""
    for group, mine in _groups(found):
        lines.add((group, "strong"))
        for one in mine:
            requirement = one.standing.requirement
            lines.add((f"{one.word:<9} ", STYLES[one.word]), (f"{requirement.id}  ", "place"), (requirement.name, ""),
                      indent=2, hang=12)  # fmt: skip
            for fact in one.facts:
                lines.add(
                    (MARKS[fact.ok], MARK_STYLES[fact.ok]), (f" {clean(fact.text, 300)}", "faint"), indent=12, hang=16
                )
            for text_ in _lacks(one):
                lines.add(("-   ", ""), (text_, "faint"), indent=12, hang=16)
        lines.blank()
    counts = {word: sum(one.word == word for one in found) for word in WORDS}
    lines.add(("Summary   ", "strong"), (f"{counted(len(found), 'best practice')}: ", ""),
              (", ".join(f"{number} {word}" for word, number in counts.items() if number), ""), hang=10)  # fmt: skip
    for word, meaning in WORDS.items():
        lines.add((f"{word:<9} ", STYLES[word]), (meaning, "faint"), indent=10)
    lines.add(("Next      ", "strong"), (f"bastide attest {ALWAYS}/PRACTICE", ""), ("  what a person knows", "faint"))


def _groups(found: Sequence[Answer]) -> Iterator[tuple[str, list[Answer]]]:
    for group, title in framework(ALWAYS).groups.items():
        if mine := [one for one in found if one.standing.requirement.group == group]:
            yield f"{group} {title}", mine


def _lacks(one: Answer) -> Iterator[str]:
    """What would make the answer whole."""
    if one.missing:
        yield f"nobody attests that {one.missing}"
    elif not one.facts:
        yield "nothing that was scanned or written down tells"


def as_markdown(found: Sequence[Answer]) -> str:
    """A table a question, for a page or a merge request."""
    parts = [f"# {text(framework(ALWAYS).name)}"]
    for group, mine in _groups(found):
        rows = "\n".join(_row(one) for one in mine)
        parts.append(f"## {text(group)}\n\n| practice | answer | because |\n| --- | --- | --- |\n{rows}")
    return "\n\n".join(parts) + "\n"


def _row(one: Answer) -> str:
    because = [f"{MARKS[fact.ok].strip()}: {_words(fact)}" for fact in one.facts] + [text(each) for each in _lacks(one)]
    name = f"**{one.practice.id}** {text(one.standing.requirement.name)}"
    return f"| {name} | {one.word} | {'<br>'.join(because)} |"


def _words(fact: Fact) -> str:
    return text(clean(fact.text, 300))


def as_json(found: Sequence[Answer]) -> dict[str, Any]:
    """Version 1 of what programs read."""
    return {
        "version": 1,
        "practices": [
            {
                "id": one.practice.id,
                "name": one.standing.requirement.name,
                "question": one.standing.requirement.group,
                "kind": one.standing.requirement.kind,
                "answer": one.word,
                "evidence": [{"ok": fact.ok, "text": clean(fact.text), "from": fact.source} for fact in one.facts],
                "controls": list(one.standing.controls),
                "missing": next(iter(_lacks(one)), None),
            }
            for one in found
        ],
    }
