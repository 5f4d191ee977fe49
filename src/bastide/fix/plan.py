"""From failing verdicts to drafts of files in which they pass, and the reasons why others stay by hand.

Every change is tried before it is shown: the units whose files it touches are judged again, unwritten. It is kept when
the control passes and nothing that held of any resource there holds less than before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct, field

from bastide.controls.entry import parse_controls
from bastide.fix.cloudformation import fix_template
from bastide.fix.draft import NotFixable
from bastide.fix.files import Drafts
from bastide.fix.judge import Judge, Judged, worse
from bastide.fix.replaces import replaced_by
from bastide.fix.terraform import TerraformFixer
from bastide.library import FOLDER

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from bastide.controls.entry import Control, Summary
    from bastide.controls.fixes import Fix
    from bastide.controls.verdict import Verdict
    from bastide.fix.draft import Draft
    from bastide.sources.discover import Unit

MAX_TRIES = 200
"""Changes of one group of units that are tried one by one; what is left then stays by hand."""


class Outcome(Struct):
    """What becomes of a failing verdict: fixed, or left for `reason`.

    `replaces` names properties that, changed, replace the resource. `known` is False where the control has no fix.
    """

    verdict: Verdict
    reason: str = ""
    replaces: tuple[str, ...] = ()
    known: bool = True

    @property
    def fixed(self) -> bool:
        """Whether the drafts have it."""
        return not self.reason


class Plan(Struct):
    """All outcomes, in the order of the verdicts, and the drafts that differ from their files."""

    outcomes: list[Outcome] = field(default_factory=list)
    drafts: dict[str, Draft] = field(default_factory=dict)


def fixes_of(controls: Iterable[Control | Summary]) -> dict[str, Fix]:
    """The fixes of controls, read from where they are written, by id; those that have none are left out."""
    found: dict[str, Fix] = {}
    wanted = {control.id for control in controls}
    for source in dict.fromkeys(control.place.rpartition(":")[0] for control in controls):
        inside = source.removeprefix("library/")
        file = FOLDER / inside if inside != source else None
        text = file.read_text("utf-8") if file else _read(source)
        found |= {one.id: one.fix for one in parse_controls(text, source) if one.id in wanted and one.fix}
    return found


def _read(source: str) -> str:
    with open(source, encoding="utf-8") as stream:  # noqa: PTH123
        return stream.read()


class Planner:
    """Plans fixes for verdicts over units; `targets` is what may be changed."""

    def __init__(
        self,
        judge: Judge,
        units: Sequence[Unit],
        targets: Sequence[str],
        *,
        replace: bool = False,
        fixes: dict[str, Fix] | None = None,
    ) -> None:
        self._judge, self._replace, self._fixes = judge, replace, fixes
        self._units = {unit.path: unit for unit in units}
        self._targets = targets

    def plan(self, verdicts: Sequence[Verdict], told: Callable[[int, int], None] | None = None) -> Plan:
        """Outcomes for all of these failing verdicts, worst first as they come."""
        fixes = self._fixes
        if fixes is None:
            fixes = fixes_of({verdict.control.id: verdict.control for verdict in verdicts}.values())
        outcomes = [Outcome(verdict, known=verdict.control.id in fixes) for verdict in verdicts]
        groups = self._grouped([one for one in outcomes if self._may(one, fixes)])
        plan = Plan(outcomes)
        for number, (units, some) in enumerate(groups, 1):
            plan.drafts |= _Attempt(self._judge, units, Drafts(self._targets), fixes).run(some)
            if told:
                told(number, len(groups))
        return plan

    def _may(self, outcome: Outcome, fixes: dict[str, Fix]) -> bool:
        """Whether to try at all; otherwise the outcome says why not."""
        resource, control = outcome.verdict.resource, outcome.verdict.control
        if not outcome.known:
            outcome.reason = "by hand"
        elif resource.source not in ("terraform", "cloudformation"):
            outcome.reason = "what was scanned is no source text"
        elif self._unit_of(resource.unit) is None:
            outcome.reason = "the template was made by a program"
        else:
            outcome.replaces = replaced_by(control.resource, fixes[control.id])
            if outcome.replaces and not self._replace:
                outcome.reason = f"changing {', '.join(outcome.replaces)} replaces the resource: --replace"
        return not outcome.reason

    def _unit_of(self, unit: str) -> Unit | None:
        while unit not in self._units and "#" in unit:
            unit = unit.rpartition("#")[0]
        found = self._units.get(unit)
        return found if found and found.kind in ("terraform", "cloudformation") else None

    def _grouped(self, outcomes: list[Outcome]) -> list[tuple[list[Unit], list[Outcome]]]:
        """Units that share a file of what is to be fixed are planned together."""
        groups: list[tuple[set[str], dict[str, Unit], list[Outcome]]] = []
        for one in outcomes:
            resource = one.verdict.resource
            unit = self._unit_of(resource.unit)
            assert unit is not None
            keys = {resource.path, f"\0{unit.path}"}
            together = [group for group in groups if group[0] & keys]
            merged: tuple[set[str], dict[str, Unit], list[Outcome]] = (keys, {unit.path: unit}, [one])
            for group in reversed(together):
                merged = (group[0] | merged[0], group[1] | merged[1], [*group[2], *merged[2]])
                groups.remove(group)
            groups.append(merged)
        return [(list(units.values()), some) for _, units, some in groups]


class _Attempt:
    """The fixes of one group of units: all at once, and one by one where that makes something worse."""

    def __init__(self, judge: Judge, units: list[Unit], drafts: Drafts, fixes: dict[str, Fix]) -> None:
        self._judge, self._units, self._drafts, self._fixes = judge, units, drafts, fixes
        self._terraform = TerraformFixer(drafts)
        self._wishes: dict[tuple[str, str], tuple[Any, str]] = {}
        self._before = judge.judge(units)

    def run(self, outcomes: list[Outcome]) -> dict[str, Draft]:
        """The drafts, when every outcome is known."""
        tried = [one for one in outcomes if self._apply(one)]
        suspects = self._suspects(tried)
        if suspects:
            sound = [one for one in tried if one.verdict.resource.id not in suspects]
            self._start_again()
            for one in sound:
                self._apply(one)
            if self._suspects(sound):
                sound = []
                self._start_again()
            left = [one for one in tried if one not in sound]
            for number, one in enumerate(left):
                self._alone(one, [*sound, *left[:number]], tried=number)
        return self._drafts.changed

    def _start_again(self) -> None:
        self._drafts.restore({})
        self._terraform.restore({})
        self._wishes.clear()

    def _apply(self, outcome: Outcome) -> bool:
        """Change the drafts; where that cannot be done they stay, and the outcome says why."""
        verdict = outcome.verdict
        fix = self._fixes[verdict.control.id]
        saved, added = self._drafts.saved(), self._terraform.saved()
        try:
            self._agree(verdict, fix)
            _change(self._drafts, self._terraform, verdict, fix)
        except NotFixable as why:
            self._drafts.restore(saved)
            self._terraform.restore(added)
            outcome.reason = self._reason(verdict, fix, str(why))
            return False
        for change in fix.changes:
            self._wishes.setdefault((verdict.resource.id, change.path), (change.value, verdict.control.id))
        return True

    def _reason(self, verdict: Verdict, fix: Fix, why: str) -> str:
        """Why it cannot be done, with the lines of the files as they are and not as they are to become."""
        try:
            _change(alone := Drafts(self._drafts.targets), TerraformFixer(alone), verdict, fix)
        except NotFixable as first:
            return str(first)
        return why

    def _agree(self, verdict: Verdict, fix: Fix) -> None:
        for change in fix.changes:
            other = self._wishes.get((verdict.resource.id, change.path))
            if change.verb == "set" and other and other[0] != change.value:
                raise NotFixable(f"{other[1]} sets {change.path} to something else")

    def _judged(self) -> Judged:
        return self._judge.judge(self._units, {path: draft.data for path, draft in self._drafts.changed.items()})

    def _suspects(self, outcomes: list[Outcome]) -> set[str]:
        """Resources whose fixes do not help, or make something worse; all where it is none of theirs."""
        if not outcomes:
            return set()
        after = self._judged()
        ours = {one.verdict.resource.id for one in outcomes}
        found = {one.verdict.resource.id for one in outcomes if not after.passes(_key(one))}
        found |= set(worse(self._before, after))
        return ours if not found <= ours or after.problems - self._before.problems else found

    def _alone(self, outcome: Outcome, beside: list[Outcome], *, tried: int) -> None:
        """One fix on top of those that are kept."""
        if tried >= MAX_TRIES:
            outcome.reason = "there are too many fixes here to try them one by one: fix some, and run this again"
            return
        saved, added, wishes = self._drafts.saved(), self._terraform.saved(), dict(self._wishes)
        if not self._apply(outcome):
            return
        after = self._judged()
        outcome.reason = self._trouble(outcome, after, beside)
        if outcome.reason:
            self._drafts.restore(saved)
            self._terraform.restore(added)
            self._wishes = wishes

    def _trouble(self, outcome: Outcome, after: Judged, beside: list[Outcome]) -> str:
        if problems := after.problems - self._before.problems:
            return f"the file could not be read afterwards ({min(problems)})"
        if not after.passes(_key(outcome)):
            return "the control would still not pass: something else has a part in it"
        worsened = worse(self._before, after)
        if worsened:
            return f"something else would get worse: {next(iter(worsened.values()))}"
        if lost := [one for one in beside if one.fixed and not after.passes(_key(one))]:
            return f"it undoes the fix of {lost[0].verdict.control.id}"
        return ""


def _change(drafts: Drafts, terraform: TerraformFixer, verdict: Verdict, fix: Fix) -> None:
    if verdict.resource.source == "terraform":
        terraform.fix(verdict.resource, fix)
    elif fix.cloudformation:
        raise NotFixable(fix.cloudformation)
    else:
        fix_template(drafts, verdict.resource, fix.changes)


def _key(outcome: Outcome) -> tuple[str, str]:
    return outcome.verdict.control.id, outcome.verdict.resource.id
