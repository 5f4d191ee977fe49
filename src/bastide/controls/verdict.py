"""Verdicts, and the report that a scan ends in: what every reporter and the gate read."""

from __future__ import annotations

import hashlib
from collections import Counter
from typing import TYPE_CHECKING, Any, Literal

from msgspec import Struct, field

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bastide.controls.entry import Control, Summary
    from bastide.resources.model import Problem, Resource

Status = Literal["pass", "fail", "unknown", "exempt"]
Severity = Literal["critical", "high", "medium", "low", "info"]
SEVERITIES: tuple[Severity, ...] = ("critical", "high", "medium", "low", "info")
"""Worst first."""


class Evidence(Struct, frozen=True):
    """One property that decided a verdict: its value as it may be shown (redacted, cut), or why it is not known.

    `value` is None when the property is absent; `note` says so or gives the reason (`var.key: variable without
    a value`). `path` and `line` say where it is written, or where it would have been.
    """

    property: str
    value: str | None
    note: str
    path: str
    line: int


class Exemption(Struct, frozen=True):
    """A finding that somebody answers for until a day; `place` is where that is written."""

    control: str
    by: str
    until: str
    reason: str
    place: str
    expired: bool = False


class Compensated(Struct, frozen=True):
    """The layer that denies what a failing resource would allow: its type and address, and what it does."""

    type: str
    address: str
    because: str


class Verdict:
    """What one control says of one resource, and why.

    `fingerprint` identifies the finding across runs: it survives moved lines and renamed files.
    `new` is False for a finding that the baseline knows. `evidence` may be given as a function, which is then
    called when somebody looks: most verdicts of a large scan are counted and never read. `compensated` is what makes a
    verdict pass that would not without it; its evidence is then that of what did not hold.
    """

    __slots__ = ("_evidence", "compensated", "control", "exemption", "new", "resource", "status")

    def __init__(
        self,
        control: Control,
        status: Status,
        resource: Resource,
        evidence: tuple[Evidence, ...] | Callable[[], tuple[Evidence, ...]] = (),
        exemption: Exemption | None = None,
        *,
        new: bool = True,
        compensated: Compensated | None = None,
    ) -> None:
        self.control, self.status, self.resource = control, status, resource
        self._evidence, self.exemption, self.new = evidence, exemption, new
        self.compensated = compensated

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """The properties that decided, the most telling first."""
        if not isinstance(self._evidence, tuple):
            self._evidence = self._evidence()
        return self._evidence

    def add_evidence(self, more: Callable[[], tuple[Evidence, ...]]) -> None:
        """Further pieces, behind those that are there; made when somebody looks."""
        before = self._evidence
        self._evidence = lambda: (*(before if isinstance(before, tuple) else before()), *more())

    @property
    def severity(self) -> Severity:
        """The control's severity."""
        return self.control.severity

    @property
    def location(self) -> tuple[str, int]:
        """File and line to look at: of the property that decided against it, else of the resource."""
        if self.status != "pass" and self.resource.line:  # in a live account there are no lines
            for item in self.evidence:
                return item.path, item.line
        return self.resource.path, self.resource.line

    @property
    def fingerprint(self) -> str:
        """32 hex digits from control, type and address; the file is not part of it."""
        key = f"{self.control.id}\0{self.resource.type}\0{self.resource.address}"
        return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:32]


class Coverage(Struct):
    """What was looked at, and what was not: the denominators of every figure in a report."""

    units: dict[str, int] = field(default_factory=dict)  # source kind -> units read
    files: int = 0
    resources: int = 0
    judged: int = 0  # resources that at least one control judged
    types: dict[str, int] = field(default_factory=dict)  # CloudFormation type -> resources
    unmapped: dict[str, int] = field(default_factory=dict)  # provider type -> resources without a mapping
    unjudged: dict[str, int] = field(default_factory=dict)  # CloudFormation type -> resources no control judges
    others: dict[str, int] = field(default_factory=dict)  # other provider (`google`) -> its resources
    left_out: int = 0  # resources that a `path` of --only or --skip leaves out
    problems: list[Problem] = field(default_factory=list)
    ledger: list[dict[str, Any]] = field(default_factory=list)  # calls to live accounts and what became of them

    @property
    def incomplete(self) -> bool:
        """Whether something that was asked for could not be judged (exit code 3)."""
        return any(problem.kind in ("unreadable", "partial") for problem in self.problems)


class Report(Struct):
    """The result of one scan. `verdicts` are sorted worst first, then by place; passes are among them."""

    version: str
    started: float  # seconds since the epoch, UTC
    seconds: float
    targets: tuple[str, ...]
    verdicts: list[Verdict]
    coverage: Coverage
    controls: Sequence[Summary]  # those that were selected, in order of id
    broken: dict[str, str] = field(default_factory=dict)  # control id -> why it could not be run
    settings: dict[str, Any] = field(default_factory=dict)
    unlisted: Counter[tuple[str, str, bool]] = field(default_factory=Counter)
    """Verdicts that are counted only, by status, severity and whether they are new: there are too many to list."""
    compensated: Counter[str] = field(default_factory=Counter)
    """How many verdicts pass only because a layer denies what they fear, listed or not, by the layer's type."""
    looked_at: Callable[[Sequence[Verdict], int], object] | None = None
    """Called with verdicts, and the place of the first of them, where their evidence was made: in that process it is
    there for who needs it next."""

    def count(self, status: Status) -> int:
        """How many verdicts have this status."""
        return sum(number for (found, _, _), number in self.tally().items() if found == status)

    def tally(self) -> Counter[tuple[str, str, bool]]:
        """How many verdicts there are, listed or not, by status, severity and whether they are new."""
        return Counter((v.status, v.control.severity, v.new) for v in self.verdicts) + self.unlisted
