"""Counts of the last scan and the newest of the other kind, and since when an objective is what it is."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bastide.objectives.counts import Counts, read_judged, read_since, unseen_counts
from bastide.posture.whole import columns_of
from bastide.threats.risk import COUNTS
from bastide.workload.known import Known
from tests.loop import Workload

COUNT = st.integers(0, 50)


@given(COUNT, COUNT, COUNT, COUNT)
def test_a_share_is_an_interval_that_unknown_verdicts_widen(
    passed: int, failed: int, unknown: int, exempt: int
) -> None:
    counts = Counts(passed, failed, unknown, exempt)
    if not counts.total:
        assert (counts.share, counts.status) == (None, "not-judged")
        return
    assert counts.share is not None
    low, high = counts.share
    assert 0 <= low <= high <= 1
    assert (high - low) * counts.total == unknown or abs((high - low) * counts.total - unknown) < 1e-6
    assert counts.status == ("broken" if failed else "unknown" if unknown else "holds")


def test_the_last_scan_and_the_newest_of_the_other_kind_add(workload: Workload) -> None:
    with workload.known() as known:
        name = "s3.bucket-blocks-public-access"
        assert read_judged(known).code[name] == Counts(passed=1)
        assert read_judged(known).live == {}
        other = {"control": name, "severity": "high", "passed": 2, "failed": 3, "unknown": 0, "exempt": 1}
        known.put("other_counts", COUNTS, [other])
        judged = read_judged(known)
        assert judged.of([name, "nothing.at-all"]) == Counts(3, 3, 0, 1)
        assert judged.of_kind([name], live=True) == Counts(2, 3, 0, 1)
        assert judged.of_kind([name], live=False) == Counts(passed=1)
        assert judged.any_of([name, "nothing.at-all"]) == [name]


def history(known: Known, *scans: tuple[str, str, bool, str, int]) -> None:
    """Scans: id, time, whether live, targets, and how often the one control fails (it passes once more)."""
    known.put("objective_controls", {"objective": ("VARCHAR", ""), "control": ("VARCHAR", "")},
              [{"objective": "data.x", "control": "s3.a"}])  # fmt: skip
    known.put(
        "scans",
        columns_of("scans"),
        [{"id": id_, "at": at, "live": live, "targets": targets} for id_, at, live, targets, _ in scans],
    )
    known.put("control_counts", columns_of("control_counts"),
              [{"scan": id_, "control": "s3.a", "passed": 1, "failed": failed, "unknown": 0, "exempt": 0}
               for id_, _, _, _, failed in scans])  # fmt: skip


def test_since_when_it_is_what_it_is(workload: Workload) -> None:
    with workload.known() as known:
        assert read_since(known) == {}
        history(known, ("1", "2026-01-01", False, "[]", 0), ("2", "2026-02-01", False, "[]", 1),
                ("3", "2026-03-01", False, "[]", 2))  # fmt: skip
        assert read_since(known) == {"data.x": ("broken", "2026-02-01")}
        history(known, ("1", "2026-01-01", False, "[]", 0), ("2", "2026-02-01", False, "[]", 0))
        assert read_since(known) == {"data.x": ("holds", "2026-01-01")}


def test_it_is_broken_as_long_as_one_kind_of_scan_says_so(workload: Workload) -> None:
    with workload.known() as known:
        history(known, ("1", "2026-01-01", True, "[]", 1), ("2", "2026-02-01", False, "[]", 0),
                ("3", "2026-03-01", True, "[]", 0))  # fmt: skip
        assert read_since(known) == {"data.x": ("holds", "2026-03-01")}
        history(known, ("1", "2026-01-01", True, "[]", 1), ("2", "2026-02-01", False, "[]", 0))
        assert read_since(known) == {"data.x": ("broken", "2026-01-01")}


def test_scans_of_other_targets_say_nothing_about_the_whole(workload: Workload) -> None:
    with workload.known() as known:
        history(known, ("1", "2026-01-01", False, '["."]', 1), ("2", "2026-02-01", False, '["part"]', 0),
                ("3", "2026-03-01", False, '["."]', 1))  # fmt: skip
        assert read_since(known) == {"data.x": ("broken", "2026-01-01")}


def test_an_account_that_could_not_be_entered_counts_as_unknown_of_what_was_judged_elsewhere(
    workload: Workload,
) -> None:
    def row(account: str, outcome: str, operation: str = "AssumeRole") -> dict[str, str]:
        return {"account": account, "service": "sts", "operation": operation, "outcome": outcome}

    columns = dict.fromkeys(("account", "service", "operation", "outcome"), ("VARCHAR", ""))
    with workload.known() as known:
        before = read_judged(known)
        assert (before.unseen, unseen_counts(known)) == (0, [])
        entered = [row("1", "read"), row("2", "denied", "GetCallerIdentity")]
        known.put("ledger", columns, [*entered, row("2", "denied"), row("2", "denied"), row("3", "failed")])
        after = read_judged(known)
        assert after.unseen == 0, "the last scan is of code"
        assert after.code.keys() == before.code.keys() != set()
        assert {after.code[one].unknown - before.code[one].unknown for one in after.code} == {2}
        assert {one["unknown"] for one in unseen_counts(known)} == {2}


def test_what_could_not_be_listed_counts_as_unknown_once_a_region(workload: Workload) -> None:
    columns = dict.fromkeys(("account", "region", "type", "reason"), ("VARCHAR", ""))
    rows = [
        {"account": account, "region": region, "type": "AWS::S3::Bucket", "reason": "denied"}
        for account, region in (("1", "global"), ("2", "global"), ("2", "global"))
    ]
    with workload.known() as known:
        known.put("unread", columns, rows)
        served = {row["id"] for row in known.run("select id from controls where type = 'AWS::S3::Bucket'")}
        assert {one["control"]: one["unknown"] for one in unseen_counts(known)} == dict.fromkeys(served, 2) != {}
