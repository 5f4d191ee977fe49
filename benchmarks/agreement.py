"""Compare what Checkov, Trivy and bastide find in the same code, finding by finding: `python benchmarks/agreement.py`.

Each finding of the others (Trivy's of medium severity or more; Checkov tells none without an account, so all of its)
is looked up in agreement.yaml: the controls of bastide that mean the same, or why there is none. It is agreed when
one of these fails on the resource that the finding is about, or on one that belongs to it. What is neither agreed nor
explained makes the run fail. The page is benchmarks/agreement.md.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml
from generate import generate
from harness.agreed import page
from harness.tools import Tool, environment, prepare

from bastide.scan import scan
from bastide.settings import load_settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bastide.controls.verdict import Verdict
    from bastide.resources.model import Resource

FOLDER = Path(__file__).parent
COUNTS = {"monorepo": 60, "templates": 96, "cdk": 45}
"""The bodies of code that are compared, and how many root modules, templates or stacks each has."""


@dataclass(slots=True, frozen=True)
class Finding:
    """What another tool said: of which file (relative to the input), from which line to which, about which resource."""

    tool: str
    check: str
    title: str
    path: str
    first: int
    last: int
    resource: str


@dataclass(slots=True)
class Side:
    """What bastide says of one input."""

    verdicts: dict[str, list[Verdict]] = field(default_factory=lambda: defaultdict(list))  # by path
    resources: dict[str, list[Resource]] = field(default_factory=lambda: defaultdict(list))  # by path
    folder: Path = Path()

    def documents(self, resource: Resource) -> set[str]:
        """The names of the policy documents that a resource's block mentions, or a block that refers to it."""
        name = re.sub(r"\[.*?\]", "", ".".join(resource.address.split(".")[-2:]))
        head = 'resource "{}" "{}"'.format(*name.split(".")) if name.count(".") == 1 else name
        blocks = re.split(r"\n(?=\w)", (self.folder / resource.path).read_text("utf-8"))
        text = "\n".join(block for block in blocks if head in block or f"{name}." in block)
        return set(re.findall(r"aws_iam_policy_document\.(\w+)", text))


@dataclass(slots=True)
class Outcome:
    """How a comparison of one input went: counts by tool, what nobody explained, checks without an entry."""

    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    by_check: Counter[tuple[str, str]] = field(default_factory=Counter)
    open: list[tuple[Finding, str]] = field(default_factory=list)
    unmapped: dict[str, str] = field(default_factory=dict)
    only: Counter[str] = field(default_factory=Counter)


def main() -> int:
    """Generate, scan with all, compare, write the page; 1 when something is left unexplained."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--inputs", default=",".join(COUNTS), help="which bodies of code (default: %(default)s)")
    parser.add_argument("--show", type=int, default=40, help="open findings to print at most (default: %(default)s)")
    arguments = parser.parse_args()
    entries = yaml.safe_load((FOLDER / "agreement.yaml").read_text("utf-8"))
    tools = prepare(["trivy", "checkov"])
    outcomes = {}
    with tempfile.TemporaryDirectory(prefix="bastide-agreement-") as temporary:
        for kind in arguments.inputs.split(","):
            folder = Path(temporary, kind)
            generate(folder, kind, COUNTS[kind], 1)
            found = [one for tool in tools for one in findings(tool, kind, folder, Path(temporary, "out"))]
            outcomes[kind] = compare(found, judged(folder), entries)
    for kind, outcome in outcomes.items():
        for finding, why in outcome.open[: arguments.show]:
            print(f"{kind}: {finding.check} ({finding.title}) {finding.path}:{finding.first} {finding.resource}: {why}")
    unmapped = {check: title for outcome in outcomes.values() for check, title in outcome.unmapped.items()}
    for check, title in sorted(unmapped.items()):
        print(f"no entry in agreement.yaml: {check}  # {title}")
    if arguments.inputs == ",".join(COUNTS):
        (FOLDER / "agreement.md").write_text(page(outcomes, entries, tools, COUNTS), "utf-8")
    left = sum(len(outcome.open) for outcome in outcomes.values())
    print(f"{left:,} findings of others left unexplained, {len(unmapped)} of their checks without an entry")
    return 1 if left or unmapped else 0


def findings(tool: Tool, kind: str, folder: Path, out: Path) -> Iterator[Finding]:
    """What a tool finds in a folder."""
    out.mkdir(exist_ok=True)
    written = tool.written(out / f"{tool.name}.json")
    written.unlink(missing_ok=True)
    command = tool.scan("monorepo" if kind == "monorepo" else "templates", folder, out / f"{tool.name}.json")
    subprocess.run(command, env=environment(), capture_output=True, check=False)
    report = json.loads(written.read_text("utf-8"))
    yield from (_trivy if tool.name == "trivy" else _checkov)(report)


def _trivy(report: Any) -> Iterator[Finding]:
    for result in report.get("Results") or []:
        for one in result.get("Misconfigurations") or []:
            if one["Severity"] in ("MEDIUM", "HIGH", "CRITICAL"):
                cause = one["CauseMetadata"]
                # A place inside a module stands under the module's file, whatever called it.
                first, last = cause.get("StartLine", 0), cause.get("EndLine", 0)
                yield Finding(
                    "trivy", one["ID"], one["Title"], result["Target"], first, last, cause.get("Resource", "")
                )


def _checkov(report: Any) -> Iterator[Finding]:
    for part in report if isinstance(report, list) else [report]:
        for one in part["results"]["failed_checks"]:
            first, last = one["file_line_range"]
            path = one["file_path"].lstrip("/")
            yield Finding("checkov", one["check_id"], one["check_name"], path, first, last, one["resource"])


def judged(folder: Path) -> Side:
    """What bastide says of a folder, with paths relative to it."""
    before = Path.cwd()
    os.chdir(folder)
    try:
        result = scan(["."], load_settings({}, os.devnull).scan)
    finally:
        os.chdir(before)
    side = Side(folder=folder)
    for verdict in result.report.verdicts:
        side.verdicts[verdict.resource.path].append(verdict)
    for resource in result.resources:
        side.resources[resource.path].append(resource)
    return side


def compare(found: list[Finding], side: Side, entries: dict[str, Any]) -> Outcome:
    """Look every finding up, and count what only bastide finds."""
    outcome = Outcome()
    seen: set[int] = set()
    for finding in found:
        entry = entries.get(finding.check)
        if entry is None:
            outcome.unmapped[finding.check] = finding.title
            continue
        word, why = _outcome(finding, entry, side, seen)
        outcome.counts[finding.tool, word] += 1
        outcome.by_check[finding.check, word] += 1
        if word == "open":
            outcome.open.append((finding, why))
    for verdicts in side.verdicts.values():
        outcome.only.update(v.control.id for v in verdicts if v.status == "fail" and id(v) not in seen)
    return outcome


def _outcome(finding: Finding, entry: dict[str, Any], side: Side, seen: set[int]) -> tuple[str, str]:
    """`agreed`, `explained` or `open`, and why."""
    controls = entry.get("controls", [])
    near = [v for v in side.verdicts.get(finding.path, ()) if v.control.id in controls and _is_near(v, finding, side)]
    if failed := [v for v in near if v.status == "fail"]:
        seen.update(map(id, failed))
        return "agreed", ""
    if not controls:
        return "explained", entry["none"]
    said = "; ".join(map(_words, near)) or "no verdict"
    for other in entry.get("otherwise", ()):
        if re.search(other["where"], f"{finding.resource} {said}"):
            return "explained", other["because"]
    return "open", said


def _words(verdict: Verdict) -> str:
    evidence = "; ".join(f"{item.property}={item.value}" for item in verdict.evidence)
    return f"{verdict.control.id} {verdict.status} {evidence}"


def _is_near(verdict: Verdict, finding: Finding, side: Side) -> bool:
    """Whether a verdict is about the resource of a finding, or about one that refers to it or to which it refers."""
    resource = verdict.resource
    if _overlaps(resource.line, resource.end_line, finding):
        return True
    if any(_overlaps(item.line, item.line, finding) for item in verdict.evidence if item.path == finding.path):
        return True
    mine = [one for one in side.resources[finding.path] if _overlaps(one.line, one.end_line, finding)]
    names = {one.address for one in mine} | {_address(finding.resource)}
    if "aws_iam_policy_document." in finding.resource and finding.resource.split(".")[-1] in side.documents(resource):
        return True
    targets = {
        re.split(r"[\[.]", link.target)[0] if resource.source == "cloudformation" else link.target
        for link in resource.links
    }
    back = {link.target for one in mine for link in one.links}
    return bool(names & (targets | {resource.address})) or resource.address in back


def _address(resource: str) -> str:
    """`AWS::S3::Bucket.Data` as `Data`; a Terraform address as it is."""
    return resource.rpartition(".")[2] if resource.startswith("AWS::") else resource


def _overlaps(first: int, last: int, finding: Finding) -> bool:
    return bool(finding.first) and first <= finding.last and finding.first <= max(first, last)


if __name__ == "__main__":
    sys.exit(main())
