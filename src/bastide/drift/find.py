"""Drift from two sides: what was matched, where it differs, and whose verdicts differ."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field

from bastide.drift.compare import Comparer, Difference
from bastide.drift.match import Matched, Matcher, Pair
from bastide.drift.sides import Side, code_of
from bastide.errors import INCOMPLETE
from bastide.library import FOLDER
from bastide.resources.model import without_positions
from bastide.resources.schema import schema_for

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from bastide.controls.verdict import Verdict
    from bastide.resources.model import Problem, Resource

DEFAULTS = FOLDER / "drift" / "defaults.yaml"


class Changed(Struct):
    """A pair that differs. `unset` are properties that only the cloud sets: no drift, worth knowing."""

    pair: Pair
    differences: list[Difference]
    unset: list[Difference]


class Flip(Struct):
    """A control that passes on one side of a pair and fails on the other."""

    code: Verdict
    cloud: Verdict

    @property
    def is_worse(self) -> bool:
        """Whether it is the cloud that fails."""
        return self.cloud.status == "fail"


class Drift(Struct):
    """Everything that was found. `not_compared` are types of the code that nobody reads live, and how many."""

    code: str
    cloud: str
    flips: list[Flip] = field(default_factory=list)
    changed: list[Changed] = field(default_factory=list)
    matched: Matched = field(default_factory=Matched)
    not_compared: dict[str, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    incomplete: bool = False

    @property
    def drifted(self) -> list[Changed]:
        """The pairs that differ in what the code sets."""
        return [one for one in self.changed if one.differences]

    def exit_code(self, *, unmanaged: bool = False) -> int:
        """1 when there is drift, else 3 when something could not be read, else 0."""
        found = self.flips or self.drifted or self.matched.missing or (unmanaged and self.matched.unmanaged)
        return 1 if found else INCOMPLETE if self.incomplete else 0


def find_drift(code: Side, cloud: Side, uncovered: Callable[[Resource], Collection[str]] | None = None) -> Drift:
    """Match the resources of both sides and compare them. `uncovered` says what no live source fills."""
    dark = uncovered or (lambda _: ())
    mine = code_of(code)
    compared = [one for one in mine if cloud.was_read(one.type)]
    comparer = Comparer(lambda unit: matcher.known(unit), load_defaults(), dark)  # noqa: PLW0108 (it is not there yet)
    matcher = Matcher(compared, cloud.resources, comparer.alike, cloud.why_more)
    matched = matcher.match()
    drift = Drift(code.name, cloud.name, matched=matched, problems=[*code.problems, *cloud.problems])
    drift.incomplete = code.incomplete or cloud.incomplete
    for pair in sorted(matched.pairs, key=lambda one: (one.code.path, one.code.line, one.code.address)):
        found = comparer.compare(pair.code, pair.cloud)
        if found:
            unset = [one for one in found if one.kind == "unset"]
            drift.changed.append(Changed(pair, [one for one in found if one.kind != "unset"], unset))
    drift.flips = flips_of(matched.pairs, code.verdicts, cloud.verdicts, dark)
    missing = Counter(one.type for one in mine if not cloud.was_read(one.type) and schema_for(one.type))
    drift.not_compared = dict(sorted(missing.items()))
    return drift


def flips_of(
    pairs: list[Pair],
    code: list[Verdict],
    cloud: list[Verdict],
    dark: Callable[[Resource], Collection[str]] = lambda _: (),
) -> list[Flip]:
    """Controls whose verdict is the other way round, those that fail in the cloud first, worst first.

    What decides by properties that no cloud shows (a password in the code) is left out: it is no drift.
    """
    from bastide.controls.verdict import SEVERITIES

    became = {pair.code.id: pair.cloud.id for pair in pairs}
    codes = {pair.code.id: pair.code for pair in pairs}
    there = {(one.resource.id, one.control.id): one for one in cloud if one.status in ("pass", "fail")}
    found = []
    for one in code:
        if one.status in ("pass", "fail", "exempt") and one.resource.id in became:
            other = there.get((became[one.resource.id], one.control.id))
            flipped = other is not None and (one.status == "pass") != (other.status == "pass")
            if other is not None and flipped and not _is_dark(one, set(dark(codes[one.resource.id]))):
                found.append(Flip(one, other))
    found.sort(key=lambda flip: (not flip.is_worse, SEVERITIES.index(flip.code.severity), flip.code.resource.id))
    return found


def _is_dark(verdict: Verdict, dark: set[str]) -> bool:
    """Whether everything that decided a failure in the code is what no cloud shows."""
    read = [without_positions(one.property) for one in verdict.evidence if one.property]
    return verdict.status == "fail" and bool(read) and all(path in dark for path in read)


def load_defaults() -> dict[str, dict[str, Any]]:
    """What AWS sets where nobody does, by type and property."""
    from bastide.yamltext import read_yaml

    value, _ = read_yaml(DEFAULTS.read_text("utf-8"), f"library/drift/{DEFAULTS.name}")
    found: dict[str, dict[str, Any]] = value
    return found


def uncovered_by_collectors() -> Callable[[Resource], Collection[str]]:
    """What the collectors never fill of the properties that a resource sets; for the resources of one comparison."""
    from botocore.session import Session

    from bastide.sources.aws.collectors import load_collectors
    from bastide.sources.aws.covering import Forms, uncovered

    library = load_collectors()
    by_type, forms = library.by_type(), Forms(Session().get_service_model, library.entries)
    known: dict[tuple[str, str], bool] = {}

    def dark(kind: str, path: str) -> bool:
        if (kind, path) not in known:
            entries = by_type.get(kind, [])
            known[kind, path] = bool(entries) and all(uncovered(entry, [path], forms) for entry in entries)
            known[kind, path] |= any(path in entry.never for entry in entries)
        return known[kind, path]

    paths: dict[str, list[str]] = {}

    def dark_of(one: Resource) -> list[str]:
        if one.id not in paths:
            paths[one.id] = [path for path in sorted(set(paths_of(one.properties))) if dark(one.type, path)]
        return paths[one.id]

    return dark_of


def paths_of(value: Any, at: str = "", depth: int = 0) -> list[str]:
    """Every path that a property tree has, without positions; policies and the like are not gone into far."""
    found: list[str] = []
    if depth > 6:
        return found
    if isinstance(value, dict):
        for name, one in value.items():
            path = f"{at}.{name}" if at else str(name)
            found += [path, *paths_of(one, path, depth + 1)]
    elif isinstance(value, list):
        for one in value:
            found += paths_of(one, at, depth)
    return found
