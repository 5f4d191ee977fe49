"""The phrases that several formats say in the same way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bastide.report.view import (
        CompensatedRow,
        CoverageRow,
        EvidenceRow,
        ExemptionRow,
        ProblemRow,
        SummaryRow,
        VerdictRow,
    )

_UNITS = {
    "terraform": ("Terraform root module", "Terraform root modules"),
    "plan": ("Terraform plan", "Terraform plans"),
    "cloudformation": ("CloudFormation template", "CloudFormation templates"),
    "dockerfile": ("Dockerfile", "Dockerfiles"),
    "workflow": ("GitHub workflow", "GitHub workflows"),
    "buildspec": ("build specification", "build specifications"),
    "aws": ("live account", "live accounts"),
}
LANGUAGES = {
    "terraform": "Terraform",
    "cloudformation": "CloudFormation",
    "dockerfile": "Dockerfile",
    "workflow": "GitHub workflow",
    "buildspec": "Build specification",
    "cli": "AWS CLI",
}
"""What remediations are written in."""
PROBLEM_KINDS = {
    "unreadable": "not read",
    "partial": "read in part",
    "external": "not here",
    "note": "note",
}
"""What the kinds of problems are called; `unmapped` is told as a count of types instead."""


def counted(number: int, noun: str, plural: str = "") -> str:
    """`1 resource`, `2,000 resources`."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


_STANDING = {"fail": "not met: ", "exempt": "not met: ", "unknown": "not known: "}


def finding(row: VerdictRow) -> str:
    """`not met: S3 buckets are encrypted`: a title says what shall hold.

    Without the words before it, a failure would read as its opposite.
    """
    return _STANDING.get(row.status, "") + row.title


def escape(text: str) -> str:
    """Text as text, in an element or a quoted attribute of XML and HTML; control characters are its caller's care."""
    # Five replacements are faster than one `translate`: most texts have none of these characters.
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return text.replace('"', "&quot;").replace("'", "&#39;")


def together(problems: Iterable[ProblemRow]) -> list[ProblemRow]:
    """The problems, what is said of several live accounts and regions with the same words as one."""
    found: dict[tuple[str, str], list[ProblemRow]] = {}
    for number, item in enumerate(problems):
        live = item.path.startswith("aws:")
        found.setdefault((item.kind, item.message) if live else ("", str(number)), []).append(item)
    return [items[0] if len(items) == 1 else replace(items[0], path=_places(items)) for items in found.values()]


def _places(items: list[ProblemRow]) -> str:
    accounts = {item.path.removeprefix("aws:").partition("/")[0] for item in items}
    regions = {item.path.partition("/")[2] for item in items} - {""}
    account = next(iter(accounts)) if len(accounts) == 1 else counted(len(accounts), "account")
    return f"aws: {account}, {next(iter(regions)) if len(regions) == 1 else counted(len(regions), 'region')}"


def place(path: str, line: int) -> str:
    """`path:line`, or the path alone when the whole file is meant."""
    return f"{path}:{line}" if line > 0 else path


def evidence(item: EvidenceRow) -> str:
    """`Property = value`, `Property: why it is not known`, or what there is to say without a property."""
    note = item.note
    if item.value is None:
        return f"{item.property}: {note}" if item.property and note else item.property or note
    value = f"{item.value} ({note})" if note else item.value
    return f"{item.property} = {value}" if item.property else value


def evidences(row: VerdictRow, limit: int = 3) -> str:
    """The first pieces of evidence in one line."""
    told = [evidence(item) for item in row.evidence[:limit]]
    if len(row.evidence) > limit:
        told.append(f"{len(row.evidence) - limit} more")
    return "; ".join(told)


def compensated(item: CompensatedRow) -> str:
    """Which layer denies what the control fears, and how, as far as that is known."""
    name = f"{item.type} {item.address}".strip()
    return f"compensated by {name}: {item.because}" if item.because else f"compensated by {name}"


def compensations(summary: SummaryRow) -> str:
    """`3 findings are compensated: 2 by AWS::S3::AccountPublicAccessBlock, …`; nothing when none is."""
    total = sum(summary.compensated.values())
    if not total:
        return ""
    parts = [f"{number:,} by {name}" for name, number in summary.compensated.items()]
    return f"{counted(total, 'finding is', 'findings are')} compensated: {joined(parts)}"


def exemption(item: ExemptionRow) -> str:
    """Who answers, until when, why."""
    when = f"{'ended' if item.expired else 'until'} {item.until}"
    return f"{when} by {item.by}: {item.reason}" if item.by else f"{when}: {item.reason}"


def units(coverage: CoverageRow) -> str:
    """`2 Terraform root modules, 1 CloudFormation template`."""
    return ", ".join(counted(number, *_UNITS.get(kind, (kind,))) for kind, number in sorted(coverage.units.items()))


def read(coverage: CoverageRow) -> str:
    """`5 resources of 2 types in 3 files`, of live accounts without files."""
    what = f"{counted(coverage.resources, 'resource')} of {counted(len(coverage.types), 'type')}"
    return what if set(coverage.units) == {"aws"} else f"{what} in {counted(coverage.files, 'file')}"


def listed(counts: dict[str, int], limit: int = 6, noun: str = "type") -> str:
    """`AWS::A::B (4), AWS::C::D (1), 3 more types`."""
    told = [f"{name} ({number})" if number > 1 else name for name, number in list(counts.items())[:limit]]
    if len(counts) > limit:
        told.append(counted(len(counts) - limit, f"more {noun}"))
    return ", ".join(told)


_HELPERS = (
    "archive",
    "cloudinit",
    "external",
    "http",
    "local",
    "null",
    "random",
    "template",
    "terraform",
    "time",
    "tls",
)


def others(coverage: CoverageRow) -> dict[str, int]:
    """The resources of other providers by provider, without those that make nothing anywhere."""
    return {name: number for name, number in coverage.others.items() if name not in _HELPERS}


def severities(summary: SummaryRow) -> str:
    """`2 critical, 1 low`: the failures by severity, those that there are."""
    return joined(f"{number:,} {name}" for name, number in summary.failures.items() if number)


def joined(parts: Iterable[str]) -> str:
    """The parts that are not empty, with commas."""
    return ", ".join(part for part in parts if part)


def headline(summary: SummaryRow, *, baseline: bool = False) -> str:
    """The result in one line; beside a baseline with the failures that it does not know."""
    status = summary.status
    if not summary.verdicts:
        return "nothing to judge"
    failed = counted(status["fail"], "failure") if status["fail"] else "no failures"
    if status["fail"] and (how := severities(summary)):
        failed += f" ({how})"
    if status["fail"] and baseline:
        failed += f", {summary.new_failures or 'none'} new"
    rest = [f"{status['unknown']:,} unknown" if status["unknown"] else ""]
    rest.append(f"{status['exempt']:,} exempt" if status["exempt"] else "")
    return joined([failed, *rest, f"{status['pass']:,} passed"])
