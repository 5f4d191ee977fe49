"""The findings that a team knows already: a file to commit, so that a scan reports only what is new."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bastide.errors import UsageError
from bastide.secret import hide
from bastide.sources.files import write_whole

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from bastide.controls.verdict import Verdict

FORMAT = "bastide/baseline/1"


def write_baseline(verdicts: Iterable[Verdict], path: str) -> int:
    """Write the failed verdicts, sorted, one a line, so that its history can be read; returns how many."""
    findings = sorted(
        (
            {
                "fingerprint": verdict.fingerprint,
                "path": verdict.resource.path,
                "control": verdict.control.id,
                "address": hide(verdict.resource.address),
            }
            for verdict in verdicts
            if verdict.status == "fail"
        ),
        key=lambda item: (item["path"], item["address"], item["control"]),
    )
    rows = ",\n".join("  " + json.dumps(item, ensure_ascii=False) for item in findings)
    text = f'{{"format": "{FORMAT}", "findings": [\n{rows}\n]}}\n'
    try:
        write_whole(path, text, "backslashreplace")  # which is JSON's escape, too
    except OSError as error:
        raise UsageError(f"the baseline cannot be written: {error.strerror}", place=path) from None
    return len(findings)


def apply_baseline(verdicts: Iterable[Verdict], path: str) -> int:
    """Mark the failed verdicts that the baseline knows as not new; returns how many.

    A finding is known by its fingerprint and file. Where its file is gone (renamed), a finding with the same
    fingerprint elsewhere takes its place; one in another file while the first is still there is new.
    """
    known = _read(path)
    by_fingerprint: dict[str, list[Verdict]] = defaultdict(list)
    for verdict in verdicts:
        if verdict.status == "fail" and verdict.fingerprint in known:
            by_fingerprint[verdict.fingerprint].append(verdict)
    count = 0
    for fingerprint, found in by_fingerprint.items():
        places = known[fingerprint]
        rest = [verdict for verdict in found if not _take(places, verdict.resource.path)]
        gone = sum(number for place, number in places.items() if not Path(place).exists())
        for verdict in found:
            known_here = verdict not in rest
            if not known_here and gone > 0:
                gone, known_here = gone - 1, True
            verdict.new = not known_here
            count += known_here
    return count


def no_longer(
    verdicts: Iterable[Verdict],
    path: str,
    files: Collection[str] | None = None,
    judged: Collection[str] | None = None,
) -> int:
    """How many findings of a baseline do not occur any more, of those that the scan could have found again.

    These are of a control in `judged` and in one of the `files` that were read, or one that is gone; any without.
    """
    return not_left(
        Counter(verdict.fingerprint for verdict in verdicts if verdict.status != "pass"), path, files, judged
    )


def not_left(
    left: Counter[str], path: str, files: Collection[str] | None = None, judged: Collection[str] | None = None
) -> int:
    """The same by how many verdicts with a fingerprint do not pass."""
    left = Counter(left)
    count = 0
    for item in _findings(path):
        if left[str(item["fingerprint"])] > 0:
            left[str(item["fingerprint"])] -= 1
            continue
        place = str(item["path"])
        asked = judged is None or str(item.get("control", "")) in judged
        count += asked and (files is None or place in files or not Path(place).exists())
    return count


def _take(places: Counter[str], path: str) -> bool:
    if places[path] <= 0:
        return False
    places[path] -= 1
    return True


def _read(path: str) -> dict[str, Counter[str]]:
    known: dict[str, Counter[str]] = defaultdict(Counter)
    for item in _findings(path):
        known[str(item["fingerprint"])][str(item["path"])] += 1
    return known


def _findings(path: str) -> list[dict[str, Any]]:
    """The findings of a baseline, each with at least a fingerprint and a path."""
    try:
        value: Any = json.loads(Path(path).read_bytes())
        if value["format"] != FORMAT:
            raise UsageError(f"a baseline of another format: {value['format']}", place=path)
        findings = [{**item, "fingerprint": item["fingerprint"], "path": item["path"]} for item in value["findings"]]
    except OSError as error:
        raise UsageError(
            f"the baseline cannot be read: {error.strerror}", place=path, remedy="make one with `bastide baseline`"
        ) from None
    except (ValueError, KeyError, TypeError, RecursionError):
        raise UsageError(
            "this is no baseline of bastide", place=path, remedy="make one with `bastide baseline`"
        ) from None
    return findings
