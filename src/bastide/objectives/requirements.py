"""How the requirements of frameworks stand: by verdicts of the controls that serve them, and by what people attest."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from msgspec import Struct

from bastide.controls.frameworks import framework, framework_names
from bastide.errors import UsageError, near_miss

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bastide.controls.entry import Summary
    from bastide.controls.frameworks import Crosswalk, Framework, Requirement
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


def check_required(manifest: Manifest) -> None:
    """Raise `UsageError` where the manifest wants requirements that there are not: nothing would be asked of it."""
    for one in manifest.requirements:
        known = framework(one.framework).requirements
        for only in one.only:
            if not any(fnmatchcase(requirement, only) for requirement in known):
                raise UsageError(
                    f"`{only}` is no requirement of {one.framework}",
                    place=manifest.path,
                    remedy=near_miss(only, list(known)) or f"see `bastide comply {one.framework}`",
                )


def is_required(manifest: Manifest, name: str, requirement: str) -> bool:
    """Whether the manifest says that the workload must meet it."""
    return any(
        one.framework == name and (not one.only or any(fnmatchcase(requirement, only) for only in one.only))
        for one in manifest.requirements
    )


class Basis(Struct):
    """What requirements are judged by: controls by id, what they counted, what is attested today by subject."""

    controls: dict[str, Summary]
    judged: Judged
    attested: dict[str, Attested]
    manifest: Manifest
    crosswalk: Crosswalk


def standings(one: Framework, basis: Basis) -> list[Standing]:
    """How every requirement of a framework stands."""
    found = []
    for requirement in one.requirements.values():
        serving = [basis.controls[name] for name in sorted(_serving(one, requirement, basis.crosswalk))]
        counts = basis.judged.of(control.id for control in serving)
        word = basis.attested.get(subject_of(one, requirement))
        judged = basis.judged
        status, because = stand(
            requirement, serving, counts, word, scanned_live=bool(judged.live), unseen=judged.unseen
        )
        ids = tuple(control.id for control in serving)
        required = is_required(basis.manifest, one.id, requirement.id)
        found.append(Standing(one.id, requirement, required, status, because, ids, counts, word))
    return found


def subject_of(one: Framework, requirement: Requirement) -> str:
    """What a person attests; of a framework of one's own what the requirement follows, or nothing."""
    if one.id in framework_names():
        return f"{one.id}/{requirement.id}"
    return next((f"{name}/{ids[0]}" for name, ids in requirement.sources.items()), "")


def _serving(one: Framework, requirement: Requirement, crosswalk: Crosswalk) -> frozenset[str]:
    """The controls that serve it: also of a framework that is none of the library's, and says what it follows."""
    if one.id in framework_names():
        return crosswalk.serving(one.id, requirement.id)
    sources = ((name, each) for name, ids in requirement.sources.items() for each in ids)
    return frozenset().union(*(crosswalk.serving(name, each) for name, each in sources))


def stand(
    requirement: Requirement,
    serving: list[Summary],
    counts: Counts,
    word: Attested | None,
    *,
    scanned_live: bool,
    unseen: int = 0,
) -> tuple[str, str]:
    """The status of a requirement and why. What fails is not met, whatever anybody attests.

    While accounts are `unseen`, nothing is said not to be there.
    """
    if counts.failed:
        return "not-met", f"{counts.failed} of {counts.total} verdicts fail"
    status, because = _of_controls(serving, counts, scanned_live=scanned_live, unseen=unseen)
    if word:
        passes = status == "met" and bool(counts.passed)
        return ("met" if passes else "attested"), _word(word) + (" and the controls pass" if passes else "")
    if serving and requirement.kind != "procedural":
        if requirement.kind == "shared" and status in GOOD:
            return "manual", f"{because}; nobody attests the part of people"
        return status, because
    if requirement.kind == "technical":
        return "no-control", requirement.without or "no control tells"
    return "manual", "people see to it; nobody attests it"


def _of_controls(serving: list[Summary], counts: Counts, *, scanned_live: bool, unseen: int) -> tuple[str, str]:
    """What controls say of which none fails; without a live account, those that need one have nothing to say."""
    if counts.unknown:
        return "unknown", f"{counts.unknown} of {counts.total} verdicts are unknown"
    if counts.total:
        if scanned_live or not any(one.live for one in serving):
            return "met", _passed(counts)
        return "unknown", f"{_passed(counts)}{_of_live(serving)}, and none was scanned"
    if _is_absent(serving) and unseen:
        return "unknown", f"its {_controls(serving)} judged nothing, and {_accounts(unseen)} could not be entered"
    if _is_absent(serving):
        return "not-applicable", f"there is nothing that its {_controls(serving)} judge"
    return "unknown", f"its {_controls(serving)} judged nothing{_of_live(serving)}"


def _word(word: Attested) -> str:
    return f"{word.by} attests it until {word.until}"


def _is_absent(serving: Iterable[Summary]) -> bool:
    """Whether that nothing was judged means that there is nothing to protect.

    It does not for what only a live account can answer, nor for what should be there: trails, detectors, guardrails.
    """
    return all(
        not one.live and one.service not in EXPECTED and one.concern not in ("monitoring", "logging") for one in serving
    )


def _passed(counts: Counts) -> str:
    exempt = f", {counts.exempt} exempt" if counts.exempt else ""
    return f"{counts.passed} of {counts.total} verdicts pass{exempt}"


def _controls(serving: list[Summary]) -> str:
    return f"{len(serving)} controls" if len(serving) > 1 else "one control"


def _accounts(unseen: int) -> str:
    return f"{unseen} accounts" if unseen > 1 else "one account"


def _of_live(serving: list[Summary]) -> str:
    live = sum(one.live for one in serving)
    if live == len(serving):
        return "; only a live account can tell"
    return f"; {live} of its controls ask a live account" if live else ""
