"""What scans counted of each control: the last scan, and the newest of the other kind, of code or of live accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bastide.workload.known import Known

HOLDS, BROKEN, UNKNOWN, NOT_JUDGED = "holds", "broken", "unknown", "not-judged"
STATUSES = (BROKEN, UNKNOWN, HOLDS, NOT_JUDGED)
"""What can be said of an objective, the worst first."""


class Counts(Struct):
    """How many verdicts there are of each status."""

    passed: int = 0
    failed: int = 0
    unknown: int = 0
    exempt: int = 0

    def add(self, other: Counts) -> None:
        """Count these, too."""
        self.passed += other.passed
        self.failed += other.failed
        self.unknown += other.unknown
        self.exempt += other.exempt

    @property
    def total(self) -> int:
        """All of them."""
        return self.passed + self.failed + self.unknown + self.exempt

    @property
    def status(self) -> str:
        """One failing verdict breaks; what is exempt is answered for, and breaks nothing."""
        if self.failed:
            return BROKEN
        if self.unknown:
            return UNKNOWN
        return HOLDS if self.total else NOT_JUDGED

    @property
    def share(self) -> tuple[float, float] | None:
        """Which share of the verdicts passes, at the least and at the most; None when there are none."""
        if not self.total:
            return None
        return self.passed / self.total, (self.passed + self.unknown) / self.total


class Judged(Struct):
    """Counts by control, of code and of live accounts."""

    code: dict[str, Counts]
    live: dict[str, Counts]
    unseen: int = 0
    """How many accounts the last scan could not enter."""

    def of(self, controls: Iterable[str]) -> Counts:
        """The sum over controls and both kinds of scan."""
        found = Counts()
        for control in controls:
            for counts in (self.code.get(control), self.live.get(control)):
                if counts:
                    found.add(counts)
        return found

    def of_kind(self, controls: Iterable[str], *, live: bool) -> Counts:
        """The sum over controls, of one kind of scan."""
        found, counts = Counts(), self.live if live else self.code
        for control in controls:
            found.add(counts.get(control, Counts()))
        return found

    def any_of(self, controls: Iterable[str]) -> list[str]:
        """Those controls that have judged something."""
        return [one for one in controls if one in self.code or one in self.live]


_LAST = """
select control, count(*) filter (status = 'pass') as passed, count(*) filter (status = 'fail') as failed,
  count(*) filter (status = 'unknown') as unknown, count(*) filter (status = 'exempt') as exempt
from verdicts group by control
"""
_OTHER = "select control, passed, failed, unknown, exempt from other_counts"


def read_judged(known: Known) -> Judged:
    """The counts of the last scan, and those that the table `other_counts` has of the newest scan of the other kind."""
    live = any(row["live"] for row in known.run("select live from scan"))
    last = _by_control(known.run(_LAST))
    for row in unseen_counts(known):
        last.setdefault(row["control"], Counts()).unknown += row["unknown"]
    other = _by_control(known.run(_OTHER)) if has_table(known, "other_counts") else {}
    return Judged(other, last, unseen_accounts(known)) if live else Judged(last, other)


def unseen_accounts(known: Known) -> int:
    """How many accounts the last scan could not enter."""
    return int(known.run(_UNSEEN)[0]["n"]) if has_table(known, "ledger") else 0


def unseen_counts(known: Known) -> list[dict[str, Any]]:
    """What could not be seen counts of each control: an unknown verdict for each account that could not be entered, and
    one for each account and region where not all resources that it judges could be listed.

    Of an account, controls that judged nothing elsewhere count nothing.
    """
    found: dict[str, dict[str, Any]] = {}
    unseen = unseen_accounts(known)
    rows = [{**row, "unknown": unseen} for row in known.run(_ELSEWHERE)] if unseen else []
    rows += known.run(_UNREAD) if has_table(known, "unread") else []
    for row in rows:
        one = found.setdefault(row["control"], {**row, "passed": 0, "failed": 0, "unknown": 0, "exempt": 0})
        one["unknown"] += row["unknown"]
    return list(found.values())


_UNSEEN = """
select count(distinct account) as n from ledger
where service = 'sts' and operation = 'AssumeRole' and outcome in ('denied', 'failed')
"""
_ELSEWHERE = """
select control, any_value(severity) as severity from verdicts
where control not in (select id from controls where starts_with(type, 'AWS::Organizations::')) group by control
"""
"""An organization is seen from its management account: others add nothing to what is known of it."""
_UNREAD = """
select c.id as control, any_value(c.severity) as severity, count(distinct (u.account, u.region))::int as unknown
from unread u join controls c using (type) group by c.id
"""


def has_table(known: Known, name: str) -> bool:
    """Whether there is a table, or a view, of that name."""
    return bool(known.run("select 1 as x from information_schema.tables where table_name = ?", [name]))


def _by_control(rows: Iterable[dict[str, Any]]) -> dict[str, Counts]:
    return {
        row["control"]: Counts(int(row["passed"]), int(row["failed"]), int(row["unknown"]), int(row["exempt"]))
        for row in rows
    }


_HISTORY = """
with scan_times as (select id, "at" as time, live, targets from scans),
newest as (select live, max_by(targets, time) as targets from scan_times group by live),
comparable as (select s.id, s.time, s.live from scan_times s join newest n using (live, targets)),
pairs as (
  select s.id, s.time, o.id as other from comparable s
  asof left join comparable o on (not s.live) = o.live and s.time >= o.time),
behind as (select distinct objective, control from objective_controls),
counted as (
  select p.time, b.objective, sum(c.failed) as failed, sum(c.unknown) as unknown, sum(c.passed + c.exempt) as good
  from pairs p join control_counts c on c.scan = p.id or c.scan = p.other join behind b using (control)
  group by all),
states as (
  select p.time, b.objective, case when failed > 0 then 'broken' when unknown > 0 then 'unknown'
    when good > 0 then 'holds' else 'not-judged' end as status
  from (select distinct time from pairs) p cross join (select distinct objective from behind) b
  left join counted c on c.time = p.time and c.objective = b.objective)
"""
"""The status of every objective after every scan, that one and the one of the other kind before it together."""
_SINCE = f"""
{_HISTORY},
latest as (select objective, max_by(status, time) as status from states group by objective),
changed as (
  select s.objective, max(s.time) as time from states s join latest l using (objective) where s.status <> l.status
  group by s.objective)
select s.objective, l.status, min(s.time) as since
from states s join latest l using (objective) left join changed c using (objective)
where c.time is null or s.time > c.time group by s.objective, l.status
"""  # noqa: S608 (ours)


def read_since(known: Known) -> dict[str, tuple[str, str]]:
    """Each objective's status by the history, and since when it has been that without a break; `at` as scans have it.

    Scans of other targets than the newest of their kind say nothing about the whole, and are left out.
    """
    if not has_table(known, "scans") or not has_table(known, "control_counts"):
        return {}
    return {row["objective"]: (row["status"], row["since"]) for row in known.run(_SINCE)}
