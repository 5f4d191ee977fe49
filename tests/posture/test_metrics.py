"""Figures over time, each by what moves it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from bastide.errors import UsageError
from bastide.lastscan import Keeper
from bastide.posture.gate import run_gate
from bastide.posture.metrics import Figure, figures, load_metrics, since_when
from bastide.posture.whole import Whole, open_whole
from bastide.scan import scan
from bastide.settings import load_settings
from tests.posture.conftest import MAIN

Open = Callable[[], AbstractContextManager[Whole]]
MENDED = MAIN.replace("0.0.0.0/0", "10.0.0.0/8")
SSH = "ec2.security-group-closes-admin-ports"


def scanned(shop: Path, text: str) -> None:
    """One more scan, of this code."""
    (shop / "main.tf").write_text(text)
    settings = load_settings({})
    keeper = Keeper()
    keeper.report(scan(["."], settings.scan, settings.exemptions, seen=keeper.resources))
    keeper.close()
    with open_whole():
        pass


def by(whole: Whole, since: str = "0000", *names: str) -> dict[str, Figure]:
    return {one.metric.id: one for one in figures(whole.known, since, names)}


@pytest.fixture
def history(shop: Path) -> Path:
    """Three scans: open, mended, and open again."""
    for text in (MAIN, MENDED, MAIN):
        scanned(shop, text)
    return shop


def test_every_metric_runs_and_says_what_it_is_of(whole: Whole) -> None:
    by(whole)  # which puts the tables of metrics beside the others
    for metric in load_metrics():
        columns = whole.known.columns(metric.sql, metric.place)
        assert "value" in columns
        assert set(columns) <= {"at", "name", "value", "low", "high", "of"}
        assert "of" in columns, metric.id
        assert metric.formula.endswith(".")


def test_the_score_follows_the_code(history: Path) -> None:
    with open_whole() as whole:
        found = by(whole)
        first, second, third = found["score"].named("code")
    assert first.value == third.value < second.value
    assert first.low is not None
    assert first.low <= first.value
    assert first.of == second.of
    assert [row.at for row in (first, second, third)] == sorted(row.at for row in (first, second, third))


def test_the_score_is_its_formula(whole: Whole) -> None:
    weights = {"critical": 8, "high": 4, "medium": 2, "low": 1, "info": 0.25}
    rows = whole.known.select("select severity, status, count(*) as n from verdicts group by all")
    total = sum(weights[row["severity"]] * row["n"] for row in rows)
    passed = sum(weights[row["severity"]] * row["n"] for row in rows if row["status"] == "pass")
    unknown = sum(weights[row["severity"]] * row["n"] for row in rows if row["status"] == "unknown")
    (score,) = by(whole)["score"].rows
    assert score.value == pytest.approx(passed / total)
    assert score.high == pytest.approx((passed + unknown) / total)
    assert score.of == sum(row["n"] for row in rows)


def test_time_to_resolve_and_what_was_prevented(history: Path) -> None:
    with open_whole() as whole:
        resolved = by(whole)["time-to-resolve"].rows
        assert {row.name.split()[0] for row in resolved} == {"code"}
        assert all(row.value >= 0 for row in resolved)
        connection = whole.known._connection
        # What is open again was not mended.
        assert not by(whole)["prevented"].rows
        connection.execute("delete from findings where closed_at is null")
        prevented = {row.name: row for row in by(whole)["prevented"].rows}
        severity = resolved[0].name.removeprefix("code ")
        worst = resolved[0]
        # No account was ever scanned: all may have been prevented, none surely.
        assert (prevented[severity].low, prevented[severity].high) == (0, worst.of)
        connection.execute(
            "insert into scans by name select 'l' as id, true as live, true as complete, '[]' as targets, "
            "'2099-01-01T00:00:00.000Z' as \"at\""
        )
        assert {row.name: row for row in by(whole)["prevented"].rows}[severity].low == worst.of
        # The same control failed in the account, for something: not sure any more.
        connection.execute("insert into findings by name select true as live, 'other' as fingerprint, control, "
                           "severity, opened_at from findings where closed_as = 'pass'")  # fmt: skip
        row = {row.name: row for row in by(whole)["prevented"].rows}[severity]
        assert (row.low, row.high) == (0, worst.of)
        # The very finding was there: it was not prevented.
        connection.execute("insert into findings by name select true as live, fingerprint, control, severity, "
                           "opened_at from findings where not live and closed_as = 'pass'")  # fmt: skip
        row = {row.name: row for row in by(whole)["prevented"].rows}[severity]
        assert (row.value, row.high) == (0, 0)


def test_scans_of_other_targets_are_not_compared(history: Path) -> None:
    with open_whole() as whole:
        assert len(by(whole)["score"].rows) == 3
        whole.known._connection.execute(
            "insert into scans by name select 'x' as id, false as live, '[\"other\"]' as targets, "
            "'2099-01-01T00:00:00.000Z' as \"at\""
        )
        assert by(whole)["score"].rows == ()
        assert [row["scan"] for row in whole.known.select("select scan from comparable")] == ["x"]


def test_objectives_and_risks(history: Path) -> None:
    with open_whole() as whole:
        found = by(whole)
        first, second, _ = found["objectives-holding"].named("code")
        assert second.value >= first.value
        assert first.of == second.of
        risks = found["risks-over-appetite"].named("code")
        assert risks[0].value >= risks[1].value
        assert risks[0].of == risks[2].of
        total = sum(row.value for row in found["threats-by-status"].rows)
        assert {row.of for row in found["threats-by-status"].rows} == {total}


def test_threats_that_a_replay_has_seen(history: Path) -> None:
    with open_whole() as whole:
        (row,) = by(whole)["threats-seen-in-replay"].rows
        assert (row.value, row.low, row.high) == (0, 0, 1)
        open_threats = sum(one.status == "open" for one in whole.register)
        assert row.of == open_threats > 2
        whole.known._connection.execute(
            "update threats set replay = case when number = 1 then 'seen' when number = 2 then 'blind' else replay end "
            "from (select id, row_number() over (order by id) as number from threats where status = 'open') n "
            "where n.id = threats.id"
        )
        (row,) = by(whole)["threats-seen-in-replay"].rows
        assert (row.low, row.high) == (pytest.approx(1 / row.of), pytest.approx((row.of - 1) / row.of))


def test_ages(history: Path) -> None:
    with open_whole() as whole:
        whole.known._connection.execute(
            "update findings set opened_at = strftime(current_timestamp::timestamp - interval 10 days, "
            "'%Y-%m-%dT%H:%M:%SZ') where closed_at is null"
        )
        rows = by(whole)["age-of-findings"].rows
        assert rows
        assert all(row.value == pytest.approx(10, abs=1) for row in rows)
        assert by(whole)["age-of-exemptions"].rows == ()


def test_gates(whole: Whole) -> None:
    run_gate(whole, "ada", "production")
    with open_whole() as again:
        (row,) = by(again, "0000", "gate").get("gate", Figure(load_metrics()[0], ())).rows
    assert (row.name, row.value, row.of) == ("production", 0, 1)


def test_only_what_was_since_then(history: Path) -> None:
    with open_whole() as whole:
        assert by(whole, "2099-01-01")["score"].rows == ()
        assert by(whole, "2099-01-01")["time-to-resolve"].rows == ()


def test_names(whole: Whole) -> None:
    assert list(by(whole, "0000", "age-*")) == ["age-of-findings", "age-of-exemptions"]
    with pytest.raises(UsageError, match="Did you mean `score`"):
        by(whole, "0000", "scores")


def test_when() -> None:
    assert since_when("") == "0000"
    assert since_when("2026-11-01") == "2026-11-01T00:00:00.000Z"
    assert since_when("12h") > since_when("1d") > since_when("8w") > "2020"
    for text in ("yesterday", "2026-13-01", "d", "-1d", "1y"):
        with pytest.raises(UsageError):
            since_when(text)
