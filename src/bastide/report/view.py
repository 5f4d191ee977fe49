"""What every format shows: the rows of a report, each text cleaned once, on the way from `Report` to any output.

Formats read these rows and never a `Report`'s own texts, so nothing reaches an output that `bastide.redact` has not
seen. Rows are made one at a time when somebody asks; resources and repeated texts are made once.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, cast

from msgspec import Struct, field

from bastide.controls.gate import decide
from bastide.controls.verdict import SEVERITIES, Severity, Status  # msgspec reads the annotations of the rows
from bastide.redact import clean
from bastide.report.texts import ControlRow, ControlTexts, row_of, texts_of  # msgspec, as above

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from bastide.controls.entry import Control, Summary
    from bastide.controls.verdict import Compensated, Evidence, Exemption, Report, Verdict
    from bastide.resources.model import Resource

STATUSES = ("fail", "unknown", "exempt", "pass")
"""In the order in which people want them."""


class LocationRow(Struct):
    """A line of a file; 0 when the whole file is meant."""

    path: str
    line: int


class ResourceRow(Struct):
    """A resource: its CloudFormation `type`, its `address` in its `unit`; `name` is its type in the source's words."""

    type: str
    address: str
    unit: str
    name: str
    source: str


class EvidenceRow(Struct):
    """A property that decided: its value as text (null when it is absent or not known), or a note that says why."""

    property: str
    value: str | None
    note: str
    path: str
    line: int


class ExemptionRow(Struct):
    """Who answers for a finding, until when (a date) and why; `place` is where that is written."""

    by: str
    until: str
    reason: str
    place: str
    expired: bool


class CompensatedRow(Struct):
    """The layer that denies what a failing resource would allow: its type and address, and what it does."""

    type: str
    address: str
    because: str


class VerdictRow(Struct):
    """What one control says of one resource.

    `fingerprint` identifies the finding across runs; `new` is false for what the baseline knows; `call` is the chain
    of module calls that made the resource, outermost first; `cdk_path` is the construct that did; `compensated_by` is
    the layer without which it would not pass, and the evidence then that of what does not hold.
    """

    control: str
    title: str
    status: Status
    severity: Severity
    resource: ResourceRow
    location: LocationRow
    evidence: list[EvidenceRow]
    fingerprint: str
    new: bool
    exemption: ExemptionRow | None
    call: list[str]
    cdk_path: str | None
    compensated_by: CompensatedRow | None = None


class ProblemRow(Struct):
    """What could not be read or judged (`unreadable`, `partial`), is not here (`external`) or is good to know (`note`).

    `unmapped` is a type (the message) that bastide does not know, and of which there are `count` resources.
    """

    kind: str
    path: str
    line: int
    message: str
    count: int


class LedgerRow(Struct):
    """Calls of one operation to one account and region that came to the same `outcome`.

    It is `read`, `empty` (nothing is there), `absent` (what was asked for is not there), `denied`, `failed`, `skipped`
    (nobody asked for it) or `not offered` (the region or account does not have the service). `seconds` have waits in
    them; `code` is AWS's; `remedy` says how to close the gap.
    """

    account: str
    region: str
    service: str
    operation: str
    outcome: str
    calls: int
    items: int
    seconds: float
    code: str
    permission: str
    remedy: str


class CoverageRow(Struct):
    """What was looked at and what was not: the denominators of every figure.

    `units` counts what was read by source; `unmapped` and `unjudged` count resources by type, `others` those of other
    providers by provider; `left_out` is how many resources a path of --only or --skip left out; `ledger` is what became
    of the calls to live accounts.
    """

    units: dict[str, int]
    files: int
    resources: int
    judged: int
    types: dict[str, int]
    unmapped: dict[str, int]
    unjudged: dict[str, int]
    problems: list[ProblemRow]
    incomplete: bool
    others: dict[str, int]
    left_out: int
    ledger: list[LedgerRow] = field(default_factory=list)


class SummaryRow(Struct):
    """Counts of verdicts by status, of failures by severity, and of failures that the baseline does not know.

    `compensated` counts, by the type of the layer, passes that are none without it.
    """

    verdicts: int
    status: dict[str, int]
    failures: dict[str, int]
    new_failures: int
    compensated: dict[str, int] = field(default_factory=dict)


class _Cleaned(dict[str, str]):
    """`clean` of a text, once."""

    def __missing__(self, text: str) -> str:
        found = self[text] = clean(text)
        return found


class View:
    """The rows of one report."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.line: Callable[[str], str] = _Cleaned().__getitem__
        """`clean`, once for each text."""
        self._resources: dict[int, ResourceRow] = {}
        self._controls: dict[str, Control] = {}
        self._rows: dict[int, ControlRow] = {}
        self._texts: dict[str, ControlTexts] = {}

    def verdicts(self, *statuses: Status) -> Iterator[VerdictRow]:
        """The verdicts with one of these statuses, all without; in the report's order, worst first."""
        return self.rows(v for v in self.report.verdicts if not statuses or v.status in statuses)

    def rows(self, verdicts: Iterable[Verdict]) -> Iterator[VerdictRow]:
        """The rows of these verdicts."""
        line, evidence, rows = self.line, self._evidence, self._rows
        for verdict in verdicts:
            resource = verdict.resource
            control = rows.get(id(verdict.control)) or self._row(verdict.control)
            path, number = verdict.location
            yield VerdictRow(
                control.id,
                control.title,
                verdict.status,
                control.severity,
                self.resource(resource),
                LocationRow(line(path), number),
                [evidence(item, line) for item in verdict.evidence],
                verdict.fingerprint,
                verdict.new,
                self._exemption(verdict.exemption) if verdict.exemption else None,
                [line(step) for step in resource.call] if resource.call else [],
                line(resource.metadata["cdk_path"]) if "cdk_path" in resource.metadata else None,
                self._compensated(verdict.compensated) if verdict.compensated else None,
            )

    def resource(self, resource: Resource) -> ResourceRow:
        """The row of a resource, the same one each time."""
        row = self._resources.get(id(resource))
        if row is None:
            line = self.line
            row = self._resources[id(resource)] = ResourceRow(
                line(resource.type),
                clean(resource.address),
                line(resource.unit),
                line(resource.name),
                resource.source,
            )
        return row

    @staticmethod
    def _evidence(item: Evidence, line: Callable[[str], str]) -> EvidenceRow:
        value = None if item.value is None else line(item.value)
        return EvidenceRow(line(item.property), value, line(item.note), line(item.path), item.line)

    def _exemption(self, item: Exemption) -> ExemptionRow:
        line = self.line
        return ExemptionRow(line(item.by), line(item.until), line(item.reason), line(item.place), item.expired)

    def _compensated(self, item: Compensated) -> CompensatedRow:
        return CompensatedRow(self.line(item.type), self.line(item.address), self.line(item.because))

    def _row(self, control: Control) -> ControlRow:
        row = self._rows[id(control)] = row_of(control)
        self._controls[row.id] = control
        return row

    def control(self, control: Control) -> ControlTexts:
        """The texts of a control, the same ones each time."""
        return self._texts_of((self._rows.get(id(control)) or self._row(control)).id)

    def _texts_of(self, name: str) -> ControlTexts:
        texts = self._texts.get(name)
        if texts is None:  # few formats show them, and those of failures only
            texts = self._texts[name] = texts_of(self._controls[name])
        return texts

    def texts(self, row: VerdictRow) -> ControlTexts:
        """The texts of the control of a row."""
        return self._texts_of(row.control)

    def fix(self, row: VerdictRow) -> str:
        """The remediation for the source that a row's resource comes from; may be empty."""
        return self._texts_of(row.control).fix(row.resource.source)

    def controls(self) -> list[ControlTexts]:
        """The controls that verdicts are of, in order of id."""
        known = {verdict.control.id: verdict.control for verdict in self.report.verdicts}
        return [self.control(known[name]) for name in sorted(known)]

    def asked(self) -> list[ControlRow]:
        """The controls that were selected, and any other that a verdict is of."""
        known: dict[str, Control | Summary] = {control.id: control for control in self.report.controls}
        for verdict in self.report.verdicts:
            known.setdefault(verdict.control.id, verdict.control)
        return [row_of(control) for control in known.values()]

    def coverage(self) -> CoverageRow:
        """What was looked at and what was not; problems in order of path and line, worst kind first."""
        coverage = self.report.coverage
        problems = [
            ProblemRow(item.kind, self.line(item.path), item.line, self.line(item.message), item.count)
            for item in coverage.problems
        ]
        problems.sort(key=lambda row: (_KINDS.get(row.kind, len(_KINDS)), row.path, row.line))
        return CoverageRow(
            dict(coverage.units),
            coverage.files,
            coverage.resources,
            coverage.judged,
            self._counts(coverage.types),
            self._counts(coverage.unmapped),
            self._counts(coverage.unjudged),
            problems,
            coverage.incomplete,
            self._counts(coverage.others),
            coverage.left_out,
            [self._call(row) for row in coverage.ledger],
        )

    def _call(self, row: dict[str, Any]) -> LedgerRow:
        plain: dict[str, Any] = {name: self.line(item) if isinstance(item, str) else item for name, item in row.items()}
        return LedgerRow(**plain)

    def _counts(self, counts: dict[str, int]) -> dict[str, int]:
        """Most first, then by name."""
        return {self.line(name): counts[name] for name in sorted(counts, key=lambda name: (-counts[name], name))}

    def summary(self) -> SummaryRow:
        """The counts of the report."""
        status = dict.fromkeys(("pass", "fail", "unknown", "exempt"), 0)
        failures = dict.fromkeys(SEVERITIES, 0)
        new = 0
        for (name, severity, is_new), number in self.report.tally().items():
            status[name] += number
            if name == "fail":
                failures[cast("Severity", severity)] += number
                new += number * is_new
        named = {str(name): n for name, n in failures.items()}
        return SummaryRow(sum(status.values()), status, named, new, self._counts(self.report.compensated))

    def broken(self) -> dict[str, str]:
        """The controls that could not be run, and why."""
        return {self.line(name): self.line(why) for name, why in sorted(self.report.broken.items())}

    def targets(self) -> list[str]:
        """What was asked to be scanned."""
        return [self.line(target) for target in self.report.targets]

    def version(self) -> str:
        """The version of bastide that made the report."""
        return clean(self.report.version)

    def started(self, after: float = 0.0) -> str:
        """When the scan started, or so many seconds later: UTC, RFC 3339."""
        moment = dt.datetime.fromtimestamp(self.report.started + after, tz=dt.UTC)
        return moment.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"

    def decision(self) -> str:
        """`exit 1: 3 failures at or over low (--fail-on)`; nothing for a report that no scan made."""
        if "fail_on" not in self.report.settings:
            return ""
        code, reason = decide(self.report)
        return f"exit {code}: {reason}"

    def no_control(self) -> str:
        """Who judges what nobody judges: with a choice of controls the others might."""
        return "no chosen control" if self.chosen() else "no control"

    def chosen(self, key: str = "") -> list[str]:
        """The selections of controls, or those with this key (`path`), as they were given: `--only s3.*`."""
        found = []
        for name in ("only", "skip"):
            for text in self.report.settings.get(name) or ():
                own = text.partition("=")[0] if "=" in text else "control"
                if own == key or (not key and own != "path"):
                    found.append(f"--{name} {self.line(text)}")
        return found

    def has_baseline(self) -> bool:
        """Whether the findings were compared with a baseline."""
        return bool(self.report.settings.get("baseline")) or any(not verdict.new for verdict in self.report.verdicts)


_KINDS = {"unreadable": 0, "partial": 1, "external": 2, "note": 3, "unmapped": 4}
