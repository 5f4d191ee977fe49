"""The pages that count: which service is judged for what, and which framework's requirements are served."""

from __future__ import annotations

from collections import Counter
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from bastide.controls.entry import CONCERNS
from bastide.controls.frameworks import BASES, Crosswalk, framework, framework_names
from bastide.yamltext import read_yaml
from reference_pages import patterns
from reference_pages.markdown import code, count, page, table, words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bastide.controls.entry import Control
    from bastide.controls.frameworks import Framework, Requirement

_HEADS = {
    "public-exposure": "public",
    "encryption-at-rest": "at rest",
    "encryption-in-transit": "in transit",
    "keys": "keys",
    "logging": "logs",
    "recovery": "recovery",
    "patching": "patches",
    "network": "network",
    "identity": "identity",
    "secrets": "secrets",
    "deletion-protection": "deletion",
    "monitoring": "watch",
}
NOTHING = "·"
"""A cell without a control for a reason; one without a control yet is empty."""


def coverage(controls: Sequence[Control]) -> str:
    """Services by concerns, with the numbers of controls, and why there are none."""
    counted = Counter((control.service, control.concern) for control in controls)
    services = sorted({control.service for control in controls})
    reasons = explained()
    rows = [
        [f"[{service}](reference/controls/{service}.md)", *(_cell(counted, reasons, service, one) for one in CONCERNS)]
        for service in services
    ]
    rows.append(["all", *(f"{sum(counted[service, one] for service in services)}" for one in CONCERNS)])
    about = (
        f"{count(len(controls), 'control')} over {count(len(services), 'service')}, each about one of "
        f"{count(len(CONCERNS), 'concern')}. A number is how many controls there are; {NOTHING} means that there is a "
        "reason to have none, below; an empty cell means that bastide judges nothing there yet. "
        "[Controls](reference/controls/index.md) has them all by name; `bastide controls list --concern keys` lists "
        "those about one."
    )
    parts = [part for one in CONCERNS for part in _why(one, counted, services, reasons)]
    grid = table(["service", *(_HEADS[one] for one in CONCERNS)], rows)
    return page("Coverage", about, grid, *patterns.section(), "## Why there is no control", *parts)


@cache
def gaps() -> dict[str, dict[str, list[str]]]:
    """Services by reason, by concern."""
    file = Path(__file__).parent / "gaps.yaml"
    value = read_yaml(file.read_text("utf-8"), file.name)[0]
    return {concern: {one["why"]: one["services"].split() for one in several} for concern, several in value.items()}


def explained() -> dict[tuple[str, str], str]:
    """The reason by service and concern."""
    return {
        (service, concern): reason
        for concern, reasons in gaps().items()
        for reason, services in reasons.items()
        for service in services
    }


def stale(controls: Sequence[Control]) -> list[str]:
    """Reasons that are needed no more: of a service that is not there or has a control by now, or that has two."""
    judged = {(control.service, control.concern) for control in controls}
    services = {service for service, _ in judged}
    stated = [(one, concern) for concern, why in gaps().items() for several in why.values() for one in several]
    return [
        f"scripts/reference_pages/gaps.yaml: {concern}: `{service}` needs no reason there"
        for (service, concern), times in Counter(stated).items()
        if service not in services or (service, concern) in judged or times > 1
    ]


def _cell(counted: Counter[tuple[str, str]], reasons: dict[tuple[str, str], str], service: str, concern: str) -> str:
    if counted[service, concern]:
        return str(counted[service, concern])
    return NOTHING if (service, concern) in reasons else ""


def _why(
    concern: str, counted: Counter[tuple[str, str]], services: Sequence[str], reasons: dict[tuple[str, str], str]
) -> list[str]:
    lacking = [service for service in services if not counted[service, concern]]
    lines = [
        f"- {reason}: {', '.join(found)}"
        for reason in gaps().get(concern, {})
        if (found := [code(one) for one in lacking if reasons.get((one, concern)) == reason])
    ]
    left = [code(service) for service in lacking if (service, concern) not in reasons]
    if left:
        lines.append(f"- not judged yet: {', '.join(left)}")
    return [f"### {CONCERNS[concern].capitalize()}", "\n".join(lines)]


def crosswalk_page(controls: Sequence[Control]) -> str:
    """Frameworks with counts, then each requirement with what it follows and how many controls serve it."""
    crosswalk = Crosswalk(controls)
    found = [framework(name) for name in framework_names()]
    about = (
        f"{count(len(found), 'framework')} with {count(sum(len(one.requirements) for one in found), 'requirement')}. "
        "[Frameworks](../frameworks.md) explains kinds, bases and what *served* does not mean; the page of a framework "
        "names the controls."
    )
    rows = [_counts(one, crosswalk) for one in found]
    head = ["framework", "version", "requirements", "served", "for people", "neither", "controls", "basis"]
    parts = [part for one in found for part in _framework(one, crosswalk)]
    return page("Crosswalk", about, table(head, rows), *parts)


def _counts(one: Framework, crosswalk: Crosswalk) -> list[str]:
    served = len(crosswalk.served(one.id))
    people = sum(entry.kind == "procedural" for entry in one.requirements.values())
    total = len(one.requirements)
    link = f"[{code(one.id)}](frameworks/{one.id}.md)"
    numbers = [str(number) for number in (total, served, people, total - served - people, len(crosswalk.of(one.id)))]
    return [link, words(one.version), *numbers, one.basis]


def _framework(one: Framework, crosswalk: Crosswalk) -> list[str]:
    rows = [[words(entry.id), words(entry.name), entry.kind, _follows(entry), _serve(one, entry, crosswalk)]
            for entry in one.requirements.values() if entry.kind != "procedural"]  # fmt: skip
    people = [words(entry.id) for entry in one.requirements.values() if entry.kind == "procedural"]
    return [
        f"## {one.id}",
        f"{words(one.name)} {words(one.version)}, {words(one.publisher)}: {BASES[one.basis]}. {words(one.about)}",
        table(["requirement", "in short", "kind", "follows", "controls"], rows),
        f"For people: {', '.join(people)}." if people else "",
    ]


def _follows(entry: Requirement) -> str:
    return "; ".join(f"{source} {', '.join(ids)}" for source, ids in entry.sources.items())


def _serve(one: Framework, entry: Requirement, crosswalk: Crosswalk) -> str:
    number = len(crosswalk.serving(one.id, entry.id))
    return str(number) if number else words(entry.without) or "no control yet"
