"""How the requirements of frameworks stand: by verdicts of the controls that serve them, and by what people attest."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from msgspec import Struct

from bastide.controls.frameworks import ATTACK, Crosswalk, framework, framework_names

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from bastide.controls.entry import Control, Summary
    from bastide.controls.frameworks import Requirement
    from bastide.objectives.counts import Counts, Judged
    from bastide.workload.manifest import Manifest

STATUSES = {
    "not-met": "a control fails",
    "unknown": "a control cannot tell, or none of them has judged anything",
    "manual": "people have to see to it, and nobody attests that they do",
    "no-control": "no control tells, and nobody attests it",
    "attested": "a named person says so, until a day",
    "met": "all controls pass",
    "not-applicable": "there is nothing that its controls judge in what was scanned",
}
"""What can be said of a requirement, the worst first."""
GOOD = ("met", "attested", "not-applicable")
"""What needs no action."""
EXPECTED = frozenset(
    {
        *("accessanalyzer", "account", "alarms", "backup", "cloudtrail", "cloudwatch", "config", "detective"),
        *("guardduty", "iam", "inspectorv2", "kms", "logs", "macie", "networkfirewall", "organizations", "root"),
        *("securityhub", "securitylake", "sso", "ssm", "wafv2"),
    }
)
"""Services that are wanted where they are not used: that none of their resources is there says nothing good."""


class Attested(Struct, frozen=True):
    """Who attests a subject, and until which day."""

    by: str
    until: str
    statement: str = ""
    at: str = ""


class Standing(Struct, frozen=True):
    """How one requirement stands, and why in a few words. `controls` are the ids of those that serve it."""

    framework: str
    requirement: Requirement
    required: bool
    status: str
    because: str
    controls: tuple[str, ...]
    counts: Counts
    attested: Attested | None = None


def is_required(manifest: Manifest, name: str, requirement: str) -> bool:
    """Whether the manifest says that the workload must meet it."""
    return any(
        one.framework == name and (not one.only or any(fnmatchcase(requirement, only) for only in one.only))
        for one in manifest.requirements
    )


def standings(
    controls: Iterable[Control | Summary],
    judged: Judged,
    attested: Mapping[str, Attested],
    manifest: Manifest,
    names: Iterable[str] = (),
) -> list[Standing]:
    """How every requirement of these frameworks stands, or of all but ATT&CK, whose entries nobody has to meet.

    `attested` has the attestations that count today, by subject.
    """
    by_id = {control.id: control for control in controls}
    crosswalk = Crosswalk(by_id.values())
    found = []
    for name in names or (one for one in framework_names() if one != ATTACK):
        for requirement in framework(name).requirements.values():
            serving = [by_id[one] for one in sorted(crosswalk.serving(name, requirement.id))]
            counts = judged.of(one.id for one in serving)
            word = attested.get(f"{name}/{requirement.id}")
            status, because = stand(requirement, serving, counts, word)
            ids = tuple(one.id for one in serving)
            required = is_required(manifest, name, requirement.id)
            found.append(Standing(name, requirement, required, status, because, ids, counts, word))
    return found


def stand(
    requirement: Requirement, serving: list[Control | Summary], counts: Counts, word: Attested | None
) -> tuple[str, str]:
    """The status of a requirement and why. What fails is not met, whatever anybody attests."""
    if counts.failed:
        return "not-met", f"{counts.failed} of {counts.total} verdicts fail"
    if word:
        passes = bool(counts.passed and not counts.unknown)
        return ("met" if passes else "attested"), _word(word) + (" and the controls pass" if passes else "")
    if serving and requirement.kind != "procedural":
        status, because = _of_controls(serving, counts)
        if requirement.kind == "shared" and status in GOOD:
            return "manual", f"{because}; nobody attests the part of people"
        return status, because
    if requirement.kind == "technical":
        return "no-control", requirement.without or "no control tells"
    return "manual", "people see to it; nobody attests it"


def _of_controls(serving: list[Control | Summary], counts: Counts) -> tuple[str, str]:
    """What controls say of which none fails."""
    if counts.unknown:
        return "unknown", f"{counts.unknown} of {counts.total} verdicts are unknown"
    if counts.total:
        return "met", _passed(counts)
    if _is_absent(serving):
        return "not-applicable", f"there is nothing that its {_controls(serving)} judge"
    return "unknown", f"its {_controls(serving)} judged nothing{_of_live(serving)}"


def _word(word: Attested) -> str:
    return f"{word.by} attests it until {word.until}"


def _is_absent(serving: Iterable[Control | Summary]) -> bool:
    """Whether that nothing was judged means that there is nothing to protect.

    It does not for what only a live account can answer, nor for what should be there: trails, detectors, guardrails.
    """
    return all(
        not one.live and one.service not in EXPECTED and one.concern not in ("monitoring", "logging") for one in serving
    )


def _passed(counts: Counts) -> str:
    exempt = f", {counts.exempt} exempt" if counts.exempt else ""
    return f"{counts.passed} of {counts.total} verdicts pass{exempt}"


def _controls(serving: list[Control | Summary]) -> str:
    return f"{len(serving)} controls" if len(serving) > 1 else "one control"


def _of_live(serving: list[Control | Summary]) -> str:
    live = sum(one.live for one in serving)
    return f"; {live} of them ask a live account" if live else ""


def reasons(requirements: Iterable[Standing]) -> dict[str, int]:
    """How many requirements have each status, for those that there are, the worst first."""
    found = [one.status for one in requirements]
    return {status: found.count(status) for status in STATUSES if status in found}
