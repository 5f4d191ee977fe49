"""What bastide says of the patterns in `examples/patterns`, which are written as they should be."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bastide.controls.verdict import SEVERITIES
from bastide.scan import scan
from bastide.settings import SCAN
from bastide.yamltext import read_yaml
from reference_pages.markdown import code, count, table, words

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bastide.controls.verdict import Verdict

FOLDER = Path(__file__).resolve().parents[2] / "examples" / "patterns"


@cache
def declared() -> dict[str, Any]:
    """What `patterns.yaml` says: the patterns with what they are, and the reasons."""
    file = FOLDER / "patterns.yaml"
    value: dict[str, Any] = read_yaml(file.read_text("utf-8"), file.name)[0]
    return value


@cache
def judged() -> tuple[Verdict, ...]:
    """Every verdict on the patterns, with no settings but the program's own."""
    settings = {option.name: [] if option.kind == "texts" else option.default for option in SCAN}
    return tuple(scan([str(FOLDER)], settings).report.verdicts)


def place(verdict: Verdict) -> tuple[str, str]:
    """The pattern and the language that a verdict is about."""
    parts = Path(verdict.resource.unit).parts
    at = next(at for at, part in enumerate(parts) if part in declared()["patterns"])
    return parts[at], parts[at + 1]


def mistakes(verdicts: Iterable[Verdict], stated: dict[str, Any]) -> list[str]:
    """Findings and unknown verdicts without a reason, and reasons that are needed no more."""
    found: list[str] = []
    needed: set[tuple[str, int, str]] = set()
    for verdict in verdicts:
        pattern, _ = place(verdict)
        reasons = [key for key in _reasons(stated) if key[2] == pattern and _explains(stated[key[0]][key[1]], verdict)]
        needed.update(reasons)
        if verdict.status in ("fail", "unknown") and not reasons:
            found.append(f"{verdict.control.id} {verdict.status} of {verdict.resource.id}: no reason is given")
    found += [f"{kind}[{at}] is needed no more for {pattern}" for kind, at, pattern in _reasons(stated)
              if (kind, at, pattern) not in needed]  # fmt: skip
    return found


def section() -> list[str]:
    """Parts of a page: the patterns with counts, then every finding that is left and why."""
    verdicts, stated = judged(), declared()
    rows = [
        [f"{code(name)}: {words(about)}", language, *_counts(verdicts, name, language)]
        for name, about in stated["patterns"].items()
        for language in _languages(name)
    ]
    left = Counter(verdict.control.severity for verdict in verdicts if verdict.status == "fail")
    numbers = ", ".join(f"{left[severity]} of {severity}" for severity in SEVERITIES)
    about = (
        f"{count(len(stated['patterns']), 'pattern')}, written as AWS's documentation says that they should be, stand "
        "in `examples/patterns`. A finding on them is either right or a false alarm, and `patterns.yaml` beside them "
        f"says why each stands. By severity there are {numbers}. A test refuses one without a reason."
    )
    head = ["pattern", "language", "resources", "controls", "passed", "failed", "unknown"]
    return ["## Patterns that are well kept", about, table(head, rows), "\n".join(_left(stated, verdicts))]


def _reasons(stated: dict[str, Any]) -> list[tuple[str, int, str]]:
    return [
        (kind, at, pattern)
        for kind in ("explained", "unknown")
        for at, entry in enumerate(stated[kind])
        for pattern in entry["where"]
    ]


def _explains(entry: dict[str, Any], verdict: Verdict) -> bool:
    if verdict.status == "fail":
        return bool(entry.get("control") == verdict.control.id)
    notes = [item.note for item in verdict.evidence if item.note]
    return verdict.status == "unknown" and "reason" in entry and all(re.search(entry["reason"], one) for one in notes)


def _languages(pattern: str) -> list[str]:
    return sorted((path.name for path in (FOLDER / pattern).iterdir() if path.is_dir()), reverse=True)


def _counts(verdicts: Iterable[Verdict], pattern: str, language: str) -> list[str]:
    own = [verdict for verdict in verdicts if place(verdict) == (pattern, language)]
    status = Counter(verdict.status for verdict in own)
    resources, controls = {verdict.resource.id for verdict in own}, {verdict.control.id for verdict in own}
    return [
        str(number) for number in (len(resources), len(controls), status["pass"], status["fail"], status["unknown"])
    ]


def _left(stated: dict[str, Any], verdicts: Iterable[Verdict]) -> list[str]:
    severities = {verdict.control.id: verdict.control.severity for verdict in verdicts}
    lines: dict[str, list[str]] = defaultdict(list)
    for entry in stated["explained"]:
        severity = severities[entry["control"]]
        where = ", ".join(code(pattern) for pattern in entry["where"])
        lines[severity].append(f"- {code(entry['control'])} ({severity}) in {where}: {words(entry['because'])}.")
    unknown = [
        f"- unknown in {', '.join(code(pattern) for pattern in entry['where'])}: {words(entry['because'])}."
        for entry in stated["unknown"]
    ]
    return [line for severity in SEVERITIES for line in lines[severity]] + unknown
