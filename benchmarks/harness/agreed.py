"""The page about what others find and bastide finds, side by side."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import TYPE_CHECKING, Any

from bastide import __version__

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from agreement import Outcome

    from harness.tools import Tool

_WHAT = {
    "monorepo": "Terraform root modules with shared modules",
    "templates": "CloudFormation templates: YAML, JSON, SAM, some synthesized",
    "cdk": "stacks of a CDK assembly",
}


def page(
    outcomes: Mapping[str, Outcome], entries: Mapping[str, Any], tools: list[Tool], counts: Mapping[str, int]
) -> str:
    """The text of benchmarks/agreement.md."""
    return "\n".join(
        [
            "# Agreement",
            "",
            f"Written by `python benchmarks/agreement.py` on {dt.datetime.now(dt.UTC):%Y-%m-%d}; the same command",
            f"repeats it. bastide {__version__}, {', '.join(f'{tool.name} {tool.version}' for tool in tools)}.",
            "",
            "Every finding of the others on the same code (Trivy's of medium severity or more; Checkov tells no",
            "severities, so all of its) is either *agreed*: a control of bastide that means the same fails on the same",
            "resource, or *explained* below. The run fails when one is neither.",
            "",
            *_totals(outcomes, counts),
            "",
            "## What their checks are here",
            "",
            *_checks(outcomes, entries),
            "",
            "## What only bastide finds",
            "",
            "Findings on this code that neither of the others has under any check that means the same, by control.",
            "",
            *_only(outcomes),
            "",
        ]
    )


def _totals(outcomes: Mapping[str, Outcome], counts: Mapping[str, int]) -> Iterator[str]:
    yield "| code | tool | findings | agreed | explained | neither |"
    yield "| --- | --- | ---: | ---: | ---: | ---: |"
    for kind, outcome in outcomes.items():
        for tool in sorted({tool for tool, _ in outcome.counts}):
            numbers = [outcome.counts[tool, word] for word in ("agreed", "explained", "open")]
            cells = " | ".join(f"{number:,}" for number in (sum(numbers), *numbers))
            yield f"| {counts[kind]} {_WHAT[kind]} | {tool} | {cells} |"


def _checks(outcomes: Mapping[str, Outcome], entries: Mapping[str, Any]) -> Iterator[str]:
    found: Counter[tuple[str, str]] = Counter()
    for outcome in outcomes.values():
        found += outcome.by_check
    yield "| check | agreed | explained | controls, or why none fails |"
    yield "| --- | ---: | ---: | --- |"
    for check in sorted({check for check, _ in found}, key=_order):
        entry = entries[check]
        words = [f"`{name}`" for name in entry.get("controls", [])]
        reasons = [entry["none"]] if "none" in entry else [item["because"] for item in entry.get("otherwise", ())]
        text = ". Otherwise: ".join(filter(None, [", ".join(words), " ".join(reasons)]))
        yield f"| {check} | {found[check, 'agreed']:,} | {found[check, 'explained']:,} | {text} |"


def _only(outcomes: Mapping[str, Outcome]) -> Iterator[str]:
    found: Counter[str] = Counter()
    for outcome in outcomes.values():
        found += outcome.only
    yield "| control | findings |"
    yield "| --- | ---: |"
    for name, number in sorted(found.items(), key=lambda item: (-item[1], item[0])):
        yield f"| `{name}` | {number:,} |"


def _order(check: str) -> tuple[str, int]:
    name, _, number = check.replace("-", "_").rpartition("_")
    return name, int(number)
