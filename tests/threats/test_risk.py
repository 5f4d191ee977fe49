"""Residual risk: the formula, and what moves it."""

from __future__ import annotations

from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bastide.tables import TABLES, empty
from bastide.threats.entry import Aim
from bastide.threats.risk import COUNTS, Risk, assess, level_of, residual, within
from bastide.threats.templates import Threat
from bastide.workload.known import Known
from bastide.workload.manifest import Manifest


def threat(*aims: Aim, resources: tuple[str, ...] = ("r",), likelihood: float = 4, impact: float = 5) -> Threat:
    return Threat(
        "T-1", "a.b", "", "", "", "", "", "", [], [], [], "e", "e", None, list(resources), list(aims),
        likelihood, impact, {},
    )  # fmt: skip


def assessed(
    verdicts: list[tuple[str, str, str, str]],
    one: Threat,
    other: list[dict[str, Any]] | None = None,
    about: dict[str, str] | None = None,
    denied: tuple[str, ...] = (),
) -> Risk:
    """The risk after verdicts (control, status, severity, resource); `a.x` is a control of the objective `a`.

    `about` are types by control: the threat's resources are all of the first.
    """
    connection = duckdb.connect()
    for table, columns in TABLES.items():
        connection.execute(f"create table {table} as {empty(columns)}")
    with Known(Manifest(), connection) as known:
        known.put(
            "verdicts",
            TABLES["verdicts"],
            [{"control": c, "status": s, "severity": v, "resource": r} for c, s, v, r in verdicts],
        )
        about = about or {c: "Own::Kind::Store" for c, *_ in verdicts}
        known.put("controls", TABLES["controls"], [{"id": name, "type": kind} for name, kind in about.items()])
        kind = "Own::Kind::Store"
        known.put("resources", TABLES["resources"], [{"id": name, "type": kind} for name in one.resources])
        controls = {c for c, *_ in verdicts} | {row["control"] for row in other or []} | set(about)
        serving = [
            {"objective": c.partition(".")[0], "control": c, "kind": kind}
            for c in controls
            for kind in ("preventive", "detective")
        ]
        known.put("objective_controls", dict.fromkeys(("objective", "control", "kind"), ("VARCHAR", "")), serving)
        known.put("other_counts", COUNTS, other or [])
        entering = {"service": "sts", "operation": "AssumeRole", "outcome": "denied"}
        known.put("ledger", TABLES["ledger"], [{"account": account, **entering} for account in denied])
        return assess(known, [one])["T-1"]


def test_an_account_that_could_not_be_entered_may_hold_or_not_where_the_workload_counts() -> None:
    passes = [("a.x", "pass", "high", "r")]
    seen = assessed(passes, threat(Aim("a", "workload")))
    unseen = assessed(passes, threat(Aim("a", "workload")), denied=("2",))
    assert unseen.low == seen.low == seen.high < unseen.high
    assert [one.unknown for one in unseen.mitigations] == [1]
    assert assessed(passes, threat(Aim("a")), denied=("2",)) == assessed(passes, threat(Aim("a")))


def test_what_passes_takes_from_the_likelihood() -> None:
    risk = assessed([("a.x", "pass", "high", "r")], threat(Aim("a")))
    assert (risk.inherent, risk.low, risk.high) == (20, 5, 5)
    assert risk.level == "low"


def test_what_fails_leaves_the_risk_and_weighs_by_severity() -> None:
    verdicts = [("a.x", "fail", "medium", "r"), ("a.y", "pass", "low", "r"), ("a.z", "pass", "low", "r")]
    risk = assessed(verdicts, threat(Aim("a")))
    assert risk.low == risk.high == residual(4, 5, 0.5) == 12.5


@pytest.mark.parametrize(("severity", "cap"), [("critical", 0), ("high", 0.25), ("medium", 0.5), ("low", 0.75)])
def test_one_open_door_is_enough(severity: str, cap: float) -> None:
    many = [(f"a.{n}", "pass", "critical", "r") for n in range(50)]
    for status in ("fail", "exempt"):
        risk = assessed([*many, ("a.x", status, severity, "r")], threat(Aim("a")))
        assert risk.low == risk.high == residual(4, 5, cap)
    risk = assessed([*many, ("a.x", "unknown", severity, "r")], threat(Aim("a")))
    assert (risk.low, risk.high) == (5, residual(4, 5, cap))
    whole = assessed([*many, ("a.x", "fail", severity, "r")], threat(Aim("a", "workload")))
    assert whole.high < residual(4, 5, 0.97)


def test_what_is_unknown_makes_an_interval() -> None:
    risk = assessed([("a.x", "unknown", "high", "r"), ("a.y", "pass", "high", "r")], threat(Aim("a")))
    assert (risk.low, risk.high) == (5, residual(4, 5, 0.25))


def test_what_is_exempt_does_not_mitigate() -> None:
    risk = assessed([("a.x", "exempt", "high", "r")], threat(Aim("a")))
    assert (risk.low, risk.high, risk.mitigations[0].exempt) == (20, 20, 1)


def test_what_nobody_judged_is_not_known() -> None:
    risk = assessed([("a.x", "pass", "high", "elsewhere")], threat(Aim("a")))
    assert (risk.low, risk.high) == (5, 20)
    assert not risk.mitigations[0].judged


def test_an_objective_of_which_no_control_is_about_such_resources_does_not_count() -> None:
    with_other = threat(Aim("a"), Aim("b"))
    about = {"a.x": "Own::Kind::Store", "b.x": "Own::Kind::Policy"}
    risk = assessed([("a.x", "pass", "high", "r"), ("b.x", "pass", "high", "policy")], with_other, about=about)
    assert (risk.low, risk.high) == (5, 5)
    assert [one.objective for one in risk.mitigations] == ["a"]
    nothing_else = assessed([("b.x", "pass", "high", "policy")], threat(Aim("b")), about=about)
    assert (nothing_else.low, nothing_else.high) == (5, 20)
    of_that_kind = assessed([("a.x", "pass", "high", "r")], with_other, about=about | {"b.y": "Own::Kind::Store"})
    assert (of_that_kind.low, of_that_kind.high) == (5, residual(4, 5, 0.5))


def test_verdicts_of_the_whole_workload_count_where_the_threat_says_so() -> None:
    verdicts = [("a.x", "pass", "high", "elsewhere"), ("a.x", "fail", "high", "r")]
    risk = assessed(verdicts, threat(Aim("a", "workload")))
    assert (risk.mitigations[0].passed, risk.mitigations[0].failed) == (1, 1)
    counts = {"control": "a.z", "severity": "high", "passed": 2, "failed": 0, "unknown": 0, "exempt": 0}
    assert assessed(verdicts, threat(Aim("a", "workload")), [counts]).mitigations[0].passed == 3
    assert assessed(verdicts, threat(Aim("a")), [counts]).mitigations[0].passed == 0


def test_a_verdict_counts_once_however_often_it_is_named() -> None:
    twice = threat(Aim("a"), resources=("r", "r"))
    risk = assessed([("a.x", "pass", "high", "r"), ("a.y", "fail", "high", "r"), ("a.y", "fail", "high", "s")], twice)
    assert (risk.mitigations[0].passed, risk.mitigations[0].failed) == (1, 1)
    same = [("a.x", "fail", "high", one) for one in ("r", "s", "t")]
    whole = assessed([*same, ("a.x", "fail", "low", "u")], threat(Aim("a", "workload")))
    assert (whole.mitigations[0].failed, whole.mitigations[0].passed) == (4, 0)


def test_objectives_count_the_same_each() -> None:
    verdicts = [("a.x", "pass", "low", "r"), ("b.x", "fail", "critical", "r"), ("b.y", "fail", "critical", "r")]
    assert assessed(verdicts, threat(Aim("a"), Aim("b"))).high == residual(4, 5, 0.5)


def test_a_threat_that_nothing_mitigates_keeps_its_risk() -> None:
    risk = assessed([], threat())
    assert (risk.low, risk.high) == (20, 20)


_STATUS = st.sampled_from(["pass", "fail", "unknown", "exempt"])
_SEVERITY = st.sampled_from(["critical", "high", "medium", "low", "info"])


@settings(max_examples=25, deadline=None)
@given(
    verdicts=st.lists(st.tuples(st.sampled_from(["a.x", "a.y", "b.x"]), _STATUS, _SEVERITY, st.just("r")), max_size=6),
    likelihood=st.floats(1, 5), impact=st.floats(1, 5),
)  # fmt: skip
def test_an_interval_is_one_and_inside_the_scale(
    verdicts: list[tuple[str, str, str, str]], likelihood: float, impact: float
) -> None:
    risk = assessed(verdicts, threat(Aim("a"), Aim("b"), likelihood=likelihood, impact=impact))
    assert impact - 1e-9 <= risk.low <= risk.high + 1e-9 <= risk.inherent + 1e-6
    worse = [(c, "fail" if s == "pass" else s, v, r) for c, s, v, r in verdicts]
    assert assessed(worse, threat(Aim("a"), Aim("b"), likelihood=likelihood, impact=impact)).high >= risk.high - 1e-9


@pytest.mark.parametrize(
    ("value", "level"),
    [(1, "low"), (5, "low"), (5.04, "low"), (5.06, "medium"), (10, "medium"), (15, "high"), (15.1, "critical")],
)
def test_levels(value: float, level: str) -> None:
    assert level_of(value) == level
    assert within(level, "critical")
    assert within(level, "low") is (level == "low")
